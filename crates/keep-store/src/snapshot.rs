//! A read transaction: one consistent view of all open files.

use crate::error::StoreError;
use crate::ledger::AuditGated;
use crate::record::Record;
use crate::store::Store;
use crate::write_tx::find_record;
use keep_domain::ResourceKey;
use rusqlite::Connection;
use std::fmt;

/// The store as the last commit before [`Store::snapshot`] left it. It takes no write lock.
pub struct Snapshot<'s> {
    conn: &'s Connection,
    store: &'s Store,
}

impl Store {
    /// Runs `work` in one read transaction: everything that it reads is of one state of the store. It may run more than
    /// once, where a derived table has to be checked first.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn snapshot<T>(&self, mut work: impl FnMut(&Snapshot<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.read_confirmed(|conn| work(&Snapshot { conn, store: self }))
    }

    /// One record.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`], the same for a missing one and for one above this session's rank.
    pub fn record(&self, key: &ResourceKey) -> Result<AuditGated<Record>, StoreError> {
        self.snapshot(|view| view.record(key))?.ok_or(StoreError::NotAvailable)
    }

    /// Several records in the order of `keys`; those that are not available are left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn records(&self, keys: &[ResourceKey]) -> Result<AuditGated<Vec<Record>>, StoreError> {
        self.read_confirmed(|conn| {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                found.extend(find_record(self.access.iter(), conn, key)?);
            }
            Ok(AuditGated::new(found))
        })
    }
}

impl Snapshot<'_> {
    /// One record; `None` for a missing one and for one above this session's rank.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where its row does not fit its tag.
    pub fn record(&self, key: &ResourceKey) -> Result<Option<AuditGated<Record>>, StoreError> {
        Ok(find_record(self.store.access.iter(), self.conn, key)?.map(AuditGated::new))
    }
}

impl fmt::Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot")
    }
}
