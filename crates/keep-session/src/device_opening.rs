//! Opening the device key, the ledger and the sealed settings.

use crate::error::SessionError;
use crate::finding::finding_event;
use crate::settings::WorkstationSettings;
use crate::state::acquire;
use crate::state::device_context::{DeviceContext, KeptCheckpoint};
use crate::workstation::Workstation;
use keep_audit::{EventDraft, EventWriter};
use keep_domain::ErrorCode;
use keep_keys::{DeviceKey, HpkePublicKey, KeysError};
use keep_store::{LEDGER_LIMIT_BYTES, Ledger, LedgerOpening, StoreError};
use std::sync::Arc;

impl Workstation {
    /// Device key and ledger; `None` before the first enrolment, when there is no device key.
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

    /// Device key and ledger, and whether they were opened just now.
    fn held_device(&self) -> Result<(Option<Arc<DeviceContext>>, bool), SessionError> {
        let mut held = acquire(&self.0.device.context);
        let is_new = held.is_none();
        if is_new {
            let enrolled = self.0.device.slots.exist()?;
            let loaded = DeviceKey::load(&*self.0.device.keychain, enrolled);
            // The keychain stores the key under the device's id: settings with another id find no key.
            if matches!(loaded, Err(KeysError::KeychainKeyMissing))
                && !self.0.device.slots.may_belong_to(self.settings().device)?
            {
                return Err(ErrorCode::SlotDamaged.into());
            }
            let Some(device_key) = loaded? else { return Ok((None, false)) };
            // An interrupted enrolment leaves a key without slots.
            *held = Some(Arc::new(self.open_device(device_key, enrolled)?));
        }
        Ok((held.clone(), is_new))
    }

    /// Device key and ledger, created for the first enrolment.
    pub(crate) fn device_or_make(&self) -> Result<Arc<DeviceContext>, SessionError> {
        if let Some(device) = self.device()? {
            return Ok(device);
        }
        let device_key = DeviceKey::load_or_make(&*self.0.device.keychain, false)?;
        let device = Arc::new(self.open_device(device_key, false)?);
        *acquire(&self.0.device.context) = Some(Arc::clone(&device));
        Ok(device)
    }

    /// Device key and ledger of a profile with enrolled users, otherwise `not_enrolled`.
    pub(crate) fn enrolled_device(&self) -> Result<Arc<DeviceContext>, SessionError> {
        self.device()?.ok_or_else(|| SessionError::of(ErrorCode::NotEnrolled))
    }

    fn open_device(&self, device_key: DeviceKey, enrolled: bool) -> Result<DeviceContext, SessionError> {
        let restored = enrolled && self.sealed_settings(&device_key)?;
        let (path, key, public_key) =
            (self.0.device.profile.ledger(), device_key.ledger_key(), device_key.signer().public());
        let event_writer = EventWriter::for_device(Arc::clone(&self.0.device.event_stamper));
        if !self.0.access.writes {
            // Read-only access never starts a log; `audit verify` reports what is wrong with this one.
            let ledger = Ledger::open(&path, &key, event_writer, LEDGER_LIMIT_BYTES)
                .map_err(|e| if e.code() == ErrorCode::StoreNewer { e } else { StoreError::LedgerDamaged })?;
            return Ok(DeviceContext { device_key, ledger: Arc::new(ledger) });
        }
        let kept = KeptCheckpoint::read(&*self.0.device.keychain, &public_key)?;
        // INVARIANT: the log is compared with its checkpoint before anything is appended; the checkpoint is replaced only
        // by one of a log that continues from it, or that names it in its first event.
        let (ledger, log_fault) = Ledger::open_or_start(LedgerOpening {
            path: &path,
            key: &key,
            event_writer,
            limit_bytes: LEDGER_LIMIT_BYTES,
            device_key: public_key,
            checkpoint: kept.head(),
            expected: enrolled,
            now: self.0.device.event_stamper.now(),
        })
        // INVARIANT: without a working ledger there is no session, and the error names the ledger.
        .map_err(|e| match e.code() {
            code @ (ErrorCode::StoreNewer | ErrorCode::DiskFull) => SessionError::of(code),
            _ => SessionError::of(ErrorCode::LedgerDamaged),
        })?;
        let device = DeviceContext { device_key, ledger: Arc::new(ledger) };
        for name in acquire(&self.0.faults.set_aside).drain(..) {
            device.ledger.append(finding_event("not_a_file").with("name", name))?;
        }
        if restored {
            device.ledger.append(finding_event("settings_restored"))?;
        }
        if let Some(log_fault) = log_fault {
            tracing::error!(finding = log_fault.name(), "the audit log could not be continued; a new one was started");
        }
        if let Some(name) = kept.finding().filter(|_| enrolled) {
            device.ledger.append(finding_event(name))?;
        }
        // The process before this one may have ended without storing it. If that fails the old one stays.
        if device.keep_checkpoint(&*self.0.device.keychain).is_err() {
            tracing::warn!("the end of the audit log could not be stored at start");
        }
        Ok(device)
    }

    /// Makes sure that the settings in use are signed by the device. If the first file is not, its copy replaces it and
    /// the file as it was found is set aside. Returns whether that was done.
    ///
    /// # Errors
    /// `slot_damaged` where neither has the device's signature.
    fn sealed_settings(&self, device_key: &DeviceKey) -> Result<bool, SessionError> {
        let holds = |w: &WorkstationSettings| w.seal_holds(&device_key.signer());
        let profile = &self.0.device.profile;
        let in_use = self.settings().clone();
        let sealed = if holds(&in_use) {
            in_use
        } else {
            let copy = WorkstationSettings::load_copy(profile).filter(holds);
            let copy = copy.ok_or(ErrorCode::SlotDamaged)?;
            *self.0.device.settings.write().unwrap_or_else(std::sync::PoisonError::into_inner) = copy.clone();
            copy
        };
        let is_written = |found: Option<WorkstationSettings>| found.as_ref() == Some(&sealed);
        if !self.0.access.writes || is_written(WorkstationSettings::load(profile).ok()) {
            if self.0.access.writes && !is_written(WorkstationSettings::load_copy(profile)) {
                sealed.save(profile)?;
            }
            return Ok(false);
        }
        let first = profile.settings();
        if first.symlink_metadata().is_ok() {
            keep_store::set_aside(&first, self.0.device.clock.now()).map_err(SessionError::from)?;
        }
        sealed.save(profile)?;
        Ok(true)
    }

    /// The key to which audit bodies are sealed; a record without the device's signature is `slot_damaged`.
    pub(crate) fn audit_public_key(&self, device: &DeviceContext) -> Result<Option<HpkePublicKey>, SessionError> {
        match &self.settings().audit_public_key {
            None => Ok(None),
            Some(record) => record.verified(device).map(Some).ok_or_else(|| SessionError::of(ErrorCode::SlotDamaged)),
        }
    }

    /// Records an event; if the ledger fails, only a log line remains.
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
