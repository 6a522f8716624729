//! Protection against guessing: failed sign-ins delay further ones, and a one-time code is accepted once.

use crate::mutex::acquire;
use keep_domain::UtcMillis;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

/// Number of failures at which the first wait starts.
const FAILURES_BEFORE_WAIT: u32 = 5;
/// First wait, s; it doubles with each further failure.
const FIRST_WAIT: i64 = 10;
/// Longest wait, s.
const LONGEST_WAIT: i64 = 900;

/// Counts per entered user name, whether it exists or not, so that a wait does not reveal which names exist.
#[derive(Debug, Default)]
pub(crate) struct SignInThrottle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Number of failures and the end of the wait, s.
    failures: HashMap<String, (u32, i64)>,
    /// User name and 30 s step.
    used_codes: HashSet<(String, i64)>,
}

impl SignInThrottle {
    /// Seconds before this user name may try again; 0 = now.
    pub(crate) fn wait(&self, user: &str, now: UtcMillis) -> i64 {
        acquire(&self.0).failures.get(user).map_or(0, |(_, until)| (until - now.seconds()).max(0))
    }

    /// Counts a failure.
    pub(crate) fn record_failure(&self, user: &str, now: UtcMillis) {
        let mut state = acquire(&self.0);
        let (failures, until) = state.failures.entry(user.to_owned()).or_default();
        *failures = failures.saturating_add(1);
        if *failures >= FAILURES_BEFORE_WAIT {
            let wait = FIRST_WAIT.saturating_mul(1 << (*failures - FAILURES_BEFORE_WAIT).min(8)).min(LONGEST_WAIT);
            *until = now.seconds() + wait;
        }
    }

    /// Forgets the failures after a successful sign-in.
    pub(crate) fn record_success(&self, user: &str) {
        acquire(&self.0).failures.remove(user);
    }

    /// Marks a user's code of a 30 s step as used; false if it already was (RFC 6238 5.2).
    pub(crate) fn use_code(&self, user: &str, step: i64) -> bool {
        let mut state = acquire(&self.0);
        state.used_codes.retain(|(_, s)| *s >= step - 10);
        state.used_codes.insert((user.to_owned(), step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_starts_a_wait() {
        let throttle = SignInThrottle::default();
        for n in 0..5 {
            assert_eq!(throttle.wait("amara", UtcMillis(0)), 0, "{n}");
            throttle.record_failure("amara", UtcMillis(0));
        }
        assert_eq!(throttle.wait("amara", UtcMillis(0)), FIRST_WAIT);
        assert_eq!(throttle.wait("jonas", UtcMillis(0)), 0);
        throttle.record_failure("amara", UtcMillis(0));
        assert_eq!(throttle.wait("amara", UtcMillis(0)), 2 * FIRST_WAIT);
        throttle.record_success("amara");
        assert_eq!(throttle.wait("amara", UtcMillis(0)), 0);
    }

    #[test]
    fn a_code_is_accepted_once_per_user() {
        let throttle = SignInThrottle::default();
        assert!(throttle.use_code("amara", 7));
        assert!(!throttle.use_code("amara", 7));
        assert!(throttle.use_code("amara", 8) && throttle.use_code("jonas", 7));
    }
}
