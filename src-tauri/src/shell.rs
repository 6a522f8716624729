//! What the shell itself knows while it runs.

use crate::activity::{Activity, Limits};
use crate::failure::{blocking, failure};
use crate::lock::LockCause;
use crate::place::Place;
use crate::sealed_memory;
use keep_domain::{Clock, ErrorCode, Secret, SystemClock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::SessionDto;
use keep_session::{ProfileAccess, ProfileLock, Workstation, WorkstationEvent, cases};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Emitter};

/// State shared by the commands, the watchers and the lock.
#[derive(Debug)]
pub(crate) struct Shell {
    profile: PathBuf,
    lock: ProfileLock,
    app: Result<Workstation, ErrorCode>,
    place: Mutex<Option<Place>>,
    resume: Mutex<Option<OwnedFd>>,
    activity: Activity,
    unlocking: AtomicUsize,
    clock: SystemClock,
}

/// An unlock that is under way.
#[derive(Debug)]
pub(crate) struct Unlocking<'a>(&'a AtomicUsize);

impl Drop for Unlocking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shell {
    /// Starts locked. A profile that cannot be used is kept as the reason, for the lock screen to show.
    pub(crate) fn open(
        profile: PathBuf,
        lock: ProfileLock,
        place: Option<Place>,
        resume: Option<&Secret<Vec<u8>>>,
    ) -> Self {
        let runtime = tauri::async_runtime::handle().inner().clone();
        let app = Workstation::open(&profile, ProfileAccess::Held, runtime).map_err(|failed| failed.code);
        if let (Ok(app), Some(bytes)) = (&app, resume) {
            app.adopt_resume(bytes);
        }
        Self {
            profile,
            lock,
            app,
            place: Mutex::new(place),
            resume: Mutex::new(None),
            activity: Activity::default(),
            unlocking: AtomicUsize::new(0),
            clock: SystemClock,
        }
    }

    /// The profile folder.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    /// The lock on the profile.
    pub(crate) const fn lock(&self) -> &ProfileLock {
        &self.lock
    }

    /// The session's side, or why the profile cannot be used.
    pub(crate) fn app(&self) -> Result<Workstation, ErrorCode> {
        self.app.clone()
    }

    /// Answers one command with one use case, away from the threads that serve the window.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        case: impl FnOnce(&Workstation) -> Result<T, FailureDto> + Send + 'static,
    ) -> Result<T, FailureDto> {
        let app = self.app().map_err(failure)?;
        blocking(move || case(&app)).await
    }

    /// Passes the session's news on to the page.
    pub(crate) fn tell_page(&self, page: &AppHandle) {
        let page = page.clone();
        let tell = move |event: WorkstationEvent| {
            let told = match event {
                WorkstationEvent::Chip(chip) => page.emit("sync_chip", chip),
                WorkstationEvent::Progress(progress) => page.emit("sync_progress", progress),
                WorkstationEvent::Notice(notice) => page.emit("notice", notice),
            };
            if let Err(error) = told {
                tracing::warn!(%error, "the page was not told of the sync");
            }
        };
        if let Ok(app) = &self.app {
            app.listen(Arc::new(tell));
        }
    }

    /// Says that an unlock is under way, until the answer is dropped; [`Shell::watch`] comes before that.
    pub(crate) fn begin_unlock(&self) -> Unlocking<'_> {
        self.unlocking.fetch_add(1, Ordering::SeqCst);
        Unlocking(&self.unlocking)
    }

    /// Whether a session is open, or may be in a moment.
    pub(crate) fn is_open_or_opening(&self) -> bool {
        // In this order: an unlock that ends between the two has begun the session already.
        self.unlocking.load(Ordering::SeqCst) > 0 || self.app.as_ref().is_ok_and(Workstation::is_open)
    }

    /// Whether a session is open of which the page was never told, so that nobody would lock it.
    pub(crate) fn is_open_unwatched(&self) -> bool {
        // In this order: what an unlock under way has opened is watched before that unlock ends.
        let is_open = self.app.as_ref().is_ok_and(Workstation::is_open);
        is_open && self.unlocking.load(Ordering::SeqCst) == 0 && !self.activity.is_open()
    }

    /// Starts watching for inactivity, once per session.
    pub(crate) fn watch(&self, session: &SessionDto) {
        if let (false, Ok(app)) = (self.activity.is_open(), &self.app) {
            let seconds = |s: u32| Duration::from_secs(s.into());
            let limits = Limits {
                idle: seconds(session.lock_seconds),
                warning: seconds(session.warning_seconds),
                absolute: app.absolute_limit(),
            };
            self.activity.begin(self.monotonic(), limits);
        }
    }

    /// Where the window stood when it was last seen.
    pub(crate) fn place(&self) -> Option<Place> {
        *held(&self.place)
    }

    /// Remembers where the window stands.
    pub(crate) fn set_place(&self, place: Place) {
        *held(&self.place) = Some(place);
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

    /// From now on the password alone unlocks nothing.
    pub(crate) fn forget_resume(&self) {
        if let Ok(app) = &self.app {
            app.forget_resume();
        }
    }

    /// Ends the session, if one is open, and keeps what the next image needs to resume it.
    ///
    /// The resume secret is put aside before the slower rest, so that the watchdog finds it, too.
    pub(crate) fn close_session(&self, cause: LockCause) {
        let Ok(app) = &self.app else { return };
        cases::lock::lock_session(app, cause.word());
        if let Some(bytes) = app.take_resume() {
            // EXPOSE: written to sealed memory, the only way to the next image.
            *held(&self.resume) = sealed_memory::write(bytes.expose()).ok();
        }
        app.close();
    }

    /// The sealed memory that holds the resume secret, for exec.
    pub(crate) fn take_resume(&self) -> Option<OwnedFd> {
        held(&self.resume).take()
    }
}

/// Every value here is replaced whole, so the holder of a poisoned lock left nothing half done.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
