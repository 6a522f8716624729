//! `check_vitals`, `save_vitals`, `mark_entered_in_error`, `undo_entered_in_error`, `sign_note`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::visit::{
    MarkEnteredInErrorDto, SavedDto, SignNoteDto, UndoEnteredInErrorDto, VitalsCheckDto, VitalsDto,
};
use tauri::State;

/// Implausible vital signs and the scores; nothing is saved.
#[tauri::command]
pub(crate) async fn check_vitals(shell: State<'_, Shell>, request: VitalsDto) -> Result<VitalsCheckDto, FailureDto> {
    shell.run(move |workstation| cases::vitals::check_vitals(workstation, request)).await
}

/// Saves vital signs.
#[tauri::command]
pub(crate) async fn save_vitals(shell: State<'_, Shell>, request: VitalsDto) -> Result<SavedDto, FailureDto> {
    shell.run(move |workstation| cases::vitals::save_vitals(workstation, request)).await
}

/// Marks a record as entered in error.
#[tauri::command]
pub(crate) async fn mark_entered_in_error(
    shell: State<'_, Shell>,
    request: MarkEnteredInErrorDto,
) -> Result<SavedDto, FailureDto> {
    shell.run(move |workstation| cases::entered_in_error::mark_entered_in_error(workstation, request)).await
}

/// Undoes a marking as entered in error that was not sent.
#[tauri::command]
pub(crate) async fn undo_entered_in_error(
    shell: State<'_, Shell>,
    request: UndoEnteredInErrorDto,
) -> Result<(), FailureDto> {
    shell.run(move |workstation| cases::entered_in_error::undo_entered_in_error(workstation, request)).await
}

/// Signs a note.
#[tauri::command]
pub(crate) async fn sign_note(shell: State<'_, Shell>, request: SignNoteDto) -> Result<SavedDto, FailureDto> {
    shell.run(move |workstation| cases::notes::sign_note(workstation, request)).await
}
