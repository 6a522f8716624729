//! `search_patients`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::search::{PatientPageDto, SearchDto};
use tauri::State;

/// Patients by any part of a name, birth date, identifier or phone number.
#[tauri::command]
pub(crate) async fn search_patients(shell: State<'_, Shell>, request: SearchDto) -> Result<PatientPageDto, FailureDto> {
    shell.run(move |workstation| cases::search::search_patients(workstation, request)).await
}
