//! The unlock records in the ledger, as a trait.

use crate::KeysError;
use crate::throttle::UnlockRecord;
use keep_domain::UserId;
#[cfg(any(test, feature = "test-support"))]
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The copies of the unlock records in the ledger; the keychain holds the others.
pub trait UnlockRecords: Send + Sync {
    /// The record of `user`; `None` if there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn read(&self, user: UserId) -> Result<Option<UnlockRecord>, KeysError>;

    /// Replaces the record of `user`, durably.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn write(&self, user: UserId, record: &UnlockRecord) -> Result<(), KeysError>;
}

/// Unlock records in memory, for tests.
#[cfg(any(test, feature = "test-support"))]
#[derive(Debug, Default)]
pub struct FakeMemory(Mutex<BTreeMap<UserId, UnlockRecord>>);

#[cfg(any(test, feature = "test-support"))]
impl FakeMemory {
    /// Deletes everything, as deleting the ledger does.
    pub fn lose_everything(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(any(test, feature = "test-support"))]
impl UnlockRecords for FakeMemory {
    fn read(&self, user: UserId) -> Result<Option<UnlockRecord>, KeysError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned())
    }

    fn write(&self, user: UserId, record: &UnlockRecord) -> Result<(), KeysError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(user, record.clone());
        Ok(())
    }
}
