//! The state of one transaction in one segment, and its charts.

use super::state::{SegmentState, read_state};
use crate::deferred_search_keys::DeferredSearchKeys;
use crate::error::{FindingKind, StoreError};
use crate::id_key::IdKey;
use crate::search_keys::SearchKeyWriter;
use crate::segment_access::{ChartRow, FIRST_PATIENT, SegmentAccess, row_ids_of};
use crate::sum::Sum;
use rusqlite::{CachedStatement, Connection, params};
use std::collections::HashMap;

/// The changes of one transaction in one segment.
// INVARIANT: no other code writes to resource, chart, journal or segment_state.
pub(crate) struct TaggedWriter<'t> {
    pub(crate) conn: &'t Connection,
    pub(crate) access: &'t SegmentAccess,
    pub(super) state: SegmentState,
    pub(super) charts: HashMap<u32, OpenChart>,
    pub(super) chart_numbers: HashMap<IdKey, u32>,
    pub(super) counts: HashMap<u16, i64>,
    pub(super) next_number: Option<u32>,
    pub(super) changed: bool,
    /// The statement for a new row, prepared once for a first load.
    pub(super) insert: Option<CachedStatement<'t>>,
    /// Search keys of this segment's rows, not yet written.
    pub(crate) deferred: DeferredSearchKeys,
}

/// A chart that this transaction changes: as it was and as it will be.
#[derive(Debug)]
pub(super) struct OpenChart {
    before: Option<[u8; 32]>,
    row: ChartRow,
}

impl std::fmt::Debug for TaggedWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaggedWriter").field("segment", &self.access.segment).finish_non_exhaustive()
    }
}

impl<'t> TaggedWriter<'t> {
    /// Begins inside the transaction that is open on `conn`; checks the segment's state.
    pub(crate) fn begin(conn: &'t Connection, access: &'t SegmentAccess) -> Result<Self, StoreError> {
        Ok(Self {
            conn,
            access,
            state: read_state(conn, access)?,
            charts: HashMap::new(),
            chart_numbers: HashMap::new(),
            counts: HashMap::new(),
            next_number: None,
            changed: false,
            insert: None,
            deferred: DeferredSearchKeys::default(),
        })
    }

    /// Writes charts, counts, state and the search keys that waited. The caller commits.
    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        if !self.changed {
            return Ok(());
        }
        self.deferred.write(self.conn, self.access)?;
        self.write_digests()?;
        let schema = self.access.schema;
        let sql = format!(
            "INSERT INTO {schema}.chart (ordinal, patient, sum, rows, revision, next_sequence, tag)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (ordinal) DO UPDATE SET patient = excluded.patient, sum = excluded.sum, rows = excluded.rows,
                 revision = excluded.revision, next_sequence = excluded.next_sequence, tag = excluded.tag"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        for chart in self.charts.values_mut() {
            let row = &mut chart.row;
            row.revision += 1;
            row.tag = self.access.tagger.chart(&row.fields());
            match &chart.before {
                Some(tag) => self.state.root.remove(tag),
                None => self.state.rows += 1,
            }
            self.state.root.add(&row.tag);
            statement.execute(params![
                row.number,
                row.patient.as_ref().map(IdKey::bytes),
                row.sum.bytes(),
                row.rows,
                row.revision,
                row.next_sequence,
                row.tag
            ])?;
        }
        let sql = format!(
            "INSERT INTO {schema}.type_count (type, count) VALUES (?1, ?2)
             ON CONFLICT (type) DO UPDATE SET count = count + excluded.count"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        for (code, change) in &self.counts {
            statement.execute(params![code, change])?;
        }
        self.state.write_next(self.conn, self.access)
    }

    /// The chart of a patient, or the pseudo-chart of a row without one; made where it is missing.
    pub(crate) fn chart_for(&mut self, patient: Option<&IdKey>, resource_id: &IdKey) -> Result<u32, StoreError> {
        let Some(patient) = patient else {
            let number = resource_id.pseudo_chart();
            self.open_chart(number, None)?;
            return Ok(number);
        };
        if let Some(number) = self.chart_numbers.get(patient) {
            return Ok(*number);
        }
        let number = match self.access.chart_number(self.conn, patient)? {
            Some(number) => number,
            None => self.make_number()?,
        };
        self.chart_numbers.insert(patient.clone(), number);
        self.open_chart(number, Some(patient))?;
        Ok(number)
    }

    fn make_number(&mut self) -> Result<u32, StoreError> {
        let next = match self.next_number {
            Some(next) => next,
            None => {
                let sql = format!("SELECT max(ordinal) FROM {}.chart", self.access.schema);
                let last: Option<u32> = self.conn.query_row(&sql, [], |r| r.get(0))?;
                let next = last.map_or(FIRST_PATIENT, |l| l.saturating_add(1)).max(FIRST_PATIENT);
                self.refuse_rows_from(next)?;
                next
            }
        };
        self.next_number = Some(next.saturating_add(1));
        Ok(next)
    }

    /// Refuses existing rows of a chart that does not exist yet: they come from an old page.
    fn refuse_rows_from(&self, number: u32) -> Result<(), StoreError> {
        let sql = format!("SELECT 1 FROM {}.resource WHERE place >= ?1", self.access.schema);
        if self.conn.prepare_cached(&sql)?.exists([row_ids_of(number).0])? {
            return Err(self.access.damaged(Some(number), FindingKind::ChartSum));
        }
        Ok(())
    }

    pub(super) fn open_chart(&mut self, number: u32, patient: Option<&IdKey>) -> Result<&mut ChartRow, StoreError> {
        use std::collections::hash_map::Entry;
        match self.charts.entry(number) {
            Entry::Occupied(chart) => Ok(&mut chart.into_mut().row),
            Entry::Vacant(slot) => {
                let stored = self.access.chart(self.conn, number)?;
                let before = stored.as_ref().map(|c| c.tag);
                if stored.is_none() && number >= FIRST_PATIENT && self.next_number != number.checked_add(1) {
                    // The index has it, but the table has lost it.
                    return Err(self.access.damaged(Some(number), FindingKind::ChartSum));
                }
                if stored.is_some() || number < FIRST_PATIENT {
                    // Before this transaction changes it: a row that is not the chart's own would stay in its sum.
                    self.access.verify_chart(self.conn, number)?;
                } else {
                    self.access.verified.insert_new(number);
                }
                let row = stored.unwrap_or_else(|| ChartRow {
                    number,
                    patient: patient.cloned(),
                    sum: Sum::default(),
                    rows: 0,
                    revision: 0,
                    next_sequence: 0,
                    tag: [0; 32],
                });
                Ok(&mut slot.insert(OpenChart { before, row }).row)
            }
        }
    }

    /// Raises the epoch to `seen`, if the file is behind it.
    pub(crate) fn raise_epoch(&mut self, seen: i64) {
        self.state.epoch = self.state.epoch.max(seen);
        self.changed = true;
    }

    /// Whether this transaction has stored or removed rows of a type.
    pub(crate) fn has_written(&self, code: u16) -> bool {
        self.counts.contains_key(&code)
    }

    /// The writer of this segment's search keys.
    pub(crate) fn search_keys(&mut self) -> SearchKeyWriter<'_> {
        SearchKeyWriter { conn: self.conn, access: self.access, deferred: &mut self.deferred }
    }

    /// The index of names was changed independently of the rows.
    pub(crate) fn touch_names(&mut self) {
        self.deferred.changes.touch_names();
        self.changed = true;
    }

    pub(super) fn count(&mut self, code: u16, change: i64) {
        *self.counts.entry(code).or_default() += change;
    }
}
