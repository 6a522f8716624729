//! Screen lock, user switch and sleep, as systemd-logind reports them (org.freedesktop.login1).

use crate::lock_cause::LockCause;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
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

/// Time limit for the answer whether the screen is locked.
const ANSWER: Duration = Duration::from_millis(500);

/// Calls `lock` when the screen is locked, another user's session is shown or the machine is about to sleep, until the
/// bus goes away. `lock` returns whether this process is being replaced; sleep waits for that.
///
/// A machine without logind locks by inactivity alone.
pub(crate) async fn watch_os_session(lock: impl Fn(LockCause) -> bool) {
    if let Err(error) = follow(lock).await {
        tracing::info!(%error, "screen lock and sleep of the operating system are not reported");
    }
}

async fn follow(lock: impl Fn(LockCause) -> bool) -> zbus::Result<()> {
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
    // The descriptor delays sleep. Exec closes it, so the machine sleeps only after the lock is complete.
    let mut delay = inhibit_sleep(&manager).await;
    loop {
        tokio::select! {
            Some(_) = next(locking.as_mut()) => {
                lock(LockCause::OsLock);
            }
            Some(active) = next(switching.as_mut()) => {
                // Another user's session is shown now; the desktop locks the screen of this one.
                if matches!(active.get().await, Ok(false)) {
                    lock(LockCause::OsLock);
                }
            }
            Some(signal) = next(Some(&mut sleeping)) => {
                if signal.args()?.start {
                    if !lock(LockCause::Sleep) {
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

/// Whether the screen is locked now; false without logind, or if it does not answer in time.
pub(crate) async fn is_screen_locked() -> bool {
    let ask = async { locked_hint(&zbus::Connection::system().await?).await };
    matches!(tokio::time::timeout(ANSWER, ask).await, Ok(Ok(true)))
}

/// Whether the session's screen was last locked or unlocked, read from logind without a cache.
async fn locked_hint(bus: &zbus::Connection) -> zbus::Result<bool> {
    let Some(path) = session_path(&ManagerProxy::new(bus).await?).await else { return Ok(false) };
    let session = SessionProxy::builder(bus).path(path)?.cache_properties(CacheProperties::No).build().await?;
    session.locked_hint().await
}

/// The session's own path, from which its signals are sent; the alias `session/auto` sends none.
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

/// The next item; `None` once the stream has ended or if there is no stream.
async fn next<S: Stream + Unpin>(stream: Option<&mut S>) -> Option<S::Item> {
    let stream = stream?;
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

#[cfg(test)]
mod tests;
