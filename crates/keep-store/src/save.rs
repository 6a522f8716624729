//! Saving a change set: resources, entries and holds in one transaction with the event.

use crate::change_set::{
    ChangeSetDraft, ChangeSetId, ChangeSetRow, EntryDraft, EntryRef, EntryRow, EntryState, HoldRow, Operation,
    entry_key, entry_prefix, open_entry_by, sequence_of, set_key,
};
use crate::error::StoreError;
use crate::journal::JournalKind;
use crate::ledger::TicketInTransaction;
use crate::record::{RecordState, StateBits};
use crate::row_facts::RowFacts;
use crate::segment_access::SegmentAccess;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{ResourceKey, Segment, UserId};
use keep_fhir::{Extracted, extract};
use rusqlite::Connection;
use std::collections::BTreeSet;

impl WriteTx<'_> {
    /// Saves a change set. Its number is that of the event of `ticket`, counted on from the logs before.
    ///
    /// An edit of a resource that was not sent yet squashes into its waiting entry. What was sent never changes: an
    /// edit of it becomes a later entry.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where `base_version` is not the stored version or the record is in conflict,
    /// [`StoreError::NotAvailable`] for a record above this session's rank, [`StoreError::Invalid`] for an
    /// invalid resource text.
    pub fn save_change_set(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        draft: ChangeSetDraft,
    ) -> Result<ChangeSetId, StoreError> {
        let sequence = self.store.ledger().change_set_number(ticket.sequence());
        if draft.entries.is_empty() {
            return Err(StoreError::Invalid("empty change set"));
        }
        let (mut refs, mut depends_on) = (Vec::new(), BTreeSet::new());
        let outstanding = self.outstanding()?;
        for entry in &draft.entries {
            // EXPOSE: the text that is stored.
            let facts = extract(entry.raw.expose()).map_err(|_| StoreError::Invalid("resource text"))?;
            let segment = self.home_of(&facts)?;
            depends_on.extend(mentioned(&outstanding, entry));
            if let Some(earlier) = self.save_entry((sequence, draft.author), entry, &facts, segment)? {
                depends_on.extend(earlier);
                refs.push(EntryRef { segment, key: facts.key });
            }
        }
        depends_on.remove(&sequence);
        if let Some(top) = refs.iter().map(|r| r.segment).max() {
            for lower in refs.iter().filter(|r| r.segment < top) {
                self.writer(lower.segment)?.put_journal(&entry_key(&lower.key, sequence), &HoldRow { rank: top })?;
            }
            let row = ChangeSetRow {
                author: draft.author,
                saved: self.now().0,
                depends_on: depends_on.into_iter().collect(),
                entries: refs,
            };
            self.writer(top)?.put_journal(&set_key(sequence), &row)?;
        }
        Ok(ChangeSetId(sequence))
    }

    /// The segment of a resource that is written here; a session cannot write above its rank.
    pub(crate) fn home_of(&self, facts: &Extracted) -> Result<Segment, StoreError> {
        let segment =
            self.segment_for(&facts.key.resource_type, facts.segment, &facts.segment_targets, &facts.labels)?;
        self.store.access(segment).map(|a| a.segment)
    }

    /// As [`WriteTx::segment_for`].
    pub(crate) fn segment_of_facts(&self, facts: &RowFacts) -> Result<Segment, StoreError> {
        self.segment_for(&facts.type_name, facts.segment, &facts.targets, &facts.labels)
    }

    /// The segment of a resource, after looking up its targets.
    pub(crate) fn segment_for(
        &self,
        type_name: &str,
        without_targets: Segment,
        targets: &[ResourceKey],
        labels: &[String],
    ) -> Result<Segment, StoreError> {
        if !keep_fhir::follows_target(type_name) {
            return Ok(without_targets);
        }
        let mut segments = Vec::new();
        for target in targets {
            segments.push((target, self.store.segment_of_target(self.conn, target)?));
        }
        Ok(keep_fhir::segment_with_targets(targets, labels, |key| {
            segments.iter().find(|(k, _)| *k == key).and_then(|(_, s)| *s)
        }))
    }

    /// Stores one entry; `None` if it was squashed into an earlier one, else the sequences that must be sent before it.
    fn save_entry(
        &mut self,
        (sequence, author): (u64, UserId),
        entry: &EntryDraft,
        facts: &Extracted,
        segment: Segment,
    ) -> Result<Option<Vec<u64>>, StoreError> {
        let stored = self.stored(&facts.key)?;
        let (version, base, mut bits) = match &stored {
            None if entry.operation == Operation::Create => (None, None, StateBits::of(RecordState::Pending)),
            None => return Err(StoreError::NotAvailable),
            Some(_) if entry.operation == Operation::Create => return Err(StoreError::Stale),
            Some(r) if r.version != entry.base_version || r.state == RecordState::Conflict => {
                return Err(StoreError::Stale);
            }
            Some(r) => (r.version.clone(), Some(r), StateBits::of(RecordState::Pending)),
        };
        if entry.operation == Operation::Delete {
            bits = bits.deleted();
        }
        let updated = stored.as_ref().and_then(|r| r.updated).map_or(0, |u| u.0);
        // A label may have moved the record; its waiting entries move with it.
        let earlier = self.entries_of(&facts.key)?;
        // EXPOSE: the text that is stored.
        let raw = entry.raw.expose();
        let text = NewText { raw, version: version.as_deref().unwrap_or_default(), updated, state: bits };
        self.put_resource(facts, segment, &text)?;
        let is_first = earlier.is_empty();
        let sequences = earlier.iter().map(|(_, e)| e.sequence).collect();
        if let Some((home, open)) = open_entry_by(earlier, author) {
            let number = open.sequence;
            let operation = match (open.operation, entry.operation) {
                (Operation::Create, Operation::Update) => Operation::Create,
                (_, now) => now,
            };
            let row = EntryRow {
                key: facts.key.clone(),
                sequence: number,
                author,
                operation,
                base_version: open.base_version,
                base: open.base,
                sent: None,
                state: EntryState::Waiting,
                idempotency: open.idempotency,
                outcome: None,
                fields: Vec::new(),
                conflict: None,
                before: None,
            };
            self.move_entry(home, segment, row)?;
            return Ok(None);
        }
        let row = EntryRow {
            key: facts.key.clone(),
            sequence,
            author,
            operation: entry.operation,
            base_version: version,
            // The base is the server's text; if an earlier entry is still in flight, the base is set when that one is confirmed.
            // EXPOSE: stored with the entry for the three-way merge.
            base: base.filter(|_| is_first).map(|r| r.raw.expose().clone()),
            sent: None,
            state: EntryState::Waiting,
            idempotency: uuid::Uuid::new_v4().to_string(),
            outcome: None,
            fields: Vec::new(),
            conflict: None,
            before: None,
        };
        self.writer(segment)?.put_journal(&entry_key(&row.key, sequence), &row)?;
        Ok(Some(sequences))
    }

    /// Rewrites an entry, in another segment if its resource has moved.
    pub(crate) fn move_entry(&mut self, from: Segment, to: Segment, row: EntryRow) -> Result<(), StoreError> {
        let key = entry_key(&row.key, row.sequence);
        if from != to {
            self.drop_journal(from, JournalKind::Entry, &key)?;
            let top = self.store.top();
            self.change_set_mut(row.sequence, top, |set| {
                set.entries.iter_mut().filter(|r| r.key == row.key).for_each(|r| r.segment = to);
            })?;
        }
        self.writer(to)?.put_journal(&key, &row)
    }

    /// The change sets of a higher rank that hold a resource of a segment.
    pub(crate) fn holds_of(&self, segment: Segment, key: &ResourceKey) -> Result<BTreeSet<u64>, StoreError> {
        let holds: Vec<(Vec<u8>, HoldRow)> = self.store.access(segment)?.journals(self.conn, &entry_prefix(key))?;
        Ok(holds.iter().filter_map(|(key, _)| sequence_of(key)).collect())
    }

    /// Writes the holds of a change set again after its entry `moved` has gone to another segment.
    pub(crate) fn hold_again(&mut self, sequence: u64, moved: &ResourceKey) -> Result<(), StoreError> {
        let segments: Vec<Segment> = self.accesses().map(|a| a.segment).collect();
        for segment in segments {
            self.drop_journal(segment, JournalKind::Hold, &entry_key(moved, sequence))?;
        }
        let Some((_, set)) = self.change_set(sequence)? else { return Ok(()) };
        let Some(top) = set.entries.iter().map(|r| r.segment).max() else { return Ok(()) };
        for lower in set.entries.iter().filter(|r| r.segment < top) {
            self.writer(lower.segment)?.put_journal(&entry_key(&lower.key, sequence), &HoldRow { rank: top })?;
        }
        Ok(())
    }

    /// All entries of a resource, oldest first, with their segments.
    pub(crate) fn entries_of(&self, key: &ResourceKey) -> Result<Vec<(Segment, EntryRow)>, StoreError> {
        entries_in(&self.store.access, self.conn, key)
    }

    /// The references to the resources of outstanding entries, as they appear in texts.
    fn outstanding(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut found = Vec::new();
        for access in self.accesses() {
            let rows: Vec<(Vec<u8>, EntryRow)> = access.journals(self.conn, &[])?;
            found.extend(rows.into_iter().map(|(_, r)| (format!("\"{}\"", r.key), r.sequence)));
        }
        Ok(found)
    }
}

/// All entries of a resource, oldest first, with their segments.
pub(crate) fn entries_in(
    accesses: &[SegmentAccess],
    conn: &Connection,
    key: &ResourceKey,
) -> Result<Vec<(Segment, EntryRow)>, StoreError> {
    let mut found = Vec::new();
    for access in accesses {
        let rows: Vec<(Vec<u8>, EntryRow)> = access.journals(conn, &entry_prefix(key))?;
        found.extend(rows.into_iter().map(|(_, r)| (access.segment, r)));
    }
    found.sort_by_key(|(_, r)| r.sequence);
    Ok(found)
}

/// The earlier change sets whose resources this text refers to.
fn mentioned(outstanding: &[(String, u64)], entry: &EntryDraft) -> Vec<u64> {
    // EXPOSE: looks for references.
    let raw = entry.raw.expose();
    outstanding.iter().filter(|(reference, _)| raw.contains(reference)).map(|(_, s)| *s).collect()
}
