//! When an unlocked session has been left alone for too long.

use crate::lock::LockCause;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What policy allows one unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Without input.
    pub(crate) idle: Duration,
    /// The warning before either limit.
    pub(crate) warning: Duration,
    /// From unlock, whatever happens.
    pub(crate) absolute: Duration,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Nothing.
    Quiet,
    /// Tell the user how many seconds are left.
    Warn(u32),
    /// Lock.
    Lock(LockCause),
}

impl Limits {
    /// `idle` since the last input, `open` since the unlock.
    pub(crate) fn decide(&self, idle: Duration, open: Duration) -> Watch {
        let (idle_left, open_left) = (self.idle.saturating_sub(idle), self.absolute.saturating_sub(open));
        if open_left.is_zero() {
            return Watch::Lock(LockCause::Absolute);
        }
        if idle_left.is_zero() {
            return Watch::Lock(LockCause::Idle);
        }
        let left = idle_left.min(open_left);
        if left > self.warning {
            return Watch::Quiet;
        }
        Watch::Warn(u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
    }
}

/// The unlocked session's clock; empty while locked. Instants are the monotonic clock's.
#[derive(Debug, Default)]
pub(crate) struct Activity(Mutex<Option<Session>>);

#[derive(Debug, Clone, Copy)]
struct Session {
    since: Duration,
    touched: Duration,
    limits: Limits,
}

impl Activity {
    /// An unlock.
    pub(crate) fn begin(&self, now: Duration, limits: Limits) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Session { since: now, touched: now, limits });
    }

    /// The page saw input.
    pub(crate) fn touch(&self, now: Duration) {
        if let Some(session) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            session.touched = now;
        }
    }

    /// Whether a session is open.
    pub(crate) fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What to do now; `os_idle` is the operating system's measure, where it offers one.
    pub(crate) fn watch(&self, now: Duration, os_idle: Option<Duration>) -> Watch {
        let session = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        session.map_or(Watch::Quiet, |s| {
            let idle = now.saturating_sub(s.touched);
            // Input elsewhere on the screen counts as presence: the person is at the workstation.
            let idle = os_idle.map_or(idle, |os| os.min(idle));
            s.limits.decide(idle, now.saturating_sub(s.since))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Watch};
    use crate::lock::LockCause;
    use std::time::Duration;

    const LIMITS: Limits = Limits {
        idle: Duration::from_secs(300),
        warning: Duration::from_secs(60),
        absolute: Duration::from_secs(12 * 3600),
    };

    fn decide(idle: u64, open: u64) -> Watch {
        LIMITS.decide(Duration::from_secs(idle), Duration::from_secs(open))
    }

    #[test]
    fn a_session_warns_and_then_locks() {
        assert_eq!(decide(239, 400), Watch::Quiet);
        assert_eq!(decide(240, 400), Watch::Warn(60));
        assert_eq!(LIMITS.decide(Duration::from_millis(299_001), Duration::from_secs(400)), Watch::Warn(1));
        assert_eq!(decide(300, 400), Watch::Lock(LockCause::Idle));
    }

    #[test]
    fn the_absolute_limit_holds_for_a_busy_user() {
        assert_eq!(decide(0, 12 * 3600 - 30), Watch::Warn(30));
        assert_eq!(decide(0, 12 * 3600), Watch::Lock(LockCause::Absolute));
    }
}
