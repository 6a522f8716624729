//! How long to wait before the next sync after one that ended early.

use crate::SyncError;
use keep_domain::ErrorCode;
use std::time::Duration;
use uuid::Uuid;

/// The first wait is at most this long.
const FIRST: Duration = Duration::from_secs(5);
/// No wait is longer.
const LONGEST: Duration = Duration::from_mins(15);

/// Exponential backoff with full jitter: a random wait between nothing and a bound that doubles, so that devices that
/// lost their server at the same moment do not come back at the same moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The run ended well, or the line came back: start anew.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after `error`; `None` where waiting does not help: somebody has to act.
    pub fn wait_after(&mut self, error: &SyncError) -> Option<Duration> {
        if let SyncError::Failed { retry_after: Some(seconds), .. } = error {
            self.failures = self.failures.saturating_add(1);
            // What the server asks for is a lower bound; a little more spreads the crowd.
            let asked = Duration::from_secs(*seconds).min(LONGEST);
            return Some(asked.saturating_add(draw(FIRST)));
        }
        let helps = error.passes_by_itself() || matches!(error, SyncError::Store(ErrorCode::Io | ErrorCode::DiskFull));
        helps.then(|| {
            let bound = FIRST.saturating_mul(2_u32.saturating_pow(self.failures.min(20))).min(LONGEST);
            self.failures = self.failures.saturating_add(1);
            draw(bound)
        })
    }
}

/// A random time up to `bound`. It protects nothing, so the bits of a random UUID will do.
fn draw(bound: Duration) -> Duration {
    let (random, _) = Uuid::new_v4().as_u64_pair();
    let millis = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
    Duration::from_millis(random % millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_under_a_bound_that_doubles_up_to_a_quarter_of_an_hour() {
        let mut backoff = Backoff::default();
        for n in 0..40_u32 {
            let bound = FIRST.saturating_mul(2_u32.saturating_pow(n.min(20))).min(LONGEST);
            assert!(backoff.wait_after(&SyncError::Unreachable).unwrap() <= bound, "{n}");
        }
        backoff.reset();
        assert!(backoff.wait_after(&SyncError::Garbled).unwrap() <= FIRST);
    }

    #[test]
    fn what_the_server_asks_for_is_kept() {
        let busy = SyncError::Failed { status: 503, retry_after: Some(120) };
        let wait = Backoff::default().wait_after(&busy).unwrap();
        assert!((Duration::from_secs(120)..=Duration::from_secs(125)).contains(&wait));
    }

    #[test]
    fn nobody_waits_for_what_only_a_person_can_mend() {
        for error in [
            SyncError::SignInNeeded,
            SyncError::Untrusted,
            SyncError::Cancelled,
            SyncError::Failed { status: 403, retry_after: None },
        ] {
            assert_eq!(Backoff::default().wait_after(&error), None, "{error}");
        }
    }
}
