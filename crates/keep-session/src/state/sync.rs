//! The sync of a session: whether it runs, its progress, and the result of the last one.

use super::acquire;
use crate::dto::sync::SyncProgressDto;
use keep_domain::ErrorCode;
use keep_sync::{Cancel, PushWaits, SyncReport};
use std::sync::Mutex;

/// State that outlives a single run. Holds counts and times only, so it may outlive a lock.
#[derive(Default)]
pub(crate) struct SyncHandle {
    /// Whether a session syncs by itself; the command line requests each sync.
    pub(crate) automatic: bool,
    /// What waits for the server.
    pub(crate) waits: PushWaits,
    running: Mutex<Option<Cancel>>,
    progress: Mutex<Option<SyncProgressDto>>,
    last: Mutex<Option<(SyncReport, Option<ErrorCode>)>>,
}

impl SyncHandle {
    /// No sync has run yet.
    pub(crate) fn new(automatic: bool) -> Self {
        Self { automatic, ..Self::default() }
    }

    /// Starts; `None` when a sync runs already.
    pub(crate) fn start(&self) -> Option<Cancel> {
        let mut running = acquire(&self.running);
        if running.is_some() {
            return None;
        }
        let cancel = Cancel::default();
        *running = Some(cancel.clone());
        Some(cancel)
    }

    /// Ends, with the result.
    pub(crate) fn end(&self, report: SyncReport, stopped: Option<ErrorCode>) {
        *acquire(&self.running) = None;
        *acquire(&self.progress) = None;
        *acquire(&self.last) = Some((report, stopped));
    }

    /// Ends a push without a pull: what the last whole sync has found still holds, unless it found no server.
    pub(crate) fn end_push(&self, pushed: SyncReport) {
        let (mut report, stopped) = self.last().unwrap_or_default();
        (report.pushed, report.pending, report.rejected) = (pushed.pushed, pushed.pending, pushed.rejected);
        (report.conflicts, report.waiting, report.compared) = (pushed.conflicts, pushed.waiting, pushed.compared);
        (report.bytes_up, report.bytes_down) = (pushed.bytes_up, pushed.bytes_down);
        let is_reachable = stopped == Some(ErrorCode::ServerUnreachable);
        report.stopped_by = report.stopped_by.filter(|_| !is_reachable);
        self.end(report, stopped.filter(|_| !is_reachable));
    }

    /// Ends the running sync at its next await.
    pub(crate) fn cancel(&self) {
        if let Some(cancel) = acquire(&self.running).as_ref() {
            cancel.cancel();
        }
    }

    /// Forgets the result of the last run, which is out of date.
    pub(crate) fn forget(&self) {
        *acquire(&self.last) = None;
    }

    pub(crate) fn is_running(&self) -> bool {
        acquire(&self.running).is_some()
    }

    pub(crate) fn show(&self, progress: SyncProgressDto) {
        *acquire(&self.progress) = Some(progress);
    }

    pub(crate) fn progress(&self) -> Option<SyncProgressDto> {
        acquire(&self.progress).clone()
    }

    /// The result of the last run of this process.
    pub(crate) fn last(&self) -> Option<(SyncReport, Option<ErrorCode>)> {
        acquire(&self.last).clone()
    }
}
