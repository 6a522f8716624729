//! Records that were changed here and on the server. Both versions are stored permanently.

use crate::change_set::{ChangeSetId, ChangeSetRow, ConflictId, EntryRow, EntryState, Operation, set_key};
use crate::error::StoreError;
use crate::journal::{Journal, JournalKind};
use crate::ledger::{AuditGated, TicketInTransaction};
use crate::outbox::extract_resource;
use crate::record::{RecordState, StateBits};
use crate::store::Store;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{Phi, ResourceKey, Segment, UserId, UtcMillis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One conflict.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Its id.
    pub id: ConflictId,
    /// The record.
    pub key: ResourceKey,
    /// The change set that caused it.
    pub set: ChangeSetId,
    /// The author of this device's change.
    pub author: UserId,
    /// When that was saved, device time; `None` once its change set is done.
    pub saved: Option<UtcMillis>,
    /// When it was found.
    pub found: UtcMillis,
    /// The last version that both sides had, if there was one.
    pub base: Option<Phi<String>>,
    /// This device's text.
    pub ours: Phi<String>,
    /// The server's text; `None` if the server has deleted it.
    pub theirs: Option<Phi<String>>,
    /// When it was decided.
    pub decided: Option<UtcMillis>,
}

/// The stored conflict.
#[derive(Serialize, Deserialize)]
struct ConflictRow {
    key: ResourceKey,
    set: u64,
    author: UserId,
    found: i64,
    base: Option<String>,
    ours: String,
    theirs: Option<String>,
    their_version: Option<String>,
    their_updated: i64,
    decided: Option<Decision>,
}

#[derive(Serialize, Deserialize)]
struct Decision {
    at: i64,
    event: u64,
    chosen: String,
}

impl ConflictRow {
    /// The highest segment that one of its texts belongs to.
    fn segment(&self) -> Segment {
        let texts = [self.base.as_deref(), Some(self.ours.as_str()), self.theirs.as_deref()];
        let segments =
            texts.into_iter().flatten().map(|t| extract_resource(t).map_or(Segment::Clinical, |facts| facts.segment));
        segments.max().unwrap_or(Segment::Clinical)
    }
}

impl Journal for ConflictRow {
    const KIND: JournalKind = JournalKind::Conflict;
}

impl Store {
    /// The conflicts that wait for a decision, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn open_conflicts(&self) -> Result<AuditGated<Vec<Conflict>>, StoreError> {
        let mut found = self.read(|conn| {
            let mut found = Vec::new();
            for access in &self.access {
                let rows: Vec<(Vec<u8>, ConflictRow)> = access.journals(conn, &[])?;
                found.extend(
                    rows.into_iter().filter(|(_, r)| r.decided.is_none()).filter_map(|(k, r)| conflict_of(&k, r)),
                );
            }
            Ok(found)
        })?;
        found.sort_by_key(|c| c.found);
        Ok(AuditGated::new(found))
    }

    /// One conflict, decided or not.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] if this session's segments do not have it.
    pub fn conflict(&self, id: ConflictId) -> Result<AuditGated<Conflict>, StoreError> {
        self.read(|conn| {
            for access in &self.access {
                if let Some(row) = access.journal(conn, id.0.as_bytes())? {
                    let mut found = conflict_of(id.0.as_bytes(), row).ok_or(StoreError::Internal("conflict row"))?;
                    for access in &self.access {
                        let set: Option<ChangeSetRow> = access.journal(conn, &set_key(found.set.0))?;
                        found.saved = found.saved.or(set.map(|set| UtcMillis(set.saved)));
                    }
                    return Ok(AuditGated::new(found));
                }
            }
            Err(StoreError::NotAvailable)
        })
    }
}

impl WriteTx<'_> {
    /// Stores the server's version next to this device's until the user decides. A second call for the same entry
    /// replaces the server's version.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown entry.
    pub fn open_conflict(
        &mut self,
        set: ChangeSetId,
        key: &ResourceKey,
        theirs: Option<&Phi<String>>,
    ) -> Result<ConflictId, StoreError> {
        let (segment, mut entry) = self.entry_of_set(set, key)?;
        // EXPOSE: both versions are stored.
        let theirs = theirs.map(|t| t.expose().as_str());
        let facts = theirs.and_then(|t| keep_fhir::extract(t).ok());
        let ours = match &entry.sent {
            Some(sent) => sent.clone(),
            // EXPOSE: both versions are stored.
            None => self.stored(key)?.ok_or(StoreError::NotAvailable)?.raw.into_exposed(),
        };
        let id = entry.conflict.unwrap_or_else(|| ConflictId(Uuid::new_v4()));
        let row = ConflictRow {
            key: key.clone(),
            set: set.0,
            author: entry.author,
            found: self.now().0,
            base: entry.base.clone(),
            ours,
            theirs: theirs.map(str::to_owned),
            their_version: facts.as_ref().and_then(|f| f.version_id.clone()),
            their_updated: facts.and_then(|f| f.last_updated).map_or(0, |u| u.0),
            decided: None,
        };
        self.writer(segment)?.put_journal(id.0.as_bytes(), &row)?;
        (entry.state, entry.conflict) = (EntryState::Conflict, Some(id));
        self.put_entry(segment, &entry)?;
        self.set_state(segment, key, RecordState::Conflict)?;
        Ok(id)
    }

    /// Stores a decision: `chosen` becomes the record and waits to be sent, based on the server's version; if it is the
    /// server's text, nothing is sent. `None` accepts the server's deletion: the record is removed here, and its last
    /// text stays in the conflict. `ticket` is the event of the decision.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if it was decided before; [`StoreError::Invalid`] for a text that is not a resource or is
    /// another record, and for a deletion that the server has not made.
    pub fn decide_conflict(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        id: ConflictId,
        chosen: Option<&Phi<String>>,
    ) -> Result<(), StoreError> {
        let (home, mut row) = self.conflict_row(id)?;
        if row.decided.is_some() {
            return Err(StoreError::Stale);
        }
        let set = ChangeSetId(row.set);
        let Some(chosen) = chosen else { return self.accept_deletion(ticket, home, id, row) };
        let (segment, mut entry) = self.entry_of_set(set, &row.key)?;
        // EXPOSE: the chosen text becomes the record.
        let chosen = chosen.expose();
        let facts = extract_resource(chosen)?;
        if facts.key != row.key {
            return Err(StoreError::Invalid("another record"));
        }
        row.decided = Some(Decision { at: self.now().0, event: ticket.sequence(), chosen: chosen.clone() });
        self.writer(home)?.put_journal(id.0.as_bytes(), &row)?;
        let version = row.their_version.clone().unwrap_or_default();
        let target = self.home_of(&facts)?;
        let is_theirs = row.theirs.as_deref() == Some(chosen.as_str());
        let state = if is_theirs { StateBits::SYNCED } else { StateBits::of(RecordState::Pending) };
        let text = NewText { raw: chosen, version: &version, updated: row.their_updated, state };
        self.put_resource(&facts, target, &text)?;
        if is_theirs {
            return self.end_entry(set, segment, &row.key);
        }
        entry.operation = if row.theirs.is_some() { Operation::Update } else { Operation::Create };
        entry.base_version.clone_from(&row.their_version);
        entry.base.clone_from(&row.theirs);
        (entry.state, entry.sent, entry.conflict) = (EntryState::Waiting, None, None);
        if target != segment {
            self.drop_journal(segment, JournalKind::Entry, &crate::change_set::entry_key(&row.key, set.0))?;
        }
        self.put_entry(target, &entry)
    }

    /// Stores the text of an entry that was given up, as a decided conflict in which the text that it was based on was
    /// chosen.
    pub(crate) fn store_given_up(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        segment: Segment,
        entry: &EntryRow,
    ) -> Result<(), StoreError> {
        let ours = match &entry.sent {
            Some(sent) => sent.clone(),
            // EXPOSE: stored with the decision.
            None => self.stored(&entry.key)?.ok_or(StoreError::NotAvailable)?.raw.into_exposed(),
        };
        let chosen = entry.base.clone().unwrap_or_default();
        let row = ConflictRow {
            key: entry.key.clone(),
            set: entry.sequence,
            author: entry.author,
            found: self.now().0,
            base: entry.base.clone(),
            ours,
            theirs: entry.base.clone(),
            their_version: entry.base_version.clone(),
            their_updated: 0,
            decided: Some(Decision { at: self.now().0, event: ticket.sequence(), chosen }),
        };
        self.writer(segment)?.put_journal(Uuid::new_v4().as_bytes(), &row)
    }

    fn accept_deletion(
        &mut self,
        ticket: &TicketInTransaction<'_>,
        home: Segment,
        id: ConflictId,
        mut row: ConflictRow,
    ) -> Result<(), StoreError> {
        if row.theirs.is_some() {
            return Err(StoreError::Invalid("not deleted"));
        }
        if let Some(now) = self.stored(&row.key)? {
            // EXPOSE: both versions are stored; this device's as it is now.
            row.ours = now.raw.into_exposed();
        }
        row.decided = Some(Decision { at: self.now().0, event: ticket.sequence(), chosen: String::new() });
        self.writer(home)?.put_journal(id.0.as_bytes(), &row)?;
        for (segment, entry) in self.entries_of(&row.key)? {
            self.end_entry(ChangeSetId(entry.sequence), segment, &row.key)?;
        }
        self.remove_resource(&row.key)?;
        Ok(())
    }

    /// Moves the conflicts about records of a type, decided ones included, out of the directory to the segments of
    /// their texts. Returns how many wait for a session with more keys.
    pub(crate) fn move_conflicts(&mut self, resource_type: &str) -> Result<usize, StoreError> {
        let directory = self.store.access(Segment::Directory)?;
        let rows: Vec<(Vec<u8>, ConflictRow)> = directory.journals(self.conn, &[])?;
        let mut waiting = 0;
        for (id, row) in rows.into_iter().filter(|(_, row)| row.key.resource_type == resource_type) {
            match row.segment() {
                Segment::Directory => {}
                target if self.store.access(target).is_err() => waiting += 1,
                target => {
                    self.drop_journal(Segment::Directory, JournalKind::Conflict, &id)?;
                    self.writer(target)?.put_journal(&id, &row)?;
                }
            }
        }
        Ok(waiting)
    }

    fn conflict_row(&self, id: ConflictId) -> Result<(Segment, ConflictRow), StoreError> {
        for access in self.accesses() {
            if let Some(row) = access.journal(self.conn, id.0.as_bytes())? {
                return Ok((access.segment, row));
            }
        }
        Err(StoreError::NotAvailable)
    }
}

fn conflict_of(key: &[u8], row: ConflictRow) -> Option<Conflict> {
    Some(Conflict {
        id: ConflictId(Uuid::from_slice(key).ok()?),
        key: row.key,
        set: ChangeSetId(row.set),
        author: row.author,
        saved: None,
        found: UtcMillis(row.found),
        base: row.base.map(Phi::new),
        ours: Phi::new(row.ours),
        theirs: row.theirs.map(Phi::new),
        decided: row.decided.map(|d| UtcMillis(d.at)),
    })
}
