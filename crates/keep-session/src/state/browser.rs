//! A sign-in in the user's browser, for an enrolment or a renewal.

use keep_sync::{PendingSignIn, SignedIn, SyncError};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Tells the outcome of a cancelled sign-in from the one that is awaited.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A sign-in that is awaited.
pub(crate) struct BrowserSignIn {
    /// To be opened by hand if no browser starts.
    pub(crate) address: String,
    id: u64,
    stop: AbortHandle,
}

impl BrowserSignIn {
    /// Opens the browser and calls `ended` with this sign-in's id and outcome, on a thread that may block.
    pub(crate) fn start(
        runtime: &Handle,
        pending: PendingSignIn,
        ended: impl FnOnce(u64, Result<SignedIn, SyncError>) + Send + 'static,
    ) -> Self {
        let address = pending.address().to_string();
        // Where no browser starts the address is still on the screen.
        let _ = pending.open_browser();
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        let blocking = runtime.clone();
        let task = runtime.spawn(async move {
            let outcome = pending.finish().await;
            blocking.spawn_blocking(move || ended(id, outcome));
        });
        Self { address, id, stop: task.abort_handle() }
    }

    /// Whether this is the sign-in that ended.
    pub(crate) const fn is(&self, id: u64) -> bool {
        self.id == id
    }

    /// Stops waiting.
    pub(crate) fn cancel(self) {
        self.stop.abort();
    }
}
