//! Names of the data keys, and which roles are entitled to them.

use crate::KeysError;
use keep_domain::{Role, Segment};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a data key opens.
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

    /// Whether `role` is entitled to this key; `restricted` says whether the restricted segment is assigned.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_entitle_to_keys() {
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
