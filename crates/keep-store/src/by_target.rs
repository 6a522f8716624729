//! The chart of a Provenance, which names no patient of its own: that of the records it is about.
//!
//! It is determined when the Provenance is stored. One that arrives before its targets waits in a pseudo-chart and is
//! moved when one of them is stored; [`Store::file_by_target`] moves those that an earlier session left there. One whose
//! target changes its patient follows it.

use crate::awaited_targets::Unfiled;
use crate::codec;
use crate::error::{FindingKind, StoreError};
use crate::id_key::IdKey;
use crate::resource_type::{code_of, segments_of};
use crate::row_facts::RowFacts;
use crate::segment_access::{FIRST_PATIENT, SegmentAccess, chart_number_of, row_ids_of};
use crate::store::Store;
use crate::write_tx::{Stored, WriteTx};
use keep_domain::{PatientId, ResourceKey, Segment};
use keep_fhir::extract_row;
use rusqlite::{Connection, OptionalExtension};

/// The type that is stored in the chart of its targets.
const TYPE: &str = "Provenance";
/// Rows of one step.
const BATCH: usize = 200;
/// The most Provenances about each other that follow one record.
const MOST_STEPS: usize = 8;

/// The segment and the patient of a stored target.
struct TargetHome {
    segment: Segment,
    patient: Option<IdKey>,
}

/// How far [`Store::file_by_target`] has come.
#[derive(Debug, Default)]
pub struct Filing {
    segment: usize,
    /// The next row id.
    next: i64,
    /// Whether every row was looked at.
    pub done: bool,
}

impl Store {
    /// One step of moving Provenances to the charts of their targets. `base` is the server's address.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] after [`Store::interrupt`]; rows that cannot be read or moved stay where they are.
    pub fn file_by_target(&self, base: Option<&str>, progress: &mut Filing) -> Result<(), StoreError> {
        let Some(access) = self.access.get(progress.segment) else {
            progress.done = true;
            return Ok(());
        };
        let found = self.read_confirmed(|conn| unfiled(conn, access, base, &mut progress.next))?;
        match found {
            Some(found) => self.file(found),
            None => {
                (progress.segment, progress.next) = (progress.segment + 1, 0);
                Ok(())
            }
        }
    }

    /// Moves the Provenances that waited for records with these fingerprints.
    pub(crate) fn file_awaiting(&self, arrived: &[u64]) -> Result<(), StoreError> {
        match self.file(self.awaited.take(arrived)) {
            // The records that arrived are stored; the check after the next unlock tries again.
            Err(error) if error.is_damage() => Ok(()),
            other => other,
        }
    }

    /// Moves the Provenances of the records that have changed their patient. `base` is the server's address.
    pub(crate) fn follow_moved(&self, base: Option<&str>) -> Result<(), StoreError> {
        for _ in 0..MOST_STEPS {
            let moved = self.moved.take();
            if moved.is_empty() {
                break;
            }
            let found = self.read_confirmed(|conn| {
                let mut found = Vec::new();
                for (patient, targets) in &moved {
                    for access in &self.access {
                        let Some(number) = access.chart_number(conn, patient)? else { continue };
                        let (mut from, end) = row_ids_of(number);
                        while let Some(some) = provenances(conn, access, base, (&mut from, end))? {
                            found.extend(some.into_iter().filter(|p| p.targets.iter().any(|t| targets.contains(t))));
                        }
                    }
                }
                Ok(found)
            })?;
            match self.file(found) {
                Err(error) if error.is_damage() => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// The patient of the targets of a Provenance that names none itself; `None` where none is stored or where they are
    /// of several people.
    pub(crate) fn patient_by_target(&self, conn: &Connection, facts: &RowFacts) -> Result<Option<IdKey>, StoreError> {
        if !is_by_target(facts) {
            return Ok(None);
        }
        let mut found: Option<IdKey> = None;
        for target in &facts.targets {
            let Some(patient) = self.home_of_target(conn, target)?.and_then(|home| home.patient) else { continue };
            match &found {
                None => found = Some(patient),
                Some(known) if *known == patient || self.is_linked(conn, known, &patient)? => {}
                Some(_) => return Ok(None),
            }
        }
        Ok(found)
    }

    /// The segment of a stored target.
    pub(crate) fn segment_of_target(
        &self,
        conn: &Connection,
        target: &ResourceKey,
    ) -> Result<Option<Segment>, StoreError> {
        Ok(self.home_of_target(conn, target)?.map(|home| home.segment))
    }

    /// The patient in whose chart a record is stored.
    pub(crate) fn patient_of(&self, conn: &Connection, key: &ResourceKey) -> Result<Option<PatientId>, StoreError> {
        Ok(self.home_of_target(conn, key)?.and_then(|home| home.patient?.id()))
    }

    fn home_of_target(&self, conn: &Connection, target: &ResourceKey) -> Result<Option<TargetHome>, StoreError> {
        let (id, segments) = (IdKey::of(&target.id), segments_of(&target.resource_type));
        for access in self.access.iter().filter(|a| segments.contains(&a.segment)) {
            if let Some(row) = access.stored_version(conn, &target.resource_type, &id)? {
                let patient = access.chart(conn, row.chart_number)?.and_then(|chart| chart.patient);
                return Ok(Some(TargetHome { segment: access.segment, patient }));
            }
        }
        Ok(None)
    }

    fn is_linked(&self, conn: &Connection, one: &IdKey, other: &IdKey) -> Result<bool, StoreError> {
        let Some(id) = one.id() else { return Ok(false) };
        Ok(self.closure(conn, &id)?.contains(other))
    }

    fn file(&self, unfiled: Vec<Unfiled>) -> Result<(), StoreError> {
        let mut queue = unfiled.into_iter().peekable();
        while queue.peek().is_some() {
            self.write_bulk(|tx| {
                let slice = self.time_slice();
                for (done, one) in queue.by_ref().enumerate() {
                    match tx.file(&one) {
                        Err(StoreError::Damaged(finding)) if finding.kind != FindingKind::Page => {}
                        other => other?,
                    }
                    if slice.is_over(done) {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Has a Provenance that is stored without a chart wait for its targets.
    pub(crate) fn await_targets(&self, facts: &RowFacts) {
        if is_by_target(facts) && !facts.targets.is_empty() {
            self.store.awaited.add(&Unfiled { id: facts.id.clone(), targets: facts.targets.clone() });
        }
    }

    /// Notes that a record was moved out of a chart, if that was the chart of another patient.
    pub(crate) fn note_moved(
        &self,
        facts: &RowFacts,
        patient: Option<&IdKey>,
        segment: Segment,
        chart_number: u32,
    ) -> Result<(), StoreError> {
        let before = self.store.access(segment)?.chart(self.conn, chart_number)?.and_then(|chart| chart.patient);
        if let Some(before) = before.filter(|before| Some(before) != patient) {
            self.store.moved.add(before, facts.key()?);
        }
        Ok(())
    }

    /// Moves a Provenance to the chart of its targets, if one of them is stored now, and out of that of another patient.
    fn file(&mut self, unfiled: &Unfiled) -> Result<(), StoreError> {
        let code = code_of(TYPE).ok_or(StoreError::Internal("type"))?;
        for access in self.accesses() {
            let Some(row) = access.find(self.conn, code, &unfiled.id)? else { continue };
            access.verify_chart(self.conn, chart_number_of(row.row_id))?;
            let here = access.chart(self.conn, chart_number_of(row.row_id))?.and_then(|chart| chart.patient);
            let record = access.open_row(self.conn, &row)?;
            // EXPOSE: read for its index and compressed for its row.
            let raw = record.raw.expose();
            let Ok(facts) = extract_row(raw, None) else { continue };
            let mut facts = RowFacts::of(facts);
            facts.targets.clone_from(&unfiled.targets);
            facts.patient = self.store.patient_by_target(self.conn, &facts)?;
            if facts.patient == here {
                self.await_targets(&facts);
                continue;
            }
            // An unsent one stays in the segment of its change set's entry.
            let moved = row.state.is_synced().then(|| self.segment_of_facts(&facts)).transpose()?;
            let segment = moved.filter(|s| self.store.access(*s).is_ok()).unwrap_or(access.segment);
            // Before any change, so that a damaged chart leaves no partial update.
            self.verify_target(&facts, segment)?;
            let body = codec::compress(raw.as_bytes())?;
            let (version, updated, state) = (row.version.as_str(), row.updated, row.state);
            self.put_compressed(&facts, segment, &Stored { body: &body, version, updated, state, fresh: false })?;
        }
        Ok(())
    }
}

/// Whether a record is stored in the chart of its targets.
pub(crate) fn is_by_target(facts: &RowFacts) -> bool {
    facts.type_name == TYPE && facts.patient.is_none()
}

/// The next Provenances of the pseudo-charts whose targets can have a chart; `None` after the last one.
fn unfiled(
    conn: &Connection,
    access: &SegmentAccess,
    base: Option<&str>,
    next: &mut i64,
) -> Result<Option<Vec<Unfiled>>, StoreError> {
    provenances(conn, access, base, (next, row_ids_of(FIRST_PATIENT).0))
}

/// The next Provenances among these rows, with their targets; `None` after the last one.
fn provenances(
    conn: &Connection,
    access: &SegmentAccess,
    base: Option<&str>,
    (next, end): (&mut i64, i64),
) -> Result<Option<Vec<Unfiled>>, StoreError> {
    let code = code_of(TYPE).ok_or(StoreError::Internal("type"))?;
    // A rowid range: it reads the pages of these charts only.
    let sql = format!(
        "SELECT place FROM {}.resource WHERE place >= ?1 AND place < ?2 AND type = ?3 ORDER BY place LIMIT ?4",
        access.schema
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let row_ids = statement.query_map((*next, end, code, limit), |r| r.get(0))?;
    let row_ids = row_ids.collect::<Result<Vec<i64>, _>>()?;
    let Some(last) = row_ids.last() else { return Ok(None) };
    *next = last.saturating_add(1);
    let mut found = Vec::new();
    let mut statement = conn.prepare_cached(&access.sql.by_row_id)?;
    for row_id in row_ids {
        let Some(row) = statement.query_row([row_id], SegmentAccess::resource_of).optional()? else { continue };
        let Ok(record) = access.open_row(conn, &row) else { continue };
        // EXPOSE: read for its targets.
        let Ok(facts) = extract_row(record.raw.expose(), base) else { continue };
        if !facts.segment_targets.is_empty() {
            found.push(Unfiled { id: row.id, targets: facts.segment_targets });
        }
    }
    Ok(Some(found))
}
