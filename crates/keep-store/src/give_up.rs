//! Taking a rejected change set out of the queue.

use crate::change_set::{ChangeSetId, ChangeSetRow, EntryRow, EntryState, Operation};
use crate::error::StoreError;
use crate::ledger::TicketInTransaction;
use crate::outbox::extract_resource;
use crate::record::StateBits;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::Segment;

impl WriteTx<'_> {
    /// Gives up a change set that the server rejects: what it created is removed, and what it changed is again the text
    /// that it was based on. Its texts stay stored, as those of a decided conflict. `ticket` is the event.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where no entry is rejected, one may have reached the server, or another change set depends
    /// on it; [`StoreError::NotAvailable`] for an unknown change set and for one that reaches above this session's rank.
    pub fn give_up(&mut self, ticket: &TicketInTransaction<'_>, set: ChangeSetId) -> Result<(), StoreError> {
        let (_, row) = self.change_set(set.0)?.ok_or(StoreError::NotAvailable)?;
        let entries = self.entries_of_set(set)?;
        if entries.len() != row.entries.len() {
            return Err(StoreError::NotAvailable);
        }
        let is_unsent = |e: &EntryRow| matches!(e.state, EntryState::Waiting | EntryState::Rejected);
        let is_rejected = entries.iter().any(|(_, e)| e.state == EntryState::Rejected);
        if !is_rejected || !entries.iter().all(|(_, e)| is_unsent(e)) || self.is_depended_on(set)? {
            return Err(StoreError::Stale);
        }
        // What refers to another record is removed before it.
        for (segment, entry) in entries.into_iter().rev() {
            self.give_up_entry(ticket, segment, &entry)?;
        }
        Ok(())
    }

    fn give_up_entry(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        segment: Segment,
        entry: &EntryRow,
    ) -> Result<(), StoreError> {
        // An earlier or later change of the same record would lose what it is based on.
        if self.entries_of(&entry.key)?.len() != 1 {
            return Err(StoreError::Stale);
        }
        self.store_given_up(ticket, segment, entry)?;
        self.end_entry(ChangeSetId(entry.sequence), segment, &entry.key)?;
        match (entry.operation, &entry.base) {
            (Operation::Create, _) => self.remove_resource(&entry.key).map(|_| ()),
            (Operation::Update | Operation::Delete, Some(base)) => {
                let facts = extract_resource(base)?;
                let home = self.home_of(&facts)?;
                let version = entry.base_version.as_deref().unwrap_or_default();
                let updated = facts.last_updated.map_or(0, |u| u.0);
                self.put_resource(&facts, home, &NewText { raw: base, version, updated, state: StateBits::SYNCED })
            }
            (Operation::Update | Operation::Delete, None) => Err(StoreError::Stale),
        }
    }

    fn is_depended_on(&self, set: ChangeSetId) -> Result<bool, StoreError> {
        for access in self.accesses() {
            let rows: Vec<(Vec<u8>, ChangeSetRow)> = access.journals(self.conn, &[])?;
            if rows.iter().any(|(_, row)| row.depends_on.contains(&set.0)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
