//! Checks the files of a slot with the device key and without a password.
//!
//! The slot file is sealed, and the state file encrypted, under keys from the device key. The key file is encrypted under
//! the user's own key, so its digest is stored with it ([`KeyFileSums`]). The digest reveals a failing disk; deliberate
//! changes to both files are found by the next unlock.

use crate::key_file_sums::KeyFileSums;
use crate::unlock_state::UnlockState;
use crate::{DeviceKey, KeysError, Slots, durable};
use keep_domain::UserId;

/// The result of a check that found no damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotCheck {
    /// Every file is as it was written.
    Intact,
    /// The key file was written by a version that stored no digest; the other files are intact.
    KeysNotYetChecked,
}

impl Slots {
    /// Checks every file of a slot.
    ///
    /// # Errors
    /// [`KeysError::SlotDamaged`] names the first changed file; [`KeysError::SlotNewer`], [`KeysError::NotEnrolled`],
    /// [`KeysError::Io`].
    pub fn check(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotCheck, KeysError> {
        let header = self.header(user, device_key)?;
        UnlockState::open(&self.read_state(user)?, device_key, &header.context(), header.totp_generation)?;
        let keys = self.read_keys(user)?;
        let Some(sums) = durable::read(&self.path(user, "sums"))? else { return Ok(SlotCheck::KeysNotYetChecked) };
        if KeyFileSums::parse(&sums)?.match_file(&keys) {
            Ok(SlotCheck::Intact)
        } else {
            Err(KeysError::SlotDamaged("keys"))
        }
    }
}
