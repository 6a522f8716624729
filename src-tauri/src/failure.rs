//! Failures of commands.

use keep_domain::{ErrorCode, IncidentId};
use keep_session::dto::failure::FailureDto;

/// A failure with only a code, for an error before any use case ran.
pub(crate) fn failure(code: ErrorCode) -> FailureDto {
    let incident = IncidentId::make_random();
    tracing::info!(code = %code.name(), %incident, "command failed");
    FailureDto { code, incident, wait_seconds: None, attempts_left: None, fields: Vec::new(), replaced_by: Vec::new() }
}

/// Runs a blocking use case on a thread that does not serve the window.
pub(crate) async fn blocking<T: Send + 'static>(
    case: impl FnOnce() -> Result<T, FailureDto> + Send + 'static,
) -> Result<T, FailureDto> {
    match tauri::async_runtime::spawn_blocking(case).await {
        Ok(reply) => reply,
        Err(_panicked) => Err(failure(ErrorCode::Internal)),
    }
}
