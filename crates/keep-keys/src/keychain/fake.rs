//! A keychain in memory, for tests.

use super::{Keychain, KeychainState};
use crate::KeysError;
use keep_domain::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A keychain in memory whose state tests set by hand.
pub struct FakeKeychain {
    contents: Mutex<Contents>,
}

struct Contents {
    state: KeychainState,
    items: BTreeMap<String, Vec<u8>>,
}

impl Default for FakeKeychain {
    fn default() -> Self {
        Self { contents: Mutex::new(Contents { state: KeychainState::Ready, items: BTreeMap::new() }) }
    }
}

impl FakeKeychain {
    /// Makes it ready, locked, absent or slow; a slow one fails at once so that tests need not wait.
    pub fn set_state(&self, state: KeychainState) {
        self.contents().state = state;
    }

    /// Loses every item, as an operating system password reset does.
    pub fn lose_everything(&self) {
        self.contents().items.clear();
    }

    /// The names of the items held.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        self.contents().items.keys().cloned().collect()
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self) -> Result<MutexGuard<'_, Contents>, KeysError> {
        let contents = self.contents();
        match contents.state.error() {
            None => Ok(contents),
            Some(error) => Err(error),
        }
    }
}

impl fmt::Debug for FakeKeychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeKeychain(***)")
    }
}

impl Keychain for FakeKeychain {
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError> {
        Ok(self.ready()?.items.get(item).cloned().map(Secret::new))
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError> {
        self.ready()?.items.insert(item.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete(&self, item: &str) -> Result<(), KeysError> {
        self.ready()?.items.remove(item);
        Ok(())
    }

    fn state(&self) -> KeychainState {
        self.contents().state
    }
}
