//! Store calls from async tasks.

use crate::error::SyncError;
use crate::sync_store::SyncStore;
use std::sync::Arc;

/// Calls the store on a thread that may block.
pub(crate) async fn with_store<T: Send + 'static>(
    store: &Arc<dyn SyncStore>,
    call: impl FnOnce(&dyn SyncStore) -> Result<T, SyncError> + Send + 'static,
) -> Result<T, SyncError> {
    let store = Arc::clone(store);
    blocking(move || call(store.as_ref())).await
}

/// Runs `call` on a thread that may block; a panic there is a defect, not a crash of the worker.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, SyncError> + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(call).await.unwrap_or(Err(SyncError::Internal("store call")))
}
