//! `save_draft`, `discard_draft`, `drafts`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::draft::{DraftDto, DraftSavedDto, SaveDraftDto};
use keep_session::dto::failure::FailureDto;
use serde::Deserialize;
use tauri::State;

/// Names a draft.
#[derive(Deserialize)]
pub(crate) struct DraftRequest {
    draft: String,
}

/// Saves a draft.
#[tauri::command]
pub(crate) async fn save_draft(shell: State<'_, Shell>, request: SaveDraftDto) -> Result<DraftSavedDto, FailureDto> {
    shell.run(move |workstation| cases::drafts::save_draft(workstation, request)).await
}

/// Deletes a draft.
#[tauri::command]
pub(crate) async fn discard_draft(shell: State<'_, Shell>, request: DraftRequest) -> Result<(), FailureDto> {
    shell.run(move |workstation| cases::drafts::discard_draft(workstation, &request.draft)).await
}

/// The user's own drafts.
#[tauri::command]
pub(crate) async fn drafts(shell: State<'_, Shell>) -> Result<Vec<DraftDto>, FailureDto> {
    shell.run(cases::drafts::drafts).await
}
