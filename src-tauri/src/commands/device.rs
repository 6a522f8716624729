//! `device`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::device::DeviceDto;
use keep_session::dto::failure::FailureDto;
use tauri::State;

/// The state of this workstation, without patient data.
#[tauri::command]
pub(crate) async fn device(shell: State<'_, Shell>) -> Result<DeviceDto, FailureDto> {
    shell.run(cases::device::device).await
}
