//! `sync_*`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::sync::{RetryDto, SyncChipDto, SyncPageDto};
use tauri::State;

/// The chip.
#[tauri::command]
pub(crate) async fn sync_chip(shell: State<'_, Shell>) -> Result<SyncChipDto, FailureDto> {
    shell.ask(cases::sync::sync_chip).await
}

/// The page.
#[tauri::command]
pub(crate) async fn sync_page(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.ask(cases::sync::sync_page).await
}

/// Starts a run.
#[tauri::command]
pub(crate) async fn sync_now(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.ask(cases::sync::sync_now).await
}

/// Stops the run.
#[tauri::command]
pub(crate) async fn sync_cancel(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.ask(cases::sync::sync_cancel).await
}

/// Sends a rejected change set again.
#[tauri::command]
pub(crate) async fn sync_retry(shell: State<'_, Shell>, request: RetryDto) -> Result<SyncPageDto, FailureDto> {
    shell.ask(move |app| cases::sync::sync_retry(app, request)).await
}
