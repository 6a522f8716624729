//! The keychain of the operating system, as a trait.

use crate::KeysError;
use keep_domain::Secret;
use std::fmt;

/// The current state of the keychain; a missing device key only shows when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeychainState {
    /// It can be used.
    Ready,
    /// It is locked; reading it would open a prompt.
    Locked,
    /// There is no service, no bus or no collection.
    Absent,
    /// It did not respond in time.
    Slow,
}

impl KeychainState {
    /// The error of a state; `None` for ready.
    #[must_use]
    pub const fn error(self) -> Option<KeysError> {
        match self {
            Self::Ready => None,
            Self::Locked => Some(KeysError::KeychainLocked),
            Self::Absent => Some(KeysError::KeychainAbsent),
            Self::Slow => Some(KeysError::KeychainSlow),
        }
    }
}

/// Named items in a keychain. Implementations respond within a few seconds or fail as slow.
pub trait Keychain: Send + Sync + fmt::Debug {
    /// The value of `item`; `None` if there is no such item.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError>;

    /// Writes `item`, replacing any previous value.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError>;

    /// Deletes `item`; a missing item is not an error.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn delete(&self, item: &str) -> Result<(), KeysError>;

    /// The current state, determined without opening a prompt.
    fn state(&self) -> KeychainState;
}
