//! Sorting records into storage order, and storing them.

use super::PageReport;
use super::reading::IncomingRow;
use crate::by_target::is_by_target;
use crate::error::StoreError;
use crate::store::Store;
use keep_domain::Segment;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The length of a pull's transaction while readers wait, milliseconds.
const SHORT_MS: u128 = 40;
/// Its greatest length, milliseconds.
const LONG_MS: u128 = 1000;
/// Rows between two checks of the clock.
const STRIDE: usize = 32;
/// In storage order, new charts come after all existing ones.
const NEW_CHARTS: u32 = 1 << 31;
/// The number of rows from which a second connection is worth its cost.
const MANY: usize = 5000;

/// The time limit of one transaction.
pub(crate) struct TimeSlice<'s> {
    store: &'s Store,
    began: Duration,
}

impl TimeSlice<'_> {
    /// Whether it is over after `done` rows.
    pub(crate) fn is_over(&self, done: usize) -> bool {
        if done % STRIDE != STRIDE - 1 {
            return false;
        }
        let spent = (self.store.clock.monotonic() - self.began).as_millis();
        spent >= if self.store.waiting_readers.load(Ordering::SeqCst) > 0 { SHORT_MS } else { LONG_MS }
    }
}

impl Store {
    /// Stores records in transactions that end early while readers wait.
    pub(super) fn store_all(
        &self,
        rows: Vec<IncomingRow>,
        report: &mut PageReport,
        above_rank: &mut Vec<(IncomingRow, Segment)>,
    ) -> Result<(), StoreError> {
        let rows = if rows.len() < MANY { rows } else { self.load_first(rows, report)? };
        let mut queue = rows.into_iter().peekable();
        while queue.peek().is_some() {
            self.write_bulk(|tx| {
                let slice = self.time_slice();
                for (done, item) in queue.by_ref().enumerate() {
                    let taken = tx.store_incoming(item, report, above_rank);
                    report.without_damaged(taken)?;
                    if slice.is_over(done) {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Starts the time slice of one transaction.
    pub(crate) fn time_slice(&self) -> TimeSlice<'_> {
        TimeSlice { store: self, began: self.clock.monotonic() }
    }

    /// Determines the charts of Provenances. Those whose targets are damaged or not stored yet keep none.
    pub(super) fn find_charts_by_target(&self, rows: &mut [IncomingRow]) -> Result<(), StoreError> {
        if !rows.iter().any(|row| is_by_target(&row.facts)) {
            return Ok(());
        }
        self.read_confirmed(|conn| {
            for row in rows.iter_mut() {
                match self.patient_by_target(conn, &row.facts) {
                    Ok(None) | Err(StoreError::Damaged(_)) => {}
                    Ok(Some(patient)) => {
                        row.patient = Some(patient.fingerprint());
                        row.facts.patient = Some(patient);
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok(())
        })
    }

    /// Puts the records of one chart next to each other, in order of arrival, so that the clustered table grows in
    /// order.
    pub(super) fn sort_by_chart(&self, rows: &mut [IncomingRow]) -> Result<(), StoreError> {
        if rows.len() < 2 {
            return Ok(());
        }
        // If two patients share a fingerprint, only the order suffers.
        let mut charts: HashMap<(Segment, u64), u32> = HashMap::new();
        let mut new = NEW_CHARTS;
        self.read(|conn| {
            for row in rows.iter_mut() {
                let facts = &row.facts;
                let (Some(fingerprint), Some(patient), Ok(access)) =
                    (row.patient, &facts.patient, self.access(row.segment))
                else {
                    row.chart = facts.id.pseudo_chart();
                    continue;
                };
                row.chart = match charts.entry((row.segment, fingerprint)) {
                    Entry::Occupied(chart) => *chart.get(),
                    Entry::Vacant(slot) => *slot.insert(access.chart_number(conn, patient)?.unwrap_or_else(|| {
                        new += 1;
                        new
                    })),
                };
            }
            Ok(())
        })?;
        rows.sort_by_cached_key(|row| (row.segment, row.chart));
        Ok(())
    }
}
