//! Search keys that are written at the end of their transaction.

use crate::derived::{Derived, DerivedChanges};
use crate::error::StoreError;
use crate::segment_access::SegmentAccess;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;
use std::fmt;

/// The most waiting keys.
const MAX_WAITING: usize = 200_000;

/// Identifiers and phone numbers of patients, not yet written. Their order is unrelated to that of the patients, so
/// each would touch another page of its table; sorted, a load touches every page once.
#[derive(Default)]
pub(crate) struct DeferredSearchKeys {
    /// By the number of the patient's chart.
    waiting: BTreeMap<u32, Vec<(KeyTable, String)>>,
    count: usize,
    /// The entries added to and removed from derived tables, for their digests.
    pub(crate) changes: DerivedChanges,
}

/// The table of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyTable {
    /// `patient_number`.
    Number,
    /// `patient_phone`.
    Phone,
}

impl DeferredSearchKeys {
    /// Adds a key of a patient.
    pub(crate) fn add(&mut self, table: KeyTable, key: String, chart_number: u32) {
        self.waiting.entry(chart_number).or_default().push((table, key));
        self.count += 1;
    }

    /// Drops the waiting keys of a patient.
    pub(crate) fn discard(&mut self, chart_number: u32) {
        self.count -= self.waiting.remove(&chart_number).map_or(0, |keys| keys.len());
    }

    /// Whether the keys should be written now.
    pub(crate) const fn is_full(&self) -> bool {
        self.count >= MAX_WAITING
    }

    /// Writes the waiting keys.
    pub(crate) fn write(&mut self, conn: &Connection, access: &SegmentAccess) -> Result<(), StoreError> {
        self.count = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let keys = waiting.into_iter().flat_map(|(chart, keys)| keys.into_iter().map(move |(t, k)| (t, k, chart)));
        let mut keys: Vec<_> = keys.collect();
        keys.sort_unstable();
        for (table, key, chart_number) in keys {
            let (sql, of) = match table {
                KeyTable::Number => {
                    ("INSERT OR IGNORE INTO main.patient_number (value, ordinal) VALUES (?1, ?2)", Derived::Numbers)
                }
                KeyTable::Phone => {
                    ("INSERT OR IGNORE INTO main.patient_phone (digits, ordinal) VALUES (?1, ?2)", Derived::Phones)
                }
            };
            if conn.prepare_cached(sql)?.execute((&key, chart_number))? == 1 {
                let entry = [ValueRef::Text(key.as_bytes()), ValueRef::Integer(i64::from(chart_number))];
                self.changes.add(&access.tagger, of, &entry);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for DeferredSearchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferredSearchKeys").field("count", &self.count).finish_non_exhaustive()
    }
}
