//! Comparing the rows of a chart with its sum.

use crate::error::{FindingKind, StoreError};
use crate::segment_access::{RowView, SegmentAccess, row_ids_of};
use crate::sum::Sum;
use rusqlite::Connection;

impl SegmentAccess {
    /// Compares a chart's rows with its sum, unless that was done in this session.
    ///
    /// INVARIANT: no row of a chart is shown, decided on, merged or sent before this has succeeded.
    pub(crate) fn verify_chart(&self, conn: &Connection, chart_number: u32) -> Result<(), StoreError> {
        if self.verified.contains(chart_number) {
            return Ok(());
        }
        self.compare_chart(conn, chart_number).map_err(|error| self.noted(chart_number, error))?;
        self.verified.insert(chart_number);
        Ok(())
    }

    /// An error about a chart, stored as a finding. An unreadable page counts as damage of this chart.
    pub(crate) fn noted(&self, chart_number: u32, error: StoreError) -> StoreError {
        let error = match error {
            StoreError::PageDamaged => self.damaged(Some(chart_number), FindingKind::Page),
            other => other,
        };
        if let StoreError::Damaged(finding) = &error {
            self.verified.note(*finding);
        }
        error
    }

    fn compare_chart(&self, conn: &Connection, chart_number: u32) -> Result<(), StoreError> {
        let (mut sum, mut count) = (Sum::default(), 0i64);
        let mut statement = conn.prepare_cached(&self.sql.window)?;
        let mut rows = statement.query(row_ids_of(chart_number))?;
        while let Some(row) = rows.next()? {
            let row = RowView::of(row)?;
            self.check_view(&row, &self.type_name(conn, row.code)?)?;
            sum.add(&row.stored_tag());
            count += 1;
        }
        let fits = match self.chart(conn, chart_number)? {
            Some(chart) => chart.sum == sum && chart.rows == count,
            None => count == 0,
        };
        if fits { Ok(()) } else { Err(self.damaged(Some(chart_number), FindingKind::ChartSum)) }
    }
}
