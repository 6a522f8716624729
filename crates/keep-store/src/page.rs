//! Taking over what the server sent: a page of records, its deletions and the cursor behind it.

mod reading;

pub use reading::UNREADABLE;

use crate::change_set::EntryRow;
use crate::id_key::IdKey;
use crate::inbox::ElsewhereRow;
use crate::record::StateBits;
use crate::segment_access::SegmentAccess;
use crate::write_tx::Stored;
use crate::{AuditTicket, Cursor, CursorKey, EntryState, Record, Store, StoreError, WriteTx};
use keep_domain::{Phi, ResourceId, ResourceKey, Segment};
use reading::{Compressed, PARALLEL, Prepared, compress_one, prepare, prepare_all};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;

/// How long a transaction of a pull lasts while somebody waits to read, milliseconds.
const SHORT_MS: u128 = 40;
/// How long it lasts at most.
const LONG_MS: u128 = 1000;
/// Rows between two looks at the clock.
const STRIDE: usize = 32;

/// What a pull brought.
#[derive(Debug, Default)]
pub struct Page {
    /// The server's base address, for absolute references.
    pub base: Option<String>,
    /// The texts as received.
    pub records: Vec<Phi<String>>,
    /// What the server has deleted.
    pub deleted: Vec<ResourceKey>,
    /// Whether a text that is no JSON object is left out and named in the report, instead of kept and flagged.
    pub leave_broken: bool,
    /// The cursor behind this page, saved with its last rows.
    pub cursor: Option<(CursorKey, Cursor)>,
}

/// A record of a page that has local unsent changes: the caller merges it.
#[derive(Debug, Clone)]
pub struct Contested {
    /// The record.
    pub key: ResourceKey,
    /// The oldest change set with an entry of it.
    pub set: crate::ChangeSetId,
    /// The last version that both sides had.
    pub base: Option<Phi<String>>,
    /// What is here.
    pub ours: Phi<String>,
    /// What the server has; `None` where it was deleted there.
    pub theirs: Option<Phi<String>>,
    /// Whether ours was sent and its answer is unknown: then theirs may be ours.
    pub in_flight: bool,
}

/// What became of a page.
#[derive(Debug, Default)]
pub struct PageReport {
    /// New or changed rows.
    pub stored: usize,
    /// Versions that were here already, or older ones.
    pub unchanged: usize,
    /// Rows taken off.
    pub deleted: usize,
    /// Sealed to the inbox of a segment above this session's rank.
    pub sealed: usize,
    /// Of a segment that does not exist on this device: only {type, id, version} was kept.
    pub elsewhere: usize,
    /// Kept as they are and flagged.
    pub unreadable: usize,
    /// Left out because they are no JSON objects: their places among the page's records, in order.
    pub broken: Vec<usize>,
    /// Readable but for some elements; kept as they are and shown so.
    pub malformed: usize,
    /// To be merged by the caller.
    pub contested: Vec<Contested>,
}

impl Store {
    /// Takes over a page: transactions of at most 40 ms while somebody reads, the cursor in the last one.
    /// Repeats are harmless. `run` is the event of the sync or import.
    ///
    /// For a first load collect 20,000 records or more per call: they are sorted by chart.
    ///
    /// # Errors
    /// What SQLite refuses; what was committed before stays, and the cursor then stays behind.
    pub fn apply_page(&self, run: &AuditTicket, page: Page) -> Result<PageReport, StoreError> {
        let _covered_by = run;
        let mut report = PageReport::default();
        let mut prepared = prepare_all(page.records, page.base.as_deref(), page.leave_broken, &mut report.broken)?;
        self.sort_by_chart(&mut prepared)?;
        let mut above = Vec::new();
        if prepared.len() < PARALLEL {
            let items = prepared.into_iter().map(compress_one);
            self.take_all(items, &mut report, &mut above)?;
        } else {
            // Compression runs ahead of the writing on a thread of its own, in order.
            std::thread::scope(|scope| {
                let (sender, receiver) = std::sync::mpsc::sync_channel(8);
                scope.spawn(move || {
                    let mut rest = prepared.into_iter().peekable();
                    while rest.peek().is_some() {
                        let batch: Vec<_> = rest.by_ref().take(STRIDE).map(compress_one).collect();
                        if sender.send(batch).is_err() {
                            return;
                        }
                    }
                });
                self.take_all(receiver.into_iter().flatten(), &mut report, &mut above)
            })?;
        }
        let elsewhere = self.send_up(above, &mut report)?;
        if !page.deleted.is_empty() || page.cursor.is_some() || !elsewhere.is_empty() {
            self.write_bulk(|tx| {
                for key in &page.deleted {
                    tx.take_deletion(key, &mut report)?;
                }
                for (key, version) in &elsewhere {
                    let row = ElsewhereRow { version: version.clone() };
                    tx.writer(Segment::Directory)?.put_journal(key.to_string().as_bytes(), &row)?;
                }
                page.cursor.as_ref().map_or(Ok(()), |(key, cursor)| tx.save_cursor(key, cursor))
            })?;
        }
        Ok(report)
    }

    /// Stores records in transactions that end early while somebody waits to read.
    fn take_all(
        &self,
        items: impl Iterator<Item = Result<Compressed, StoreError>>,
        report: &mut PageReport,
        above: &mut Vec<(Compressed, Segment)>,
    ) -> Result<(), StoreError> {
        let mut queue = items.peekable();
        while queue.peek().is_some() {
            self.write_bulk(|tx| {
                let began = self.clock.monotonic();
                for (done, item) in queue.by_ref().enumerate() {
                    tx.take_over(item?, report, above)?;
                    if done % STRIDE == STRIDE - 1 {
                        let spent = (self.clock.monotonic() - began).as_millis();
                        let limit = if self.waiting_readers.load(Ordering::SeqCst) > 0 { SHORT_MS } else { LONG_MS };
                        if spent >= limit {
                            break;
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Which versions of these records are here, for a comparison by id and version; `None` is not here.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn versions(&self, keys: &[ResourceKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.read(|conn| {
            let one = |key: &ResourceKey| {
                let record = crate::write_tx::find_record(self.access.iter(), conn, key)?;
                Ok(record.map(|r| r.version.unwrap_or_default()))
            };
            keys.iter().map(one).collect()
        })
    }

    /// All ids of a type that the server has confirmed, for the reconciliation of deletions.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn synced_ids(&self, resource_type: &str) -> Result<Vec<ResourceId>, StoreError> {
        self.read(|conn| {
            let mut ids = Vec::new();
            for access in &self.access {
                let Some(code) = access.type_code(conn, resource_type)? else { continue };
                let sql = format!(
                    "SELECT id FROM {}.resource WHERE type = ?1 AND state = 0 AND version <> ''",
                    access.schema
                );
                let mut statement = conn.prepare_cached(&sql)?;
                let rows = statement.query_map([code], |r| Ok(IdKey::from_stored(r.get_ref(0)?.as_blob()?)))?;
                for row in rows {
                    ids.extend(row?.id());
                }
            }
            Ok(ids)
        })
    }

    /// Records of one chart next to each other, so that the clustered table grows in order.
    fn sort_by_chart(&self, prepared: &mut [Prepared]) -> Result<(), StoreError> {
        if prepared.len() < 2 {
            return Ok(());
        }
        let mut ordinals: HashMap<(Segment, IdKey), u32> = HashMap::new();
        self.read(|conn| {
            for item in prepared.iter() {
                let Some(patient) = &item.patient else { continue };
                let Ok(access) = self.access(item.facts.segment) else { continue };
                if let Entry::Vacant(slot) = ordinals.entry((access.segment, patient.clone())) {
                    let ordinal = access.patient_ordinal(conn, patient)?.unwrap_or(u32::MAX);
                    slot.insert(ordinal);
                }
            }
            Ok(())
        })?;
        prepared.sort_by_cached_key(|item| {
            let key = (item.facts.segment, item.patient.clone().unwrap_or_else(|| item.id.clone()));
            let ordinal = ordinals.get(&key).copied().unwrap_or(u32::MAX);
            (key.0, ordinal, key.1)
        });
        Ok(())
    }

    /// Seals what is above this session's rank, then takes off the copies that lay lower.
    fn send_up(
        &self,
        above: Vec<(Compressed, Segment)>,
        report: &mut PageReport,
    ) -> Result<Vec<(ResourceKey, String)>, StoreError> {
        let (mut elsewhere, mut moved) = (Vec::new(), Vec::new());
        for (item, segment) in above {
            // EXPOSE: sealed to the segment's key.
            if self.seal_to_inbox(segment, item.raw()?.expose(), item.unreadable)? {
                report.sealed += 1;
            } else {
                report.elsewhere += 1;
                elsewhere.push((item.facts.key.clone(), item.facts.version_id.clone().unwrap_or_default()));
            }
            moved.push((item.facts, segment));
        }
        if !moved.is_empty() {
            self.write_bulk(|tx| {
                for (facts, segment) in &moved {
                    tx.remove_resource(&facts.key)?;
                    tx.note_hidden(facts, *segment)?;
                }
                Ok(())
            })?;
        }
        Ok(elsewhere)
    }

    /// Stores records that were sealed to `segment`; what has unsent changes here is met again at push.
    pub(crate) fn take_parcels(&self, segment: Segment, parcels: Vec<(Phi<String>, bool)>) -> Result<(), StoreError> {
        let mut report = PageReport::default();
        self.write_bulk(|tx| {
            for (raw, unreadable) in parcels {
                let mut item = prepare(raw, None)?;
                item.unreadable |= unreadable;
                tx.take_over_into(compress_one(item)?, segment, &mut report, &mut Vec::new())?;
            }
            Ok(())
        })
    }
}

impl WriteTx<'_> {
    fn take_over(
        &mut self,
        item: Compressed,
        report: &mut PageReport,
        above: &mut Vec<(Compressed, Segment)>,
    ) -> Result<(), StoreError> {
        let segment = self.segment_for(&item.facts)?;
        self.take_over_into(item, segment, report, above)
    }

    fn take_over_into(
        &mut self,
        item: Compressed,
        segment: Segment,
        report: &mut PageReport,
        above: &mut Vec<(Compressed, Segment)>,
    ) -> Result<(), StoreError> {
        let known = self.stamp(&item.facts.key, &item.id)?;
        let version = item.facts.version_id.clone().unwrap_or_default();
        let updated = item.facts.last_updated.map_or(0, |u| u.0);
        if let Some(known) = &known {
            let same = !version.is_empty() && known.version == version;
            let older = updated != 0 && known.updated > updated;
            if known.state.is_synced() && (same || older) {
                report.unchanged += 1;
                return Ok(());
            }
            if !known.state.is_synced() {
                if same || older {
                    report.unchanged += 1;
                } else {
                    report.contested.extend(self.contest(&item.facts.key, Some(item.raw()?))?);
                }
                return Ok(());
            }
        }
        if self.store.access(segment).is_err() {
            above.push((item, segment));
            return Ok(());
        }
        let state = if item.unreadable { StateBits::SYNCED.unreadable() } else { StateBits::SYNCED };
        report.unreadable += usize::from(item.unreadable);
        report.malformed += usize::from(!item.facts.faults.is_empty());
        report.stored += 1;
        let row = Stored { id: &item.id, patient: item.patient.as_ref(), body: item.body, fresh: known.is_none() };
        self.put_compressed(&item.facts, segment, row, &version, updated, state)?;
        self.note_hidden(&item.facts, segment)
    }

    fn take_deletion(&mut self, key: &ResourceKey, report: &mut PageReport) -> Result<(), StoreError> {
        self.forget_hidden(key)?;
        match self.stamp(key, &IdKey::of(&key.id))? {
            None => {}
            Some(known) if known.state.is_synced() => {
                report.deleted += usize::from(self.remove_resource(key)?);
            }
            Some(known) if known.state.is_deleted() => {
                // Deleted on both sides: our entry is done.
                for (segment, entry) in self.entries_of(key)? {
                    self.end_entry(crate::ChangeSetId(entry.sequence), segment, key)?;
                }
                report.deleted += usize::from(self.remove_resource(key)?);
            }
            Some(_) => report.contested.extend(self.contest(key, None)?),
        }
        Ok(())
    }

    fn contest(&self, key: &ResourceKey, theirs: Option<Phi<String>>) -> Result<Option<Contested>, StoreError> {
        let entries = self.entries_of(key)?;
        let Some((_, EntryRow { sequence, base, sent, state, .. })) = entries.into_iter().next() else {
            return Ok(None);
        };
        let ours = match sent {
            Some(sent) => Phi::new(sent),
            None => self.record(key)?.map(|r: Record| r.raw).ok_or(StoreError::NotAvailable)?,
        };
        Ok(Some(Contested {
            key: key.clone(),
            set: crate::ChangeSetId(sequence),
            base: base.map(Phi::new),
            ours,
            theirs,
            in_flight: state == EntryState::InFlight,
        }))
    }

    /// Version, time and state of a record, wherever it is, without opening its body.
    fn stamp(&mut self, key: &ResourceKey, id: &IdKey) -> Result<Option<StampRow>, StoreError> {
        let homes = crate::write_tx::homes_of(&key.resource_type);
        for access in self.accesses().filter(|a| homes.contains(&a.segment)) {
            if !self.may_have(access, &key.resource_type)? {
                continue;
            }
            if let Some(row) = access.stamp(self.conn, &key.resource_type, id)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

struct StampRow {
    version: String,
    updated: i64,
    state: StateBits,
}

impl SegmentAccess {
    fn stamp(&self, conn: &rusqlite::Connection, name: &str, id: &IdKey) -> Result<Option<StampRow>, StoreError> {
        use rusqlite::OptionalExtension;
        let Some(code) = self.type_code(conn, name)? else { return Ok(None) };
        let mut statement = conn.prepare_cached(&self.sql.stamp)?;
        let row = statement.query_row((id.bytes(), code), |r| {
            Ok(StampRow { version: r.get(0)?, updated: r.get(1)?, state: StateBits(r.get(2)?) })
        });
        Ok(row.optional()?)
    }
}
