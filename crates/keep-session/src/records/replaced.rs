//! Patients whose records were merged into others: they take no entries.

use super::chart::read_chart;
use super::parse;
use crate::ctx::Ctx;
use crate::dto::chart::banner::LinkedDto;
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::view::person;
use crate::workstation::Workstation;
use keep_domain::{ErrorCode, PatientId, ResourceKey};
use keep_fhir::lens;
use keep_store::{AuditGated, Record, Store};

/// Refuses a patient whose record was merged into another. A patient whose own record is not here takes entries.
///
/// # Errors
/// `record_replaced`; those of the store.
pub(crate) fn refuse_replaced(store: &Store, patient: &PatientId) -> Result<AuditGated<()>, SessionError> {
    match refuse_unknown(store, patient) {
        Err(error) if error.code == ErrorCode::NotAvailable => Ok(AuditGated::new(())),
        other => other,
    }
}

/// As [`refuse_replaced`], and refuses a patient whose own record is not here.
///
/// # Errors
/// `record_replaced`, `not_available`; those of the store.
pub(crate) fn refuse_unknown(store: &Store, patient: &PatientId) -> Result<AuditGated<()>, SessionError> {
    store.record(&ResourceKey::new("Patient", patient.clone()))?.try_map(|record| accepts_entries(&record))
}

fn accepts_entries(patient: &Record) -> Result<(), SessionError> {
    let lens = parse(patient).and_then(|raw| lens::patient(&raw).ok());
    if lens.is_some_and(|lens| lens.is_replaced()) {
        return Err(SessionError::of(ErrorCode::RecordReplaced));
    }
    Ok(())
}

/// Names the records that took the place of the patient's, where that is why a save was refused. `patient` finds the
/// patient; the read is recorded as any other of a chart.
pub(crate) fn name_survivor(
    workstation: &Workstation,
    mut failure: FailureDto,
    patient: impl FnOnce(&Ctx<'_>) -> Result<PatientId, SessionError>,
) -> FailureDto {
    if failure.code == ErrorCode::RecordReplaced {
        let found = workstation.with_session(|unlocked| {
            let ctx = &Ctx::new(workstation, unlocked)?;
            survivors(ctx, &patient(ctx)?)
        });
        failure.replaced_by = found.unwrap_or_default();
    }
    failure
}

fn survivors(ctx: &Ctx<'_>, patient: &PatientId) -> Result<Vec<LinkedDto>, SessionError> {
    let chart = read_chart(ctx, patient, &["Patient"])?;
    let own = chart.entries.iter().find(|e| e.kind() == "Patient" && e.record.key.id == *patient);
    let read = own.and_then(|e| e.raw.as_ref()).and_then(|raw| Some((raw, lens::patient(raw).ok()?)));
    let banner =
        read.map(|(raw, lens)| person::banner(patient.as_str(), &lens, raw, &chart.entries, &chart.clinic_clock));
    Ok(banner.map(|banner| banner.replaced_by).unwrap_or_default())
}
