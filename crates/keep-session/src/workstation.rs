//! One running Chartkeep over one profile: the handle for the shell and the command line.

use crate::dto::failure::FailureDto;
use crate::dto::lock::NoticeDto;
use crate::dto::sync::{SyncProgressDto, SyncStatusDto};
use crate::error::SessionError;
use crate::profile::Profile;
use crate::settings::WorkstationSettings;
use crate::state::device_fault::DeviceFault;
use crate::state::pending_faults::PendingFaults;
use crate::state::session::SessionCell;
use crate::state::sync::SyncHandle;
use crate::state::{Device, DeviceFaults, ProfileHold, SignInFlows, acquire};
use keep_audit::{BootId, EventStamper};
use keep_domain::{Clock, ErrorCode, SystemClock};
use keep_hardening::private_file::RestrictReport;
use keep_keys::{Keychain, OsKeychain, ResumeSecret, Slots, SystemBootClock, TrustedTime};
use keep_store::{ProfileLock, StoreError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// How a profile is opened.
#[derive(Debug)]
pub enum ProfileAccess {
    /// Read only: nothing is created or locked.
    Look,
    /// Take the profile's file lock, and write.
    Own,
    /// The caller holds the profile's file lock for as long as the workstation is open.
    Held,
}

/// An event for the shell.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "carries what the interface shows")]
pub enum WorkstationEvent {
    /// The sync status changed.
    SyncStatus(SyncStatusDto),
    /// A sync made progress, or ended (`None`).
    Progress(Option<SyncProgressDto>),
    /// A notice for the user.
    Notice(NoticeDto),
}

/// Receives [`WorkstationEvent`]s on any thread; must not block.
pub type Listener = Arc<dyn Fn(WorkstationEvent) + Send + Sync>;

/// One running Chartkeep; cheap to clone.
#[derive(Clone)]
pub struct Workstation(pub(crate) Arc<State>);

impl std::fmt::Debug for Workstation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Workstation")
    }
}

pub(crate) struct State {
    pub(crate) device: Device,
    pub(crate) session: SessionCell,
    pub(crate) sign_in: SignInFlows,
    pub(crate) sync: SyncHandle,
    pub(crate) faults: DeviceFaults,
    pub(crate) access: ProfileHold,
    pub(crate) runtime: tokio::runtime::Handle,
    pub(crate) listener: RwLock<Option<Listener>>,
}

impl Workstation {
    /// Opens a profile with the operating system's clock and keychain.
    ///
    /// # Errors
    /// `profile_in_use`, `store_newer`, `slot_damaged`, `io`.
    pub fn open(folder: &Path, opening: ProfileAccess, runtime: tokio::runtime::Handle) -> Result<Self, FailureDto> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self::open_with(folder, opening, runtime, clock, None).map_err(SessionError::into_dto)
    }

    /// Opens a profile with the caller's clock and keychain; `None` is the operating system's.
    pub(crate) fn open_with(
        folder: &Path,
        opening: ProfileAccess,
        runtime: tokio::runtime::Handle,
        clock: Arc<dyn Clock>,
        keychain: Option<Arc<dyn Keychain>>,
    ) -> Result<Self, SessionError> {
        let profile = Profile::at(folder);
        let writes = !matches!(opening, ProfileAccess::Look);
        let set_aside = if writes { profile.set_odd_aside(clock.now()) } else { Vec::new() };
        if writes {
            profile.make_folders().map_err(|e| SessionError::of(crate::settings::io_code(&e)))?;
            let RestrictReport { failures, others } = profile.tighten();
            if failures > 0 || others > 0 {
                tracing::warn!(
                    failures,
                    others,
                    "parts of the profile are not regular files, or other users can still read them"
                );
            }
        }
        let lock = match opening {
            ProfileAccess::Own => Some(ProfileLock::take(folder).inspect_err(|error| {
                if *error == StoreError::ProfileInUse {
                    PendingFaults::at(profile.device_fault()).leave(DeviceFault::SecondInstance, clock.now());
                }
            })?),
            ProfileAccess::Look | ProfileAccess::Held => None,
        };
        let settings = WorkstationSettings::load_either(&profile)?;
        // In a profile with users they are written only after their signature was checked.
        if writes && !profile.settings().exists() && !Slots::of_profile(profile.root()).exist().unwrap_or(true) {
            settings.save(&profile)?;
        }
        let pending = PendingFaults::at(profile.device_fault());
        if writes && pending.prepare().is_err() {
            tracing::warn!("faults can be noted in memory only");
        }
        let keychain = keychain.unwrap_or_else(|| Arc::new(OsKeychain::for_profile(&settings.device.to_string())));
        let event_stamper = Arc::new(EventStamper::new(settings.device, BootId::make_random(), Arc::clone(&clock)));
        Ok(Self(Arc::new(State {
            device: Device {
                slots: Slots::of_profile(profile.root()),
                profile,
                settings: RwLock::new(settings),
                clock,
                keychain,
                event_stamper,
                context: Mutex::new(None),
                time: Mutex::new(None),
            },
            session: SessionCell::default(),
            sign_in: SignInFlows::default(),
            sync: SyncHandle::new(matches!(opening, ProfileAccess::Held)),
            faults: DeviceFaults { pending, reported: Mutex::default(), set_aside: Mutex::new(set_aside) },
            access: ProfileHold { writes, lock: Mutex::new(lock) },
            runtime,
            listener: RwLock::new(None),
        })))
    }

    /// Sets the listener for events.
    pub fn listen(&self, listener: Listener) {
        *self.0.listener.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Takes the resume secret, with which the password alone unlocks, for the process that replaces this one.
    #[must_use]
    pub fn take_resume(&self) -> Option<keep_domain::Secret<Vec<u8>>> {
        acquire(&self.0.session.resume).take().and_then(|secret| secret.to_bytes().ok())
    }

    /// Adopts the secret from [`Workstation::take_resume`] of the process before; anything else is ignored.
    pub fn adopt_resume(&self, bytes: &keep_domain::Secret<Vec<u8>>) {
        // EXPOSE: read once into the type that protects it.
        *acquire(&self.0.session.resume) = ResumeSecret::from_bytes(bytes.expose()).ok();
    }

    /// Drops the resume secret: on sleep, operating system lock and user switch.
    pub fn forget_resume(&self) {
        *acquire(&self.0.session.resume) = None;
    }

    /// The session time limit of the site's policy.
    #[must_use]
    pub fn absolute_limit(&self) -> Duration {
        Duration::from_secs(3600).saturating_mul(self.settings().policy.absolute_lock_hours)
    }

    pub(crate) fn emit(&self, event: WorkstationEvent) {
        let listener = self.0.listener.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(listener) = listener {
            listener(event);
        }
    }

    /// Reads `state` until it no longer `waits`. Blocks.
    pub(crate) fn poll_while<T>(&self, state: impl Fn() -> T, waits: impl Fn(&T) -> bool) -> T {
        loop {
            let now = state();
            if !waits(&now) {
                return now;
            }
            // The timer must be made inside the runtime.
            self.0.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
        }
    }

    pub(crate) fn settings(&self) -> RwLockReadGuard<'_, WorkstationSettings> {
        self.0.device.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes and saves the settings; the old ones stay if that fails.
    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut WorkstationSettings)) -> Result<(), SessionError> {
        // Locked before the settings, never after: opening the device key reads them.
        let device = acquire(&self.0.device.context).clone();
        let mut held = self.0.device.settings.write().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = held.clone();
        change(&mut fresh);
        if let Some(device) = device {
            fresh.make_seal(&device.device_key.signer())?;
        }
        if fresh != *held {
            fresh.save(&self.0.device.profile)?;
            *held = fresh;
        }
        Ok(())
    }

    /// Signs the present settings, before the first slot requires the signature.
    pub(crate) fn seal_settings(&self) -> Result<(), SessionError> {
        self.change_settings(|_| ())
    }

    /// Runs `use_it` with the trusted time, whose mark is loaded from the keychain at first use.
    pub(crate) fn with_time<T>(&self, use_it: impl FnOnce(&mut TrustedTime) -> T) -> Result<T, SessionError> {
        let mut held = acquire(&self.0.device.time);
        if held.is_none() {
            let clock = Arc::clone(&self.0.device.clock);
            *held = Some(TrustedTime::load(&*self.0.device.keychain, Arc::new(SystemBootClock), clock)?);
        }
        held.as_mut().map(use_it).ok_or_else(|| SessionError::of(ErrorCode::Internal))
    }
}
