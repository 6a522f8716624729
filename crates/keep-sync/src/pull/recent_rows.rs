//! The rows of a pass near its newest `lastUpdated`: the server is asked to count them next time.

use keep_domain::UtcMillis;
use std::collections::HashMap;

/// From this many rows on, those that no longer count are pruned.
const PRUNE_FROM: usize = 1_000;

/// Ids with their newest `lastUpdated`, each once however often it is repeated.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    rows: HashMap<String, UtcMillis>,
    prune_at: usize,
}

impl RecentRows {
    pub(super) fn add(&mut self, id: &str, last_updated: UtcMillis) {
        let known = self.rows.entry(id.to_owned()).or_insert(last_updated);
        *known = last_updated.max(*known);
    }

    /// Removes rows updated before `from`, now and then.
    pub(super) fn prune_before(&mut self, from: Option<UtcMillis>) {
        if self.rows.len() >= self.prune_at.max(PRUNE_FROM) {
            self.rows.retain(|_, last_updated| Some(*last_updated) >= from);
            self.prune_at = self.rows.len().saturating_mul(2);
        }
    }

    /// Number of rows updated from `since` on.
    pub(super) fn count_from(&self, since: UtcMillis) -> u64 {
        let count = self.rows.values().filter(|last_updated| **last_updated >= since).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_once_by_its_newest_time_and_old_ones_are_pruned() {
        let mut rows = RecentRows::default();
        for (id, last_updated) in [("a", 1), ("b", 5), ("a", 9), ("a", 2)] {
            rows.add(id, UtcMillis(last_updated));
        }
        assert_eq!((rows.count_from(UtcMillis(0)), rows.count_from(UtcMillis(6))), (2, 1));
        for n in 0..5_000_i64 {
            rows.add(&format!("r{n}"), UtcMillis(n));
            rows.prune_before(Some(UtcMillis(n - 10)));
        }
        assert_eq!(rows.count_from(UtcMillis(4_989)), 11);
        assert!(rows.rows.len() <= PRUNE_FROM);
    }
}
