//! Alerts that no one has signed off, for the access review.

use keep_audit::{EntryHeader, LedgerEntry, SignOff};

/// The open alerts of the entries read so far; entries never change, so each is read once.
#[derive(Debug, Default)]
pub(super) struct KnownAlerts {
    pub(super) next: u64,
    pub(super) open: Vec<EntryHeader>,
}

impl KnownAlerts {
    pub(super) fn take(&mut self, entry: &LedgerEntry) {
        if entry.header.class.needs_sign_off() {
            self.open.push(entry.header);
        } else if let Some(done) = SignOff::read(entry) {
            self.open.retain(|h| h.sequence != done.sequence || h.event != done.event);
        }
    }
}
