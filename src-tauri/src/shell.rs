//! State of the running shell.

use crate::failure::{blocking, failure};
use crate::lock_cause::LockCause;
use crate::platform::{self, SealedMemory};
use crate::session_limits::{SessionLimits, SessionTimer};
use crate::window_geometry::WindowGeometry;
use keep_domain::{Clock, ErrorCode, Secret, SystemClock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::SessionDto;
use keep_session::{ProfileAccess, ProfileLock, Workstation, WorkstationEvent, cases};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Emitter};

/// State shared by the commands, the lock and the threads that may cause it.
#[derive(Debug)]
pub(crate) struct Shell {
    /// The profile folder.
    pub(crate) profile: PathBuf,
    /// The lock on the profile, which the next process inherits.
    pub(crate) profile_lock: ProfileLock,
    workstation: Result<Workstation, ErrorCode>,
    geometry: Mutex<Option<WindowGeometry>>,
    resume: Mutex<Option<SealedMemory>>,
    /// The timer of the session's time limits.
    pub(crate) timer: SessionTimer,
    unlocks: AtomicUsize,
    /// Percent; 0 until it is first asked for.
    text_size: AtomicU16,
    /// Wall and monotonic time.
    pub(crate) clock: SystemClock,
}

/// Marks an unlock as running until it is dropped.
#[derive(Debug)]
pub(crate) struct RunningUnlock<'a>(&'a AtomicUsize);

impl Drop for RunningUnlock<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shell {
    /// Starts locked. If the profile cannot be used, the lock screen shows the reason.
    pub(crate) fn open(
        profile: PathBuf,
        profile_lock: ProfileLock,
        geometry: Option<WindowGeometry>,
        resume: Option<&Secret<Vec<u8>>>,
    ) -> Self {
        let runtime = tauri::async_runtime::handle().inner().clone();
        let workstation = Workstation::open(&profile, ProfileAccess::Held, runtime).map_err(|failed| failed.code);
        if let (Ok(workstation), Some(bytes)) = (&workstation, resume) {
            workstation.adopt_resume(bytes);
        }
        Self {
            profile,
            profile_lock,
            workstation,
            geometry: Mutex::new(geometry),
            resume: Mutex::new(None),
            timer: SessionTimer::default(),
            unlocks: AtomicUsize::new(0),
            text_size: AtomicU16::new(0),
            clock: SystemClock,
        }
    }

    /// The workstation, or why the profile cannot be used.
    pub(crate) fn workstation(&self) -> Result<Workstation, ErrorCode> {
        self.workstation.clone()
    }

    /// Runs the use case of a command on a thread that does not serve the window.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        case: impl FnOnce(&Workstation) -> Result<T, FailureDto> + Send + 'static,
    ) -> Result<T, FailureDto> {
        let workstation = self.workstation().map_err(failure)?;
        blocking(move || case(&workstation)).await
    }

    /// Forwards the session's events to the page.
    pub(crate) fn forward_events(&self, page: &AppHandle) {
        let page = page.clone();
        let forward = move |event: WorkstationEvent| {
            let sent = match event {
                WorkstationEvent::SyncStatus(status) => page.emit("sync_chip", status),
                WorkstationEvent::Progress(progress) => page.emit("sync_progress", progress),
                WorkstationEvent::Notice(notice) => page.emit("notice", notice),
            };
            if let Err(error) = sent {
                tracing::warn!(%error, "the page did not get an event of the session");
            }
        };
        if let Ok(workstation) = &self.workstation {
            workstation.listen(Arc::new(forward));
        }
    }

    /// Marks an unlock as running; it must last until [`Shell::start_timer`] has been called.
    pub(crate) fn track_unlock(&self) -> RunningUnlock<'_> {
        self.unlocks.fetch_add(1, Ordering::SeqCst);
        RunningUnlock(&self.unlocks)
    }

    /// Whether a session is open, or may be soon.
    pub(crate) fn is_open_or_opening(&self) -> bool {
        // In this order: an unlock that ends between the two checks has already opened the session.
        self.unlocks.load(Ordering::SeqCst) > 0 || self.workstation.as_ref().is_ok_and(Workstation::is_open)
    }

    /// Whether a session is open whose timer was never started, so that inactivity would not lock it.
    pub(crate) fn is_open_untimed(&self) -> bool {
        // In this order: a running unlock starts the timer of its session before it ends.
        let is_open = self.workstation.as_ref().is_ok_and(Workstation::is_open);
        is_open && self.unlocks.load(Ordering::SeqCst) == 0 && !self.timer.is_running()
    }

    /// Starts the timer of the time limits, once per session.
    pub(crate) fn start_timer(&self, session: &SessionDto) {
        if let (false, Ok(workstation)) = (self.timer.is_running(), &self.workstation) {
            let seconds = |s: u32| Duration::from_secs(s.into());
            let limits = SessionLimits {
                idle: seconds(session.lock_seconds),
                warning: seconds(session.warning_seconds),
                absolute: workstation.absolute_limit(),
            };
            self.timer.start(self.clock.monotonic(), limits);
        }
    }

    /// The size of text, percent: the one that was chosen on this workstation, or else that of the operating system.
    pub(crate) fn text_size(&self) -> u16 {
        let known = self.text_size.load(Ordering::Relaxed);
        if known > 0 {
            return known;
        }
        let system = || keep_session::nearest_text_size(platform::text_percent());
        let percent = keep_session::chosen_text_size(&self.profile).unwrap_or_else(system);
        self.text_size.store(percent, Ordering::Relaxed);
        percent
    }

    /// Stores the size of text for this and later starts.
    pub(crate) fn set_text_size(&self, percent: u16) {
        self.text_size.store(percent, Ordering::Relaxed);
        keep_session::save_text_size(&self.profile, percent);
    }

    /// The last known geometry of the window.
    pub(crate) fn geometry(&self) -> Option<WindowGeometry> {
        *acquire(&self.geometry)
    }

    /// Stores the geometry of the window.
    pub(crate) fn set_geometry(&self, geometry: WindowGeometry) {
        *acquire(&self.geometry) = Some(geometry);
    }

    /// Discards the resume secret: the next unlock needs password and code.
    pub(crate) fn forget_resume(&self) {
        if let Ok(workstation) = &self.workstation {
            workstation.forget_resume();
        }
    }

    /// Ends the session, if one is open, and saves the resume secret for the next process.
    ///
    /// The secret is saved before the slower steps, so that the watchdog of the lock finds it.
    pub(crate) fn close_session(&self, cause: LockCause) {
        let Ok(workstation) = &self.workstation else { return };
        cases::lock::lock_session(workstation, cause.word());
        if let Some(bytes) = workstation.take_resume() {
            // EXPOSE: written to sealed memory, the only way to the next process.
            *acquire(&self.resume) = SealedMemory::write(bytes.expose()).ok();
        }
        workstation.close();
    }

    /// Takes the sealed memory that holds the resume secret.
    pub(crate) fn take_resume(&self) -> Option<SealedMemory> {
        acquire(&self.resume).take()
    }
}

/// A poisoned mutex is used: every value is replaced as a whole, so it is never half changed.
fn acquire<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
