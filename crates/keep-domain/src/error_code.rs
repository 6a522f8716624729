//! The closed list of what can go wrong, as it crosses IPC and ends the command-line program.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// A closed code; the interface owns the wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Password or code wrong; the two are never told apart.
    UnlockRefused,
    /// Too many failures: wait.
    Throttled,
    /// The slot is held until it is released.
    SlotHeld,
    /// The code of this 30 s step was used already: wait for the next.
    CodeUsed,
    /// No slot for that person on this device.
    NotEnrolled,
    /// Enrolled, but no colleague has granted the segment keys yet.
    WaitingForGrant,
    /// The offline lease has ended; sign in online.
    LeaseEnded,
    /// The app is locked.
    Locked,
    /// The role may not do that.
    Refused,
    /// The keychain is locked.
    KeychainLocked,
    /// No keychain service answers.
    KeychainAbsent,
    /// The device key is gone from the keychain although slots exist.
    KeychainKeyMissing,
    /// The keychain did not answer in time.
    KeychainSlow,
    /// A slot or state file was changed outside Chartkeep or damaged.
    SlotDamaged,
    /// A segment failed its integrity check.
    StoreDamaged,
    /// A segment was written by a newer Chartkeep.
    StoreNewer,
    /// An older copy of a segment was put back.
    StoreStale,
    /// The audit ledger failed its check.
    LedgerDamaged,
    /// No room on the disk.
    DiskFull,
    /// Another instance uses the profile.
    ProfileInUse,
    /// The wall clock disagrees with the trusted time.
    ClockWrong,
    /// The server cannot be reached.
    ServerUnreachable,
    /// The server's certificate is not trusted.
    ServerUntrusted,
    /// The server answered with something that is not FHIR.
    ServerGarbled,
    /// The server answered with an error.
    ServerFailed,
    /// Sign in online again.
    SignInNeeded,
    /// The sign-in failed or was cancelled.
    SignInFailed,
    /// The record is not on this device or not visible to this role.
    NotAvailable,
    /// The record changed since it was read.
    Stale,
    /// What was entered is not acceptable.
    Invalid,
    /// An import file has lines that cannot be read.
    ImportBroken,
    /// The file of certificate authorities is not the one that the settings were sealed with.
    AuthorityFileChanged,
    /// A file could not be read or written.
    Io,
    /// A defect in Chartkeep.
    Internal,
}

impl ErrorCode {
    /// The code as it is written in JSON.
    #[must_use]
    pub fn name(self) -> String {
        serde_json_name(&self)
    }

    /// The exit code that the command-line program ends with.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        use ErrorCode as E;
        match self {
            E::UnlockRefused | E::Throttled | E::SlotHeld | E::CodeUsed | E::NotEnrolled | E::WaitingForGrant => {
                ExitCode::Refused
            }
            E::LeaseEnded | E::Locked | E::Refused | E::ClockWrong => ExitCode::Refused,
            E::KeychainLocked | E::KeychainAbsent | E::KeychainKeyMissing | E::KeychainSlow => ExitCode::Keychain,
            E::ServerUnreachable
            | E::ServerUntrusted
            | E::ServerGarbled
            | E::ServerFailed
            | E::SignInNeeded
            | E::SignInFailed => ExitCode::Server,
            E::ProfileInUse => ExitCode::ProfileInUse,
            E::Invalid => ExitCode::Usage,
            E::SlotDamaged | E::StoreDamaged | E::StoreNewer | E::StoreStale | E::LedgerDamaged | E::DiskFull => {
                ExitCode::Finding
            }
            E::NotAvailable | E::Stale | E::ImportBroken | E::Io | E::Internal => ExitCode::Finding,
            E::AuthorityFileChanged => ExitCode::Finding,
        }
    }
}

fn serde_json_name(code: &ErrorCode) -> String {
    // The Debug name is CamelCase ASCII; the JSON name is the same in snake_case.
    let mut out = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// How the command-line program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// All well.
    Ok = 0,
    /// Something was found.
    Finding = 1,
    /// Wrong use or unacceptable input.
    Usage = 2,
    /// Locked or refused.
    Refused = 3,
    /// The keychain.
    Keychain = 4,
    /// The server.
    Server = 5,
    /// Another instance uses the profile.
    ProfileInUse = 6,
}

/// A short random id that links what the user sees to the log; never derived from data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IncidentId(String);

impl IncidentId {
    /// A new random id of eight hexadecimal digits.
    #[must_use]
    pub fn make_random() -> Self {
        let uuid = uuid::Uuid::new_v4();
        Self(uuid.simple().to_string().chars().take(8).collect())
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialized_names() {
        for c in [ErrorCode::UnlockRefused, ErrorCode::Io, ErrorCode::KeychainKeyMissing] {
            assert_eq!(serde_json::to_value(c).ok(), Some(serde_json::Value::String(c.name())));
        }
    }
}
