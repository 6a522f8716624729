//! Where a type differs from the server: its rows are counted by intervals of their `lastUpdated`, split where the counts
//! differ.

use super::paging::Paging;
use super::puller::Puller;
use crate::error::SyncError;
use crate::fhir_client::Search;
use keep_domain::UtcMillis;
use keep_store::CursorKey;

/// Parts of an interval whose count differs.
const PARTS: usize = 16;
/// An interval of at most this many rows is listed.
pub(super) const MAX_LISTED: u64 = 256;
/// Where more intervals than this differ, all ids are listed.
const MAX_INTERVALS: usize = 64;

/// Times from `from` on, before `until`; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) from: Option<UtcMillis>,
    pub(super) until: Option<UtcMillis>,
}

impl Interval {
    /// All times from `from` on.
    pub(super) const fn since(from: Option<UtcMillis>) -> Self {
        Self { from, until: None }
    }

    /// Adds its bounds to a search.
    pub(super) fn limit(self, mut search: Search) -> Search {
        for (prefix, bound) in [("ge", self.from), ("lt", self.until)] {
            if let Some(bound) = bound {
                search = search.with("_lastUpdated", format!("{prefix}{bound}"));
            }
        }
        search
    }

    /// Whether it contains `time`; a record without a time is in the interval without bounds only.
    pub(super) fn contains(self, time: Option<UtcMillis>) -> bool {
        match time {
            Some(time) => self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until),
            None => self == Self::default(),
        }
    }

    /// Those of the sorted `times` that it contains.
    fn times_of(self, times: &[UtcMillis]) -> &[UtcMillis] {
        let position = |bound: UtcMillis| times.partition_point(|time| *time < bound);
        let end = self.until.map_or(times.len(), position);
        times.get(self.from.map_or(0, position)..end).unwrap_or_default()
    }

    /// Parts with about as many of the sorted `times` each.
    fn split(self, times: &[UtcMillis]) -> Vec<Self> {
        let own = self.times_of(times);
        let bound = |part: usize| own.get(own.len() * part / PARTS).copied();
        let mut bounds: Vec<UtcMillis> = (1..PARTS).filter_map(bound).filter(|b| own.first() < Some(b)).collect();
        bounds.dedup();
        let starts = std::iter::once(self.from).chain(bounds.iter().copied().map(Some));
        let ends = bounds.iter().copied().map(Some).chain(std::iter::once(self.until));
        starts.zip(ends).map(|(from, until)| Self { from, until }).collect()
    }
}

fn count_of(times: &[UtcMillis]) -> u64 {
    u64::try_from(times.len()).unwrap_or(u64::MAX)
}

impl Puller {
    /// The intervals in which the server, which counts `total` rows, counts others than those stored with the sorted
    /// `times`. It is the interval of all times where the server does not count by time, or where much differs.
    pub(super) async fn differing_intervals(
        &self,
        key: &CursorKey,
        total: u64,
        times: &[UtcMillis],
        paging: &Paging,
    ) -> Result<Vec<Interval>, SyncError> {
        let all = vec![Interval::default()];
        let (mut found, mut open) = (Vec::new(), vec![(Interval::default(), total)]);
        while let Some((interval, counted)) = open.pop() {
            let parts = interval.split(times);
            // Rows that are not here cannot be split by the times of those that are.
            if count_of(interval.times_of(times)).min(counted) <= MAX_LISTED || parts.len() < 2 {
                found.push(interval);
            } else {
                let counts = self.count_parts(key, &parts, paging).await?;
                let Some(counts) = counts.filter(|counts| counts.iter().sum::<u64>() == counted) else {
                    return Ok(all);
                };
                let counted = parts.into_iter().zip(counts);
                open.extend(counted.filter(|(part, count)| *count != count_of(part.times_of(times))));
            }
            if found.len().saturating_add(open.len()) > MAX_INTERVALS {
                return Ok(all);
            }
        }
        Ok(found)
    }

    /// The server's counts of intervals, as one batch where it takes that; `None` where one is missing.
    async fn count_parts(
        &self,
        key: &CursorKey,
        parts: &[Interval],
        paging: &Paging,
    ) -> Result<Option<Vec<u64>>, SyncError> {
        let count = |part: &Interval| part.limit(Search::of_type(&key.resource_type).with("_summary", "count"));
        let pages = self.search_all(parts.iter().map(count).collect(), paging).await?;
        Ok(pages.into_iter().map(|page| page?.total).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_split_into_parts_that_cover_it_once() {
        let times: Vec<UtcMillis> = (0..1_000).map(|n| UtcMillis(n / 3)).collect();
        let parts = Interval::default().split(&times);
        assert_eq!(parts.len(), PARTS);
        for time in [-5, 0, 100, 333, 9_999] {
            assert_eq!(parts.iter().filter(|p| p.contains(Some(UtcMillis(time)))).count(), 1, "{time}");
        }
        assert!(parts.iter().all(|p| (60..=66).contains(&p.times_of(&times).len())), "about as many each");
        let inner = parts.get(3).copied().unwrap_or_default();
        assert!(inner.split(&times).len() > 2 && !inner.contains(None) && Interval::default().contains(None));
        let same = [UtcMillis(7); 500];
        assert_eq!(Interval::default().split(&same), [Interval::default()], "one time cannot be split");
    }
}
