//! How the pull of a type ended, and whether the server as a whole still answers.

use super::puller::Puller;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::report::TypeReport;
use keep_store::{Page, PullOutcome};

/// Types in a row without a usable response after which a run ends: a captive portal answers every request.
const MAX_FAILED_IN_A_ROW: usize = 5;
/// The same before any type was answered.
const MAX_FAILED_AT_FIRST: usize = 3;
/// Types in a row without any response after which a run ends.
const MAX_LOST_IN_A_ROW: usize = 2;

/// Longest time for which a server's `Retry-After` keeps a type from being requested, seconds.
const MAX_RETRY_SECONDS: u64 = 3_600;

/// The outcome of a type whose pull ended with `error`; `None` where the error is not about the type.
pub(super) const fn outcome_of(error: &SyncError) -> Option<PullOutcome> {
    Some(match error {
        // INVARIANT: a refusal says nothing about what exists; nothing is removed because of it.
        SyncError::Failed { status: 403, .. } => PullOutcome::Refused,
        SyncError::Failed { status, .. } => PullOutcome::Failed(*status),
        SyncError::InvalidResponse => PullOutcome::Invalid,
        SyncError::TooLarge => PullOutcome::TooLarge,
        SyncError::Unreachable | SyncError::Truncated => PullOutcome::Interrupted,
        _ => return None,
    })
}

/// Whether the server answers, judged by the types so far.
#[derive(Debug, Default)]
pub(super) struct ServerHealth {
    pub(super) has_answered: bool,
    failed_in_a_row: usize,
    lost_in_a_row: usize,
    first: Option<SyncError>,
}

impl ServerHealth {
    /// A type was received.
    pub(super) const fn answered(&mut self) {
        (self.has_answered, self.failed_in_a_row, self.lost_in_a_row) = (true, 0, 0);
    }

    /// A type ended with `error`; returns whether the others need not be requested.
    pub(super) fn failed(&mut self, error: &SyncError) -> bool {
        self.first.get_or_insert_with(|| error.clone());
        match error {
            // The server responded, about this type.
            SyncError::Failed { status: 400..=428 | 430..=499 | 501, .. } | SyncError::TooLarge => return false,
            SyncError::Unreachable | SyncError::Truncated => self.lost_in_a_row += 1,
            _ => self.lost_in_a_row = 0,
        }
        self.failed_in_a_row += 1;
        let most = if self.has_answered { MAX_FAILED_IN_A_ROW } else { MAX_FAILED_AT_FIRST };
        self.failed_in_a_row >= most || self.lost_in_a_row >= MAX_LOST_IN_A_ROW
    }

    /// The error of the first type that failed, if one did.
    pub(super) fn first_error(self) -> Option<SyncError> {
        self.first
    }
}

impl Puller {
    /// Stores how the pull of a type ended; its position stays. A type that was complete before is never called
    /// missing: its outcome is then [`PullOutcome::Failed`] with 404.
    pub(super) async fn record_outcome(
        &self,
        resource_type: &str,
        outcome: PullOutcome,
        retry_after: Option<u64>,
    ) -> Result<TypeReport, SyncError> {
        let key = self.cursor_key(resource_type);
        let wait = retry_after.and_then(|seconds| i64::try_from(seconds.min(MAX_RETRY_SECONDS)).ok());
        let retry_at = wait.map(|seconds| self.trusted_now().plus_millis(seconds * 1_000));
        let supported = self.capabilities.supports(resource_type);
        with_store(&self.store, move |store| {
            let mut cursor = store.cursor(&key)?;
            let was_there = supported && cursor.complete_as_of.is_some();
            let outcome = match outcome {
                PullOutcome::NotOffered if was_there => PullOutcome::Failed(404),
                other => other,
            };
            let before = (cursor.outcome, cursor.retry_at);
            (cursor.outcome, cursor.retry_at) = (outcome, retry_at);
            let report = TypeReport::of_cursor(&key.resource_type, &cursor);
            if before != (outcome, retry_at) {
                store.apply_page(Page { cursor: Some((key, cursor)), ..Page::default() })?;
            }
            Ok(report)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_type_ends_a_run_only_where_nothing_else_answers() {
        let failed = |status| SyncError::Failed { status, retry_after: None };
        let mut health = ServerHealth::default();
        assert!(!health.failed(&failed(500)) && !health.failed(&SyncError::InvalidResponse));
        assert!(health.failed(&failed(503)), "nothing has answered so far");
        let mut health = ServerHealth::default();
        for status in [400, 403, 404, 413, 404, 404, 404] {
            assert!(!health.failed(&failed(status)), "{status}");
        }
        assert_eq!(health.first_error(), Some(failed(400)));
        let mut health = ServerHealth::default();
        health.answered();
        for _ in 0..20 {
            assert!(!health.failed(&SyncError::Unreachable) && !health.failed(&failed(500)));
            health.answered();
        }
        assert!(!health.failed(&SyncError::Unreachable) && health.failed(&SyncError::Truncated), "the line is down");
    }
}
