//! How many resources to request per page: as many as take about five seconds on this connection.

use std::time::Duration;

/// What a page should take.
const TARGET: Duration = Duration::from_secs(5);
/// After a page that takes this long, the `next` links are abandoned for a new search with a smaller page.
const TOO_LONG: Duration = Duration::from_secs(20);
const MIN: u32 = 20;
const MAX: u32 = 1_000;

/// The size of the next page; it changes by at most a fifth per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageSize {
    count: u32,
}

impl Default for PageSize {
    fn default() -> Self {
        Self { count: 500 }
    }
}

impl PageSize {
    pub(crate) const fn count(self) -> u32 {
        self.count
    }

    /// Adapts to a page of `entries` that took `elapsed`; returns whether the chain of `next` links should be
    /// abandoned.
    pub(crate) fn adjust(&mut self, entries: usize, elapsed: Duration) -> bool {
        let full = u32::try_from(entries).unwrap_or(MAX) >= self.count;
        let slow = elapsed > TARGET;
        // A short page says nothing about the connection, unless even it was slow.
        if full || slow {
            let per_mille = (TARGET.as_millis() * 1000 / elapsed.as_millis().max(1)).clamp(800, 1200);
            let next = u128::from(self.count) * per_mille / 1000;
            self.count = u32::try_from(next).unwrap_or(MAX).clamp(MIN, MAX);
        }
        elapsed > TOO_LONG
    }

    /// The connection was lost inside a page: smaller pages lose less.
    pub(crate) fn shrink(&mut self) {
        self.count = (self.count * 4 / 5).max(MIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_and_shrink_by_a_fifth_at_most() {
        let mut size = PageSize::default();
        assert!(!size.adjust(500, Duration::from_millis(100)));
        assert_eq!(size.count(), 600);
        size.adjust(10, Duration::from_millis(100));
        assert_eq!(size.count(), 600, "a short page says nothing");
        assert!(size.adjust(600, Duration::from_secs(60)));
        assert_eq!(size.count(), 480);
        for _ in 0..40 {
            size.shrink();
        }
        assert_eq!(size.count(), MIN);
        for _ in 0..40 {
            size.adjust(5_000, Duration::from_millis(1));
        }
        assert_eq!(size.count(), MAX);
    }
}
