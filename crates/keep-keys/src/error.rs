//! What can go wrong with keys, factors and the keychain.

use keep_domain::ErrorCode;
use std::time::Duration;

/// The one error of this crate. No variant carries a secret, a name or the text of a foreign error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The keychain is locked; asking would open a prompt of the operating system.
    #[error("the keychain is locked")]
    KeychainLocked,
    /// No keychain service answers, or it has nowhere to keep an item.
    #[error("no keychain service answers")]
    KeychainAbsent,
    /// Slots exist but the device key is not in the keychain.
    #[error("the device key is missing from the keychain")]
    KeychainKeyMissing,
    /// The keychain did not answer within its limit.
    #[error("the keychain did not answer in time")]
    KeychainSlow,
    /// The keychain gave back something else than what was written.
    #[error("the keychain holds an unusable value")]
    KeychainGarbled,
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    NoRandomness,
    /// An authenticated decryption failed: wrong key, wrong context or altered bytes.
    #[error("sealed data could not be opened")]
    NotOpened,
    /// A slot, state or key file was altered, swapped, cut short or put back from an older copy.
    #[error("the {0} file is damaged")]
    SlotDamaged(&'static str),
    /// A slot, state or key file was written by a newer Chartkeep.
    #[error("the {0} file is of a newer format")]
    SlotNewer(&'static str),
    /// No slot of that person on this device.
    #[error("not enrolled on this device")]
    NotEnrolled,
    /// That person has a slot here already.
    #[error("already enrolled on this device")]
    AlreadyEnrolled,
    /// Password or code is wrong; the two are never told apart.
    #[error("password or code is wrong")]
    UnlockRefused {
        /// Failures so far, this one included.
        failures: u32,
        /// Attempts left before the slot is held.
        attempts_left: u32,
        /// Time to wait before the next attempt.
        wait: Duration,
    },
    /// Too many failures: nothing was tried.
    #[error("wait before the next attempt")]
    Throttled {
        /// Time left to wait.
        wait: Duration,
    },
    /// The slot is held until somebody releases it; nothing was tried.
    #[error("the slot is held")]
    SlotHeld {
        /// Whether only an online sign-in releases it.
        online_only: bool,
    },
    /// The code of this 30 s step has been accepted before.
    #[error("the code was used already")]
    CodeUsed {
        /// Time until the next code.
        next_in: Duration,
    },
    /// The wall clock disagrees with authenticated time, or is outside the code table.
    #[error("the clock of this computer is wrong")]
    ClockWrong,
    /// The code table has run out with the lease; only an online sign-in makes a new one.
    #[error("the lease has ended")]
    LeaseEnded,
    /// Nothing to resume with: the password alone is not enough now.
    #[error("password and code are needed")]
    CodeNeeded,
    /// No segment key has been granted yet.
    #[error("waiting for a colleague's grant")]
    WaitingForGrant,
    /// A grant or member record that does not fit what it claims.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// Input that is not acceptable.
    #[error("not acceptable: {0}")]
    Invalid(&'static str),
    /// A file could not be read or written.
    #[error("file error: {0:?}")]
    Io(std::io::ErrorKind),
    /// A defect in Chartkeep.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl KeysError {
    /// The closed code that crosses the shell's border.
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
        // Only the kind is kept: the text of an I/O error may name paths.
        Self::Io(error.kind())
    }
}
