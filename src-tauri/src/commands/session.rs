//! `session`.

use crate::failure::failure;
use keep_domain::ErrorCode;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::SessionDto;

/// The open session, or the failure `locked`.
#[tauri::command]
pub(crate) async fn session() -> Result<SessionDto, FailureDto> {
    Err(failure(ErrorCode::Locked))
}
