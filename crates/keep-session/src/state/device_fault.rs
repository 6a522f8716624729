//! Faults of the workstation itself, which the ledger may be unable to record while they last: the keychain, the disk,
//! a second program on the profile.

use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::ErrorCode;
use serde::{Deserialize, Serialize};

/// The closed list. Its names are the cause in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeviceFault {
    KeychainLocked,
    KeychainAbsent,
    KeychainKeyMissing,
    KeychainSlow,
    DiskFull,
    SecondInstance,
    AuthorityFileChanged,
}

/// How a fault that lasts was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    Event,
    Note,
}

impl DeviceFault {
    pub(crate) const fn of(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::KeychainLocked => Some(Self::KeychainLocked),
            ErrorCode::KeychainAbsent => Some(Self::KeychainAbsent),
            ErrorCode::KeychainKeyMissing => Some(Self::KeychainKeyMissing),
            ErrorCode::KeychainSlow => Some(Self::KeychainSlow),
            ErrorCode::DiskFull => Some(Self::DiskFull),
            ErrorCode::AuthorityFileChanged => Some(Self::AuthorityFileChanged),
            _ => None,
        }
    }

    pub(crate) fn event(self) -> EventDraft {
        use Outcome::{MinorFailure as Minor, SeriousFailure as Serious};
        let (class, cause, outcome) = match self {
            Self::KeychainLocked => (EventClass::KeychainProblem, "keychain_locked", Minor),
            Self::KeychainAbsent => (EventClass::KeychainProblem, "keychain_absent", Minor),
            Self::KeychainKeyMissing => (EventClass::KeychainProblem, "keychain_key_missing", Serious),
            Self::KeychainSlow => (EventClass::KeychainProblem, "keychain_slow", Minor),
            Self::DiskFull => (EventClass::DiskFull, "disk_full", Serious),
            Self::SecondInstance => (EventClass::SecondInstance, "profile_in_use", Minor),
            Self::AuthorityFileChanged => (EventClass::IntegrityFinding, "authority_file_changed", Serious),
        };
        EventDraft::new(class).ended(outcome).with_cause(cause)
    }
}
