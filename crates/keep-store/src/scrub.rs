//! Verifying everything in small steps while the workstation is in use.

use crate::derived::Derived;
use crate::derived_check::DigestCheck;
use crate::error::{Finding, FindingKind, StoreError};
use crate::segment_access::{ChartRow, RowView, SegmentAccess, chart_number_of};
use crate::store::Store;
use crate::sum::Sum;
use crate::tagged::verify_charts;
use rusqlite::Connection;

/// How long one step may last, milliseconds.
const STEP_MS: u128 = 15;

/// The progress of a scrub; it survives between steps, not between sessions.
#[derive(Debug, Clone, Default)]
pub struct Scrub {
    segment: usize,
    next: i64,
    part: Option<(ChartRow, Sum, i64)>,
    /// The number of derived tables compared, once all rows of the segment were read.
    tables: Option<usize>,
    /// Rows read so far.
    pub rows: u64,
    /// What was found so far.
    pub findings: Vec<Finding>,
    /// Whether everything has been read.
    pub done: bool,
}

impl Store {
    /// Reads on for at most about 15 ms: every row's tag and body, every chart's sum, and at the end of each segment
    /// its root and its derived tables, one of them in a step. Findings are collected; the session writes their events.
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
                let is_late = || (self.clock.monotonic() - began).as_millis() >= STEP_MS;
                match scrub.tables {
                    None => {
                        if !scrub_rows(conn, access, scrub, is_late)? {
                            return Ok(());
                        }
                        if let Err(error) = verify_charts(conn, access) {
                            note(access, scrub, error)?;
                        }
                        scrub.tables = Some(0);
                    }
                    Some(at) => match Derived::ALL.get(at) {
                        Some(table) => {
                            scrub.tables = Some(at + 1);
                            scrub_table(conn, access, *table, scrub)?;
                        }
                        None => {
                            (scrub.segment, scrub.next, scrub.part, scrub.tables) = (scrub.segment + 1, 0, None, None);
                        }
                    },
                }
                if is_late() {
                    return Ok(());
                }
            }
            scrub.done = true;
            Ok(())
        })
    }

    /// Reads everything at once, for tests and `doctor`.
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
        let chart_number = chart_number_of(row.row_id);
        if scrub.part.as_ref().is_none_or(|(c, ..)| c.number != chart_number) {
            end_chart(access, scrub)?;
            if is_late() {
                // A chart is read within one step, so that two versions of it are never compared.
                scrub.next = crate::segment_access::row_ids_of(chart_number).0;
                return Ok(false);
            }
            match access.chart(conn, chart_number) {
                Ok(Some(chart)) => scrub.part = Some((chart, Sum::default(), 0)),
                Ok(None) => note(access, scrub, access.damaged(Some(chart_number), FindingKind::ChartSum))?,
                Err(error) => note(access, scrub, error)?,
            }
        }
        if let Err(error) = access.open_view(conn, &row) {
            note(access, scrub, error)?;
        }
        if let Some((_, sum, count)) = scrub.part.as_mut() {
            sum.add(&row.stored_tag());
            *count += 1;
        }
        scrub.rows += 1;
    }
    end_chart(access, scrub)?;
    empty_charts(conn, access, scrub)?;
    Ok(true)
}

fn end_chart(access: &SegmentAccess, scrub: &mut Scrub) -> Result<(), StoreError> {
    let Some((chart, sum, count)) = scrub.part.take() else { return Ok(()) };
    if chart.sum == sum && chart.rows == count {
        return Ok(());
    }
    note(access, scrub, access.damaged(Some(chart.number), FindingKind::ChartSum))
}

/// Compares one derived table. One that differs is compared again and rebuilt before its next use.
fn scrub_table(conn: &Connection, access: &SegmentAccess, table: Derived, scrub: &mut Scrub) -> Result<(), StoreError> {
    if table.is_in(access.segment) && access.check_digest(conn, table)? == DigestCheck::Differs {
        access.confirmed.clear();
        note(access, scrub, access.derived_differs())?;
    }
    Ok(())
}

/// Finds charts that claim rows and have none: reading rows does not find them.
fn empty_charts(conn: &Connection, access: &SegmentAccess, scrub: &mut Scrub) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT ordinal FROM {0}.chart c WHERE rows > 0 AND NOT EXISTS
             (SELECT 1 FROM {0}.resource r WHERE r.place >= c.ordinal << 24 AND r.place < (c.ordinal + 1) << 24)",
        access.schema
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        note(access, scrub, access.damaged(Some(row.get(0)?), FindingKind::ChartSum))?;
    }
    Ok(())
}

/// Collects a finding, whose chart then no longer counts as verified; any other error ends the scrub.
fn note(access: &SegmentAccess, scrub: &mut Scrub, error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Damaged(finding) => {
            if let Some(chart_number) = finding.chart {
                access.verified.remove(chart_number);
            }
            access.verified.note(finding);
            scrub.findings.push(finding);
            Ok(())
        }
        other => Err(other),
    }
}
