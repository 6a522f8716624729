//! `unlock`, `session`, `touch`, `set_single_keys`, `keep_place`.

use crate::failure::failure;
use crate::lock::lock_if_os_is_locked;
use crate::shell::Shell;
use keep_domain::{Clock, ErrorCode};
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{ReturnPointDto, SessionDto, SingleKeysDto, UnlockDto};
use tauri::{AppHandle, State};

/// Opens the session.
#[tauri::command]
pub(crate) async fn unlock(
    page: AppHandle,
    shell: State<'_, Shell>,
    request: UnlockDto,
) -> Result<SessionDto, FailureDto> {
    let _running = shell.track_unlock();
    let session = shell.run(move |workstation| cases::unlock::unlock(workstation, request)).await?;
    shell.start_timer(&session);
    if lock_if_os_is_locked(&page).await { Err(failure(ErrorCode::Locked)) } else { Ok(session) }
}

/// The open session, or the failure `locked`.
#[tauri::command]
pub(crate) async fn session(shell: State<'_, Shell>) -> Result<SessionDto, FailureDto> {
    shell.run(cases::unlock::session).await.inspect(|session| shell.start_timer(session))
}

/// Records input in the page.
#[tauri::command]
pub(crate) async fn touch(shell: State<'_, Shell>) -> Result<(), FailureDto> {
    shell.timer.touch(shell.clock.monotonic());
    shell.run(cases::unlock::touch).await
}

/// Switches shortcuts by single keys on or off.
#[tauri::command]
pub(crate) async fn set_single_keys(shell: State<'_, Shell>, request: SingleKeysDto) -> Result<(), FailureDto> {
    shell.run(move |workstation| cases::unlock::set_single_keys(workstation, request)).await
}

/// Saves what the user is looking at, to resume there after a lock.
#[tauri::command]
pub(crate) async fn keep_place(shell: State<'_, Shell>, request: ReturnPointDto) -> Result<(), FailureDto> {
    shell.run(move |workstation| cases::unlock::save_return_point(workstation, request)).await
}
