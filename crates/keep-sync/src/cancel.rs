//! Stopping a sync from outside, at its next await.

use crate::SyncError;
use std::sync::Arc;
use tokio::sync::watch;

/// A switch that ends a sync; clones share it.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Ends the sync that has this switch. A page that is being stored is stored completely.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was thrown.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Runs `work` unless and until the switch is thrown.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = Result<T, SyncError>>) -> Result<T, SyncError> {
        let mut thrown = self.0.subscribe();
        tokio::select! {
            biased;
            _ = thrown.wait_for(|on| *on) => Err(SyncError::Cancelled),
            done = work => done,
        }
    }
}
