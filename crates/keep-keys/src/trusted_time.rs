//! Trusted time, which changing the clock's settings cannot move: it advances by authenticated time and by monotonic
//! time since then, never by the raw clock.

use crate::boot_clock::{BootClock, BootReading};
use crate::{Keychain, KeysError};
use keep_domain::{Clock, UtcMillis};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// How far the raw clock may be off before it is considered wrong.
const TOLERANCE_MILLIS: i64 = 10 * 60 * 1000;

/// How far the raw clock may be behind the mark, as after a correction by a time service.
const JITTER_MILLIS: i64 = 5_000;

/// The keychain item of the device's time mark.
pub const TIME_MARK_ITEM: &str = "time-mark";

/// One instant on all clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeMark {
    /// Lower bound: the last authenticated time plus time since; zero if there is none yet.
    pub trusted: UtcMillis,
    /// The raw clock.
    pub raw: UtcMillis,
    /// Correction added to the raw clock, milliseconds; set when a user entered the time.
    pub offset_millis: i64,
    /// Time since the boot, or else since the process started.
    pub boot: BootReading,
    /// Whether `trusted` is also an estimate, because all time since is accounted for.
    pub continuous: bool,
}

impl TimeMark {
    /// Saves the mark in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    pub fn save(&self, keychain: &dyn Keychain) -> Result<(), KeysError> {
        let bytes = serde_json::to_vec(self).map_err(|_| KeysError::Internal("time mark"))?;
        keychain.write(TIME_MARK_ITEM, &bytes)
    }
}

/// How the raw clock compares with trusted time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockStatus {
    /// It agrees with trusted time.
    Agrees,
    /// It is behind authenticated time.
    Behind,
    /// It is more than ten minutes ahead of trusted time.
    Ahead,
}

/// The trusted time of a running program.
#[derive(Debug)]
pub struct TrustedTime {
    clock: Arc<dyn Clock>,
    boot: Arc<dyn BootClock>,
    /// Identifies this process if the machine does not identify its boot.
    process: String,
    /// The reading at the start, milliseconds.
    started: u64,
    /// Lower bound of the time at `anchor`.
    trusted: Option<UtcMillis>,
    anchor: BootReading,
    /// Whether all time since `anchor` is accounted for, so that the bound is also an estimate.
    continuous: bool,
    offset_millis: i64,
}

impl TrustedTime {
    /// Continues from a saved mark, if any.
    #[must_use]
    pub fn starting(mark: Option<&TimeMark>, boot: Arc<dyn BootClock>, clock: Arc<dyn Clock>) -> Self {
        let process = uuid::Uuid::new_v4().to_string();
        let anchor = BootReading { boot: String::new(), millis: 0 };
        let mut time =
            Self { clock, boot, process, started: 0, trusted: None, anchor, continuous: false, offset_millis: 0 };
        time.anchor = time.reading();
        time.started = time.anchor.millis;
        if let Some(mark) = mark.filter(|m| m.trusted.0 > 0) {
            let passed = time.elapsed_in_same_boot(mark);
            time.trusted = Some(mark.trusted.plus_millis(passed.map_or(0, millis)));
            time.continuous = passed.is_some() && mark.continuous;
            // A correction is valid for one boot: before the next one the clock may have been corrected.
            time.offset_millis = if passed.is_some() { mark.offset_millis } else { 0 };
        }
        time
    }

    /// Continues from the mark in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`]; an unreadable mark is ignored.
    pub fn load(keychain: &dyn Keychain, boot: Arc<dyn BootClock>, clock: Arc<dyn Clock>) -> Result<Self, KeysError> {
        let stored = keychain.read(TIME_MARK_ITEM)?;
        // EXPOSE: a time is not secret; the keychain only protects it from changes.
        let mark = stored.and_then(|bytes| serde_json::from_slice::<TimeMark>(bytes.expose()).ok());
        Ok(Self::starting(mark.as_ref(), boot, clock))
    }

    /// Saves the current mark in the keychain.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    pub fn save(&self, keychain: &dyn Keychain) -> Result<(), KeysError> {
        self.mark().save(keychain)
    }

    /// The raw clock plus the correction; used for clinical times.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.clock.now().plus_millis(self.offset_millis)
    }

    /// The correction of the raw clock, milliseconds; not zero means `clock-corrected`.
    #[must_use]
    pub const fn offset_millis(&self) -> i64 {
        self.offset_millis
    }

    /// How the corrected clock compares with trusted time.
    #[must_use]
    pub fn clock_status(&self) -> ClockStatus {
        let Some(bound) = self.bound() else { return ClockStatus::Agrees };
        let ahead = self.now().0.saturating_sub(bound.0);
        if ahead < -JITTER_MILLIS {
            ClockStatus::Behind
        } else if self.continuous && ahead > TOLERANCE_MILLIS {
            ClockStatus::Ahead
        } else {
            ClockStatus::Agrees
        }
    }

    /// The best estimate of the time: the corrected clock, or trusted time if that contradicts it.
    #[must_use]
    pub fn estimate(&self) -> UtcMillis {
        match (self.clock_status(), self.bound()) {
            (ClockStatus::Behind | ClockStatus::Ahead, Some(bound)) => bound,
            _ => self.now(),
        }
    }

    /// Accepts the date of a server over TLS if it agrees with the estimated time; returns whether it does.
    ///
    /// INVARIANT: a server can only confirm the time. A wrong clock of a server or gateway moves the bound neither
    /// forward, which would make this device's clock wrong from then on, nor back.
    pub fn accept_from_server(&mut self, at: UtcMillis) -> bool {
        let known = self.estimate();
        let agrees = known.0.saturating_sub(at.0).saturating_abs() <= TOLERANCE_MILLIS;
        if agrees {
            self.accept(at.min(known));
        }
        agrees
    }

    /// Whether authenticated time plus the time since confirms the clock.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.continuous && self.clock_status() == ClockStatus::Agrees
    }

    /// Accepts authenticated time: the step of an accepted code. Dates of servers go through
    /// [`TrustedTime::accept_from_server`].
    ///
    /// If the corrected clock is within ten minutes, the bound follows the earlier of the two, so that a small error of
    /// either does not make the clock wrong.
    pub fn accept(&mut self, at: UtcMillis) {
        let now = self.now();
        let close = now.0.saturating_sub(at.0).abs() <= TOLERANCE_MILLIS;
        let accepted = if close { now.min(at) } else { at };
        // INVARIANT: the lower bound never decreases.
        let bound = self.bound().map_or(accepted, |bound| bound.max(accepted));
        self.trusted = Some(bound);
        self.anchor = self.reading();
        // Without a boot clock sleep is not counted, so the bound is not an estimate.
        self.continuous = self.boot.reading().is_some();
    }

    /// Corrects the clock to an instant that a code has confirmed.
    pub fn correct(&mut self, at: UtcMillis) {
        self.offset_millis = at.0.saturating_sub(self.clock.now().0);
        self.accept(at);
    }

    /// The current instant on all clocks.
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

    /// Time since a mark. Within one boot, setting the clock does not affect it. Across boots it is the difference of the
    /// raw clock, but at least the time since boot, so that a wait ends even if the clock was ahead and is corrected.
    pub(crate) fn elapsed_since(&self, mark: &TimeMark) -> Duration {
        self.elapsed_in_same_boot(mark).unwrap_or_else(|| {
            let raw = self.clock.now().0.saturating_sub(mark.raw.0);
            Duration::from_millis(u64::try_from(raw).unwrap_or_default()).max(self.time_since_boot())
        })
    }

    /// Whether a mark is later than the clocks now, so that the time since is unknown.
    pub(crate) fn is_before(&self, mark: &TimeMark) -> bool {
        self.elapsed_in_same_boot(mark).is_none() && self.clock.now() < mark.raw
    }

    /// The earliest possible time; `None` if nothing was authenticated yet.
    pub(crate) fn earliest(&self) -> Option<UtcMillis> {
        self.bound()
    }

    /// The latest possible time; `None` unless all time since the last authenticated time is accounted for.
    pub(crate) fn latest(&self) -> Option<UtcMillis> {
        self.bound().filter(|_| self.continuous).map(|bound| bound.plus_millis(TOLERANCE_MILLIS))
    }

    /// Whether a phone that shows `phone` means that this computer's clock is wrong, and not the phone's.
    ///
    /// If all time is accounted for, the one closer to trusted time is right: a phone that is some minutes fast then
    /// changes neither the clock nor trusted time.
    pub(crate) fn phone_corrects(&self, phone: UtcMillis) -> bool {
        let Some(bound) = self.bound().filter(|_| self.is_confirmed()) else { return true };
        let off = |at: UtcMillis| at.0.saturating_sub(bound.0).abs();
        off(phone) <= off(self.now())
    }

    /// The corrected time for a phone that shows `phone`: never before trusted time.
    pub(crate) fn corrected_to(&self, phone: UtcMillis) -> UtcMillis {
        self.bound().map_or(phone, |bound| bound.max(phone))
    }

    fn bound(&self) -> Option<UtcMillis> {
        let now = self.reading();
        let since = if now.boot == self.anchor.boot { now.millis.saturating_sub(self.anchor.millis) } else { 0 };
        self.trusted.map(|t| t.plus_millis(millis(Duration::from_millis(since))))
    }

    /// The machine's reading, or else the monotonic time of this process.
    fn reading(&self) -> BootReading {
        self.boot.reading().unwrap_or_else(|| BootReading {
            boot: self.process.clone(),
            millis: u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Time since the boot, or else since the start of this process.
    fn time_since_boot(&self) -> Duration {
        let (now, since) = (self.reading(), if self.boot.reading().is_some() { 0 } else { self.started });
        Duration::from_millis(now.millis.saturating_sub(since))
    }

    fn elapsed_in_same_boot(&self, mark: &TimeMark) -> Option<Duration> {
        let now = self.reading();
        (mark.boot.boot == now.boot).then(|| Duration::from_millis(now.millis.saturating_sub(mark.boot.millis)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
