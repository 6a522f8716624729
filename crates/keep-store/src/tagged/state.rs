//! The state row of a segment and its verification at unlock.

use crate::error::{FindingKind, StoreError};
use crate::mirror::SegmentMark;
use crate::segment_access::SegmentAccess;
use crate::sum::Sum;
use crate::tag::same;
use rusqlite::{Connection, OptionalExtension, params};

/// The state of a segment between two transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentState {
    /// Committed changes so far.
    pub(crate) epoch: i64,
    /// Sum of all chart tags and journal tags.
    pub(crate) root: Sum,
    /// How many tags the root holds.
    pub(crate) rows: i64,
}

impl SegmentState {
    /// As it is compared with what the device has seen.
    pub(crate) const fn mark(&self, generation: u32) -> SegmentMark {
        SegmentMark { generation, issued: generation, epoch: self.epoch, root: *self.root.bytes() }
    }

    pub(super) fn write_next(&self, conn: &Connection, access: &SegmentAccess) -> Result<(), StoreError> {
        let epoch = self.epoch + 1;
        let tag = access.tagger.state(epoch, self.root.bytes(), self.rows);
        let sql = format!("UPDATE {}.segment_state SET epoch = ?1, root = ?2, rows = ?3, tag = ?4", access.schema);
        let changed = conn.prepare_cached(&sql)?.execute(params![epoch, self.root.bytes(), self.rows, tag])?;
        if changed == 1 { Ok(()) } else { Err(access.damaged(None, FindingKind::StateTag)) }
    }
}

/// Reads the state and checks its tag and generation.
pub(crate) fn read_state(conn: &Connection, access: &SegmentAccess) -> Result<SegmentState, StoreError> {
    let sql = format!("SELECT generation, epoch, root, rows, tag FROM {}.segment_state WHERE one = 1", access.schema);
    let row = conn
        .prepare_cached(&sql)?
        .query_row([], |r| {
            let state = SegmentState { epoch: r.get(1)?, root: Sum::from_bytes(r.get(2)?), rows: r.get(3)? };
            Ok((r.get::<_, u32>(0)?, state, r.get::<_, [u8; 32]>(4)?))
        })
        .optional()?;
    let fails = || access.damaged(None, FindingKind::StateTag);
    let (generation, state, tag) = row.ok_or_else(fails)?;
    let expected = access.tagger.state(state.epoch, state.root.bytes(), state.rows);
    if generation == access.generation && same(&expected, &tag) { Ok(state) } else { Err(fails()) }
}

/// Checks every chart row and journal row against its tag, and all of them against the root.
pub(crate) fn verify_charts(conn: &Connection, access: &SegmentAccess) -> Result<SegmentState, StoreError> {
    let state = read_state(conn, access)?;
    let (mut root, mut rows) = (Sum::default(), 0i64);
    let (mut listed, mut indexed) = (Sum::default(), Sum::default());
    let sql = format!(
        "SELECT ordinal, patient, sum, rows, revision, next_sequence, tag FROM {}.chart ORDER BY ordinal",
        access.schema
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut charts = statement.query([])?;
    while let Some(row) = charts.next()? {
        let chart = access.check_chart(SegmentAccess::chart_of(row)?)?;
        root.add(&chart.tag);
        rows += 1;
        if let Some(patient) = &chart.patient {
            listed.add(&pair(patient.bytes(), chart.number));
        }
    }
    // INVARIANT: a chart is found through the index on patient, so the index is compared with the rows: an
    // old page of it could otherwise make a patient's chart in this segment vanish without a trace.
    let sql = format!(
        "SELECT patient, ordinal FROM {}.chart INDEXED BY sqlite_autoindex_chart_1 WHERE patient IS NOT NULL",
        access.schema
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut entries = statement.query([])?;
    while let Some(row) = entries.next()? {
        indexed.add(&pair(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?, row.get(1)?));
    }
    if listed != indexed {
        return Err(access.damaged(None, FindingKind::Root));
    }
    let sql = format!("SELECT kind, key, body, tag FROM {}.journal", access.schema);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut journals = statement.query([])?;
    while let Some(row) = journals.next()? {
        let (kind, key, body): (u8, &[u8], &[u8]) = (
            row.get(0)?,
            row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?,
            row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?,
        );
        let tag: [u8; 32] = row.get(3)?;
        if !same(&access.tagger.journal(kind, key, body), &tag) {
            return Err(access.damaged(None, FindingKind::RowTag));
        }
        root.add(&tag);
        rows += 1;
    }
    if root == state.root && rows == state.rows { Ok(state) } else { Err(access.damaged(None, FindingKind::Root)) }
}

fn pair(patient: &[u8], chart_number: u32) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(keep_domain::length_prefixed(&[patient, &chart_number.to_be_bytes()])).into()
}
