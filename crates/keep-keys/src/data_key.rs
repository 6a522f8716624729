//! Data keys: one per segment, and one for audit bodies.

use crate::entropy::{Entropy, OsEntropy, make_secret};
use crate::{AuditPrivateKey, KeyName, KeysError, SegmentKey};
use keep_domain::Secret;

/// A key that encrypts clinic data. Users receive data keys from colleagues by grants.
#[derive(Debug)]
pub enum DataKey {
    /// The key of a segment.
    Segment(SegmentKey),
    /// The key of audit bodies.
    Audit(AuditPrivateKey),
}

impl DataKey {
    /// What it opens.
    #[must_use]
    pub const fn name(&self) -> KeyName {
        match self {
            Self::Segment(key) => KeyName::Segment(key.segment()),
            Self::Audit(_) => KeyName::Audit,
        }
    }

    /// The generation.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        match self {
            Self::Segment(key) => key.generation(),
            Self::Audit(key) => key.generation(),
        }
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        match self {
            Self::Segment(key) => key.bytes(),
            Self::Audit(key) => key.bytes(),
        }
    }

    pub(crate) const fn from_secret(name: KeyName, generation: u32, key: Secret<[u8; 32]>) -> Self {
        match name {
            KeyName::Segment(segment) => Self::Segment(SegmentKey::from_secret(segment, generation, key)),
            KeyName::Audit => Self::Audit(AuditPrivateKey::from_secret(generation, key)),
        }
    }

    pub(crate) fn make_with(name: KeyName, generation: u32, entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        Ok(Self::from_secret(name, generation, make_secret(entropy)?))
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn make_random(name: KeyName, generation: u32) -> Result<Self, KeysError> {
        Self::make_with(name, generation, &mut OsEntropy)
    }
}
