//! Lock: the page is hidden, the session is closed, the process is replaced.

use crate::launch::Handover;
use crate::lock_cause::LockCause;
use crate::shell::Shell;
use crate::window::MAIN;
use crate::window_geometry::WindowGeometry;
use crate::{platform, web_view};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tauri::{AppHandle, Emitter, Manager, WebviewWindow};

/// Payload of the event `locking`.
#[derive(Debug, Clone, Serialize)]
struct Locking {
    cause: LockCause,
}

/// Time limit for the page to hide itself.
const PAGE: Duration = Duration::from_millis(150);
/// Time limit for the session to close.
const CLOSE: Duration = Duration::from_millis(500);
/// Time limit for the main thread to report the window's geometry.
const WINDOW: Duration = Duration::from_millis(50);

/// Locks, once: later calls have no effect. Returns at once; the process is gone soon after.
///
/// INVARIANT: no dialog, form, running sync or blocked thread prevents it: the watchdog replaces the process by itself.
pub(crate) fn lock_workstation(app: &AppHandle, cause: LockCause) {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if STARTED.swap(true, Ordering::SeqCst) {
        return;
    }
    tracing::info!(?cause, "locking");
    let watched = app.clone();
    let watchdog = std::thread::Builder::new().name("lock-watchdog".into()).spawn(move || {
        std::thread::sleep(PAGE + CLOSE + WINDOW);
        finish(&watched, cause);
    });
    let worker = app.clone();
    let lock = std::thread::Builder::new().name("lock".into()).spawn(move || run(&worker, cause));
    if watchdog.is_err() || lock.is_err() {
        // Without threads the session cannot be closed first.
        finish(app, cause);
    }
}

/// Locks for the operating system if a session is open or about to be; returns whether it does.
///
/// INVARIANT: an unlock that is still running when the operating system locks cannot complete: its process is replaced.
pub(crate) fn lock_if_open(app: &AppHandle, cause: LockCause) -> bool {
    let shell = app.state::<Shell>();
    // From now on the password alone must not open the session again.
    shell.forget_resume();
    let open = shell.is_open_or_opening();
    if open {
        lock_workstation(app, cause);
    }
    open
}

/// Locks the session that was just opened if the operating system has locked its screen meanwhile: its signal may have
/// arrived before the unlock was known here. Returns whether the screen is locked.
pub(crate) async fn lock_if_os_is_locked(app: &AppHandle) -> bool {
    let locked = platform::is_screen_locked().await;
    if locked {
        lock_if_open(app, LockCause::OsLock);
    }
    locked
}

fn run(app: &AppHandle, cause: LockCause) -> ! {
    if let Some(window) = app.get_webview_window(MAIN) {
        hide_page(&window, cause);
        if let Some(geometry) = read_geometry(app, window) {
            app.state::<Shell>().set_geometry(geometry);
        }
    }
    app.state::<Shell>().close_session(cause);
    finish(app, cause)
}

/// Emits `locking` and waits until the page has handled it, or for [`PAGE`].
fn hide_page(window: &WebviewWindow, cause: LockCause) {
    if let Err(error) = window.emit("locking", Locking { cause }) {
        tracing::warn!(%error, "the page did not get the event: locking");
    }
    let (done, wait) = mpsc::channel();
    // Scripts run in order: when this one returns, the page has seen the event. It hides the page even if the page's
    // own code has failed. The content security policy for styles does not apply to the object model.
    let hidden = window.eval_with_callback("document.documentElement.style.visibility = 'hidden'", move |_| {
        let _waiter_is_gone = done.send(());
    });
    if hidden.is_ok() {
        let _late = wait.recv_timeout(PAGE);
    }
}

fn read_geometry(app: &AppHandle, window: WebviewWindow) -> Option<WindowGeometry> {
    let (sender, receiver) = mpsc::channel();
    let read = app.run_on_main_thread(move || {
        let _waiter_is_gone = sender.send(WindowGeometry::of(&window));
    });
    read.ok().and_then(|()| receiver.recv_timeout(WINDOW).ok()).flatten()
}

/// Ends the web engine and replaces this process; ends it instead if the window was closed.
///
/// INVARIANT: only one thread gets past `FINISHING`; any other one waits for the end of the process.
fn finish(app: &AppHandle, cause: LockCause) -> ! {
    static FINISHING: AtomicBool = AtomicBool::new(false);
    while FINISHING.swap(true, Ordering::SeqCst) {
        std::thread::park();
    }
    let shell = app.state::<Shell>();
    let children = platform::kill_web_engine();
    if cause == LockCause::Close {
        web_view::remove_unused_context(&shell.profile);
        platform::exit_process()
    }
    let handover = Handover { geometry: shell.geometry(), children, ..Handover::default() };
    platform::replace_process(&shell.profile, &shell.profile_lock, shell.take_resume().as_ref(), handover)
}
