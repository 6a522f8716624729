//! Undoing a save that was not sent yet: the record, its entry and the outbox are again as they were before it.

use crate::change_set::{BeforeSave, ChangeSetDraft, ChangeSetId, EntryRow, EntryState, Operation, open_entry_by};
use crate::error::StoreError;
use crate::ledger::TicketInTransaction;
use crate::outbox::extract_resource;
use crate::record::{Record, RecordState, StateBits};
use crate::save::entries_in;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::write_tx::{NewText, WriteTx, find_record};
use keep_domain::{ResourceKey, Segment, UserId};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// A save that can still be undone.
struct Undoable {
    segment: Segment,
    entry: EntryRow,
    before: BeforeSave,
    /// The record as it is now.
    stored: Record,
    /// The state of the record after the undo.
    state: RecordState,
}

impl Store {
    /// Whether `author` can undo the last save of a record: it was made by [`WriteTx::save_undoable`], nothing of it was
    /// sent, and nothing has changed the record since.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn can_undo(&self, key: &ResourceKey, author: UserId) -> Result<bool, StoreError> {
        self.read(|conn| Ok(undoable(&self.access, conn, key, author)?.is_some()))
    }
}

impl WriteTx<'_> {
    /// Saves a change set whose first entry changes a record and whose others create resources, so that
    /// [`WriteTx::undo_save`] can undo it until it is sent.
    ///
    /// # Errors
    /// Those of [`WriteTx::save_change_set`].
    pub fn save_undoable(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        draft: ChangeSetDraft,
    ) -> Result<ChangeSetId, StoreError> {
        let author = draft.author;
        let mut created = Vec::new();
        for entry in &draft.entries {
            // EXPOSE: read for its key.
            created.push(extract_resource(entry.raw.expose())?.key);
        }
        let (Some(first), false) = (draft.entries.first(), created.is_empty()) else {
            return Err(StoreError::Invalid("empty change set"));
        };
        // EXPOSE: only its digest is stored.
        let saved = Sha256::digest(first.raw.expose().as_bytes()).into();
        let key = created.remove(0);
        // EXPOSE: stored with the entry.
        let raw = self.stored(&key)?.ok_or(StoreError::NotAvailable)?.raw.into_exposed();
        let entry = open_entry_by(self.entries_of(&key)?, author).map(|(_, entry)| EntryRow { before: None, ..entry });
        let set = self.save_change_set(ticket, draft)?;
        let (segment, row) = open_entry_by(self.entries_of(&key)?, author).ok_or(StoreError::Internal("entry"))?;
        let before = BeforeSave { raw, entry: entry.map(Box::new), sequence: set.0, created, saved };
        self.put_entry(segment, &EntryRow { before: Some(Box::new(before)), ..row })?;
        Ok(set)
    }

    /// Undoes the last save of a record: its text and its entry are as before, and what the save created is removed.
    /// `ticket` is the event of the undo.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where [`Store::can_undo`] is false.
    pub fn undo_save(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        key: &ResourceKey,
        author: UserId,
    ) -> Result<(), StoreError> {
        let _recorded_by = ticket;
        let found = undoable(&self.store.access, self.conn, key, author)?.ok_or(StoreError::Stale)?;
        let Undoable { segment, entry, before, stored, state } = found;
        let set = ChangeSetId(before.sequence);
        for created in &before.created {
            let (home, _) = self.entry_of_set(set, created)?;
            self.end_entry(set, home, created)?;
            self.remove_resource(created)?;
        }
        let facts = extract_resource(&before.raw)?;
        let home = self.home_of(&facts)?;
        match before.entry {
            Some(earlier) => self.move_entry(segment, home, *earlier)?,
            None => self.end_entry(ChangeSetId(entry.sequence), segment, key)?,
        }
        let version = stored.version.as_deref().unwrap_or_default();
        let updated = stored.updated.map_or(0, |u| u.0);
        let text = NewText { raw: &before.raw, version, updated, state: StateBits::of(state) };
        self.put_resource(&facts, home, &text)
    }
}

fn undoable(
    accesses: &[SegmentAccess],
    conn: &Connection,
    key: &ResourceKey,
    author: UserId,
) -> Result<Option<Undoable>, StoreError> {
    let mut entries = entries_in(accesses, conn, key)?;
    let Some((segment, mut entry)) = entries.pop() else { return Ok(None) };
    let Some(before) = entry.before.take().filter(|_| entry.state == EntryState::Waiting && entry.author == author)
    else {
        return Ok(None);
    };
    // The sync may have merged or resolved something since; then the earlier text is no longer what it was based on.
    let is_same_base = match (&before.entry, entries.last()) {
        (Some(earlier), _) => earlier.base == entry.base && earlier.base_version == entry.base_version,
        // An earlier entry is on its way: the record becomes what that one sends.
        (None, Some(_)) => entry.base.is_none(),
        (None, None) => entry.base.as_deref() == Some(before.raw.as_str()),
    };
    let Some(stored) = find_record(accesses.iter(), conn, key)?.filter(|_| is_same_base) else { return Ok(None) };
    // EXPOSE: compared with what was saved.
    let is_unchanged = <[u8; 32]>::from(Sha256::digest(stored.raw.expose().as_bytes())) == before.saved;
    if !is_unchanged || stored.state != RecordState::Pending {
        return Ok(None);
    }
    for created in &before.created {
        let found = entries_in(accesses, conn, created)?;
        let [(_, only)] = found.as_slice() else { return Ok(None) };
        let is_unsent = only.state == EntryState::Waiting && only.operation == Operation::Create;
        if !is_unsent || only.sequence != before.sequence || only.author != author {
            return Ok(None);
        }
    }
    let state = match before.entry.as_deref().or(entries.last().map(|(_, e)| e)).map(|e| e.state) {
        None => RecordState::Synced,
        Some(EntryState::Waiting | EntryState::InFlight) => RecordState::Pending,
        Some(EntryState::Rejected) => RecordState::Rejected,
        Some(EntryState::Conflict) => return Ok(None),
    };
    Ok(Some(Undoable { segment, entry, before: *before, stored, state }))
}
