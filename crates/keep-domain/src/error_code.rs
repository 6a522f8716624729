//! The closed list of errors that cross IPC and decide the exit code of the command line.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

crate::named_enum! {
    /// An error as it crosses IPC; the UI owns the wording.
    #[derive(TS)]
    pub enum ErrorCode {
        /// Wrong password or code; the error never says which.
        UnlockRefused = "unlock_refused",
        /// Too many failures; wait.
        Throttled = "throttled",
        /// The slot is held until a colleague or an online sign-in releases it.
        SlotHeld = "slot_held",
        /// The code of this 30 s step was already used; wait for the next one.
        CodeUsed = "code_used",
        /// The user has no slot on this device.
        NotEnrolled = "not_enrolled",
        /// Enrolled, but no colleague has granted the segment keys yet.
        WaitingForGrant = "waiting_for_grant",
        /// The offline lease has ended; sign in online.
        LeaseEnded = "lease_ended",
        /// The workstation is locked.
        Locked = "locked",
        /// The role does not permit the action.
        Refused = "refused",
        /// The keychain is locked.
        KeychainLocked = "keychain_locked",
        /// No keychain service is available.
        KeychainAbsent = "keychain_absent",
        /// Slots exist, but the device key is missing from the keychain.
        KeychainKeyMissing = "keychain_key_missing",
        /// The keychain did not answer in time.
        KeychainSlow = "keychain_slow",
        /// A slot file is damaged or was changed outside Chartkeep.
        SlotDamaged = "slot_damaged",
        /// A segment failed its integrity check.
        StoreDamaged = "store_damaged",
        /// A segment was written by a newer Chartkeep.
        StoreNewer = "store_newer",
        /// A segment was replaced by an older copy.
        StoreStale = "store_stale",
        /// The audit ledger failed its check.
        LedgerDamaged = "ledger_damaged",
        /// The disk is full.
        DiskFull = "disk_full",
        /// Another instance has the profile open.
        ProfileInUse = "profile_in_use",
        /// The wall clock disagrees with the trusted time.
        ClockWrong = "clock_wrong",
        /// The server cannot be reached.
        ServerUnreachable = "server_unreachable",
        /// The server's certificate is not trusted.
        ServerUntrusted = "server_untrusted",
        /// The server's response is not FHIR.
        ServerGarbled = "server_garbled",
        /// The server responded with an error.
        ServerFailed = "server_failed",
        /// A new online sign-in is needed.
        SignInNeeded = "sign_in_needed",
        /// The sign-in failed or was cancelled.
        SignInFailed = "sign_in_failed",
        /// The record is not on this device or not visible to this role.
        NotAvailable = "not_available",
        /// The record has changed since it was read.
        Stale = "stale",
        /// The patient's record was merged into another, which takes the entries.
        RecordReplaced = "record_replaced",
        /// The input is invalid.
        Invalid = "invalid",
        /// An import file has unreadable lines.
        ImportBroken = "import_broken",
        /// The certificate authority file differs from the one the settings were sealed with.
        AuthorityFileChanged = "authority_file_changed",
        /// A file could not be read or written.
        Io = "io",
        /// A bug in Chartkeep.
        Internal = "internal",
    }
}

impl ErrorCode {
    /// The exit code of the command-line program.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        use ErrorCode as E;
        match self {
            E::UnlockRefused | E::Throttled | E::SlotHeld | E::CodeUsed | E::NotEnrolled | E::WaitingForGrant => {
                ExitCode::Refused
            }
            E::LeaseEnded | E::Locked | E::Refused | E::RecordReplaced | E::ClockWrong => ExitCode::Refused,
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

/// Exit codes of the command-line program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Success.
    Ok = 0,
    /// A check found something, or the command failed.
    Finding = 1,
    /// Wrong usage or invalid input.
    Usage = 2,
    /// Locked or refused.
    Refused = 3,
    /// A keychain error.
    Keychain = 4,
    /// A server error.
    Server = 5,
    /// Another instance has the profile open.
    ProfileInUse = 6,
}

/// A short random id that links an error shown to the user with the log; never derived from data.
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
