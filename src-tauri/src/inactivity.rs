//! Checks the time limits of the session once a second, warns and locks.

use crate::lock::lock_workstation;
use crate::lock_cause::LockCause;
use crate::platform::IdleTime;
use crate::session_limits::LimitCheck;
use crate::shell::Shell;
use keep_domain::Clock;
use serde::Serialize;
use std::time::Duration;
use tauri::{AppHandle, Emitter, Manager};

/// Payload of the event `lock_warning`: seconds until the lock; 0 withdraws the warning.
#[derive(Debug, Clone, Serialize)]
struct LockWarning {
    seconds: u32,
}

/// Starts the thread.
pub(crate) fn start_watching(app: AppHandle) -> std::io::Result<()> {
    std::thread::Builder::new().name("inactivity".into()).spawn(move || watch(&app)).map(drop)
}

fn watch(app: &AppHandle) {
    let os_idle = IdleTime::open();
    if os_idle.is_none() {
        tracing::info!("the operating system does not report idle time; only input in the window counts");
    }
    let (mut warned, mut untimed) = (false, 0u32);
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let shell = app.state::<Shell>();
        if !shell.timer.is_running() {
            // An enrolment opens a session briefly and closes it itself; one that is still open later is not an enrolment.
            untimed = if shell.is_open_untimed() { untimed.saturating_add(1) } else { 0 };
            if untimed > 2 {
                return lock_workstation(app, LockCause::Idle);
            }
            continue;
        }
        match shell.timer.check(shell.clock.monotonic(), os_idle.as_ref().and_then(IdleTime::read)) {
            LimitCheck::Within if warned => {
                warned = false;
                warn(app, 0);
            }
            LimitCheck::Within => {}
            LimitCheck::Warn(seconds) => {
                warned = true;
                warn(app, seconds);
            }
            LimitCheck::Lock(cause) => return lock_workstation(app, cause),
        }
    }
}

fn warn(app: &AppHandle, seconds: u32) {
    if let Err(error) = app.emit("lock_warning", LockWarning { seconds }) {
        tracing::warn!(%error, "the page did not get the event: lock_warning");
    }
}
