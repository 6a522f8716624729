//! What the device key opens, locked or not: the ledger and the slots.

use crate::app::{App, guard};
use crate::fault::Fault;
use keep_audit::{Checkpoint, DetailValue, EventClass, EventDraft, Outcome, Scribe, SignedCheckpoint};
use keep_domain::ErrorCode;
use keep_keys::{DeviceKey, Keychain};
use keep_store::{EventKey, LEDGER_LIMIT_BYTES, Ledger};
use std::sync::Arc;

/// The keychain item that holds the newest checkpoint.
const CHECKPOINT_ITEM: &str = "log-checkpoint";

/// The checkpoint that the keychain keeps; a text that is none is left out.
pub(crate) fn kept_checkpoint(keychain: &dyn Keychain) -> Result<Option<SignedCheckpoint>, Fault> {
    let kept = keychain.read(CHECKPOINT_ITEM)?;
    // EXPOSE: a checkpoint is a public statement; the keychain only keeps it from being altered with the file.
    let text = kept.and_then(|bytes| String::from_utf8(bytes.expose().clone()).ok());
    Ok(text.map(SignedCheckpoint::from_text))
}

/// The device key and what it opens.
#[derive(Debug)]
pub(crate) struct DeviceSide {
    pub(crate) kd: DeviceKey,
    pub(crate) ledger: Arc<Ledger>,
}

impl DeviceSide {
    /// Signs the log's end.
    pub(crate) fn checkpoint(&self) -> Result<SignedCheckpoint, Fault> {
        Ok(self.ledger.checkpoint(&EventKey(self.kd.signer()))?)
    }

    /// Compares the log with the checkpoint that the keychain kept. A log that is gone, was exchanged or is shorter
    /// than it was is an event, before the next checkpoint takes the old one's place.
    fn compare(&self, kept: Option<&Checkpoint>, existed: bool) -> Result<(), Fault> {
        let state = self.ledger.state()?;
        let shrunk = kept.is_some_and(|k| k.log != state.log() || k.size > state.next_sequence());
        if existed && !shrunk {
            return Ok(());
        }
        let mut event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
        event = event.with("finding", if existed { "log_rolled_back" } else { "log_missing" });
        if let Some(old) = kept {
            event = event.with("log", old.log).with("size", old.size).with("root", DetailValue::digest(&old.root));
        }
        self.ledger.append(event)?;
        Ok(())
    }

    /// Signs the log's end and keeps it outside the file, so that a tail that was cut off is found.
    pub(crate) fn keep_checkpoint(&self, keychain: &dyn Keychain) -> Result<(), Fault> {
        Ok(keychain.write(CHECKPOINT_ITEM, self.checkpoint()?.as_str().as_bytes())?)
    }
}

impl App {
    /// The device side; `None` while nobody is enrolled and so no device key exists.
    ///
    /// # Errors
    /// The keychain's states, and a ledger that cannot be opened.
    pub(crate) fn device(&self) -> Result<Option<Arc<DeviceSide>>, Fault> {
        let (device, is_new) = self.held_device().inspect_err(|fault| self.tell_trouble(fault.code))?;
        if is_new {
            self.settle_trouble();
            if device.is_some() {
                self.adopt_authority_file();
            }
        }
        Ok(device)
    }

    /// The device side, and whether it was opened just now.
    fn held_device(&self) -> Result<(Option<Arc<DeviceSide>>, bool), Fault> {
        let mut held = guard(&self.0.device);
        let is_new = held.is_none();
        if is_new {
            let enrolled = self.0.slots.exist()?;
            let Some(kd) = DeviceKey::load(&*self.0.keychain, enrolled)? else { return Ok((None, false)) };
            // A key without slots is what an enrolment that was cut short leaves behind.
            *held = Some(Arc::new(self.open_device(kd, enrolled)?));
        }
        Ok((held.clone(), is_new))
    }

    /// The device side, made now where this is the first enrolment.
    pub(crate) fn device_or_make(&self) -> Result<Arc<DeviceSide>, Fault> {
        if let Some(device) = self.device()? {
            return Ok(device);
        }
        let kd = DeviceKey::load_or_make(&*self.0.keychain, false)?;
        let device = Arc::new(self.open_device(kd, false)?);
        *guard(&self.0.device) = Some(Arc::clone(&device));
        Ok(device)
    }

    /// The device side of a profile that has people; all else is "not enrolled".
    pub(crate) fn enrolled_device(&self) -> Result<Arc<DeviceSide>, Fault> {
        self.device()?.ok_or_else(|| Fault::of(ErrorCode::NotEnrolled))
    }

    fn open_device(&self, kd: DeviceKey, enrolled: bool) -> Result<DeviceSide, Fault> {
        if enrolled && !self.workstation().seal_holds(&kd.signer()) {
            return Err(Fault::of(ErrorCode::SlotDamaged));
        }
        let path = self.0.profile.ledger();
        let existed = path.exists();
        if !existed && !self.0.writes {
            return Err(Fault::of(ErrorCode::LedgerDamaged));
        }
        let kept = kept_checkpoint(&*self.0.keychain)?.and_then(|text| text.check(&kd.signer().public()).ok());
        let scribe = Scribe::locked(Arc::clone(&self.0.stamper));
        let ledger = if existed {
            Ledger::open(&path, &kd.ledger_key(), scribe, LEDGER_LIMIT_BYTES)?
        } else {
            // The first event of the new log names the old one, which then counts as closed.
            Ledger::create(&path, &kd.ledger_key(), scribe, kept.as_ref(), LEDGER_LIMIT_BYTES)?
        };
        let device = DeviceSide { kd, ledger: Arc::new(ledger) };
        if self.0.writes && enrolled {
            device.compare(kept.as_ref(), existed)?;
        }
        Ok(device)
    }

    /// Records what happened outside any use case; where even that fails, the log line is all there is.
    pub(crate) fn record(&self, draft: EventDraft) {
        let written = match self.device() {
            Ok(Some(device)) => device.ledger.append(draft).map(|_| ()).map_err(Fault::from),
            Ok(None) => Ok(()),
            Err(fault) => Err(fault),
        };
        if let Err(fault) = written {
            tracing::error!(code = %fault.code.name(), "an event could not be recorded");
        }
    }
}
