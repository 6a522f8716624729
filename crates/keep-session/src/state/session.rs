//! Locked or unlocked.

use super::unlocked::Unlocked;
use crate::error::SessionError;
use keep_domain::ErrorCode;
use keep_keys::ResumeSecret;
use keep_store::Mirror;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

/// The number of locks at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockEpoch(u64);

/// INVARIANT: only `Unlocked` owns keys and open segments.
#[derive(Default)]
pub(crate) enum Session {
    /// No user is signed in.
    #[default]
    Locked,
    /// A user is signed in.
    Unlocked(Box<Unlocked>),
}

/// The session, with the state that decides whether one may start.
#[derive(Default)]
pub(crate) struct SessionCell {
    pub(crate) current: RwLock<Session>,
    /// While a lock waits for running commands.
    pub(crate) closing: AtomicBool,
    /// Number of locks so far: an unlock that started before the latest one is not published.
    lock_epoch: AtomicU64,
    /// Held while a session starts, so that one starts at a time.
    pub(crate) starting: Mutex<()>,
    /// The secret with which the password alone unlocks after a lock.
    pub(crate) resume: Mutex<Option<ResumeSecret>>,
    /// The marks of segments that were last stored in the keychain.
    pub(crate) marks_written: Mutex<Mirror>,
}

impl SessionCell {
    /// Publishes an unlocked session, unless a lock was requested since `epoch`.
    ///
    /// INVARIANT: a lock that comes during an unlock wins.
    pub(crate) fn publish_session(&self, unlocked: Unlocked, epoch: LockEpoch) -> Result<(), SessionError> {
        let mut session = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if self.lock_epoch() != epoch {
            return Err(ErrorCode::Locked.into());
        }
        self.closing.store(false, Ordering::SeqCst);
        *session = Session::Unlocked(Box::new(unlocked));
        Ok(())
    }

    /// Read when an unlock starts, and compared when it ends.
    pub(crate) fn lock_epoch(&self) -> LockEpoch {
        LockEpoch(self.lock_epoch.load(Ordering::SeqCst))
    }

    /// Counts a lock.
    pub(crate) fn count_lock(&self) {
        self.lock_epoch.fetch_add(1, Ordering::SeqCst);
    }
}
