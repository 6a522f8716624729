//! The operating system's own lock and sleep, as systemd-logind tells them (org.freedesktop.login1).

use crate::lock::{self, LockCause};
use crate::shell::Shell;
use std::future::poll_fn;
use std::pin::Pin;
use tauri::{AppHandle, Manager};
use zbus::export::futures_core::Stream;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait Manager {
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1",
    gen_blocking = false
)]
trait Session {
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
}

/// Listens until the bus goes away. A machine without logind locks by inactivity alone.
pub(crate) async fn listen(app: AppHandle) {
    if let Err(error) = follow(&app).await {
        tracing::info!(%error, "no word from the operating system about its lock and sleep");
    }
}

async fn follow(app: &AppHandle) -> zbus::Result<()> {
    let bus = zbus::Connection::system().await?;
    let manager = ManagerProxy::new(&bus).await?;
    let mut sleeping = manager.receive_prepare_for_sleep().await?;
    let session = SessionProxy::builder(&bus).path(session_path(&manager).await)?.build().await?;
    let mut locking = session.receive_lock().await?;
    // The descriptor delays sleep. Exec closes it, so the machine sleeps only after the lock has ended.
    let mut delay = inhibit_sleep(&manager).await;
    loop {
        tokio::select! {
            Some(_) = next(&mut locking) => lock_if_open(app, LockCause::OsLock),
            Some(signal) = next(&mut sleeping) => {
                if signal.args()?.start {
                    lock_if_open(app, LockCause::Sleep);
                    if !app.state::<Shell>().activity().is_open() {
                        delay = None;
                    }
                } else if delay.is_none() {
                    delay = inhibit_sleep(&manager).await;
                }
            }
            else => return Ok(()),
        }
    }
}

fn lock_if_open(app: &AppHandle, cause: LockCause) {
    let shell = app.state::<Shell>();
    if shell.activity().is_open() {
        lock::begin(app, cause);
    } else {
        // From here on the password alone must not open the session again.
        shell.forget_resume();
    }
}

async fn session_path(manager: &ManagerProxy<'_>) -> OwnedObjectPath {
    if let Ok(id) = std::env::var("XDG_SESSION_ID")
        && let Ok(path) = manager.get_session(&id).await
    {
        return path;
    }
    // logind's name for the caller's own session.
    zbus::zvariant::ObjectPath::from_static_str_unchecked("/org/freedesktop/login1/session/auto").into()
}

async fn inhibit_sleep(manager: &ManagerProxy<'_>) -> Option<OwnedFd> {
    manager.inhibit("sleep", "Chartkeep", "Locks before the machine sleeps", "delay").await.ok()
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}
