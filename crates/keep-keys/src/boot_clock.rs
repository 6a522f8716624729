//! Time since the machine was booted.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::OnceLock;

/// Time since a boot; comparable across restarts of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootReading {
    /// Identifies the boot.
    pub boot: String,
    /// Time since the boot, including sleep, milliseconds.
    pub millis: u64,
}

/// A source of boot readings.
pub trait BootClock: Send + Sync + fmt::Debug {
    /// Time since the boot, including sleep; `None` if the system does not provide it.
    fn reading(&self) -> Option<BootReading>;
}

/// The boot clock of Linux, `/proc/uptime`, which includes sleep; other systems have none.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBootClock;

impl BootClock for SystemBootClock {
    fn reading(&self) -> Option<BootReading> {
        // No process outlives its boot.
        static BOOT: OnceLock<Option<String>> = OnceLock::new();
        let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned());
        let boot = BOOT.get_or_init(read).clone()?;
        let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
        let millis = seconds.parse::<u64>().ok()?.checked_mul(1000)?;
        Some(BootReading { boot, millis: millis.checked_add(hundredths.parse::<u64>().ok()?.checked_mul(10)?)? })
    }
}

/// A boot clock that follows a manual clock.
#[cfg(any(test, feature = "test-support"))]
#[derive(Debug)]
pub struct ManualBootClock {
    /// The clock to follow.
    pub clock: std::sync::Arc<keep_domain::ManualClock>,
    /// Identifies the boot.
    pub boot: String,
}

#[cfg(any(test, feature = "test-support"))]
impl BootClock for ManualBootClock {
    fn reading(&self) -> Option<BootReading> {
        let millis = u64::try_from(keep_domain::Clock::monotonic(&*self.clock).as_millis()).unwrap_or(u64::MAX);
        Some(BootReading { boot: self.boot.clone(), millis })
    }
}
