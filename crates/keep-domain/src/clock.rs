//! Injected time. Only this file reads the operating system's clocks.

#[cfg(any(test, feature = "test-support"))]
pub(crate) mod testing;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// An instant as milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored as in UTC system time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UtcMillis(pub i64);

impl UtcMillis {
    /// This instant moved by a signed number of milliseconds, saturating.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// RFC 3339 with milliseconds and `Z`, the form of a FHIR `instant`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(t) => format!("{t:.3}"),
            Err(_) => String::from("1970-01-01T00:00:00.000Z"),
        }
    }

    /// Reads an RFC 3339 date-time with offset.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }
}

impl fmt::Display for UtcMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Wall-clock and monotonic time, injected so that tests can control both.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The raw wall clock; it may jump.
    fn now(&self) -> UtcMillis;
    /// Time since an arbitrary start; never decreases and, where the system supports it, includes sleep.
    fn monotonic(&self) -> Duration;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> UtcMillis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UtcMillis(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    #[cfg(target_os = "linux")]
    fn monotonic(&self) -> Duration {
        // Time asleep counts: a workstation suspended overnight has been unattended that long.
        let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let nanos = u32::try_from(since_boot.tv_nsec).unwrap_or_default();
        Duration::new(u64::try_from(since_boot.tv_sec).unwrap_or_default(), nanos)
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn monotonic(&self) -> Duration {
        use std::sync::LazyLock;
        use std::time::Instant;
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::ManualClock;
    use super::*;

    #[test]
    fn rfc3339_round_trip() {
        let t = UtcMillis(1_795_338_000_123);
        assert_eq!(UtcMillis::from_rfc3339(&t.to_rfc3339()), Some(t));
        assert_eq!(
            UtcMillis::from_rfc3339("2026-11-22T09:14:00+03:00"),
            UtcMillis::from_rfc3339("2026-11-22T06:14:00Z")
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn monotonic_time_counts_sleep() {
        use rustix::time::{ClockId, clock_gettime};
        let reading = |id| {
            let at = clock_gettime(id);
            Duration::new(at.tv_sec.unsigned_abs(), u32::try_from(at.tv_nsec).expect("nanoseconds"))
        };
        let before = reading(ClockId::Boottime);
        let now = SystemClock.monotonic();
        assert!(before <= now && now <= reading(ClockId::Boottime));
        assert!(
            now >= reading(ClockId::Monotonic).saturating_sub(Duration::from_secs(1)),
            "never less than the time awake"
        );
    }

    #[test]
    fn a_manual_clock_advances_both_times() {
        let c = ManualClock::starting(UtcMillis(1000));
        c.advance(Duration::from_secs(2));
        c.set_wall(UtcMillis(5));
        assert_eq!((c.now(), c.monotonic()), (UtcMillis(5), Duration::from_secs(2)));
    }
}
