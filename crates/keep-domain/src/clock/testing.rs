//! A clock that tests set and advance.

use super::{Clock, UtcMillis};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

/// A clock that tests set and advance.
#[derive(Debug)]
pub struct ManualClock {
    wall: AtomicI64,
    monotonic: AtomicU64,
}

impl ManualClock {
    /// Starts at `at`, monotonic zero.
    #[must_use]
    pub const fn starting(at: UtcMillis) -> Self {
        Self { wall: AtomicI64::new(at.0), monotonic: AtomicU64::new(0) }
    }

    /// Advances both clocks.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.wall.fetch_add(i64::try_from(millis).unwrap_or(i64::MAX), SeqCst);
        self.monotonic.fetch_add(millis, SeqCst);
    }

    /// Sets only the wall clock, as a user or an empty battery would.
    pub fn set_wall(&self, at: UtcMillis) {
        self.wall.store(at.0, SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.wall.load(SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic.load(SeqCst))
    }
}
