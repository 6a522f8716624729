//! Store calls from async tasks.

use crate::error::SyncError;

/// Runs `call` on a thread that may block; a panic there is a defect, not a crash of the worker.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, SyncError> + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(call).await.unwrap_or(Err(SyncError::Internal("store call")))
}
