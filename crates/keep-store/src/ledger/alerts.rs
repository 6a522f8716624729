//! Alerts that nobody has signed off, for the access review.

use super::Ledger;
use super::rows::{ENTRY_COLUMNS, entry_of};
use crate::StoreError;
use keep_audit::{EntryHeader, EventClass, LedgerEntry, SignOff};

impl Ledger {
    /// The headers of the alerts that nobody has signed off, newest first. The chain is the verifier's to check.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn open_alerts(&self) -> Result<Vec<EntryHeader>, StoreError> {
        let classes: Vec<String> = EventClass::ALL
            .iter()
            .filter(|c| c.needs_sign_off() || **c == EventClass::AlertSignedOff)
            .map(|c| format!("'{c}'"))
            .collect();
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE class IN ({}) ORDER BY sequence", classes.join(","));
        let entries: Vec<LedgerEntry> = self.with_reader(|conn| {
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map([], entry_of)?;
            rows.map(|r| r.map_err(StoreError::from)?).collect()
        })?;
        let done: Vec<SignOff> = entries.iter().filter_map(SignOff::read).collect();
        let is_open = |h: &EntryHeader| {
            h.class.needs_sign_off() && !done.iter().any(|d| d.sequence == h.sequence && d.event == h.event)
        };
        Ok(entries.iter().rev().map(|e| e.header).filter(is_open).collect())
    }
}
