//! Lock: the page goes opaque, the session is closed, the process is replaced.

use crate::exec::{self, Legacy};
use crate::place::Place;
use crate::shell::Shell;
use crate::window::MAIN;
use rustix::fd::AsFd;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tauri::{AppHandle, Emitter, Manager, WebviewWindow};

/// Why the session locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LockCause {
    /// The user asked for it.
    User,
    /// The window was closed.
    Close,
    /// No input for as long as policy allows.
    Idle,
    /// The absolute limit of one unlock.
    Absolute,
    /// The operating system locked its screen.
    OsLock,
    /// The machine goes to sleep.
    Sleep,
}

impl LockCause {
    /// The word in the audit event.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Close => "close",
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::OsLock => "os_lock",
            Self::Sleep => "sleep",
        }
    }
}

/// What the page is told.
#[derive(Debug, Clone, Serialize)]
struct Locking {
    cause: LockCause,
}

/// How long the page may take to hide itself.
const PAGE: Duration = Duration::from_millis(150);
/// How long the session may take to close.
const CLOSE: Duration = Duration::from_millis(500);
/// How long the main thread may take to say where the window stands.
const WINDOW: Duration = Duration::from_millis(50);

/// Locks, once: later causes change nothing. Returns at once; the process is gone soon after.
///
/// INVARIANT: no dialog, form, running sync or hanging thread prevents it: the watchdog ends the image by itself.
pub(crate) fn begin(app: &AppHandle, cause: LockCause) {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    if BEGUN.swap(true, Ordering::SeqCst) {
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
        // No thread to be had: nothing orderly is possible any more.
        finish(app, cause);
    }
}

fn run(app: &AppHandle, cause: LockCause) -> ! {
    if let Some(window) = app.get_webview_window(MAIN) {
        hide_page(&window, cause);
        if let Some(place) = ask_place(app, window) {
            app.state::<Shell>().set_place(place);
        }
    }
    app.state::<Shell>().close_session(cause);
    finish(app, cause)
}

/// Tells the page and waits until it has handled that, or [`PAGE`] is over.
fn hide_page(window: &WebviewWindow, cause: LockCause) {
    if let Err(error) = window.emit("locking", Locking { cause }) {
        tracing::warn!(%error, "the page was not told of the lock");
    }
    let (done, wait) = mpsc::channel();
    // Scripts run in order: when this one answers, the page has seen the event. It hides the page even where the
    // page's own code is stuck in a failed state. The policy for styles does not apply to the object model.
    let hidden = window.eval_with_callback("document.documentElement.style.visibility = 'hidden'", move |_| {
        let _waiter_is_gone = done.send(());
    });
    if hidden.is_ok() {
        let _late = wait.recv_timeout(PAGE);
    }
}

fn ask_place(app: &AppHandle, window: WebviewWindow) -> Option<Place> {
    let (tell, told) = mpsc::channel();
    let ask = app.run_on_main_thread(move || {
        let _waiter_is_gone = tell.send(Place::of(&window));
    });
    ask.ok().and_then(|()| told.recv_timeout(WINDOW).ok()).flatten()
}

fn finish(app: &AppHandle, cause: LockCause) -> ! {
    let shell = app.state::<Shell>();
    if cause == LockCause::Close {
        exec::end(shell.profile())
    }
    exec::replace(&Legacy {
        profile: shell.profile(),
        lock: shell.lock().as_fd(),
        secret: shell.take_resume(),
        place: shell.place(),
    })
}
