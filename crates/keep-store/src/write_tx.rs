//! One transaction over all open files.

use crate::codec;
use crate::connector::Purpose;
use crate::derived::Derived;
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::journal::JournalKind;
use crate::ledger::{ATTACHED_LEDGER, AuditGated, TicketInTransaction, append_in};
use crate::mutex::acquire;
use crate::open_transaction::OpenTransaction;
use crate::record::{Record, RecordState, StateBits, join_labels};
use crate::resource_type::segments_of;
use crate::row_facts::RowFacts;
use crate::segment_access::{ResourceRow, SegmentAccess, chart_number_of};
use crate::segment_file::{journal_of, ledger_path, may_be_played_back};
use crate::store::Store;
use crate::tagged::{PutRow, RowDraft, TaggedWriter};
use keep_audit::EventDraft;
use keep_domain::{ResourceKey, Segment, UtcMillis};
use keep_fhir::Extracted;
use rusqlite::Connection;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// An open transaction; everything in it is durable together or not at all.
pub struct WriteTx<'t> {
    pub(crate) conn: &'t Connection,
    pub(crate) store: &'t Store,
    writers: Vec<TaggedWriter<'t>>,
    /// Which segments had rows of which types when this transaction began; filled on demand.
    had: HashMap<(Segment, u16), bool>,
}

/// A resource text to be stored, besides its facts.
pub(crate) struct NewText<'a> {
    pub(crate) raw: &'a str,
    /// The server's version; empty before it has one.
    pub(crate) version: &'a str,
    /// The server's time; 0 before it has one.
    pub(crate) updated: i64,
    pub(crate) state: StateBits,
}

/// A row to be stored, besides its facts.
pub(crate) struct Stored<'a> {
    /// Compressed with the shipped dictionary.
    pub(crate) body: &'a [u8],
    pub(crate) version: &'a str,
    pub(crate) updated: i64,
    pub(crate) state: StateBits,
    /// The caller found no row with this type and id.
    pub(crate) fresh: bool,
}

impl Store {
    /// Runs `work` in one transaction over all open files, the ledger included; it is durable when this returns.
    /// An error rolls everything back, the events too.
    ///
    /// # Errors
    /// Those of `work` and of the commit.
    pub fn write<T>(&self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.confirm_ids()?;
        // The ledger is always locked first, so that two writers never wait for each other.
        let _lease = self.ledger.write_lease();
        let done = self.transaction("BEGIN IMMEDIATE", work)?;
        // SQLite does not report a journal that it could not truncate after a commit. The ledger's own connection keeps
        // that file: with the old super-journal's name at its end, nothing would be rolled back after a crash.
        if may_be_played_back(&journal_of(&ledger_path(&self.profile))).unwrap_or(true) {
            self.poisoned.store(true, Ordering::SeqCst);
        }
        Ok(done)
    }

    /// Like [`Store::write`] without the ledger: a pull writes its events at its start and end.
    pub(crate) fn write_bulk<T>(
        &self,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.confirm_ids()?;
        self.transaction("BEGIN", work)
    }

    /// Like [`Store::write_bulk`], for work that looks up no record.
    pub(crate) fn write_unconfirmed<T>(
        &self,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transaction("BEGIN", work)
    }

    fn transaction<T>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut conn = acquire(&self.writer);
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.check_usable()?;
        let open = OpenTransaction::begin(&conn, begin, &self.poisoned)?;
        let done = (|| {
            let mut tx = WriteTx::new(&conn, self);
            let value = work(&mut tx)?;
            tx.finish()?;
            conn.execute_batch("COMMIT")?;
            Ok(value)
        })();
        drop(open);
        self.access.iter().for_each(|a| a.verified.end_transaction(done.is_ok()));
        done.inspect_err(|error| self.replace_after(error, &mut conn, Purpose::Write))
    }
}

impl<'t> WriteTx<'t> {
    pub(crate) fn new(conn: &'t Connection, store: &'t Store) -> Self {
        Self { conn, store, writers: Vec::new(), had: HashMap::new() }
    }

    /// Writes an audit event inside this transaction.
    ///
    /// # Errors
    /// Why the event cannot be written; the transaction is then rolled back as a whole.
    pub fn append(&mut self, draft: &EventDraft) -> Result<TicketInTransaction<'t>, StoreError> {
        let ledger = self.store.ledger();
        append_in(self.conn, ATTACHED_LEDGER, &ledger.event_writer(), draft, ledger.limit_bytes())
    }

    /// Writes the event carried by a gated value, and releases the value with it.
    ///
    /// # Errors
    /// As [`WriteTx::append`]; the value stays gated then.
    pub fn append_with<T>(
        &mut self,
        gated: AuditGated<(EventDraft, T)>,
    ) -> Result<(TicketInTransaction<'t>, T), StoreError> {
        let ticket = self.append(&gated.inner().0)?;
        let (_, value) = gated.release_in(&ticket);
        Ok((ticket, value))
    }

    /// The device's time.
    pub(crate) fn now(&self) -> UtcMillis {
        self.store.clock.now()
    }

    pub(crate) fn finish(&mut self) -> Result<(), StoreError> {
        self.writers.drain(..).try_for_each(TaggedWriter::finish)
    }

    /// The tagged writer of a segment.
    pub(crate) fn writer(&mut self, segment: Segment) -> Result<&mut TaggedWriter<'t>, StoreError> {
        if let Some(at) = self.writers.iter().position(|w| w.access.segment == segment) {
            return self.writers.get_mut(at).ok_or(StoreError::Internal("writer"));
        }
        let store: &'t Store = self.store;
        let access = store.access(segment)?;
        if store.is_read_only(segment) {
            return Err(access.damaged(None, crate::error::FindingKind::Root));
        }
        self.writers.push(TaggedWriter::begin(self.conn, access)?);
        self.writers.last_mut().ok_or(StoreError::Internal("writer"))
    }

    pub(crate) fn accesses(&self) -> impl DoubleEndedIterator<Item = &'t SegmentAccess> + use<'t> {
        let store: &'t Store = self.store;
        store.access.iter()
    }

    /// The stored record, wherever it is.
    pub(crate) fn stored(&self, key: &ResourceKey) -> Result<Option<Record>, StoreError> {
        find_record(self.accesses(), self.conn, key)
    }

    /// Checks that a record that was read before this transaction is still the stored one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another save has changed or removed it.
    pub fn check_unchanged(&self, read: &Record) -> Result<(), StoreError> {
        let stored = self.stored(&read.key)?.filter(|r| r.revision == read.revision && r.version == read.version);
        stored.map(|_| ()).ok_or(StoreError::Stale)
    }

    /// Stores a resource in its segment and removes it from any other.
    pub(crate) fn put_resource(
        &mut self,
        facts: &Extracted,
        segment: Segment,
        text: &NewText<'_>,
    ) -> Result<(), StoreError> {
        let NewText { raw, version, updated, state } = *text;
        let body = codec::compress(raw.as_bytes())?;
        let row = Stored { body: &body, version, updated, state, fresh: false };
        self.put_compressed(&RowFacts::of(facts.clone()), segment, &row)
    }

    /// As [`WriteTx::put_resource`].
    pub(crate) fn put_compressed(
        &mut self,
        facts: &RowFacts,
        segment: Segment,
        row: &Stored<'_>,
    ) -> Result<(), StoreError> {
        let before = if row.fresh { None } else { self.patient_with_marker(&facts.type_name, &facts.id)? };
        let others = if row.fresh { Vec::new() } else { self.other_segments(&facts.type_name, segment) };
        let mut left = None;
        for other in others {
            if self.has_row(other, &facts.type_name, &facts.id)? {
                let removed = self.writer(other)?.remove(&facts.type_name, &facts.id)?;
                left = removed.map(|row_id| (other, chart_number_of(row_id))).or(left);
            }
        }
        let by_target = self.store.patient_by_target(self.conn, facts)?;
        let patient = facts.patient.as_ref().or(by_target.as_ref());
        if patient.is_none() {
            self.await_targets(facts);
        }
        let put = put_in(self.writer(segment)?, facts, patient, row)?;
        if let Some((segment, chart_number)) = put.left.map(|number| (segment, number)).or(left) {
            self.note_moved(facts, patient, segment, chart_number)?;
        }
        self.mark_alert(facts, segment, row.state.is_deleted(), before.as_ref())
    }

    /// Whether a segment can have a row of this type, by its row count: a first load need not look for rows that it is
    /// the first to store.
    pub(crate) fn may_have(&mut self, access: &SegmentAccess, type_name: &str) -> Result<bool, StoreError> {
        let Some(code) = crate::resource_type::code_of(type_name) else { return Ok(true) };
        if self.writers.iter().any(|w| w.access.segment == access.segment && w.has_written(code)) {
            return Ok(true);
        }
        match self.had.entry((access.segment, code)) {
            Entry::Occupied(had) => Ok(*had.get()),
            Entry::Vacant(slot) => Ok(*slot.insert(access.has_any(self.conn, code)?)),
        }
    }

    fn has_row(&self, segment: Segment, type_name: &str, id: &IdKey) -> Result<bool, StoreError> {
        let access = self.store.access(segment)?;
        let Some(code) = access.type_code(self.conn, type_name)? else { return Ok(false) };
        let sql = format!("SELECT 1 FROM {}.resource WHERE id = ?1 AND type = ?2", access.schema);
        let exists = self.conn.prepare_cached(&sql)?.exists((id.bytes(), code))?;
        if !exists {
            access.require(Derived::Ids)?;
        }
        Ok(exists)
    }

    /// The open segments in which a resource of this type could also be.
    fn other_segments(&self, type_name: &str, segment: Segment) -> Vec<Segment> {
        segments_of(type_name).iter().copied().filter(|s| *s != segment && self.store.access(*s).is_ok()).collect()
    }

    /// Removes a record from this device, wherever it is stored.
    pub(crate) fn remove_resource(&mut self, key: &ResourceKey) -> Result<bool, StoreError> {
        let id = IdKey::of(&key.id);
        let segments: Vec<Segment> = self.accesses().map(|a| a.segment).collect();
        let before = self.patient_with_marker(&key.resource_type, &id)?;
        let mut removed = false;
        for segment in segments {
            if self.has_row(segment, &key.resource_type, &id)? {
                removed |= self.writer(segment)?.remove(&key.resource_type, &id)?.is_some();
            }
        }
        self.unmark_alert(key, before.as_ref())?;
        Ok(removed)
    }

    /// Changes version, time and state of a record without touching its text.
    pub(crate) fn amend(
        &mut self,
        segment: Segment,
        key: &ResourceKey,
        change: impl FnOnce(&mut ResourceRow),
    ) -> Result<(), StoreError> {
        self.writer(segment)?.amend(&key.resource_type, &IdKey::of(&key.id), change)?;
        Ok(())
    }

    /// Changes whether the server has this version of a record.
    pub(crate) fn set_state(
        &mut self,
        segment: Segment,
        key: &ResourceKey,
        state: RecordState,
    ) -> Result<(), StoreError> {
        self.amend(segment, key, |row| row.state = row.state.with(state))
    }

    /// Removes a journal row of a segment.
    pub(crate) fn drop_journal(&mut self, segment: Segment, kind: JournalKind, key: &[u8]) -> Result<(), StoreError> {
        self.writer(segment)?.drop_journal(kind, key)
    }
}

impl fmt::Debug for WriteTx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteTx")
    }
}

/// Stores a row with its search keys in the chart of `patient`, in the segment of `writer`.
pub(crate) fn put_in(
    writer: &mut TaggedWriter<'_>,
    facts: &RowFacts,
    patient: Option<&IdKey>,
    row: &Stored<'_>,
) -> Result<PutRow, StoreError> {
    let labels = join_labels(&facts.labels);
    let put = writer.put(&RowDraft {
        type_name: &facts.type_name,
        code: facts.code,
        id: &facts.id,
        patient,
        version: row.version,
        updated: row.updated,
        state: row.state,
        labels: &labels,
        body: row.body,
        fresh: row.fresh,
    })?;
    writer.search_keys().write(put.row_id, put.replaced, facts)?;
    Ok(put)
}

/// A record by type and id in the first segment that has it.
pub(crate) fn find_record<'a>(
    accesses: impl Iterator<Item = &'a SegmentAccess>,
    conn: &Connection,
    key: &ResourceKey,
) -> Result<Option<Record>, StoreError> {
    let (id, segments) = (IdKey::of(&key.id), segments_of(&key.resource_type));
    for access in accesses.filter(|a| segments.contains(&a.segment)) {
        if let Some(record) = access.record(conn, &key.resource_type, &id)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}
