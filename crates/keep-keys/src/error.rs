//! Errors of keys, factors and the keychain.

use keep_domain::ErrorCode;
use std::time::Duration;

/// The error of this crate. No variant carries a secret, a name or the text of another error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The keychain is locked; reading it would open a prompt of the operating system.
    #[error("the keychain is locked")]
    KeychainLocked,
    /// No keychain service is available, or it has no collection to store an item in.
    #[error("no keychain service is available")]
    KeychainAbsent,
    /// Slots exist, but the device key is missing from the keychain.
    #[error("the device key is missing from the keychain")]
    KeychainKeyMissing,
    /// The keychain did not respond in time.
    #[error("the keychain did not respond in time")]
    KeychainSlow,
    /// The keychain returned something other than what was written.
    #[error("the keychain holds an unusable value")]
    KeychainGarbled,
    /// The operating system provided no random bytes.
    #[error("no random bytes from the operating system")]
    NoRandomness,
    /// An authenticated decryption failed: wrong key, wrong context or altered bytes.
    #[error("sealed data could not be opened")]
    NotOpened,
    /// A slot, state or key file was altered, swapped, truncated or replaced by an older copy.
    #[error("the {0} file is damaged")]
    SlotDamaged(&'static str),
    /// A slot, state or key file was written by a newer Chartkeep.
    #[error("the {0} file has a newer format")]
    SlotNewer(&'static str),
    /// The user has no slot on this device.
    #[error("not enrolled on this device")]
    NotEnrolled,
    /// The user already has a slot on this device.
    #[error("already enrolled on this device")]
    AlreadyEnrolled,
    /// Wrong password or code; the error never says which.
    #[error("wrong password or code")]
    UnlockRefused {
        /// Failures so far, including this one.
        failures: u32,
        /// Attempts left before the slot is held.
        attempts_left: u32,
        /// Time to wait before the next attempt.
        wait: Duration,
    },
    /// Too many failures; nothing was tried.
    #[error("wait before the next attempt")]
    Throttled {
        /// Remaining time to wait.
        wait: Duration,
    },
    /// The slot is held until it is released; nothing was tried.
    #[error("the slot is held")]
    SlotHeld {
        /// Whether only an online sign-in releases it.
        online_only: bool,
    },
    /// The code of this 30 s step was already used.
    #[error("the code was already used")]
    CodeUsed {
        /// Time until the next code.
        next_in: Duration,
    },
    /// The wall clock disagrees with authenticated time, or is outside the code table.
    #[error("the clock of this computer is wrong")]
    ClockWrong,
    /// The code table has ended with the lease; only an online sign-in makes a new one.
    #[error("the lease has ended")]
    LeaseEnded,
    /// There is nothing to resume; the password alone is not enough.
    #[error("password and code are needed")]
    CodeNeeded,
    /// No segment key has been granted yet.
    #[error("waiting for a colleague's grant")]
    WaitingForGrant,
    /// A grant or member record is not what it claims to be.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// Invalid input.
    #[error("invalid input: {0}")]
    Invalid(&'static str),
    /// A file could not be read or written.
    #[error("file error: {0:?}")]
    Io(std::io::ErrorKind),
    /// A bug in Chartkeep.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl KeysError {
    /// The code that crosses IPC.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::KeychainLocked => ErrorCode::KeychainLocked,
            Self::KeychainAbsent | Self::KeychainGarbled => ErrorCode::KeychainAbsent,
            Self::KeychainKeyMissing => ErrorCode::KeychainKeyMissing,
            Self::KeychainSlow => ErrorCode::KeychainSlow,
            Self::NotOpened | Self::SlotDamaged(_) | Self::SlotNewer(_) => ErrorCode::SlotDamaged,
            Self::NotEnrolled => ErrorCode::NotEnrolled,
            Self::UnlockRefused { .. } | Self::CodeNeeded => ErrorCode::UnlockRefused,
            Self::Throttled { .. } => ErrorCode::Throttled,
            Self::SlotHeld { .. } => ErrorCode::SlotHeld,
            Self::CodeUsed { .. } => ErrorCode::CodeUsed,
            Self::ClockWrong => ErrorCode::ClockWrong,
            Self::LeaseEnded => ErrorCode::LeaseEnded,
            Self::WaitingForGrant => ErrorCode::WaitingForGrant,
            Self::Refused(_) => ErrorCode::Refused,
            Self::Invalid(_) | Self::AlreadyEnrolled => ErrorCode::Invalid,
            Self::Io(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => ErrorCode::DiskFull,
            Self::Io(_) => ErrorCode::Io,
            Self::NoRandomness | Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<std::io::Error> for KeysError {
    fn from(error: std::io::Error) -> Self {
        // Only the kind: the text of an I/O error may contain paths.
        Self::Io(error.kind())
    }
}
