//! Change sets that wait to be sent, and the server's answers.

use crate::change_set::{
    AuthorBacklog, ChangeSetId, ChangeSetRow, EntryRow, EntryState, HoldRow, Operation, OutgoingEntry, OutgoingSet,
    SetState, entry_key, entry_prefix, sequence_of, set_key,
};
use crate::error::{FindingKind, StoreError};
use crate::journal::JournalKind;
use crate::ledger::AuditTicket;
use crate::record::{RecordState, StateBits};
use crate::repair::{Repair, RepairCause};
use crate::segment_access::{ResourceRow, SegmentAccess};
use crate::store::Store;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{Phi, ResourceKey, Segment, UserId, UtcMillis};
use keep_fhir::extract;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// The unconfirmed change sets that this session can read, in sequence order up to the `limit`th ready one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn next_change_sets(&self, ticket: &AuditTicket, limit: usize) -> Result<Vec<OutgoingSet>, StoreError> {
        let _covered_by = ticket;
        self.read_confirmed(|conn| {
            // If a segment's root does not match, it is unknown which changes still wait.
            if let Some(access) = self.access.iter().find(|a| a.disputed) {
                return Err(access.damaged(None, FindingKind::Root));
            }
            let sets = read_sets(&self.access, conn)?;
            let known: BTreeSet<u64> = sets.keys().copied().collect();
            let mut outgoing = Vec::new();
            // Waiting and rejected sets do not count: a bad record never blocks the rest.
            let mut ready = 0;
            for (sequence, (_, row)) in &sets {
                let set = self.outgoing(conn, *sequence, row, &known)?;
                ready += usize::from(set.state == SetState::Ready);
                outgoing.push(set);
                if ready >= limit {
                    break;
                }
            }
            Ok(outgoing)
        })
    }

    fn outgoing(
        &self,
        conn: &Connection,
        sequence: u64,
        row: &ChangeSetRow,
        known: &BTreeSet<u64>,
    ) -> Result<OutgoingSet, StoreError> {
        let (mut entries, mut damaged, mut is_held) = (Vec::new(), Vec::new(), false);
        for part in &row.entries {
            let access = self.access(part.segment)?;
            let Some(entry) = access.journal::<EntryRow>(conn, &entry_key(&part.key, sequence))? else { continue };
            is_held |= is_held_by_higher_rank(access, conn, &part.key, sequence, self.top())?;
            match open_entry(access, conn, entry) {
                Ok(entry) => entries.push(entry),
                // It is reported by name; the other entries are still sent.
                Err(StoreError::Damaged(finding)) if finding.kind != FindingKind::Page => {
                    damaged.push(part.key.clone());
                }
                Err(other) => return Err(other),
            }
        }
        let waits = row.depends_on.iter().any(|d| known.contains(d));
        let any = |state: EntryState| entries.iter().any(|e| e.state == state);
        let state = if !damaged.is_empty() {
            SetState::Damaged
        } else if any(EntryState::Conflict) {
            SetState::Conflict
        } else if any(EntryState::Rejected) {
            SetState::Rejected
        } else if is_held {
            SetState::WaitsForRank
        } else if waits {
            SetState::WaitsForSet
        } else {
            SetState::Ready
        };
        Ok(OutgoingSet {
            id: ChangeSetId(sequence),
            author: row.author,
            saved: UtcMillis(row.saved),
            depends_on: row.depends_on.iter().copied().filter(|d| known.contains(d)).map(ChangeSetId).collect(),
            state,
            entries,
            damaged,
        })
    }

    /// The number of unsent change sets by author; names no patient.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn backlog(&self) -> Result<Vec<AuthorBacklog>, StoreError> {
        self.read(|conn| {
            let mut by_author: BTreeMap<UserId, AuthorBacklog> = BTreeMap::new();
            for (sequence, (_, row)) in read_sets(&self.access, conn)? {
                let mut states = Vec::new();
                for part in &row.entries {
                    let entry: Option<EntryRow> =
                        self.access(part.segment)?.journal(conn, &entry_key(&part.key, sequence))?;
                    states.extend(entry.map(|e| e.state));
                }
                let of = by_author.entry(row.author).or_insert(AuthorBacklog {
                    author: row.author,
                    pending: 0,
                    rejected: 0,
                    conflicts: 0,
                    oldest: UtcMillis(row.saved),
                });
                of.pending += 1;
                of.rejected += u32::from(states.contains(&EntryState::Rejected));
                of.conflicts += u32::from(states.contains(&EntryState::Conflict));
            }
            Ok(by_author.into_values().collect())
        })
    }
}

impl WriteTx<'_> {
    /// Freezes the entries that are about to be sent: from now on their texts never change.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown change set.
    pub fn mark_in_flight(&mut self, set: ChangeSetId) -> Result<(), StoreError> {
        for (segment, mut entry) in self.entries_of_set(set)? {
            if entry.state == EntryState::Waiting {
                // EXPOSE: stored with the entry as the text that was sent.
                entry.sent = self.stored(&entry.key)?.map(|r| r.raw.into_exposed());
                entry.state = EntryState::InFlight;
                self.put_entry(segment, &entry)?;
            }
        }
        Ok(())
    }

    /// The server never received the change set: it waits again, and later edits squash into it.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown change set.
    pub fn return_to_queue(&mut self, set: ChangeSetId) -> Result<(), StoreError> {
        for (segment, mut entry) in self.entries_of_set(set)? {
            let later = self.entries_of(&entry.key)?.iter().any(|(_, e)| e.sequence > entry.sequence);
            // With a later edit the frozen text is the only copy of this entry's change.
            if entry.state == EntryState::InFlight && !later {
                (entry.sent, entry.state) = (None, EntryState::Waiting);
                self.put_entry(segment, &entry)?;
            }
        }
        Ok(())
    }

    /// The server has this entry as `version`. The last confirmed entry ends its change set.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown entry.
    pub fn confirm(
        &mut self,
        set: ChangeSetId,
        key: &ResourceKey,
        version: &str,
        last_updated: Option<UtcMillis>,
    ) -> Result<(), StoreError> {
        let (segment, entry) = self.entry_of_set(set, key)?;
        let later = self.entries_of(key)?.into_iter().find(|(_, e)| e.sequence > set.0);
        let set_version = |row: &mut ResourceRow| {
            version.clone_into(&mut row.version);
            row.updated = last_updated.map_or(row.updated, |u| u.0);
        };
        match later {
            Some((home, mut next)) => {
                next.base_version = Some(version.to_owned());
                next.base.clone_from(&entry.sent);
                if next.operation == Operation::Create {
                    next.operation = Operation::Update;
                }
                self.put_entry(home, &next)?;
                self.amend(home, key, set_version)?;
            }
            None if entry.operation == Operation::Delete => {
                self.remove_resource(key)?;
            }
            None => self.amend(segment, key, |row| {
                set_version(row);
                row.state = row.state.with(RecordState::Synced);
            })?,
        }
        self.end_entry(set, segment, key)
    }

    /// The server refused this entry: reason and named elements are stored, and sets that depend on it wait.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown entry.
    pub fn reject(
        &mut self,
        set: ChangeSetId,
        key: &ResourceKey,
        outcome: &Phi<String>,
        fields: &[String],
    ) -> Result<(), StoreError> {
        let (segment, mut entry) = self.entry_of_set(set, key)?;
        entry.state = EntryState::Rejected;
        entry.fields = fields.to_vec();
        // EXPOSE: the server's reason may quote the record; it is stored with the entry.
        entry.outcome = Some(outcome.expose().clone());
        self.put_entry(segment, &entry)?;
        self.set_state(segment, key, RecordState::Rejected)
    }

    /// Puts the rejected entries of a change set back into the queue.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown change set.
    pub fn retry(&mut self, set: ChangeSetId) -> Result<(), StoreError> {
        for (segment, mut entry) in self.entries_of_set(set)? {
            if entry.state == EntryState::Rejected {
                (entry.state, entry.outcome, entry.sent) = (EntryState::Waiting, None, None);
                entry.fields.clear();
                self.put_entry(segment, &entry)?;
                self.set_state(segment, &entry.key, RecordState::Pending)?;
            }
        }
        Ok(())
    }

    /// Both sides agree after an automatic merge: `merged` waits to be sent, based on `theirs`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a text that is not a resource, [`StoreError::NotAvailable`].
    pub fn apply_merged(
        &mut self,
        set: ChangeSetId,
        theirs: &Phi<String>,
        merged: &Phi<String>,
    ) -> Result<(), StoreError> {
        // EXPOSE: both texts are stored.
        let (theirs, merged) = (theirs.expose(), merged.expose());
        let (their_facts, facts) = (extract_resource(theirs)?, extract_resource(merged)?);
        let (_, mut entry) = self.entry_of_set(set, &facts.key)?;
        let segment = self.home_of(&facts)?;
        let version = their_facts.version_id.clone().unwrap_or_default();
        let updated = their_facts.last_updated.map_or(0, |u| u.0);
        let state = StateBits::of(RecordState::Pending);
        self.put_resource(&facts, segment, &NewText { raw: merged, version: &version, updated, state })?;
        entry.base = Some(theirs.clone());
        entry.base_version = Some(version);
        (entry.state, entry.sent, entry.conflict) = (EntryState::Waiting, None, None);
        if entry.operation == Operation::Create {
            entry.operation = Operation::Update;
        }
        self.put_entry(segment, &entry)
    }

    pub(crate) fn entry_of_set(&self, set: ChangeSetId, key: &ResourceKey) -> Result<(Segment, EntryRow), StoreError> {
        let found = self.entries_of(key)?.into_iter().find(|(_, e)| e.sequence == set.0);
        found.ok_or(StoreError::NotAvailable)
    }

    pub(crate) fn entries_of_set(&self, set: ChangeSetId) -> Result<Vec<(Segment, EntryRow)>, StoreError> {
        let (_, row) = self.change_set(set.0)?.ok_or(StoreError::NotAvailable)?;
        let mut entries = Vec::new();
        for part in row.entries {
            let access = self.store.access(part.segment)?;
            let entry: Option<EntryRow> = access.journal(self.conn, &entry_key(&part.key, set.0))?;
            entries.extend(entry.map(|e| (part.segment, e)));
        }
        Ok(entries)
    }

    pub(crate) fn put_entry(&mut self, segment: Segment, entry: &EntryRow) -> Result<(), StoreError> {
        self.writer(segment)?.put_journal(&entry_key(&entry.key, entry.sequence), entry)
    }

    /// Removes an entry from its change set, and the change set with its last entry.
    pub(crate) fn end_entry(
        &mut self,
        set: ChangeSetId,
        segment: Segment,
        key: &ResourceKey,
    ) -> Result<(), StoreError> {
        let journal_key = entry_key(key, set.0);
        self.drop_journal(segment, JournalKind::Entry, &journal_key)?;
        self.drop_journal(segment, JournalKind::Hold, &journal_key)?;
        let top = self.store.top();
        self.change_set_mut(set.0, top, |row| row.entries.retain(|r| r.key != *key))
    }

    pub(crate) fn change_set(&self, sequence: u64) -> Result<Option<(Segment, ChangeSetRow)>, StoreError> {
        for access in self.accesses().rev() {
            if let Some(row) = access.journal(self.conn, &set_key(sequence))? {
                return Ok(Some((access.segment, row)));
            }
        }
        Ok(None)
    }

    /// Changes a change set and moves it to the highest segment that it still touches.
    pub(crate) fn change_set_mut(
        &mut self,
        sequence: u64,
        top: Option<Segment>,
        change: impl FnOnce(&mut ChangeSetRow),
    ) -> Result<(), StoreError> {
        let Some((home, mut row)) = self.change_set(sequence)? else { return Ok(()) };
        change(&mut row);
        if row.entries.is_empty() {
            return self.drop_journal(home, JournalKind::ChangeSet, &set_key(sequence));
        }
        let highest = row.entries.iter().map(|r| r.segment).max().unwrap_or(home);
        // It only ever rises: after a part was confirmed, the rest must not become visible at a lower rank.
        let to = if top.is_some_and(|t| highest <= t) { highest.max(home) } else { home };
        if to != home {
            self.drop_journal(home, JournalKind::ChangeSet, &set_key(sequence))?;
        }
        self.writer(to)?.put_journal(&set_key(sequence), &row)
    }
}

impl Store {
    /// Entries in a file that is older than expected may have been sent before: the server is asked first.
    pub(crate) fn mark_stale_entries_in_flight(&self, found: &[Repair]) -> Result<(), StoreError> {
        let stale = found.iter().filter(|r| r.cause == RepairCause::Stale && !self.is_read_only(r.segment));
        for segment in stale.map(|r| r.segment) {
            self.write_bulk(|tx| {
                let access = self.access(segment)?;
                let rows: Vec<(Vec<u8>, EntryRow)> = access.journals(tx.conn, &[])?;
                for (_, mut entry) in rows.into_iter().filter(|(_, e)| e.state == EntryState::Waiting) {
                    // EXPOSE: stored with the entry as the text that may have been sent.
                    entry.sent = tx.stored(&entry.key)?.map(|r| r.raw.into_exposed());
                    entry.state = EntryState::InFlight;
                    tx.put_entry(segment, &entry)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

pub(crate) fn extract_resource(raw: &str) -> Result<keep_fhir::Extracted, StoreError> {
    extract(raw).map_err(|_| StoreError::Invalid("resource text"))
}

fn read_sets(
    accesses: &[SegmentAccess],
    conn: &Connection,
) -> Result<BTreeMap<u64, (Segment, ChangeSetRow)>, StoreError> {
    let mut sets = BTreeMap::new();
    for access in accesses {
        let rows: Vec<(Vec<u8>, ChangeSetRow)> = access.journals(conn, &[])?;
        sets.extend(rows.into_iter().filter_map(|(k, r)| Some((sequence_of(&k)?, (access.segment, r)))));
    }
    Ok(sets)
}

/// Whether an earlier change set that this session cannot read will send the same resource.
fn is_held_by_higher_rank(
    access: &SegmentAccess,
    conn: &Connection,
    key: &ResourceKey,
    sequence: u64,
    top: Option<Segment>,
) -> Result<bool, StoreError> {
    let holds: Vec<(Vec<u8>, HoldRow)> = access.journals(conn, &entry_prefix(key))?;
    Ok(holds.iter().any(|(k, h)| sequence_of(k).is_some_and(|s| s < sequence) && Some(h.rank) > top))
}

pub(crate) fn open_entry(
    access: &SegmentAccess,
    conn: &Connection,
    entry: EntryRow,
) -> Result<OutgoingEntry, StoreError> {
    let id = crate::id_key::IdKey::of(&entry.key.id);
    // INVARIANT: a frozen entry also waits until its record's chart matches its sum, since the answer changes it.
    let stored = access.record(conn, &entry.key.resource_type, &id)?;
    let raw = match entry.sent {
        Some(sent) => Phi::new(sent),
        None => stored.ok_or(StoreError::NotAvailable)?.raw,
    };
    Ok(OutgoingEntry {
        key: entry.key,
        segment: access.segment,
        operation: entry.operation,
        base_version: entry.base_version,
        base: entry.base.map(Phi::new),
        raw,
        state: entry.state,
        idempotency: entry.idempotency,
        outcome: entry.outcome.map(Phi::new),
        fields: entry.fields,
        conflict: entry.conflict,
    })
}
