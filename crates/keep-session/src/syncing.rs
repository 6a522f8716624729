//! The one sync of a session: whether it runs, how far it is, and what the last one came to.

use crate::dto::sync::SyncProgressDto;
use crate::workstation::lock;
use keep_domain::ErrorCode;
use keep_sync::{Cancel, SyncReport};
use std::sync::Mutex;

/// State that outlives a single run. Holds counts and times only, so it may outlive a lock.
#[derive(Default)]
pub(crate) struct Syncing {
    running: Mutex<Option<Cancel>>,
    progress: Mutex<Option<SyncProgressDto>>,
    last: Mutex<Option<(SyncReport, Option<ErrorCode>)>>,
}

impl Syncing {
    /// Claims the one place; `None` when a sync runs already.
    pub(crate) fn begin(&self) -> Option<Cancel> {
        let mut running = lock(&self.running);
        if running.is_some() {
            return None;
        }
        let cancel = Cancel::default();
        *running = Some(cancel.clone());
        Some(cancel)
    }

    /// Gives the place free and keeps what came of it.
    pub(crate) fn end(&self, report: SyncReport, stopped: Option<ErrorCode>) {
        *lock(&self.running) = None;
        *lock(&self.progress) = None;
        *lock(&self.last) = Some((report, stopped));
    }

    /// Ends the running sync at its next await.
    pub(crate) fn cancel(&self) {
        if let Some(cancel) = lock(&self.running).as_ref() {
            cancel.cancel();
        }
    }

    /// Forgets what the last run came to, where that does not hold any more.
    pub(crate) fn forget(&self) {
        *lock(&self.last) = None;
    }

    pub(crate) fn is_running(&self) -> bool {
        lock(&self.running).is_some()
    }

    pub(crate) fn show(&self, progress: SyncProgressDto) {
        *lock(&self.progress) = Some(progress);
    }

    pub(crate) fn progress(&self) -> Option<SyncProgressDto> {
        lock(&self.progress).clone()
    }

    /// What the last run of this process came to.
    pub(crate) fn last(&self) -> Option<(SyncReport, Option<ErrorCode>)> {
        lock(&self.last).clone()
    }
}
