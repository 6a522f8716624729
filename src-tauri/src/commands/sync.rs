//! `sync_*`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::sync::{GiveUpDto, RetryDto, SyncPageDto, SyncStatusDto};
use tauri::State;

/// The sync status.
#[tauri::command]
pub(crate) async fn sync_chip(shell: State<'_, Shell>) -> Result<SyncStatusDto, FailureDto> {
    shell.run(cases::sync::sync_status).await
}

/// The content of the sync page.
#[tauri::command]
pub(crate) async fn sync_page(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.run(cases::sync::sync_page).await
}

/// Starts a sync.
#[tauri::command]
pub(crate) async fn sync_now(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.run(cases::sync::sync_now).await
}

/// Stops the running sync.
#[tauri::command]
pub(crate) async fn sync_cancel(shell: State<'_, Shell>) -> Result<SyncPageDto, FailureDto> {
    shell.run(cases::sync::sync_cancel).await
}

/// Queues a rejected change set again.
#[tauri::command]
pub(crate) async fn sync_retry(shell: State<'_, Shell>, request: RetryDto) -> Result<SyncPageDto, FailureDto> {
    shell.run(move |workstation| cases::sync::sync_retry(workstation, request)).await
}

/// Gives up a rejected change set.
#[tauri::command]
pub(crate) async fn sync_give_up(shell: State<'_, Shell>, request: GiveUpDto) -> Result<SyncPageDto, FailureDto> {
    shell.run(move |workstation| cases::sync::sync_give_up(workstation, request)).await
}
