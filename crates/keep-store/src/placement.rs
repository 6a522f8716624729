//! Moving stored rows to the segment that the routing table assigns to them now.
//!
//! Up to version 1 of the table a Flag of category safety was stored in the directory, which every role opens. The
//! first session that holds the key of its new segment moves such a row there, with its unsent entries and its
//! conflicts. A session that has only the directory seals it to that segment's inbox and deletes its own copy, as it
//! does with pulled records. The directory is written with secure delete on, so the old bytes are overwritten.
//!
//! Each step is one transaction and may be repeated; a journal row in the directory says which segments are done. Rows
//! that cannot move yet stay, and the next open tries again.

use crate::error::StoreError;
use crate::inbox::MissingSegmentRow;
use crate::journal::{Journal, JournalKind};
use crate::record::{Record, StateBits};
use crate::row_facts::RowFacts;
use crate::segment_access::{ResourceRow, SegmentAccess, chart_number_of};
use crate::store::Store;
use crate::write_tx::{Stored, WriteTx};
use crate::{codec, resource_type};
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{Phi, Segment, UtcMillis};
use keep_fhir::{Raw, extract_row, routing_version, set_text};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

/// The only type whose segment has changed.
const MOVED_TYPE: &str = "Flag";
/// The form of the markers of alerts: 1 has the period.
const MARKERS: u32 = 1;
/// Rows of one step.
const BATCH: usize = 200;

/// A finished segment: all rows of the directory are in their segments; all alerts of a higher one have their markers.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct PlacementRow {
    table: u32,
    generation: u32,
    /// The form of the markers; older builds wrote none.
    #[serde(default)]
    markers: u32,
}

impl Journal for PlacementRow {
    const KIND: JournalKind = JournalKind::Placement;
}

/// A row that was read to determine its segment.
struct MisplacedRow {
    record: Record,
    facts: RowFacts,
    state: StateBits,
}

/// Rows that a pass could not finish.
#[derive(Default)]
struct Unfinished {
    /// Rows that wait for a session with more keys.
    waiting: usize,
    /// Rows that could not be read or stored.
    failed: u64,
}

impl Store {
    /// INVARIANT: a row that cannot be moved does not prevent unlocking; one event reports how many could not be read.
    pub(crate) fn relocate_rows(&self) -> Result<(), StoreError> {
        let mut unfinished = Unfinished::default();
        match self.relocate_segments(&mut unfinished) {
            Err(StoreError::Interrupted) => return Err(StoreError::Interrupted),
            Err(_) => unfinished.failed += 1,
            Ok(()) => {}
        }
        if unfinished.failed > 0 {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::MinorFailure);
            self.ledger().append(event.with("finding", "rows_out_of_place").with("count", unfinished.failed))?;
        }
        Ok(())
    }

    fn relocate_segments(&self, unfinished: &mut Unfinished) -> Result<(), StoreError> {
        let Ok(directory) = self.access(Segment::Directory) else { return Ok(()) };
        let mut done = Vec::new();
        for access in self.access.iter().filter(|a| !self.is_read_only(a.segment)) {
            let row = PlacementRow { table: routing_version(), generation: access.generation, markers: MARKERS };
            let known: Option<PlacementRow> =
                self.read(|conn| directory.journal(conn, access.segment.name().as_bytes()))?;
            if known.as_ref() == Some(&row) || self.is_read_only(Segment::Directory) {
                continue;
            }
            let mut here = Unfinished::default();
            if access.segment == Segment::Directory {
                self.move_out_of_directory(access, &mut here)?;
            } else {
                self.write_alert_markers(access, &mut here)?;
            }
            if here.waiting == 0 && here.failed == 0 {
                done.push((access.segment, row));
            }
            unfinished.failed += here.failed;
        }
        if done.is_empty() {
            return Ok(());
        }
        self.write_bulk(|tx| {
            let writer = tx.writer(Segment::Directory)?;
            done.iter().try_for_each(|(segment, row)| writer.put_journal(segment.name().as_bytes(), row))
        })
    }

    /// Moves rows that belong to higher segments out of the directory.
    fn move_out_of_directory(&self, directory: &SegmentAccess, unfinished: &mut Unfinished) -> Result<(), StoreError> {
        for row_ids in self.read(|conn| row_ids(conn, directory))?.chunks(BATCH) {
            let found = self.read(|conn| read(conn, directory, row_ids, unfinished))?;
            let (mut open, mut above_rank) = (Vec::new(), Vec::new());
            for row in found.into_iter().filter(|row| row.facts.segment > Segment::Directory) {
                if self.access(row.facts.segment).is_ok() { open.push(row) } else { above_rank.push(row) }
            }
            if !open.is_empty() {
                unfinished.waiting += self.write_bulk(|tx| {
                    let mut waiting = 0;
                    for row in &open {
                        waiting += usize::from(!tx.move_up(row)?);
                    }
                    Ok(waiting)
                })?;
            }
            self.seal_rows(above_rank, unfinished)?;
        }
        unfinished.waiting += self.write_bulk(|tx| tx.move_conflicts(MOVED_TYPE))?;
        Ok(())
    }

    /// Seals rows of segments that this session has no key for, then removes them. Unsent changes stay for a session
    /// that can send them.
    fn seal_rows(&self, rows: Vec<MisplacedRow>, unfinished: &mut Unfinished) -> Result<(), StoreError> {
        let (mut sealed, mut no_segment, mut unsent) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            if !row.state.is_synced() {
                unsent.push(row);
                continue;
            }
            let text = with_meta(&row.record)?;
            let patient = row.facts.patient.as_ref().and_then(crate::id_key::IdKey::id);
            // EXPOSE: sealed to the segment's key.
            if !self.seal_to_inbox(row.facts.segment, text.expose(), row.record.unreadable, patient)? {
                no_segment.push((row.record.key.clone(), row.record.version.clone().unwrap_or_default()));
            }
            sealed.push(row);
        }
        if sealed.is_empty() && unsent.is_empty() {
            return Ok(());
        }
        unfinished.waiting += unsent.len();
        self.write_bulk(|tx| {
            for row in &sealed {
                tx.remove_resource(&row.record.key)?;
            }
            for row in sealed.iter().chain(&unsent) {
                tx.mark_alert(&row.facts, row.facts.segment, row.state.is_deleted(), None)?;
            }
            for (key, version) in &no_segment {
                let row = MissingSegmentRow { version: version.clone() };
                tx.writer(Segment::Directory)?.put_journal(key.to_string().as_bytes(), &row)?;
            }
            Ok(())
        })
    }

    /// Writes the marker of every alert of a segment.
    fn write_alert_markers(&self, access: &SegmentAccess, unfinished: &mut Unfinished) -> Result<(), StoreError> {
        for row_ids in self.read(|conn| row_ids(conn, access))?.chunks(BATCH) {
            let found = self.read(|conn| read(conn, access, row_ids, unfinished))?;
            self.write_bulk(|tx| {
                let mut rows = found.iter();
                rows.try_for_each(|r| tx.mark_alert(&r.facts, access.segment, r.state.is_deleted(), None))
            })?;
        }
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Moves a row of the directory to a higher segment, with its unsent entries. `false` if it is part of a change set
    /// that this session cannot read.
    fn move_up(&mut self, row: &MisplacedRow) -> Result<bool, StoreError> {
        let (key, target) = (&row.record.key, row.facts.segment);
        let entries = self.entries_of(key)?;
        let mut sequences = self.holds_of(Segment::Directory, key)?;
        sequences.extend(entries.iter().map(|(_, entry)| entry.sequence));
        for sequence in &sequences {
            if self.change_set(*sequence)?.is_none() {
                return Ok(false);
            }
        }
        // EXPOSE: compressed for its row.
        let body = codec::compress(row.record.raw.expose().as_bytes())?;
        let version = row.record.version.as_deref().unwrap_or_default();
        let updated = row.record.updated.map_or(0, |u| u.0);
        let stored = Stored { body: &body, version, updated, state: row.state, fresh: false };
        self.put_compressed(&row.facts, target, &stored)?;
        for (home, entry) in entries.into_iter().filter(|(home, _)| *home < target) {
            self.move_entry(home, target, entry)?;
        }
        sequences.into_iter().try_for_each(|sequence| self.hold_again(sequence, key))?;
        Ok(true)
    }
}

/// The ids of the rows of [`MOVED_TYPE`], from the index alone.
fn row_ids(conn: &Connection, access: &SegmentAccess) -> Result<Vec<i64>, StoreError> {
    let code = resource_type::code_of(MOVED_TYPE).ok_or(StoreError::Internal("type"))?;
    let sql =
        format!("SELECT place FROM {}.resource INDEXED BY resource_id WHERE type = ?1 ORDER BY place", access.schema);
    let mut statement = conn.prepare_cached(&sql)?;
    let row_ids = statement.query_map([code], |r| r.get(0))?;
    Ok(row_ids.collect::<Result<_, _>>()?)
}

/// Reads rows with their patients; one that does not match its tag is counted and not moved.
fn read(
    conn: &Connection,
    access: &SegmentAccess,
    row_ids: &[i64],
    unfinished: &mut Unfinished,
) -> Result<Vec<MisplacedRow>, StoreError> {
    let mut found = Vec::with_capacity(row_ids.len());
    let mut statement = conn.prepare_cached(&access.sql.by_row_id)?;
    for row_id in row_ids {
        let Some(row) = statement.query_row([row_id], SegmentAccess::resource_of).optional()? else { continue };
        match read_one(conn, access, &row) {
            Ok(Some(row)) => found.push(row),
            Ok(None) | Err(_) => unfinished.failed += 1,
        }
    }
    Ok(found)
}

fn read_one(conn: &Connection, access: &SegmentAccess, row: &ResourceRow) -> Result<Option<MisplacedRow>, StoreError> {
    let record = access.open_row(conn, row)?;
    // EXPOSE: read for its segment.
    let Ok(facts) = extract_row(record.raw.expose(), None) else { return Ok(None) };
    let mut facts = RowFacts::of(facts);
    // The patient was determined on arrival, when the server's address was known.
    facts.patient = access.chart(conn, chart_number_of(row.row_id))?.and_then(|chart| chart.patient);
    Ok(Some(MisplacedRow { record, facts, state: row.state }))
}

/// The text with the server's version: a text that was written here does not contain it.
fn with_meta(record: &Record) -> Result<Phi<String>, StoreError> {
    // EXPOSE: sealed by the caller.
    let text = record.raw.expose();
    let broken = |_| StoreError::Internal("resource text");
    let mut raw = Raw::parse(text.as_str()).map_err(|_| StoreError::Internal("resource text"))?;
    if let Some(version) = &record.version {
        raw = set_text(&raw, &["meta".into(), "versionId".into()], version).map_err(broken)?;
    }
    if let Some(updated) = record.updated.map(UtcMillis::to_rfc3339) {
        raw = set_text(&raw, &["meta".into(), "lastUpdated".into()], &updated).map_err(broken)?;
    }
    Ok(Phi::new(raw.into_string()))
}
