//! Which charts of a segment have had their sums compared in this session, and the comparison itself.

use crate::segment_access::{RowView, SegmentAccess, places_of};
use crate::store::lock;
use crate::sum::Sum;
use crate::{Finding, FindingKind, StoreError};
use rusqlite::Connection;
use std::collections::HashSet;
use std::sync::Mutex;

/// The charts of one segment that are known to be whole, and what was found wrong in it.
///
/// INVARIANT: a chart stays in the set only through changes by the tagged writer, which keeps rows and sum together.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<Charts>);

#[derive(Debug, Default)]
struct Charts {
    whole: HashSet<u32>,
    /// Created by the open transaction: whole for it, and removed if it is rolled back.
    new: Vec<u32>,
    findings: Vec<Finding>,
    reported: HashSet<(Option<u32>, &'static str)>,
}

impl Verified {
    pub(crate) fn contains(&self, ordinal: u32) -> bool {
        lock(&self.0).whole.contains(&ordinal)
    }

    pub(crate) fn insert(&self, ordinal: u32) {
        lock(&self.0).whole.insert(ordinal);
    }

    /// A chart that the open transaction creates.
    pub(crate) fn insert_new(&self, ordinal: u32) {
        let mut charts = lock(&self.0);
        if charts.whole.insert(ordinal) {
            charts.new.push(ordinal);
        }
    }

    /// The open transaction has ended.
    pub(crate) fn end_transaction(&self, committed: bool) {
        let mut charts = lock(&self.0);
        for ordinal in std::mem::take(&mut charts.new) {
            if !committed {
                charts.whole.remove(&ordinal);
            }
        }
    }

    /// Has the next read compare the sum again.
    pub(crate) fn remove(&self, ordinal: u32) {
        lock(&self.0).whole.remove(&ordinal);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).whole.clear();
    }

    /// Stores a finding until it is taken; the same one only once per session.
    pub(crate) fn note(&self, finding: Finding) {
        let mut charts = lock(&self.0);
        if charts.reported.insert((finding.chart, finding.kind.name())) {
            charts.findings.push(finding);
        }
    }

    pub(crate) fn take_findings(&self) -> Vec<Finding> {
        std::mem::take(&mut lock(&self.0).findings)
    }
}

impl SegmentAccess {
    /// Compares a chart's rows with its sum, unless that was done in this session.
    ///
    /// INVARIANT: no row of a chart is shown, decided on, merged or sent before this has succeeded.
    pub(crate) fn verify_chart(&self, conn: &Connection, ordinal: u32) -> Result<(), StoreError> {
        if self.verified.contains(ordinal) {
            return Ok(());
        }
        self.compare_chart(conn, ordinal).map_err(|error| self.noted(ordinal, error))?;
        self.verified.insert(ordinal);
        Ok(())
    }

    /// An error about a chart, stored as a finding. An unreadable page counts as damage of this chart.
    pub(crate) fn noted(&self, ordinal: u32, error: StoreError) -> StoreError {
        let error = match error {
            StoreError::PageDamaged => self.damaged(Some(ordinal), FindingKind::Page),
            other => other,
        };
        if let StoreError::Damaged(finding) = &error {
            self.verified.note(*finding);
        }
        error
    }

    fn compare_chart(&self, conn: &Connection, ordinal: u32) -> Result<(), StoreError> {
        let (mut sum, mut count) = (Sum::default(), 0i64);
        let mut statement = conn.prepare_cached(&self.sql.window)?;
        let mut rows = statement.query(places_of(ordinal))?;
        while let Some(row) = rows.next()? {
            let row = RowView::of(row)?;
            self.check_view(&row, &self.type_name(conn, row.code)?)?;
            sum.add(&row.stored_tag());
            count += 1;
        }
        let fits = match self.chart(conn, ordinal)? {
            Some(chart) => chart.sum == sum && chart.rows == count,
            None => count == 0,
        };
        if fits { Ok(()) } else { Err(self.damaged(Some(ordinal), FindingKind::ChartSum)) }
    }
}
