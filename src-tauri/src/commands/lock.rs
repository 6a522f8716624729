//! `lock` and `touch`.

use crate::lock::{self, LockCause};
use crate::shell::Shell;
use serde::Deserialize;
use tauri::{AppHandle, State};

/// Why the page asks for a lock; the other causes are the shell's own.
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

/// Locks. The answer may never arrive: the process is replaced.
#[tauri::command]
pub(crate) async fn lock(app: AppHandle, request: LockRequest) {
    let cause = match request.cause {
        PageCause::User => LockCause::User,
        PageCause::Close => LockCause::Close,
    };
    lock::begin(&app, cause);
}

/// The page saw input.
#[tauri::command]
pub(crate) async fn touch(shell: State<'_, Shell>) -> Result<(), ()> {
    shell.activity().touch(shell.monotonic());
    Ok(())
}
