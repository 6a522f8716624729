//! The rows of a pass that lie near its newest stamp: what the server is asked to count next time.

use keep_domain::UtcMillis;
use std::collections::HashMap;

/// From this many rows on, those that no longer count are given up.
const TIDY_FROM: usize = 1_000;

/// Ids with their newest stamps, each once however often it is repeated.
#[derive(Debug, Default)]
pub(crate) struct RecentRows {
    stamps: HashMap<String, UtcMillis>,
    tidy_at: usize,
}

impl RecentRows {
    /// A row has come.
    pub(crate) fn add(&mut self, id: &str, stamp: UtcMillis) {
        let kept = self.stamps.entry(id.to_owned()).or_insert(stamp);
        *kept = stamp.max(*kept);
    }

    /// Gives up rows that were stamped before `from`, now and then.
    pub(crate) fn forget_before(&mut self, from: Option<UtcMillis>) {
        if self.stamps.len() >= self.tidy_at.max(TIDY_FROM) {
            self.stamps.retain(|_, stamp| Some(*stamp) >= from);
            self.tidy_at = self.stamps.len().saturating_mul(2);
        }
    }

    /// How many rows are stamped from `since` on.
    pub(crate) fn count_from(&self, since: UtcMillis) -> u64 {
        let count = self.stamps.values().filter(|stamp| **stamp >= since).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_once_by_its_newest_stamp_and_old_ones_are_given_up() {
        let mut rows = RecentRows::default();
        for (id, stamp) in [("a", 1), ("b", 5), ("a", 9), ("a", 2)] {
            rows.add(id, UtcMillis(stamp));
        }
        assert_eq!((rows.count_from(UtcMillis(0)), rows.count_from(UtcMillis(6))), (2, 1));
        for n in 0..5_000_i64 {
            rows.add(&format!("r{n}"), UtcMillis(n));
            rows.forget_before(Some(UtcMillis(n - 10)));
        }
        assert_eq!(rows.count_from(UtcMillis(4_989)), 11);
        assert!(rows.stamps.len() <= TIDY_FROM);
    }
}
