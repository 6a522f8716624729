//! Storing what the server sent: a page of records, its deletions and the cursor after it.

mod first_load;
mod loading;
mod reading;

pub use reading::{Incoming, UNREADABLE};

use crate::change_set::OutgoingEntry;
use crate::cursor::{Cursor, CursorKey};
use crate::derived::Derived;
use crate::error::{FindingKind, StoreError};
use crate::id_key::IdKey;
use crate::inbox::{MissingSegmentRow, Unsealed};
use crate::ledger::AuditTicket;
use crate::outbox::open_entry;
use crate::record::StateBits;
use crate::row_facts::RowFacts;
use crate::segment_access::{SegmentAccess, chart_number_of};
use crate::store::Store;
use crate::write_tx::{Stored, WriteTx};
use keep_domain::{PatientId, Phi, ResourceKey, Segment, UtcMillis};
use keep_fhir::{Raw, meaning_equal};
use reading::IncomingRow;
use rusqlite::{Connection, OptionalExtension};

/// One page of a pull.
#[derive(Debug, Default)]
pub struct Page {
    /// The server's base address, for absolute references.
    pub base: Option<String>,
    /// The texts as received.
    pub records: Vec<Phi<String>>,
    /// Resources that the server has deleted.
    pub deleted: Vec<ResourceKey>,
    /// The cursor after this page, saved with its last rows.
    pub cursor: Option<(CursorKey, Cursor)>,
    /// Whether a record replaces a stored one that is newer: it is what a comparison has found on the server.
    pub replaces_newer: bool,
}

/// A record of a page that has local unsent changes: the caller merges it.
#[derive(Debug, Clone)]
pub struct Contested {
    /// The oldest change set with an entry of it.
    pub set: crate::change_set::ChangeSetId,
    /// That entry. If it is in flight, the server's version may be this device's own.
    pub entry: OutgoingEntry,
    /// The server's version; `None` if it was deleted there.
    pub theirs: Option<Phi<String>>,
}

/// The outcome of storing a page.
#[derive(Debug, Default)]
pub struct PageReport {
    /// New or changed rows.
    pub stored: usize,
    /// Versions that were stored already, or older ones.
    pub unchanged: usize,
    /// Rows removed.
    pub deleted: usize,
    /// Sealed to the inbox of a segment above this session's rank.
    pub sealed: usize,
    /// Of a segment that does not exist on this device: only {type, id, version} was stored.
    pub no_segment: usize,
    /// Unreadable as a resource; stored as received and flagged.
    pub unreadable: usize,
    /// Readable except for some elements; stored as received.
    pub malformed: usize,
    /// Left out because their chart is damaged and stays unreadable until it is rebuilt.
    pub damaged: usize,
    /// To be merged by the caller.
    pub contested: Vec<Contested>,
}

impl PageReport {
    /// Counts records that a damaged chart rejects, so that it does not block the updates of others. Any other error
    /// ends the page.
    fn without_damaged(&mut self, done: Result<(), StoreError>) -> Result<(), StoreError> {
        match done {
            Err(StoreError::Damaged(finding)) if finding.chart.is_some() && finding.kind != FindingKind::Page => {
                self.damaged += 1;
                Ok(())
            }
            other => other,
        }
    }
}

impl Store {
    /// Stores a page in transactions of at most 40 ms while readers wait; the cursor is in the last one. Repeats are
    /// harmless. `ticket` is of the event of the sync or import.
    ///
    /// For a first load collect 20,000 records or more per call: they are sorted by chart.
    ///
    /// # Errors
    /// What SQLite refuses; earlier transactions stay committed, and the cursor is not moved.
    pub fn apply_page(&self, ticket: &AuditTicket, page: Page) -> Result<PageReport, StoreError> {
        let mut incoming = Incoming::of(&page.records, page.base.as_deref())?;
        if page.replaces_newer {
            incoming.replace_newer();
        }
        drop(page.records);
        self.apply(ticket, incoming, &page.deleted, page.cursor.as_ref())
    }

    /// As [`Store::apply_page`], for records that were parsed before.
    ///
    /// # Errors
    /// As [`Store::apply_page`].
    pub fn apply_incoming(&self, ticket: &AuditTicket, incoming: Incoming) -> Result<PageReport, StoreError> {
        self.apply(ticket, incoming, &[], None)
    }

    fn apply(
        &self,
        ticket: &AuditTicket,
        incoming: Incoming,
        deleted: &[ResourceKey],
        cursor: Option<&(CursorKey, Cursor)>,
    ) -> Result<PageReport, StoreError> {
        let _covered_by = ticket;
        let base = incoming.base();
        let (mut rows, mut report) = (incoming.into_rows(), PageReport::default());
        self.find_charts_by_target(&mut rows)?;
        self.sort_by_chart(&mut rows)?;
        let arrived: Vec<u64> = rows.iter().map(|row| row.fingerprint).collect();
        let mut above_rank = Vec::new();
        self.store_all(rows, &mut report, &mut above_rank)?;
        self.file_awaiting(&arrived)?;
        self.follow_moved(base.as_deref())?;
        let no_segment = self.seal_above_rank(above_rank, &mut report)?;
        if !deleted.is_empty() || cursor.is_some() || !no_segment.is_empty() {
            self.write_bulk(|tx| {
                for key in deleted {
                    let done = tx.apply_deletion(key, &mut report);
                    report.without_damaged(done)?;
                }
                for (key, version) in &no_segment {
                    let row = MissingSegmentRow { version: version.clone() };
                    tx.writer(Segment::Directory)?.put_journal(key.to_string().as_bytes(), &row)?;
                }
                cursor.map_or(Ok(()), |(key, cursor)| tx.save_cursor(key, cursor))
            })?;
        }
        Ok(report)
    }

    /// The stored versions of these records, for a comparison with the server; `None` if a record is not stored.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn versions(&self, keys: &[ResourceKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.read_confirmed(|conn| {
            let one = |key: &ResourceKey| {
                let record = crate::write_tx::find_record(self.access.iter(), conn, key)?;
                Ok(record.map(|r| r.version.unwrap_or_default()))
            };
            keys.iter().map(one).collect()
        })
    }

    /// The patients in whose charts these records are stored; `None` for a record that is in no chart or not stored.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn patients_of(&self, keys: &[ResourceKey]) -> Result<Vec<Option<PatientId>>, StoreError> {
        self.read_confirmed(|conn| keys.iter().map(|key| self.patient_of(conn, key)).collect())
    }

    /// The `lastUpdated` of these records, where they are stored and have one.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn updates(&self, keys: &[ResourceKey]) -> Result<Vec<Option<UtcMillis>>, StoreError> {
        self.read_confirmed(|conn| {
            let one = |key: &ResourceKey| {
                Ok(crate::write_tx::find_record(self.access.iter(), conn, key)?.and_then(|r| r.updated))
            };
            keys.iter().map(one).collect()
        })
    }

    /// Seals records above this session's rank, then removes copies in lower segments.
    fn seal_above_rank(
        &self,
        above_rank: Vec<(IncomingRow, Segment)>,
        report: &mut PageReport,
    ) -> Result<Vec<(ResourceKey, String)>, StoreError> {
        let (mut no_segment, mut moved) = (Vec::new(), Vec::new());
        for (item, segment) in above_rank {
            let patient = item.facts.patient.as_ref().and_then(IdKey::id);
            // EXPOSE: sealed to the segment's key.
            if self.seal_to_inbox(segment, item.raw()?.expose(), item.unreadable, patient)? {
                report.sealed += 1;
            } else {
                report.no_segment += 1;
                no_segment.push((item.facts.key()?, item.facts.version.clone()));
            }
            moved.push((item.facts, segment));
        }
        if !moved.is_empty() {
            self.write_bulk(|tx| {
                for (facts, segment) in &moved {
                    tx.remove_resource(&facts.key()?)?;
                    tx.mark_restricted_allergy(facts, *segment)?;
                    tx.mark_alert(facts, *segment, false, None)?;
                }
                Ok(())
            })?;
        }
        Ok(no_segment)
    }

    /// Stores records that were sealed to `segment`; those with unsent changes are met again at push.
    pub(crate) fn store_inbox_items(&self, segment: Segment, items: Vec<Unsealed>) -> Result<(), StoreError> {
        let mut report = PageReport::default();
        self.write_bulk(|tx| {
            for inbox_item in items {
                let mut read = Incoming::default();
                // EXPOSE: read for its index and compressed for its row.
                read.add(inbox_item.raw.expose(), None, false)?;
                for mut item in read.into_rows() {
                    item.unreadable |= inbox_item.unreadable;
                    item.facts.patient = inbox_item.patient.as_ref().map(IdKey::of).or(item.facts.patient);
                    tx.store_into(item, segment, &mut report, &mut Vec::new())?;
                }
            }
            Ok(())
        })
    }
}

impl WriteTx<'_> {
    fn store_incoming(
        &mut self,
        item: IncomingRow,
        report: &mut PageReport,
        above_rank: &mut Vec<(IncomingRow, Segment)>,
    ) -> Result<(), StoreError> {
        let segment = self.segment_of_facts(&item.facts)?;
        self.store_into(item, segment, report, above_rank)
    }

    fn store_into(
        &mut self,
        mut item: IncomingRow,
        segment: Segment,
        report: &mut PageReport,
        above_rank: &mut Vec<(IncomingRow, Segment)>,
    ) -> Result<(), StoreError> {
        if let Some(patient) = self.store.patient_by_target(self.conn, &item.facts)? {
            item.facts.patient = Some(patient);
        }
        let known = self.stored_version(&item.facts.type_name, &item.facts.id)?;
        // Before any change, so that a damaged chart leaves no partial update.
        self.verify_target(&item.facts, segment)?;
        let mut is_touched = false;
        let (version, updated) = (&item.facts.version, item.facts.updated);
        if let Some(known) = &known {
            let same = !version.is_empty() && known.version == *version;
            let older = updated != 0 && known.updated > updated && !item.replaces_newer;
            // Some servers have one version for ever: another time is another content.
            let same_time = updated == 0 || known.updated == 0 || known.updated == updated;
            if known.state.is_synced() && (same && same_time || older) {
                report.unchanged += 1;
                return Ok(());
            }
            let says_nothing = version.is_empty() && known.version.is_empty();
            is_touched = (same || says_nothing) && known.state.is_synced() && self.has_same_meaning(&item)?;
            if !known.state.is_synced() {
                if same || older {
                    report.unchanged += 1;
                } else {
                    report.contested.extend(self.find_contested(&item.facts.key()?, Some(item.raw()?))?);
                }
                return Ok(());
            }
        }
        if self.store.access(segment).is_err() {
            above_rank.push((item, segment));
            return Ok(());
        }
        report.unreadable += usize::from(item.unreadable);
        report.malformed += usize::from(item.facts.malformed);
        // Another time alone is stored, but it is no change.
        *(if is_touched { &mut report.unchanged } else { &mut report.stored }) += 1;
        let row = Stored { body: &item.body, version, updated, state: item.state(), fresh: known.is_none() };
        self.put_compressed(&item.facts, segment, &row)?;
        self.mark_restricted_allergy(&item.facts, segment)
    }

    /// Whether the stored record means the same. Some servers set another time at every read.
    fn has_same_meaning(&self, item: &IncomingRow) -> Result<bool, StoreError> {
        let Some(stored) = self.stored(&item.facts.key()?)? else { return Ok(false) };
        let incoming = item.raw()?;
        // EXPOSE: compared with each other.
        let (ours, theirs) = (Raw::parse(stored.raw.expose()), Raw::parse(incoming.expose()));
        Ok(matches!((ours, theirs), (Ok(ours), Ok(theirs)) if meaning_equal(&ours, &theirs)))
    }

    /// Verifies the chart that a record would be stored in, if it exists.
    pub(crate) fn verify_target(&self, facts: &RowFacts, segment: Segment) -> Result<(), StoreError> {
        let Ok(access) = self.store.access(segment) else { return Ok(()) };
        let chart_number = match &facts.patient {
            Some(patient) => access.chart_number(self.conn, patient)?,
            None => Some(facts.id.pseudo_chart()),
        };
        chart_number.map_or(Ok(()), |chart_number| access.verify_chart(self.conn, chart_number))
    }

    fn apply_deletion(&mut self, key: &ResourceKey, report: &mut PageReport) -> Result<(), StoreError> {
        self.unmark_restricted_allergy(key)?;
        match self.stored_version(&key.resource_type, &IdKey::of(&key.id))? {
            None => self.remove_alert_markers(key)?,
            Some(known) if known.state.is_synced() => {
                report.deleted += usize::from(self.remove_resource(key)?);
            }
            Some(known) if known.state.is_deleted() => {
                // Deleted on both sides: the entry is finished.
                for (segment, entry) in self.entries_of(key)? {
                    self.end_entry(crate::change_set::ChangeSetId(entry.sequence), segment, key)?;
                }
                report.deleted += usize::from(self.remove_resource(key)?);
            }
            Some(_) => report.contested.extend(self.find_contested(key, None)?),
        }
        Ok(())
    }

    fn find_contested(&self, key: &ResourceKey, theirs: Option<Phi<String>>) -> Result<Option<Contested>, StoreError> {
        let entries = self.entries_of(key)?;
        let Some((segment, entry)) = entries.into_iter().next() else { return Ok(None) };
        let set = crate::change_set::ChangeSetId(entry.sequence);
        let entry = open_entry(self.store.access(segment)?, self.conn, entry)?;
        Ok(Some(Contested { set, entry, theirs }))
    }

    /// Version, time and state of a record in any segment, without opening its body.
    fn stored_version(&mut self, type_name: &str, id: &IdKey) -> Result<Option<VersionRow>, StoreError> {
        let segments = crate::resource_type::segments_of(type_name);
        for access in self.accesses().filter(|a| segments.contains(&a.segment)) {
            if !self.may_have(access, type_name)? {
                continue;
            }
            if let Some(row) = access.stored_version(self.conn, type_name, id)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// A stored row without its body.
pub(crate) struct VersionRow {
    version: String,
    updated: i64,
    state: StateBits,
    pub(crate) chart_number: u32,
}

impl SegmentAccess {
    /// Version, time, state and chart of a row, without opening its body.
    pub(crate) fn stored_version(
        &self,
        conn: &Connection,
        name: &str,
        id: &IdKey,
    ) -> Result<Option<VersionRow>, StoreError> {
        let Some(code) = self.type_code(conn, name)? else { return Ok(None) };
        let mut statement = conn.prepare_cached(&self.sql.head)?;
        let row = statement.query_row((id.bytes(), code), |r| {
            Ok(VersionRow {
                version: r.get(0)?,
                updated: r.get(1)?,
                state: StateBits(r.get(2)?),
                chart_number: chart_number_of(r.get(3)?),
            })
        });
        match row.optional()? {
            Some(row) => self.verify_chart(conn, row.chart_number).map(|()| Some(row)),
            None => self.require(Derived::Ids).map(|()| None),
        }
    }
}
