//! Measuring: one clock, and what to say of many measurements.

use keep_domain::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Runs `work` and says how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = SystemClock.monotonic();
    let value = work();
    (value, SystemClock.monotonic().saturating_sub(began))
}

/// Many measurements of one work.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    /// Measures `work` once and stores the time.
    pub(crate) fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (value, took) = timed(work);
        self.add(took);
        value
    }

    /// Stores one measurement.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// All measurements together.
    pub(crate) fn sum(&self) -> Duration {
        self.0.iter().sum()
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time, in milliseconds, that `percent` of the measurements do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).map_or(f64::NAN, |d| d.as_secs_f64() * 1000.0)
    }
}

/// Writes out what earlier measurements left in the page cache, so that no fsync of the next one waits for it.
pub(crate) fn sync_disk() {
    rustix::fs::sync();
}

/// Per second.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
