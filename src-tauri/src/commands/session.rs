//! `unlock`, `session`, `touch`, `keep_place`.

use crate::failure::failure;
use crate::logind;
use crate::shell::Shell;
use keep_domain::ErrorCode;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{ResumePointDto, SessionDto, UnlockDto};
use tauri::{AppHandle, State};

/// Opens the session.
#[tauri::command]
pub(crate) async fn unlock(
    page: AppHandle,
    shell: State<'_, Shell>,
    request: UnlockDto,
) -> Result<SessionDto, FailureDto> {
    let _running = shell.begin_unlock();
    let session = shell.ask(move |app| cases::unlock::unlock(app, request)).await?;
    shell.watch(&session);
    if logind::lock_if_os_is_locked(&page).await { Err(failure(ErrorCode::Locked)) } else { Ok(session) }
}

/// The open session, or the failure `locked`.
#[tauri::command]
pub(crate) async fn session(shell: State<'_, Shell>) -> Result<SessionDto, FailureDto> {
    shell.ask(cases::unlock::session).await.inspect(|session| shell.watch(session))
}

/// The page saw input.
#[tauri::command]
pub(crate) async fn touch(shell: State<'_, Shell>) -> Result<(), FailureDto> {
    shell.activity().touch(shell.monotonic());
    shell.ask(cases::unlock::touch).await
}

/// Keeps where the person is.
#[tauri::command]
pub(crate) async fn keep_place(shell: State<'_, Shell>, request: ResumePointDto) -> Result<(), FailureDto> {
    shell.ask(move |app| cases::unlock::keep_place(app, request)).await
}
