//! When an unlocked session must warn and lock.

use crate::lock_cause::LockCause;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Time limits of one unlock, set by policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionLimits {
    /// Longest time without input.
    pub(crate) idle: Duration,
    /// Length of the warning before either limit.
    pub(crate) warning: Duration,
    /// Longest time since the unlock, with or without input.
    pub(crate) absolute: Duration,
}

/// What the limits require now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitCheck {
    /// Nothing.
    Within,
    /// Warn the user that this many seconds are left.
    Warn(u32),
    /// Lock.
    Lock(LockCause),
}

impl SessionLimits {
    /// Compares the time since the last input and the time since the unlock with the limits.
    fn check(&self, idle: Duration, open: Duration) -> LimitCheck {
        let (idle_left, open_left) = (self.idle.saturating_sub(idle), self.absolute.saturating_sub(open));
        if open_left.is_zero() {
            return LimitCheck::Lock(LockCause::Absolute);
        }
        if idle_left.is_zero() {
            return LimitCheck::Lock(LockCause::Idle);
        }
        let left = idle_left.min(open_left);
        if left > self.warning {
            return LimitCheck::Within;
        }
        LimitCheck::Warn(u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX))
    }
}

/// Unlock and last input of the session; empty while locked. Times are those of the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct SessionTimer(Mutex<Option<Session>>);

#[derive(Debug, Clone, Copy)]
struct Session {
    unlocked: Duration,
    last_input: Duration,
    limits: SessionLimits,
}

impl SessionTimer {
    /// Starts with an unlock.
    pub(crate) fn start(&self, now: Duration, limits: SessionLimits) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Session { unlocked: now, last_input: now, limits });
    }

    /// Records input in the page.
    pub(crate) fn touch(&self, now: Duration) {
        if let Some(session) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            session.last_input = now;
        }
    }

    /// Whether an unlock has started it.
    pub(crate) fn is_running(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What the limits require now; `os_idle` is the time since the last input on the screen, if it can be measured.
    pub(crate) fn check(&self, now: Duration, os_idle: Option<Duration>) -> LimitCheck {
        let session = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        session.map_or(LimitCheck::Within, |s| {
            let idle = now.saturating_sub(s.last_input);
            // Input in another program counts: the user is at the workstation.
            let idle = os_idle.map_or(idle, |os| os.min(idle));
            s.limits.check(idle, now.saturating_sub(s.unlocked))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LimitCheck, SessionLimits};
    use crate::lock_cause::LockCause;
    use std::time::Duration;

    const LIMITS: SessionLimits = SessionLimits {
        idle: Duration::from_secs(300),
        warning: Duration::from_secs(60),
        absolute: Duration::from_secs(12 * 3600),
    };

    fn check(idle: u64, open: u64) -> LimitCheck {
        LIMITS.check(Duration::from_secs(idle), Duration::from_secs(open))
    }

    #[test]
    fn a_session_warns_and_then_locks() {
        assert_eq!(check(239, 400), LimitCheck::Within);
        assert_eq!(check(240, 400), LimitCheck::Warn(60));
        assert_eq!(LIMITS.check(Duration::from_millis(299_001), Duration::from_secs(400)), LimitCheck::Warn(1));
        assert_eq!(check(300, 400), LimitCheck::Lock(LockCause::Idle));
    }

    #[test]
    fn the_absolute_limit_applies_despite_input() {
        assert_eq!(check(0, 12 * 3600 - 30), LimitCheck::Warn(30));
        assert_eq!(check(0, 12 * 3600), LimitCheck::Lock(LockCause::Absolute));
    }
}
