//! `sign_in_*`: a repeated clinic sign-in, from the lock screen or an open session.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::sign_in::{SignInAgainDto, SignInStateDto};
use tauri::State;

/// Opens the clinic's sign-in in the browser for an enrolled user.
#[tauri::command]
pub(crate) async fn sign_in_again(
    shell: State<'_, Shell>,
    request: SignInAgainDto,
) -> Result<SignInStateDto, FailureDto> {
    shell.run(move |workstation| cases::sign_in_again::sign_in_again(workstation, request)).await
}

/// The state of the sign-in.
#[tauri::command]
pub(crate) async fn sign_in_state(shell: State<'_, Shell>) -> Result<SignInStateDto, FailureDto> {
    shell.run(cases::sign_in_again::sign_in_state).await
}

/// Cancels the sign-in.
#[tauri::command]
pub(crate) async fn sign_in_cancel(shell: State<'_, Shell>) -> Result<SignInStateDto, FailureDto> {
    shell.run(cases::sign_in_again::sign_in_cancel).await
}
