//! What unlocking, enrolment and renewal need besides the user.

use crate::slot::SlotFile;
use crate::{DeviceKey, Keychain, KeysError, Slots, UnlockRecords};
use keep_domain::{DeviceId, Policy, UserId};
use std::fmt;

/// Opens and writes the slots of a device profile.
#[derive(Clone, Copy)]
pub struct SlotUnlocker<'a> {
    /// The slots of the profile.
    pub slots: &'a Slots,
    /// The device that the slots must belong to.
    pub device: DeviceId,
    /// Holds KD and one copy of the unlock records.
    pub keychain: &'a dyn Keychain,
    /// The ledger, which holds the other copy.
    pub memory: &'a dyn UnlockRecords,
    /// The limits of the organisation.
    pub policy: &'a Policy,
}

impl SlotUnlocker<'_> {
    pub(crate) fn load_device_key(&self) -> Result<DeviceKey, KeysError> {
        DeviceKey::load(self.keychain, self.slots.exist()?)?.ok_or(KeysError::NotEnrolled)
    }

    pub(crate) fn read_slot(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotFile, KeysError> {
        let file = self.slots.read(user, device_key)?;
        // A slot copied from the profile of another device is not valid, even under the same KD.
        if file.header().device == self.device { Ok(file) } else { Err(KeysError::SlotDamaged("slot")) }
    }
}

impl fmt::Debug for SlotUnlocker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotUnlocker({})", self.device)
    }
}
