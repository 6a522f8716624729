//! Failed sign-ins slow down further ones; one-time codes are good once.

use keep_domain::UtcMillis;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Failures before the first wait.
const FREE: u32 = 5;
/// First wait, s; doubles with each further failure.
const FIRST_WAIT: i64 = 10;
/// Longest wait, s.
const LONGEST_WAIT: i64 = 900;

/// Counters per name typed, known or not, so that waiting does not tell who exists.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    failures: HashMap<String, (u32, i64)>,
    used_codes: HashSet<(String, i64)>,
}

impl Attempts {
    /// Seconds that this name has to wait; 0 = may try.
    pub(crate) fn wait(&self, user: &str, now: UtcMillis) -> i64 {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.failures.get(user).map_or(0, |(_, until)| (until - now.seconds()).max(0))
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, user: &str, now: UtcMillis) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.failures.entry(user.to_owned()).or_default();
        entry.0 = entry.0.saturating_add(1);
        if entry.0 >= FREE {
            let wait = FIRST_WAIT.saturating_mul(1 << (entry.0 - FREE).min(8)).min(LONGEST_WAIT);
            entry.1 = now.seconds() + wait;
        }
    }

    /// A sign-in succeeded: the counter goes.
    pub(crate) fn succeeded(&self, user: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failures.remove(user);
    }

    /// Takes the code of a 30 s step; false when this user's was taken before (RFC 6238, 5.2).
    pub(crate) fn take_code(&self, user: &str, step: i64) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used_codes.retain(|(_, s)| *s >= step - 10);
        kept.used_codes.insert((user.to_owned(), step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_makes_wait() {
        let attempts = Attempts::default();
        for n in 0..5 {
            assert_eq!(attempts.wait("amara", UtcMillis(0)), 0, "{n}");
            attempts.failed("amara", UtcMillis(0));
        }
        assert_eq!(attempts.wait("amara", UtcMillis(0)), FIRST_WAIT);
        assert_eq!(attempts.wait("jonas", UtcMillis(0)), 0);
        attempts.failed("amara", UtcMillis(0));
        assert_eq!(attempts.wait("amara", UtcMillis(0)), 2 * FIRST_WAIT);
        attempts.succeeded("amara");
        assert_eq!(attempts.wait("amara", UtcMillis(0)), 0);
    }

    #[test]
    fn a_code_is_good_once_per_person() {
        let attempts = Attempts::default();
        assert!(attempts.take_code("amara", 7));
        assert!(!attempts.take_code("amara", 7));
        assert!(attempts.take_code("amara", 8) && attempts.take_code("jonas", 7));
    }
}
