//! Time that an attacker with the clock's settings cannot move: it advances by authenticated time
//! and by monotonic time since, never by the raw clock.

use crate::{Keychain, KeysError};
use keep_domain::{Clock, UtcMillis};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How far the raw clock may be off before it counts as wrong.
const TOLERANCE_MILLIS: i64 = 10 * 60 * 1000;

/// How far the raw clock may lie behind the mark: what a time service corrects in passing.
const JITTER_MILLIS: i64 = 5_000;

/// The keychain item that holds the mark of the device.
pub const TIME_MARK_ITEM: &str = "time-mark";

/// How long this boot has lasted, which survives a restart of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootReading {
    /// Names this boot.
    pub boot: String,
    /// Time since the boot, sleep included, milliseconds.
    pub millis: u64,
}

/// Where boot readings come from.
pub trait BootClock: Send + Sync + fmt::Debug {
    /// How long this boot has lasted, sleep included; `None` where the system does not say.
    fn reading(&self) -> Option<BootReading>;
}

/// The machine's own boot clock: Linux's `/proc/uptime`, which counts sleep; nothing elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineBoot;

impl BootClock for MachineBoot {
    fn reading(&self) -> Option<BootReading> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
        let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
        let (seconds, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
        let millis = seconds.parse::<u64>().ok()?.checked_mul(1000)?;
        Some(BootReading { boot, millis: millis.checked_add(hundredths.parse::<u64>().ok()?.checked_mul(10)?)? })
    }
}

/// One instant as all clocks showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeMark {
    /// The latest authenticated time carried forward: a lower bound; zero = none yet.
    pub trusted: UtcMillis,
    /// What the raw clock showed.
    pub raw: UtcMillis,
    /// What must be added to the raw clock, milliseconds; set when a clinician gave the time.
    pub offset_millis: i64,
    /// How long the boot, or else the process, had lasted.
    pub boot: BootReading,
    /// Whether `trusted` is also an estimate, because no time since went uncounted.
    pub continuous: bool,
}

impl TimeMark {
    /// Keeps it in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    pub fn save(&self, keychain: &dyn Keychain) -> Result<(), KeysError> {
        let bytes = serde_json::to_vec(self).map_err(|_| KeysError::Internal("time mark"))?;
        keychain.write(TIME_MARK_ITEM, &bytes)
    }
}

/// What the raw clock is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockJudgement {
    /// It agrees with what is known.
    Agrees,
    /// It is behind time that was authenticated.
    Behind,
    /// It is more than ten minutes ahead of what has passed.
    Ahead,
}

/// The trusted time of a running program.
#[derive(Debug)]
pub struct TrustedTime {
    clock: Arc<dyn Clock>,
    boot: Arc<dyn BootClock>,
    /// Names this process where the machine does not name its boot.
    process: String,
    /// The reading when this value was made, milliseconds.
    started: u64,
    /// Lower bound of the time at `anchor`.
    trusted: Option<UtcMillis>,
    anchor: BootReading,
    /// Whether all time since the bound was taken is accounted for, so that it is also an estimate.
    continuous: bool,
    offset_millis: i64,
}

impl TrustedTime {
    /// Continues from the mark that was kept, if any.
    #[must_use]
    pub fn starting(mark: Option<&TimeMark>, boot: Arc<dyn BootClock>, clock: Arc<dyn Clock>) -> Self {
        let process = uuid::Uuid::new_v4().to_string();
        let anchor = BootReading { boot: String::new(), millis: 0 };
        let mut time =
            Self { clock, boot, process, started: 0, trusted: None, anchor, continuous: false, offset_millis: 0 };
        time.anchor = time.reading();
        time.started = time.anchor.millis;
        if let Some(mark) = mark.filter(|m| m.trusted.0 > 0) {
            let passed = time.same_boot_since(mark);
            time.trusted = Some(mark.trusted.plus_millis(passed.map_or(0, millis)));
            time.continuous = passed.is_some() && mark.continuous;
            // A correction holds for one boot: at the next the clock may have been set right.
            time.offset_millis = if passed.is_some() { mark.offset_millis } else { 0 };
        }
        time
    }

    /// Continues from the mark in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`]; a mark that cannot be read counts as none.
    pub fn load(keychain: &dyn Keychain, boot: Arc<dyn BootClock>, clock: Arc<dyn Clock>) -> Result<Self, KeysError> {
        let kept = keychain.read(TIME_MARK_ITEM)?;
        // EXPOSE: a time is no secret; the keychain only keeps it from being altered.
        let mark = kept.and_then(|bytes| serde_json::from_slice::<TimeMark>(bytes.expose()).ok());
        Ok(Self::starting(mark.as_ref(), boot, clock))
    }

    /// Keeps the mark in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    pub fn save(&self, keychain: &dyn Keychain) -> Result<(), KeysError> {
        self.mark().save(keychain)
    }

    /// The raw clock plus the session's correction: what clinical times are made of.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.clock.now().plus_millis(self.offset_millis)
    }

    /// The session's correction of the raw clock, milliseconds; not zero means `clock-corrected`.
    #[must_use]
    pub const fn offset_millis(&self) -> i64 {
        self.offset_millis
    }

    /// What the raw clock, corrected, is worth.
    #[must_use]
    pub fn judge(&self) -> ClockJudgement {
        let Some(bound) = self.bound() else { return ClockJudgement::Agrees };
        let ahead = self.now().0.saturating_sub(bound.0);
        if ahead < -JITTER_MILLIS {
            ClockJudgement::Behind
        } else if self.continuous && ahead > TOLERANCE_MILLIS {
            ClockJudgement::Ahead
        } else {
            ClockJudgement::Agrees
        }
    }

    /// The best that is known of the time: the corrected clock, or trusted time where that contradicts it.
    #[must_use]
    pub fn estimate(&self) -> UtcMillis {
        match (self.judge(), self.bound()) {
            (ClockJudgement::Behind | ClockJudgement::Ahead, Some(bound)) => bound,
            _ => self.now(),
        }
    }

    /// Takes the date that a server told over TLS, where it agrees with what is known of the time; says whether it did.
    ///
    /// INVARIANT: a server only confirms the time. A wrong clock of its own, or of a gateway, neither moves the bound
    /// forward, which would make every clock of this device wrong from then on, nor back.
    pub fn accept_from_server(&mut self, at: UtcMillis) -> bool {
        let known = self.estimate();
        let agrees = known.0.saturating_sub(at.0).saturating_abs() <= TOLERANCE_MILLIS;
        if agrees {
            self.accept(at.min(known));
        }
        agrees
    }

    /// Whether authenticated time plus counted time since vouches for the clock.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.continuous && self.judge() == ClockJudgement::Agrees
    }

    /// Takes authenticated time: an accepted code's step. What a server says goes through
    /// [`TrustedTime::accept_from_server`].
    ///
    /// A corrected clock within ten minutes of it is not contradicted by it: the mark then follows
    /// whichever is earlier, so that a small error of either never makes the clock "wrong".
    pub fn accept(&mut self, at: UtcMillis) {
        let now = self.now();
        let close = now.0.saturating_sub(at.0).abs() <= TOLERANCE_MILLIS;
        let taken = if close { now.min(at) } else { at };
        // INVARIANT: the lower bound never goes back.
        let bound = self.bound().map_or(taken, |bound| bound.max(taken));
        self.trusted = Some(bound);
        self.anchor = self.reading();
        // Without a boot clock sleep is not counted, so the bound is no estimate.
        self.continuous = self.boot.reading().is_some();
    }

    /// Corrects the clock to an instant that a code has confirmed.
    pub fn correct(&mut self, at: UtcMillis) {
        self.offset_millis = at.0.saturating_sub(self.clock.now().0);
        self.accept(at);
    }

    /// This instant, to be kept.
    #[must_use]
    pub fn mark(&self) -> TimeMark {
        let raw = self.clock.now();
        let bound = self.bound();
        TimeMark {
            trusted: bound.unwrap_or(UtcMillis(0)),
            raw,
            offset_millis: self.offset_millis,
            boot: self.reading(),
            continuous: self.continuous,
        }
    }

    /// Time since a mark. Within one boot no setting of the clock moves it; across boots it is what the raw clock
    /// shows, and no less than this boot has lasted: a clock that was ahead and is right again stops no wait for good.
    #[must_use]
    pub fn elapsed_since(&self, mark: &TimeMark) -> Duration {
        self.same_boot_since(mark).unwrap_or_else(|| {
            let raw = self.clock.now().0.saturating_sub(mark.raw.0);
            Duration::from_millis(u64::try_from(raw).unwrap_or_default()).max(self.this_boot())
        })
    }

    /// Whether a mark lies ahead of what the clocks show now, so that no time since can be told.
    #[must_use]
    pub fn is_before(&self, mark: &TimeMark) -> bool {
        self.same_boot_since(mark).is_none() && self.clock.now() < mark.raw
    }

    /// Before this it cannot be; `None` where nothing was authenticated yet.
    pub(crate) fn earliest(&self) -> Option<UtcMillis> {
        self.bound()
    }

    /// After this it cannot be; `None` where not all time since the last authenticated time is accounted for.
    pub(crate) fn latest(&self) -> Option<UtcMillis> {
        self.bound().filter(|_| self.continuous).map(|bound| bound.plus_millis(TOLERANCE_MILLIS))
    }

    /// Whether a phone that shows `phone` means that this computer's clock is off, and not the phone's.
    ///
    /// Where time is accounted for, whoever is nearer to it is right: a phone that is fast by some minutes then moves
    /// neither the clock nor the trusted time.
    pub(crate) fn phone_corrects(&self, phone: UtcMillis) -> bool {
        let Some(bound) = self.bound().filter(|_| self.is_confirmed()) else { return true };
        let off = |at: UtcMillis| at.0.saturating_sub(bound.0).abs();
        off(phone) <= off(self.now())
    }

    /// What the clock is corrected to by a phone that shows `phone`: never behind the trusted time.
    pub(crate) fn corrected_to(&self, phone: UtcMillis) -> UtcMillis {
        self.bound().map_or(phone, |bound| bound.max(phone))
    }

    fn bound(&self) -> Option<UtcMillis> {
        let now = self.reading();
        let since = if now.boot == self.anchor.boot { now.millis.saturating_sub(self.anchor.millis) } else { 0 };
        self.trusted.map(|t| t.plus_millis(millis(Duration::from_millis(since))))
    }

    /// The machine's reading, or else this process's monotonic time, under a name of its own.
    fn reading(&self) -> BootReading {
        self.boot.reading().unwrap_or_else(|| BootReading {
            boot: self.process.clone(),
            millis: u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// How long this boot has lasted, or else this value, where the machine does not name its boot.
    fn this_boot(&self) -> Duration {
        let (now, since) = (self.reading(), if self.boot.reading().is_some() { 0 } else { self.started });
        Duration::from_millis(now.millis.saturating_sub(since))
    }

    fn same_boot_since(&self, mark: &TimeMark) -> Option<Duration> {
        let now = self.reading();
        (mark.boot.boot == now.boot).then(|| Duration::from_millis(now.millis.saturating_sub(mark.boot.millis)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A boot clock that follows a test's clock, sleep included.
#[cfg(any(test, feature = "test-support"))]
#[derive(Debug)]
pub struct ManualBoot {
    /// The clock that it follows.
    pub clock: Arc<keep_domain::ManualClock>,
    /// The name of the boot.
    pub boot: String,
}

#[cfg(any(test, feature = "test-support"))]
impl BootClock for ManualBoot {
    fn reading(&self) -> Option<BootReading> {
        let millis = u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX);
        Some(BootReading { boot: self.boot.clone(), millis })
    }
}

#[cfg(test)]
mod tests;
