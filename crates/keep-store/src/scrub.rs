//! Reading everything in small steps while the workstation is used, and rebuilding the search keys.

use crate::error::Finding;
use crate::late_keys::LateKeys;
use crate::row_facts::RowFacts;
use crate::segment_access::{ChartRow, RowView, SegmentAccess, ordinal_of};
use crate::store::lock;
use crate::sum::Sum;
use crate::tagged::verify_charts;
use crate::{FindingKind, Record, Store, StoreError, search_keys};
use keep_domain::Segment;
use rusqlite::Connection;

/// How long one step may last, milliseconds.
const STEP_MS: u128 = 15;

/// Where a scrub has come to; it survives between steps, not between sessions.
#[derive(Debug, Clone, Default)]
pub struct Scrub {
    segment: usize,
    next: i64,
    part: Option<(ChartRow, Sum, i64)>,
    /// Rows read so far.
    pub rows: u64,
    /// What was found so far.
    pub findings: Vec<Finding>,
    /// Whether everything has been read.
    pub done: bool,
}

impl Store {
    /// Reads on for at most about 15 ms: every row's tag and body, every chart's sum, and the root at the end
    /// of each segment. Findings are collected; the session writes their events.
    ///
    /// # Errors
    /// [`StoreError::PageDamaged`], after which the store has to be opened again.
    pub fn scrub(&self, scrub: &mut Scrub) -> Result<(), StoreError> {
        if scrub.done {
            return Ok(());
        }
        self.read(|conn| {
            let began = self.clock.monotonic();
            while let Some(access) = self.access.get(scrub.segment) {
                let ended =
                    scrub_rows(conn, access, scrub, || (self.clock.monotonic() - began).as_millis() >= STEP_MS)?;
                if !ended {
                    return Ok(());
                }
                if let Err(error) = verify_charts(conn, access) {
                    note(scrub, error)?;
                }
                (scrub.segment, scrub.next, scrub.part) = (scrub.segment + 1, 0, None);
                if (self.clock.monotonic() - began).as_millis() >= STEP_MS {
                    return Ok(());
                }
            }
            scrub.done = true;
            Ok(())
        })
    }

    /// Reads everything at once; what tests and `doctor` use.
    ///
    /// # Errors
    /// As [`Store::scrub`].
    pub fn scrub_all(&self) -> Result<Scrub, StoreError> {
        let mut scrub = Scrub::default();
        while !scrub.done {
            self.scrub(&mut scrub)?;
        }
        Ok(scrub)
    }

    /// Throws the derived search keys away and derives them again from the rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn rebuild_search(&self) -> Result<(), StoreError> {
        self.write_bulk(|tx| {
            let conn = tx.conn;
            for access in tx.accesses() {
                clear_keys(conn, access)?;
                let mut late = LateKeys::default();
                let sql = format!("SELECT place FROM {}.resource ORDER BY place", access.schema);
                let mut statement = conn.prepare(&sql)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let place: i64 = row.get(0)?;
                    let mut by_place = conn.prepare_cached(&access.sql.by_place)?;
                    let row = by_place.query_row([place], SegmentAccess::resource_of)?;
                    let record: Record = access.open_row(conn, &row)?;
                    // EXPOSE: read for its search keys.
                    if let Ok(facts) = keep_fhir::extract(record.raw.expose()) {
                        search_keys::write(conn, access, &mut late, place, false, &RowFacts::of(facts))?;
                    }
                    if row.state.0 != 0 {
                        let sql = format!("INSERT INTO {}.open_row (place, state) VALUES (?1, ?2)", access.schema);
                        conn.prepare_cached(&sql)?.execute((place, row.state.0))?;
                    }
                }
                late.write(conn)?;
            }
            Ok(())
        })
    }
}

fn clear_keys(conn: &Connection, access: &SegmentAccess) -> Result<(), StoreError> {
    let schema = access.schema;
    conn.execute_batch(&format!(
        "DELETE FROM {schema}.day_key; DELETE FROM {schema}.open_row; DELETE FROM {schema}.type_count;
         INSERT INTO {schema}.type_count (type, count) SELECT type, count(*) FROM {schema}.resource GROUP BY type;"
    ))?;
    if access.segment == Segment::Directory {
        conn.execute_batch(
            "DELETE FROM main.patient_key; DELETE FROM main.patient_number; DELETE FROM main.patient_phone;
             DELETE FROM main.patient_link; INSERT INTO main.patient_name (patient_name) VALUES ('delete-all');",
        )?;
    }
    Ok(())
}

/// Reads rows of one segment until its end (`true`) or until time is up (`false`).
fn scrub_rows(
    conn: &Connection,
    access: &SegmentAccess,
    scrub: &mut Scrub,
    mut is_late: impl FnMut() -> bool,
) -> Result<bool, StoreError> {
    let mut statement = conn.prepare_cached(&access.sql.window)?;
    let mut rows = statement.query((scrub.next, i64::MAX))?;
    while let Some(row) = rows.next()? {
        let row = RowView::of(row)?;
        let ordinal = ordinal_of(row.place);
        if scrub.part.as_ref().is_none_or(|(c, ..)| c.ordinal != ordinal) {
            end_chart(access, scrub);
            if is_late() {
                // Charts are finished whole, so that a step never compares two versions of one.
                scrub.next = crate::segment_access::places_of(ordinal).0;
                return Ok(false);
            }
            match access.chart(conn, ordinal) {
                Ok(Some(chart)) => scrub.part = Some((chart, Sum::default(), 0)),
                Ok(None) => note(scrub, access.damaged(Some(ordinal), FindingKind::ChartSum))?,
                Err(error) => note(scrub, error)?,
            }
        }
        if let Err(error) = access.open_view(conn, &row) {
            note(scrub, error)?;
        }
        if let Some((_, sum, count)) = scrub.part.as_mut() {
            sum.add(&row.stored_tag());
            *count += 1;
        }
        scrub.rows += 1;
    }
    end_chart(access, scrub);
    empty_charts(conn, access, scrub)?;
    Ok(true)
}

fn end_chart(access: &SegmentAccess, scrub: &mut Scrub) {
    let Some((chart, sum, count)) = scrub.part.take() else { return };
    if chart.sum != sum || chart.rows != count {
        let finding = Finding { segment: access.segment, chart: Some(chart.ordinal), kind: FindingKind::ChartSum };
        scrub.findings.push(finding);
    }
}

/// Charts that claim rows and have none were never met while reading rows.
fn empty_charts(conn: &Connection, access: &SegmentAccess, scrub: &mut Scrub) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT ordinal FROM {0}.chart c WHERE rows > 0 AND NOT EXISTS
             (SELECT 1 FROM {0}.resource r WHERE r.place >= c.ordinal << 24 AND r.place < (c.ordinal + 1) << 24)",
        access.schema
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        note(scrub, access.damaged(Some(row.get(0)?), FindingKind::ChartSum))?;
    }
    Ok(())
}

/// A finding is collected; anything else ends the scrub.
fn note(scrub: &mut Scrub, error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Damaged(finding) => {
            scrub.findings.push(finding);
            Ok(())
        }
        other => Err(other),
    }
}

impl Store {
    /// Forgets which charts were verified, so that the next read checks their sums again.
    pub fn forget_verified(&self) {
        lock(&self.verified).clear();
    }
}
