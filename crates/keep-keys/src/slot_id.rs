//! Identifiers of a slot: clinician, device and enrolment.

use crate::KeysError;
use crate::entropy::{Entropy, make_public};
use keep_domain::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One enrolment; random, so that nothing from an earlier enrolment is valid in a later one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotId([u8; 16]);

impl SlotId {
    pub(crate) fn make_with(entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        make_public(entropy).map(Self)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotId({self})")
    }
}

impl FromStr for SlotId {
    type Err = KeysError;
    fn from_str(s: &str) -> Result<Self, KeysError> {
        let mut out = [0; 16];
        hex::decode_to_slice(s, &mut out).map_err(|_| KeysError::SlotDamaged("slot"))?;
        Ok(Self(out))
    }
}

impl TryFrom<String> for SlotId {
    type Error = KeysError;
    fn try_from(s: String) -> Result<Self, KeysError> {
        s.parse()
    }
}

impl From<SlotId> for String {
    fn from(id: SlotId) -> Self {
        id.to_string()
    }
}

/// The identifiers in every key derivation and AAD of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotContext {
    /// The clinician.
    pub user: UserId,
    /// The device profile.
    pub device: DeviceId,
    /// The enrolment.
    pub slot: SlotId,
}

impl SlotContext {
    /// User, device and slot as bytes, in the order of the formats.
    pub(crate) const fn fields(&self) -> [&[u8]; 3] {
        [self.user.as_bytes(), self.device.as_bytes(), &self.slot.0]
    }

    #[cfg(test)]
    pub(crate) const fn for_tests(seed: u8) -> Self {
        Self {
            user: UserId::from_bytes([seed; 16]),
            device: DeviceId::from_bytes([0xd0; 16]),
            slot: SlotId([seed ^ 0xff; 16]),
        }
    }
}
