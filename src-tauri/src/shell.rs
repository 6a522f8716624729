//! What the shell itself knows while it runs.

use crate::activity::Activity;
use crate::lock::LockCause;
use crate::place::Place;
use crate::profile_lock::ProfileLock;
use keep_domain::{Clock, SystemClock};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// State shared by the commands, the watchers and the lock.
#[derive(Debug)]
pub(crate) struct Shell {
    profile: PathBuf,
    lock: ProfileLock,
    place: Mutex<Option<Place>>,
    activity: Activity,
    clock: SystemClock,
}

impl Shell {
    /// Starts locked.
    pub(crate) fn new(profile: PathBuf, lock: ProfileLock, place: Option<Place>) -> Self {
        Self { profile, lock, place: Mutex::new(place), activity: Activity::default(), clock: SystemClock }
    }

    /// The profile folder.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    /// The lock on the profile.
    pub(crate) const fn lock(&self) -> &ProfileLock {
        &self.lock
    }

    /// Where the window stood when it was last seen.
    pub(crate) fn place(&self) -> Option<Place> {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers where the window stands.
    pub(crate) fn set_place(&self, place: Place) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// Inactivity of the unlocked session.
    pub(crate) const fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Wall time.
    pub(crate) const fn clock(&self) -> &SystemClock {
        &self.clock
    }

    /// Monotonic time.
    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Ends the session, if one is open, and returns what the next image needs to resume it.
    pub(crate) fn close_session(&self, cause: LockCause) -> Option<OwnedFd> {
        // No session can be open yet; the session's own close call goes here, its resume secret through
        // `sealed_memory::write`.
        tracing::debug!(?cause, "no session was open");
        None
    }
}
