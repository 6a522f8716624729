//! `audit_events`, `sign_off_alerts` and `unmask`.

use crate::shell::Shell;
use keep_session::cases;
use keep_session::dto::audit::{AuditAskDto, AuditPageDto, SignOffDto, SignedOffDto, UnmaskDto, UnmaskedDto};
use keep_session::dto::failure::FailureDto;
use tauri::State;

/// One page of the audit log.
#[tauri::command]
pub(crate) async fn audit_events(shell: State<'_, Shell>, request: AuditAskDto) -> Result<AuditPageDto, FailureDto> {
    shell.run(move |workstation| cases::audit::audit_events(workstation, request)).await
}

/// Signs off alerts of the audit log, with one audit event each.
#[tauri::command]
pub(crate) async fn sign_off_alerts(shell: State<'_, Shell>, request: SignOffDto) -> Result<SignedOffDto, FailureDto> {
    shell.run(move |workstation| cases::audit::sign_off_alerts(workstation, request)).await
}

/// Reveals which patient an event is about, with an audit event of its own.
#[tauri::command]
pub(crate) async fn unmask(shell: State<'_, Shell>, request: UnmaskDto) -> Result<UnmaskedDto, FailureDto> {
    shell.run(move |workstation| cases::audit::unmask(workstation, request)).await
}
