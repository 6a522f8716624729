//! Whether the files of a slot are as they were written, for whoever has the device key and no password.
//!
//! The slot file carries a seal under a key from the device key, and the state file is encrypted under one. The key file
//! is encrypted under the person's own key, so a digest of it lies beside it: `slots/<user>.sums`. It finds a failing
//! disk; whoever changes both on purpose is found by the unlock.

use crate::state::UnlockState;
use crate::{DeviceKey, KeysError, Slots, durable};
use keep_domain::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const VERSION: u32 = 1;
const DAMAGED: KeysError = KeysError::SlotDamaged("keys");

/// What a check without a password can say of a slot that it found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotCheck {
    /// Every file is as it was written.
    Whole,
    /// The key file was last written by a version that kept no digest of it; the other files are whole.
    KeysNotYetChecked,
}

/// `slots/<user>.sums`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sums {
    version: u32,
    /// SHA-256 of the key file, hexadecimal: of the newest and of the one before, since a crash may leave either.
    keys: Vec<String>,
}

impl Slots {
    /// Checks every file of a slot.
    ///
    /// # Errors
    /// [`KeysError::SlotDamaged`] names the first file that is not as it was written; [`KeysError::SlotNewer`],
    /// [`KeysError::NotEnrolled`], [`KeysError::Io`].
    pub fn check(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotCheck, KeysError> {
        let header = self.header(user, device_key)?;
        UnlockState::open(&self.read_state(user)?, device_key, &header.context(), header.totp_generation)?;
        let keys = self.read_keys(user)?;
        let Some(sums) = durable::read(&self.path(user, "sums"))? else { return Ok(SlotCheck::KeysNotYetChecked) };
        let sums: Sums = serde_json::from_slice(&sums).map_err(|_| DAMAGED)?;
        if sums.version > VERSION {
            return Err(KeysError::SlotNewer("sums"));
        }
        if sums.keys.contains(&digest(&keys)) { Ok(SlotCheck::Whole) } else { Err(DAMAGED) }
    }

    /// Keeps the digest of a key file that is about to replace the present one.
    pub(crate) fn write_sums(&self, user: UserId, next: &[u8]) -> Result<(), KeysError> {
        // A present file that cannot be read is replaced in a moment.
        let present = durable::read(&self.path(user, "keys")).ok().flatten();
        let keys = std::iter::once(next).chain(present.as_deref()).map(digest).collect();
        let text = serde_json::to_vec(&Sums { version: VERSION, keys }).map_err(|_| KeysError::Internal("sums"))?;
        durable::write(&self.path(user, "sums"), &text)
    }

    /// Whether a slot that can be read belongs to `device`, or none can be read. Where neither holds, the settings
    /// name another device than they did.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn may_be_of(&self, device: keep_domain::DeviceId) -> Result<bool, KeysError> {
        let readable = self.devices()?;
        Ok(readable.is_empty() || readable.contains(&device))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
