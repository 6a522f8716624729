//! Alerts that no one has signed off, for the access review.

use super::Ledger;
use super::OWN_LEDGER;
use super::rows::{ENTRY_COLUMNS, entry_of, read_state, signed};
use crate::StoreError;
use keep_audit::{EntryHeader, EventClass, LedgerEntry, SignOff};
use std::sync::PoisonError;

/// The open alerts of the entries read so far; entries never change, so each is read once.
#[derive(Debug, Default)]
pub(super) struct KnownAlerts {
    next: u64,
    open: Vec<EntryHeader>,
}

impl KnownAlerts {
    fn take(&mut self, entry: &LedgerEntry) {
        if entry.header.class.needs_sign_off() {
            self.open.push(entry.header);
        } else if let Some(done) = SignOff::read(entry) {
            self.open.retain(|h| h.sequence != done.sequence || h.event != done.event);
        }
    }
}

impl Ledger {
    /// The headers of the alerts that no one has signed off, newest first. Does not verify the chain.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn open_alerts(&self) -> Result<Vec<EntryHeader>, StoreError> {
        let mut known = self.alerts.lock().unwrap_or_else(PoisonError::into_inner);
        let classes = EventClass::ALL.iter().filter(|c| c.needs_sign_off() || **c == EventClass::AlertSignedOff);
        let classes: Vec<String> = classes.map(|c| format!("'{c}'")).collect();
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence >= ?1 AND class IN ({}) ORDER BY sequence",
            classes.join(",")
        );
        let from = signed(known.next)?;
        let (next, entries) = self.with_reader(|conn| {
            let next = read_state(conn, OWN_LEDGER)?.next_sequence();
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map([from], entry_of)?;
            let entries: Vec<LedgerEntry> = rows.map(|r| r.map_err(StoreError::from)?).collect::<Result<_, _>>()?;
            Ok((next, entries))
        })?;
        entries.iter().for_each(|entry| known.take(entry));
        known.next = next;
        Ok(known.open.iter().rev().copied().collect())
    }
}
