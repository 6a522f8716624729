//! `sign_in_*`: the clinic sign-in again, from the lock screen or from an open session.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::sign_in::{SignInAgainDto, SignInStateDto};
use tauri::State;

/// Opens the clinic's sign-in in the browser for somebody who is enrolled.
#[tauri::command]
pub(crate) async fn sign_in_again(
    shell: State<'_, Shell>,
    request: SignInAgainDto,
) -> Result<SignInStateDto, FailureDto> {
    shell.ask(move |app| cases::sign_in_again::sign_in_again(app, request)).await
}

/// Where it stands.
#[tauri::command]
pub(crate) async fn sign_in_state(shell: State<'_, Shell>) -> Result<SignInStateDto, FailureDto> {
    shell.ask(cases::sign_in_again::sign_in_state).await
}

/// Gives up.
#[tauri::command]
pub(crate) async fn sign_in_cancel(shell: State<'_, Shell>) -> Result<SignInStateDto, FailureDto> {
    shell.ask(cases::sign_in_again::sign_in_cancel).await
}
