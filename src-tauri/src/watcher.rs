//! Looks once a second whether the session has been left alone, warns and locks.

use crate::activity::Watch;
use crate::idle::OsIdle;
use crate::lock::{self, LockCause};
use crate::shell::Shell;
use serde::Serialize;
use std::time::Duration;
use tauri::{AppHandle, Emitter, Manager};

/// Seconds until the lock; 0 withdraws the warning.
#[derive(Debug, Clone, Serialize)]
struct LockWarning {
    seconds: u32,
}

/// Starts the watching thread.
pub(crate) fn start(app: AppHandle) -> std::io::Result<()> {
    std::thread::Builder::new().name("inactivity".into()).spawn(move || watch(&app)).map(drop)
}

fn watch(app: &AppHandle) {
    let os_idle = OsIdle::open();
    if os_idle.is_none() {
        tracing::info!("the operating system offers no idle time; input in the window counts alone");
    }
    let (mut warned, mut unwatched) = (false, 0u32);
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let shell = app.state::<Shell>();
        if !shell.activity().is_open() {
            // An enrolment opens a session for a moment and closes it by itself; what is open a second later is not it.
            unwatched = if shell.is_open_unwatched() { unwatched.saturating_add(1) } else { 0 };
            if unwatched > 2 {
                return lock::begin(app, LockCause::Idle);
            }
            continue;
        }
        match shell.activity().watch(shell.monotonic(), os_idle.as_ref().and_then(OsIdle::read)) {
            Watch::Quiet if warned => {
                warned = false;
                warn(app, 0);
            }
            Watch::Quiet => {}
            Watch::Warn(seconds) => {
                warned = true;
                warn(app, seconds);
            }
            Watch::Lock(cause) => return lock::begin(app, cause),
        }
    }
}

fn warn(app: &AppHandle, seconds: u32) {
    if let Err(error) = app.emit("lock_warning", LockWarning { seconds }) {
        tracing::warn!(%error, "the page was not warned of the lock");
    }
}
