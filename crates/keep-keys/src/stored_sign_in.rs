//! The last sign-in as a key ring stores it.

use crate::slot_id::SlotContext;
use crate::{DeviceKey, KeysError, OldLease, SignInRecord};
use keep_domain::UtcMillis;

/// The last sign-in in a key ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredSignIn {
    /// With the signed token.
    Signed(SignInRecord),
    /// From a key ring of version 1; valid until the next sign-in, and never for more than the slot's member record
    /// states.
    Old(OldLease),
}

impl StoredSignIn {
    /// When offline work ends at the latest.
    #[must_use]
    pub const fn lease_end(&self) -> UtcMillis {
        match self {
            Self::Signed(record) => record.lease_end(),
            Self::Old(lease) => lease.lease_end,
        }
    }

    pub(crate) fn digest(&self, slot: SlotContext) -> Result<[u8; 32], KeysError> {
        match self {
            Self::Signed(record) => Ok(record.digest(slot)),
            Self::Old(lease) => lease.digest(),
        }
    }

    pub(crate) fn is_sealed_by(&self, device_key: &DeviceKey, slot: SlotContext) -> bool {
        match self {
            Self::Signed(record) => record.is_sealed_by(device_key, slot),
            // Version 1 had no seal; the keychain stores the digest of the first one that was read.
            Self::Old(_) => true,
        }
    }
}

#[cfg(test)]
impl StoredSignIn {
    pub(crate) fn for_tests(slot: SlotContext, lease_end: UtcMillis) -> Self {
        let (token, jwk) = (String::from("header.payload.signature"), String::from("{\"kid\":\"k1\"}"));
        Self::Signed(SignInRecord::make(
            &DeviceKey::for_tests(1),
            slot,
            keep_domain::ProviderStatement::of_id_token(token),
            jwk,
            lease_end,
        ))
    }
}
