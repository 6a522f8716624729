//! The keys that colleagues carry to each other: one per segment, and the one of the audit bodies.

use crate::entropy::{Entropy, OsEntropy, make_secret};
use crate::{HpkeKeyPair, KeysError, SegmentKey};
use keep_domain::{Role, Secret, Segment};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a carried key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeyName {
    /// A segment of the store.
    Segment(Segment),
    /// Audit events that name a patient.
    Audit,
}

impl KeyName {
    /// The name in file names, formats and key derivations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Segment(segment) => segment.name(),
            Self::Audit => "audit",
        }
    }

    /// Whether someone in `role`, with or without the restricted assignment, is entitled to this key.
    #[must_use]
    pub fn may_be_held_by(self, role: Role, restricted: bool) -> bool {
        match self {
            Self::Segment(Segment::Restricted) => restricted && role.may_hold_restricted(),
            Self::Segment(segment) => role.rank().holds(segment),
            Self::Audit => role == Role::PrivacyOfficer || role.rank().holds(Segment::Clinical),
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for KeyName {
    type Error = KeysError;
    fn try_from(name: String) -> Result<Self, KeysError> {
        match name.as_str() {
            "audit" => Ok(Self::Audit),
            other => Segment::from_name(other).map(Self::Segment).ok_or(KeysError::Invalid("key name")),
        }
    }
}

impl From<KeyName> for String {
    fn from(name: KeyName) -> Self {
        name.name().to_owned()
    }
}

/// The key to which audit bodies are sealed that name a patient.
pub struct AuditKey {
    generation: u32,
    key: Secret<[u8; 32]>,
}

impl AuditKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn make_random(generation: u32) -> Result<Self, KeysError> {
        Ok(Self { generation, key: make_secret(&mut OsEntropy)? })
    }

    /// Which generation, counted from 1.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The key pair: anyone seals to its public side, holders open.
    #[must_use]
    pub fn hpke_key_pair(&self) -> HpkeKeyPair {
        // EXPOSE: derivation inside this crate.
        HpkeKeyPair::derive(self.key.expose(), &[b"chartkeep/audit/drop-box/1", &self.generation.to_be_bytes()])
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({})", self.generation)
    }
}

/// One carried key.
#[derive(Debug)]
pub enum HeldKey {
    /// Of a segment.
    Segment(SegmentKey),
    /// Of the audit bodies.
    Audit(AuditKey),
}

impl HeldKey {
    /// What it opens.
    #[must_use]
    pub const fn name(&self) -> KeyName {
        match self {
            Self::Segment(key) => KeyName::Segment(key.segment()),
            Self::Audit(_) => KeyName::Audit,
        }
    }

    /// Which generation.
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
            // EXPOSE: wrapping inside this crate.
            Self::Audit(key) => key.key.expose(),
        }
    }

    pub(crate) const fn from_secret(name: KeyName, generation: u32, key: Secret<[u8; 32]>) -> Self {
        match name {
            KeyName::Segment(segment) => Self::Segment(SegmentKey::from_secret(segment, generation, key)),
            KeyName::Audit => Self::Audit(AuditKey { generation, key }),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_hold_what() {
        let clinical = KeyName::Segment(Segment::Clinical);
        let restricted = KeyName::Segment(Segment::Restricted);
        assert!(clinical.may_be_held_by(Role::Nurse, false) && !clinical.may_be_held_by(Role::FrontDesk, true));
        assert!(restricted.may_be_held_by(Role::Nurse, true) && !restricted.may_be_held_by(Role::Nurse, false));
        assert!(!restricted.may_be_held_by(Role::Billing, true));
        assert!(KeyName::Audit.may_be_held_by(Role::PrivacyOfficer, false));
        assert!(!KeyName::Audit.may_be_held_by(Role::Billing, false));
        assert!(!KeyName::Segment(Segment::Directory).may_be_held_by(Role::ItAdministrator, true));
    }

    #[test]
    fn names_read_back() {
        for name in Segment::ALL.map(KeyName::Segment).into_iter().chain([KeyName::Audit]) {
            assert_eq!(KeyName::try_from(name.to_string()), Ok(name));
        }
        assert!(KeyName::try_from(String::from("secrets")).is_err());
    }
}
