//! What the device key opens, locked or not: the ledger and the slots.

use crate::app::{App, guard};
use crate::fault::Fault;
use keep_audit::{EventDraft, Scribe, SignedCheckpoint};
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
        let mut held = guard(&self.0.device);
        if held.is_none() {
            let enrolled = self.0.slots.exist()?;
            let Some(kd) = DeviceKey::load(&*self.0.keychain, enrolled)? else { return Ok(None) };
            // A key without slots is what an enrolment that was cut short leaves behind.
            *held = Some(Arc::new(self.open_device(kd)?));
        }
        Ok(held.clone())
    }

    /// The device side, made now where this is the first enrolment.
    pub(crate) fn device_or_make(&self) -> Result<Arc<DeviceSide>, Fault> {
        if let Some(device) = self.device()? {
            return Ok(device);
        }
        let kd = DeviceKey::load_or_make(&*self.0.keychain, false)?;
        let device = Arc::new(self.open_device(kd)?);
        *guard(&self.0.device) = Some(Arc::clone(&device));
        Ok(device)
    }

    /// The device side of a profile that has people; all else is "not enrolled".
    pub(crate) fn enrolled_device(&self) -> Result<Arc<DeviceSide>, Fault> {
        self.device()?.ok_or_else(|| Fault::of(ErrorCode::NotEnrolled))
    }

    fn open_device(&self, kd: DeviceKey) -> Result<DeviceSide, Fault> {
        let scribe = Scribe::locked(Arc::clone(&self.0.stamper));
        let ledger = Ledger::open_or_create(&self.0.profile.ledger(), &kd.ledger_key(), scribe, LEDGER_LIMIT_BYTES)?;
        Ok(DeviceSide { kd, ledger: Arc::new(ledger) })
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
