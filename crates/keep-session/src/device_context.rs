//! What the device key opens, locked or not: the ledger and the slots.

use crate::error::SessionError;
use crate::settings::WorkstationSettings;
use crate::workstation::{Workstation, lock};
use keep_audit::{Checkpoint, EventClass, EventDraft, EventWriter, Outcome, SignedCheckpoint};
use keep_domain::ErrorCode;
use keep_keys::{DeviceKey, Keychain, KeysError};
use keep_store::{EventKey, LEDGER_LIMIT_BYTES, Ledger, LedgerOpening, StoreError};
use std::sync::Arc;

/// The keychain item that holds the newest checkpoint.
const CHECKPOINT_ITEM: &str = "log-checkpoint";

/// What the keychain has in the checkpoint's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeptCheckpoint {
    /// This device's own signature over the end of a log.
    Signed(SignedCheckpoint, Checkpoint),
    /// Nothing.
    Missing,
    /// Something else.
    Unreadable,
}

impl KeptCheckpoint {
    /// Reads the item.
    pub(crate) fn read(keychain: &dyn Keychain, device_key: &[u8; 32]) -> Result<Self, SessionError> {
        let Some(bytes) = keychain.read(CHECKPOINT_ITEM)? else { return Ok(Self::Missing) };
        // EXPOSE: a checkpoint is a public statement; the keychain only keeps it from being altered with the file.
        let note = String::from_utf8(bytes.expose().clone()).ok().map(SignedCheckpoint::from_text);
        Ok(note
            .and_then(|note| note.check(device_key).ok().map(|head| Self::Signed(note, head)))
            .unwrap_or(Self::Unreadable))
    }

    /// The end of the log, where it is known.
    pub(crate) const fn head(&self) -> Option<&Checkpoint> {
        match self {
            Self::Signed(_, head) => Some(head),
            Self::Missing | Self::Unreadable => None,
        }
    }

    /// The word of the finding that this is where people are enrolled.
    pub(crate) const fn finding(&self) -> Option<&'static str> {
        match self {
            Self::Signed(..) => None,
            Self::Missing => Some("checkpoint_missing"),
            Self::Unreadable => Some("checkpoint_unreadable"),
        }
    }
}

/// The device key and what it opens.
#[derive(Debug)]
pub(crate) struct DeviceContext {
    pub(crate) device_key: DeviceKey,
    pub(crate) ledger: Arc<Ledger>,
}

impl DeviceContext {
    /// Signs the log's end.
    pub(crate) fn checkpoint(&self) -> Result<SignedCheckpoint, SessionError> {
        Ok(self.ledger.checkpoint(&EventKey(self.device_key.signer()))?)
    }

    /// Signs the log's end and keeps it outside the file, so that a tail that was cut off is found.
    pub(crate) fn keep_checkpoint(&self, keychain: &dyn Keychain) -> Result<(), SessionError> {
        Ok(keychain.write(CHECKPOINT_ITEM, self.checkpoint()?.as_str().as_bytes())?)
    }
}

impl Workstation {
    /// The device side; `None` while nobody is enrolled and so no device key exists.
    ///
    /// # Errors
    /// The keychain's states, and a ledger that cannot be opened.
    pub(crate) fn device(&self) -> Result<Option<Arc<DeviceContext>>, SessionError> {
        let (device, is_new) = self.held_device().inspect_err(|error| self.report_fault(error.code))?;
        if is_new {
            self.report_pending_faults();
            if device.is_some() {
                self.adopt_authority_file();
            }
        }
        Ok(device)
    }

    /// The device side, and whether it was opened just now.
    fn held_device(&self) -> Result<(Option<Arc<DeviceContext>>, bool), SessionError> {
        let mut held = lock(&self.0.device);
        let is_new = held.is_none();
        if is_new {
            let enrolled = self.0.slots.exist()?;
            let loaded = DeviceKey::load(&*self.0.keychain, enrolled);
            // The keychain is asked under the device's id: with another id in the settings there is no such key.
            if matches!(loaded, Err(KeysError::KeychainKeyMissing))
                && !self.0.slots.may_be_of(self.settings().device)?
            {
                return Err(SessionError::of(ErrorCode::SlotDamaged));
            }
            let Some(device_key) = loaded? else { return Ok((None, false)) };
            // A key without slots is what an enrolment that was cut short leaves behind.
            *held = Some(Arc::new(self.open_device(device_key, enrolled)?));
        }
        Ok((held.clone(), is_new))
    }

    /// The device side, made now where this is the first enrolment.
    pub(crate) fn device_or_make(&self) -> Result<Arc<DeviceContext>, SessionError> {
        if let Some(device) = self.device()? {
            return Ok(device);
        }
        let device_key = DeviceKey::load_or_make(&*self.0.keychain, false)?;
        let device = Arc::new(self.open_device(device_key, false)?);
        *lock(&self.0.device) = Some(Arc::clone(&device));
        Ok(device)
    }

    /// The device side of a profile that has people; all else is "not enrolled".
    pub(crate) fn enrolled_device(&self) -> Result<Arc<DeviceContext>, SessionError> {
        self.device()?.ok_or_else(|| SessionError::of(ErrorCode::NotEnrolled))
    }

    fn open_device(&self, device_key: DeviceKey, enrolled: bool) -> Result<DeviceContext, SessionError> {
        let restored = enrolled && self.sealed_settings(&device_key)?;
        let (path, key, public_key) = (self.0.profile.ledger(), device_key.ledger_key(), device_key.signer().public());
        let event_writer = EventWriter::locked(Arc::clone(&self.0.event_stamper));
        if !self.0.writes {
            // Whoever only looks starts no log; `audit verify` says what is wrong with this one.
            let ledger = Ledger::open(&path, &key, event_writer, LEDGER_LIMIT_BYTES)
                .map_err(|e| if e.code() == ErrorCode::StoreNewer { e } else { StoreError::LedgerDamaged })?;
            return Ok(DeviceContext { device_key, ledger: Arc::new(ledger) });
        }
        let kept = KeptCheckpoint::read(&*self.0.keychain, &public_key)?;
        // INVARIANT: compared with its checkpoint before anything is appended; the checkpoint is replaced only by one of
        // a log that goes on from it, or that names it in its first event.
        let (ledger, log_fault) = Ledger::open_or_start(LedgerOpening {
            path: &path,
            key: &key,
            event_writer,
            limit_bytes: LEDGER_LIMIT_BYTES,
            device_key: public_key,
            kept: kept.head(),
            expected: enrolled,
            now: self.0.event_stamper.now(),
        })
        // INVARIANT: nobody works where no event can be made durable, and they are told that it is the ledger.
        .map_err(|e| match e.code() {
            code @ (ErrorCode::StoreNewer | ErrorCode::DiskFull) => SessionError::of(code),
            _ => SessionError::of(ErrorCode::LedgerDamaged),
        })?;
        let device = DeviceContext { device_key, ledger: Arc::new(ledger) };
        for name in lock(&self.0.set_aside).drain(..) {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
            device.ledger.append(event.with("finding", "not_a_file").with("name", name))?;
        }
        if restored {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
            device.ledger.append(event.with("finding", "settings_restored"))?;
        }
        if let Some(log_fault) = log_fault {
            tracing::error!(finding = log_fault.name(), "the audit log could not be continued; a new one was started");
        }
        if let Some(finding) = kept.finding().filter(|_| enrolled) {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
            device.ledger.append(event.with("finding", finding))?;
        }
        // The process before this one may have ended without keeping it. Where it cannot be kept the old one stands.
        if device.keep_checkpoint(&*self.0.keychain).is_err() {
            tracing::warn!("the log's end could not be kept at start");
        }
        Ok(device)
    }

    /// Makes sure that the settings in use are those that the device signed; where the first file is not, their copy
    /// takes its place, and the file as it was found is kept. Says whether that was done.
    ///
    /// # Errors
    /// `slot_damaged` where neither is as the device signed it.
    fn sealed_settings(&self, device_key: &DeviceKey) -> Result<bool, SessionError> {
        let holds = |w: &WorkstationSettings| w.seal_holds(&device_key.signer());
        let profile = &self.0.profile;
        let in_use = self.settings().clone();
        let sealed = if holds(&in_use) {
            in_use
        } else {
            let copy = WorkstationSettings::load_copy(profile).filter(holds);
            let copy = copy.ok_or_else(|| SessionError::of(ErrorCode::SlotDamaged))?;
            *self.0.settings.write().unwrap_or_else(std::sync::PoisonError::into_inner) = copy.clone();
            copy
        };
        let is_written = |found: Option<WorkstationSettings>| found.as_ref() == Some(&sealed);
        if !self.0.writes || is_written(WorkstationSettings::load(profile).ok()) {
            if self.0.writes && !is_written(WorkstationSettings::load_copy(profile)) {
                sealed.save(profile)?;
            }
            return Ok(false);
        }
        let first = profile.settings();
        if first.symlink_metadata().is_ok() {
            keep_store::set_aside(&first, self.0.clock.now()).map_err(SessionError::from)?;
        }
        sealed.save(profile)?;
        Ok(true)
    }

    /// Records what happened outside any use case; where even that fails, the log line is all there is.
    pub(crate) fn record(&self, draft: EventDraft) {
        let written = match self.device() {
            Ok(Some(device)) => device.ledger.append(draft).map(|_| ()).map_err(SessionError::from),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::error!(code = %error.code.name(), "an event could not be recorded");
        }
    }
}
