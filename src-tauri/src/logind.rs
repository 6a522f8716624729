//! The operating system's own lock and sleep, as systemd-logind tells them (org.freedesktop.login1).

use crate::lock::{self, LockCause};
use crate::shell::Shell;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use zbus::export::futures_core::Stream;
use zbus::proxy::CacheProperties;
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
    #[zbus(property)]
    fn active(&self) -> zbus::Result<bool>;
    #[zbus(property)]
    fn locked_hint(&self) -> zbus::Result<bool>;
}

/// How long the operating system may take to say whether its screen is locked.
const ASK: Duration = Duration::from_millis(500);

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
    let session = match session_path(&manager).await {
        Some(path) => Some(SessionProxy::builder(&bus).path(path)?.build().await?),
        None => None,
    };
    let (mut locking, mut switching) = match &session {
        Some(session) => (Some(session.receive_lock().await?), Some(session.receive_active_changed().await)),
        None => (None, None),
    };
    // The descriptor delays sleep. Exec closes it, so the machine sleeps only after the lock has ended.
    let mut delay = inhibit_sleep(&manager).await;
    loop {
        tokio::select! {
            Some(_) = next(locking.as_mut()) => lock_if_open(app, LockCause::OsLock),
            Some(active) = next(switching.as_mut()) => {
                // Another person's session is in front now; this one's screen is locked by the desktop.
                if matches!(active.get().await, Ok(false)) {
                    lock_if_open(app, LockCause::OsLock);
                }
            }
            Some(signal) = next(Some(&mut sleeping)) => {
                if signal.args()?.start {
                    lock_if_open(app, LockCause::Sleep);
                    if !app.state::<Shell>().is_open_or_opening() {
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

/// INVARIANT: an unlock that is still running when the operating system locks does not win: its process is replaced.
fn lock_if_open(app: &AppHandle, cause: LockCause) {
    let shell = app.state::<Shell>();
    // From here on the password alone must not open the session again.
    shell.forget_resume();
    if shell.is_open_or_opening() {
        lock::begin(app, cause);
    }
}

/// Locks what was opened just now where the operating system has locked its screen meanwhile: its signal may have come
/// before anybody here knew of an unlock. Answers whether it did.
pub(crate) async fn lock_if_os_is_locked(app: &AppHandle) -> bool {
    let ask = async { locked_hint(&zbus::Connection::system().await?).await };
    // A machine without logind, and one that does not answer, locks by inactivity alone.
    let locked = matches!(tokio::time::timeout(ASK, ask).await, Ok(Ok(true)));
    if locked {
        lock_if_open(app, LockCause::OsLock);
    }
    locked
}

/// What logind keeps of the last lock and unlock of the session's screen, asked anew.
async fn locked_hint(bus: &zbus::Connection) -> zbus::Result<bool> {
    let Some(path) = session_path(&ManagerProxy::new(bus).await?).await else { return Ok(false) };
    let session = SessionProxy::builder(bus).path(path)?.cache_properties(CacheProperties::No).build().await?;
    session.locked_hint().await
}

/// The session's own path, as its signals carry it; the alias `session/auto` sends none.
async fn session_path(manager: &ManagerProxy<'_>) -> Option<OwnedObjectPath> {
    if let Ok(id) = std::env::var("XDG_SESSION_ID")
        && let Ok(path) = manager.get_session(&id).await
    {
        return Some(path);
    }
    manager.get_session("auto").await.ok()
}

async fn inhibit_sleep(manager: &ManagerProxy<'_>) -> Option<OwnedFd> {
    manager.inhibit("sleep", "Chartkeep", "Locks before the machine sleeps", "delay").await.ok()
}

/// The next item; `None` once the stream has ended or where there is none.
async fn next<S: Stream + Unpin>(stream: Option<&mut S>) -> Option<S::Item> {
    let stream = stream?;
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

#[cfg(test)]
mod tests;
