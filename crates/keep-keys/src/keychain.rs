//! The operating system's keychain as named items.

#[cfg(any(test, feature = "test-support"))]
mod fake;
mod os;
#[cfg(target_os = "linux")]
mod secret_service;

pub use os::OsKeychain;

use crate::KeysError;
use keep_domain::Secret;
use std::fmt;

/// What the keychain can do right now; a missing device key is found by reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeychainState {
    /// It answers.
    Ready,
    /// It is there and locked; asking would open a prompt.
    Locked,
    /// No service, no bus, or nowhere to keep an item.
    Absent,
    /// It did not answer in time.
    Slow,
}

impl KeychainState {
    /// The error that goes with a state; none for ready.
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

/// Named items in a keychain. Implementations answer within a few seconds or say that they are slow.
pub trait Keychain: Send + Sync + fmt::Debug {
    /// The value of `item`; `None` when there is no such item.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError>;

    /// Writes `item`, replacing what was there.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError>;

    /// Deletes `item`; deleting what is not there is no error.
    ///
    /// # Errors
    /// The keychain variants of [`KeysError`].
    fn delete(&self, item: &str) -> Result<(), KeysError>;

    /// What the keychain can do right now, found out without opening a prompt.
    fn state(&self) -> KeychainState;
}

#[cfg(any(test, feature = "test-support"))]
pub use fake::FakeKeychain;
