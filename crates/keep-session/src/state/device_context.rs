//! The device key and what it opens, locked or not: the ledger.

use crate::error::SessionError;
use keep_audit::{Checkpoint, SignedCheckpoint};
use keep_keys::{DeviceKey, Keychain};
use keep_store::{EventKey, Ledger};
use std::sync::Arc;

/// The keychain item that holds the newest checkpoint.
const CHECKPOINT_ITEM: &str = "log-checkpoint";

/// The checkpoint in the keychain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeptCheckpoint {
    /// This device's own signature over the end of a log.
    Signed(SignedCheckpoint, Checkpoint),
    /// Nothing.
    Missing,
    /// Not a checkpoint that this device signed.
    Unreadable,
}

impl KeptCheckpoint {
    /// Reads the item.
    pub(crate) fn read(keychain: &dyn Keychain, device_key: &[u8; 32]) -> Result<Self, SessionError> {
        let Some(bytes) = keychain.read(CHECKPOINT_ITEM)? else { return Ok(Self::Missing) };
        // EXPOSE: a checkpoint is a public statement; the keychain only prevents changing it along with the file.
        let note = String::from_utf8(bytes.expose().clone()).ok().map(SignedCheckpoint::from_text);
        Ok(note
            .and_then(|note| note.check(device_key).ok().map(|head| Self::Signed(note, head)))
            .unwrap_or(Self::Unreadable))
    }

    /// The end of the log, if known.
    pub(crate) const fn head(&self) -> Option<&Checkpoint> {
        match self {
            Self::Signed(_, head) => Some(head),
            Self::Missing | Self::Unreadable => None,
        }
    }

    /// The name of the finding, if users are enrolled.
    pub(crate) const fn finding(&self) -> Option<&'static str> {
        match self {
            Self::Signed(..) => None,
            Self::Missing => Some("checkpoint_missing"),
            Self::Unreadable => Some("checkpoint_unreadable"),
        }
    }
}

/// The device key and the ledger that it opens.
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

    /// Signs the log's end and stores it outside the file, so that truncation is detected.
    pub(crate) fn keep_checkpoint(&self, keychain: &dyn Keychain) -> Result<(), SessionError> {
        Ok(keychain.write(CHECKPOINT_ITEM, self.checkpoint()?.as_str().as_bytes())?)
    }
}
