//! `lock` and `lock_screen`.

use crate::failure::{blocking, failure};
use crate::lock::lock_workstation;
use crate::lock_cause::LockCause;
use crate::shell::Shell;
use keep_domain::{Clock, ErrorCode, Policy};
use keep_session::cases;
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{KeychainStateDto, LockScreenDto};
use keep_session::dto::sync::{SyncStateDto, SyncStatusDto};
use serde::Deserialize;
use tauri::{AppHandle, State};

/// Why the page locks; only the shell itself uses the other causes.
#[derive(Debug, Deserialize)]
pub(crate) struct LockRequest {
    cause: PageCause,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PageCause {
    User,
    Close,
}

/// Locks. The reply may never arrive, because the process is replaced.
#[tauri::command]
pub(crate) async fn lock(app: AppHandle, request: LockRequest) {
    let cause = match request.cause {
        PageCause::User => LockCause::User,
        PageCause::Close => LockCause::Close,
    };
    lock_workstation(&app, cause);
}

/// The content of the lock screen.
#[tauri::command]
pub(crate) async fn lock_screen(shell: State<'_, Shell>) -> Result<LockScreenDto, FailureDto> {
    match shell.workstation() {
        Ok(workstation) => blocking(move || cases::lock::lock_screen(&workstation)).await,
        Err(reason) => Ok(blocked(reason, &shell.clock)),
    }
}

/// The lock screen of a profile that cannot be used: it shows the reason and nothing else.
fn blocked(reason: ErrorCode, clock: &dyn Clock) -> LockScreenDto {
    LockScreenDto {
        workstation: String::new(),
        site: None,
        now: clock.now().to_rfc3339(),
        users: Vec::new(),
        last_user: None,
        keychain: KeychainStateDto::Ready,
        sync: SyncStatusDto { state: SyncStateDto::Idle, complete: None, pending: 0, rejected: 0, conflicts: 0 },
        demo: false,
        lock_minutes: Policy::default().lock_minutes,
        drafts_kept: false,
        blocked: Some(reason),
        incident: Some(failure(reason).incident.to_string()),
        clock_wrong: false,
    }
}
