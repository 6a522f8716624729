//! `worklist` and `check_in`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::visit::SavedDto;
use keep_session::dto::worklist::{CheckInDto, WorklistAskDto, WorklistDto};
use tauri::State;

/// The patients of a list.
#[tauri::command]
pub(crate) async fn worklist(shell: State<'_, Shell>, request: WorklistAskDto) -> Result<WorklistDto, FailureDto> {
    shell.run(move |workstation| cases::worklist::worklist(workstation, request)).await
}

/// Records that a patient has arrived.
#[tauri::command]
pub(crate) async fn check_in(shell: State<'_, Shell>, request: CheckInDto) -> Result<SavedDto, FailureDto> {
    shell.run(move |workstation| cases::worklist::check_in(workstation, request)).await
}
