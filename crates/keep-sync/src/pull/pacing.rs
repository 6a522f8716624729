//! How many resources a page asks for: so many that one takes about five seconds on this line.

use std::time::Duration;

/// What a page should take.
const TARGET: Duration = Duration::from_secs(5);
/// A page that takes this long ends the use of `next` links: the following question is asked anew and smaller.
const TOO_LONG: Duration = Duration::from_secs(20);
const FEWEST: u32 = 20;
const MOST: u32 = 1_000;

/// The size of the next page; it changes by at most a fifth per page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pacing {
    count: u32,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { count: 500 }
    }
}

impl Pacing {
    pub(crate) const fn count(self) -> u32 {
        self.count
    }

    /// A page of `entries` took `took`; says whether the chain of `next` links should be given up.
    pub(crate) fn steer(&mut self, entries: usize, took: Duration) -> bool {
        let full = u32::try_from(entries).unwrap_or(MOST) >= self.count;
        let slow = took > TARGET;
        // A short page says nothing about the line, unless even it was slow.
        if full || slow {
            let per_mille = (TARGET.as_millis() * 1000 / took.as_millis().max(1)).clamp(800, 1200);
            let next = u128::from(self.count) * per_mille / 1000;
            self.count = u32::try_from(next).unwrap_or(MOST).clamp(FEWEST, MOST);
        }
        took > TOO_LONG
    }

    /// The line was cut inside a page: smaller ones lose less.
    pub(crate) fn shrink(&mut self) {
        self.count = (self.count * 4 / 5).max(FEWEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_and_shrink_by_a_fifth_at_most() {
        let mut p = Pacing::default();
        assert!(!p.steer(500, Duration::from_millis(100)));
        assert_eq!(p.count(), 600);
        p.steer(10, Duration::from_millis(100));
        assert_eq!(p.count(), 600, "a short page says nothing");
        assert!(p.steer(600, Duration::from_secs(60)));
        assert_eq!(p.count(), 480);
        for _ in 0..40 {
            p.shrink();
        }
        assert_eq!(p.count(), FEWEST);
        for _ in 0..40 {
            p.steer(5_000, Duration::from_millis(1));
        }
        assert_eq!(p.count(), MOST);
    }
}
