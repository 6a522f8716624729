//! A keychain in memory, for tests.

use crate::{Keychain, KeychainState, KeysError};
use keep_domain::Secret;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A keychain in memory with a state that tests set.
pub struct FakeKeychain {
    inner: Mutex<Inner>,
}

struct Inner {
    state: KeychainState,
    items: BTreeMap<String, Vec<u8>>,
}

impl Default for FakeKeychain {
    fn default() -> Self {
        Self { inner: Mutex::new(Inner { state: KeychainState::Ready, items: BTreeMap::new() }) }
    }
}

impl FakeKeychain {
    /// Sets the state; a slow keychain fails at once so that tests need not wait.
    pub fn set_state(&self, state: KeychainState) {
        self.inner().state = state;
    }

    /// Deletes every item, as resetting the operating system password does.
    pub fn lose_everything(&self) {
        self.inner().items.clear();
    }

    /// The names of all items.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        self.inner().items.keys().cloned().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self) -> Result<MutexGuard<'_, Inner>, KeysError> {
        let inner = self.inner();
        match inner.state.error() {
            None => Ok(inner),
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
        self.inner().state
    }
}
