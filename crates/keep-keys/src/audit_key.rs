//! The key pair of audit bodies that name a patient.

use crate::entropy::{OsEntropy, make_secret};
use crate::{HpkeKeyPair, KeysError};
use keep_domain::Secret;
use std::fmt;

/// The private key of audit bodies that name a patient: they are sealed to the public key that is derived from it.
pub struct AuditPrivateKey {
    generation: u32,
    key: Secret<[u8; 32]>,
}

impl AuditPrivateKey {
    pub(crate) const fn from_secret(generation: u32, key: Secret<[u8; 32]>) -> Self {
        Self { generation, key }
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: derivation and wrapping inside this crate.
        self.key.expose()
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn make_random(generation: u32) -> Result<Self, KeysError> {
        Ok(Self { generation, key: make_secret(&mut OsEntropy)? })
    }

    /// The generation, counted from 1.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The key pair: everyone can seal to its public half, and holders of this key can open.
    #[must_use]
    pub fn hpke_key_pair(&self) -> HpkeKeyPair {
        HpkeKeyPair::derive(self.bytes(), &[b"chartkeep/audit/drop-box/1", &self.generation.to_be_bytes()])
    }
}

impl fmt::Debug for AuditPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({})", self.generation)
    }
}
