//! How many resources to request per page: as many as take about five seconds on this connection.

use std::time::Duration;

/// What a page should take.
const TARGET: Duration = Duration::from_secs(5);
/// After a page that takes this long, the `next` links are abandoned for a new search with a smaller page.
const TOO_LONG: Duration = Duration::from_secs(20);
const MAX: u32 = 1_000;
const SMALL: u32 = 10;
/// The first page ever requested from a server: small enough for a slow connection.
const FIRST: u32 = 100;
/// Largest factor by which pages grow after one that was fast.
const GROWTH: u32 = 4;

/// The size of the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageSize {
    count: u32,
}

impl Default for PageSize {
    fn default() -> Self {
        Self::starting(FIRST)
    }
}

impl PageSize {
    pub(crate) fn starting(count: u32) -> Self {
        Self { count: count.clamp(1, MAX) }
    }

    pub(crate) const fn count(self) -> u32 {
        self.count
    }

    /// Adapts to a page of `entries` that took `elapsed`; returns whether the chain of `next` links should be
    /// abandoned for one with other pages: this page took too long, or much larger ones would still be fast.
    pub(crate) fn adjust(&mut self, entries: usize, elapsed: Duration) -> bool {
        let before = self.count;
        let full = u32::try_from(entries).unwrap_or(MAX) >= self.count;
        let slow = elapsed > TARGET;
        // A short page says nothing about the connection, unless even it was slow.
        if full || slow {
            let fitting = u128::from(self.count) * TARGET.as_millis() / elapsed.as_millis().max(1);
            let fitting = u32::try_from(fitting).unwrap_or(MAX);
            self.count = fitting.clamp((before / GROWTH).max(1), before.saturating_mul(GROWTH)).clamp(1, MAX);
        }
        elapsed > TOO_LONG || self.count >= before.saturating_mul(2)
    }

    /// Whether the records of a page that is too large are better requested by their ids.
    pub(crate) const fn is_small(self) -> bool {
        self.count <= SMALL
    }

    /// A page was lost or too large: half of it. Returns false where it cannot become smaller.
    pub(crate) fn halve(&mut self) -> bool {
        let before = self.count;
        self.count = (before / 2).max(1);
        self.count < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_about_five_seconds() {
        let mut size = PageSize::default();
        assert!(size.adjust(100, Duration::from_millis(40)), "larger pages are worth a new search");
        assert_eq!(size.count(), 400);
        size.adjust(10, Duration::from_millis(100));
        assert_eq!(size.count(), 400, "a short page says nothing");
        assert!(!size.adjust(400, Duration::from_secs(10)));
        assert_eq!(size.count(), 200);
        assert!(size.adjust(200, Duration::from_secs(60)));
        assert_eq!(size.count(), 50);
        for _ in 0..10 {
            size.adjust(5_000, Duration::from_millis(1));
        }
        assert_eq!(size.count(), MAX);
    }

    #[test]
    fn a_page_that_was_lost_is_halved_down_to_one_record() {
        let mut size = PageSize::default();
        let mut steps = 0;
        while size.halve() {
            steps += 1;
        }
        assert_eq!((size.count(), steps), (1, 6));
    }
}
