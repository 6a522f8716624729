//! `enrol_*`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::enrol::{EnrolBeginDto, EnrolCodeDto, EnrolPasswordDto, EnrolStateDto};
use keep_session::dto::failure::FailureDto;
use tauri::State;

/// The state of the enrolment.
#[tauri::command]
pub(crate) async fn enrol_state(shell: State<'_, Shell>) -> Result<EnrolStateDto, FailureDto> {
    shell.run(cases::enrol::enrol_state).await
}

/// Opens the clinic's sign-in in the browser.
#[tauri::command]
pub(crate) async fn enrol_begin(shell: State<'_, Shell>, request: EnrolBeginDto) -> Result<EnrolStateDto, FailureDto> {
    shell.run(move |workstation| cases::enrol::enrol_begin(workstation, request)).await
}

/// Sets the workstation password.
#[tauri::command]
pub(crate) async fn enrol_password(
    shell: State<'_, Shell>,
    request: EnrolPasswordDto,
) -> Result<EnrolStateDto, FailureDto> {
    shell.run(move |workstation| cases::enrol::enrol_password(workstation, request)).await
}

/// Verifies the first one-time code and completes the enrolment.
#[tauri::command]
pub(crate) async fn enrol_code(shell: State<'_, Shell>, request: EnrolCodeDto) -> Result<EnrolStateDto, FailureDto> {
    shell.run(move |workstation| cases::enrol::enrol_code(workstation, request)).await
}

/// Cancels the enrolment; nothing is saved.
#[tauri::command]
pub(crate) async fn enrol_cancel(shell: State<'_, Shell>) -> Result<EnrolStateDto, FailureDto> {
    shell.run(cases::enrol::enrol_cancel).await
}
