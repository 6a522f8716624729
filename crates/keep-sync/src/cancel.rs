//! Stops a sync from outside, at its next await.

use crate::error::SyncError;
use std::sync::Arc;
use tokio::sync::watch;

/// Cancels a sync; clones share their state.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Cancels. A page that is being stored is still stored completely.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Runs `work` until it is done or cancelled.
    pub(crate) async fn race<T>(&self, work: impl Future<Output = Result<T, SyncError>>) -> Result<T, SyncError> {
        let mut cancelled = self.0.subscribe();
        tokio::select! {
            biased;
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(SyncError::Cancelled),
            done = work => done,
        }
    }
}
