//! `conflict` and `decide_conflict`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::conflict::{ConflictDto, DecideDto};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::visit::SavedDto;
use serde::Deserialize;
use tauri::State;

/// Names a conflict.
#[derive(Deserialize)]
pub(crate) struct ConflictRequest {
    conflict: String,
}

/// The versions of a record that changed both here and on the server.
#[tauri::command]
pub(crate) async fn conflict(shell: State<'_, Shell>, request: ConflictRequest) -> Result<ConflictDto, FailureDto> {
    shell.run(move |workstation| cases::conflict::conflict(workstation, &request.conflict)).await
}

/// Saves the decision on a conflict.
#[tauri::command]
pub(crate) async fn decide_conflict(shell: State<'_, Shell>, request: DecideDto) -> Result<SavedDto, FailureDto> {
    shell.run(move |workstation| cases::conflict::decide_conflict(workstation, request)).await
}
