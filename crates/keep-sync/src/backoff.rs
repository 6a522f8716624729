//! How long to wait before the next sync after one that ended early.

use crate::error::SyncError;
use keep_domain::ErrorCode;
use std::time::Duration;
use uuid::Uuid;

/// Longest first wait.
const FIRST: Duration = Duration::from_secs(5);
/// Longest wait.
pub(crate) const LONGEST: Duration = Duration::from_mins(15);

/// Exponential backoff with full jitter: a random wait below a bound that doubles, so that devices that lost their
/// server at the same moment do not return at the same moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// As it was after so many failures.
    pub(crate) const fn after(failures: u32) -> Self {
        Self { failures }
    }

    /// Failures in a row so far.
    pub(crate) const fn failures(self) -> u32 {
        self.failures
    }

    /// Starts again from the first wait, after a successful run.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after `error`; `None` where only a user can help.
    pub fn wait_after(&mut self, error: &SyncError) -> Option<Duration> {
        if let SyncError::Failed { retry_after: Some(seconds), .. } = error {
            self.failures = self.failures.saturating_add(1);
            // `Retry-After` is a lower bound; a little more spreads the load.
            let minimum = Duration::from_secs(*seconds).min(LONGEST);
            return Some(minimum.saturating_add(draw(FIRST)));
        }
        // A server's state may change at any time; a cap of 15 minutes makes asking cheap.
        let helps = error.is_transient()
            || matches!(error, SyncError::Failed { .. })
            || matches!(error, SyncError::Store(ErrorCode::Io | ErrorCode::DiskFull));
        helps.then(|| {
            let bound = FIRST.saturating_mul(2_u32.saturating_pow(self.failures.min(20))).min(LONGEST);
            self.failures = self.failures.saturating_add(1);
            draw(bound)
        })
    }
}

/// A random time up to `bound`. It is not a secret, so the bits of a random UUID suffice.
fn draw(bound: Duration) -> Duration {
    let (random, _) = Uuid::new_v4().as_u64_pair();
    let millis = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    Duration::from_millis(random % millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_below_a_bound_that_doubles_up_to_15_minutes() {
        let mut backoff = Backoff::default();
        for n in 0..40_u32 {
            let bound = FIRST.saturating_mul(2_u32.saturating_pow(n.min(20))).min(LONGEST);
            assert!(backoff.wait_after(&SyncError::Unreachable).unwrap() <= bound, "{n}");
        }
        backoff.reset();
        assert!(backoff.wait_after(&SyncError::InvalidResponse).unwrap() <= FIRST);
    }

    #[test]
    fn retry_after_is_respected() {
        let busy = SyncError::Failed { status: 503, retry_after: Some(120) };
        let wait = Backoff::default().wait_after(&busy).unwrap();
        assert!((Duration::from_secs(120)..=Duration::from_secs(125)).contains(&wait));
    }

    #[test]
    fn there_is_no_wait_for_what_only_a_person_can_fix() {
        for error in [SyncError::SignInNeeded, SyncError::Untrusted, SyncError::Cancelled] {
            assert_eq!(Backoff::default().wait_after(&error), None, "{error}");
        }
    }
}
