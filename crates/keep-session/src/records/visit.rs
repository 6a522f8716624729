//! The visit to which new records belong.

use super::{last_chart_refs, parse};
use crate::ctx::Ctx;
use crate::error::SessionError;
use crate::view::clinic_clock::ClinicClock;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, ResourceKey};
use keep_fhir::lens;
use keep_store::{AuditGated, Record};

/// Today's open visit: the one that the chart showed, otherwise the first that the store has.
pub(crate) fn find_open_visit(
    ctx: &Ctx<'_>,
    patient: &PatientId,
    clinic_clock: &ClinicClock,
) -> Result<AuditGated<Option<ResourceKey>>, SessionError> {
    let is_open = |record: &Record| {
        let lens = parse(record).and_then(|raw| lens::encounter(&raw).ok());
        let start = lens.as_ref().and_then(|l| l.period.as_ref()).and_then(|p| p.start.as_ref());
        let today = start.and_then(|s| s.date).is_some_and(|d| clinic_clock.is_today(d.start));
        today && lens.is_some_and(|l| l.status.as_deref() == Some("in-progress"))
    };
    if let Some(refs) = last_chart_refs::of(ctx.store, patient)? {
        let Some(visit) = refs.visit else { return Ok(AuditGated::new(None)) };
        let key = ResourceKey::new("Encounter", visit);
        let found = AuditGated::join(ctx.store.snapshot(|view| view.record(&key))?);
        return Ok(found.map(|found| found.iter().any(is_open).then_some(key)));
    }
    let event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).about(Phi::new(patient.clone()));
    let event = event.with("part", "Encounter");
    let rows = ctx.read_audited(event, |store| store.open_chart(patient, &["Encounter"]))?.records;
    Ok(AuditGated::new(rows.into_iter().find(is_open).map(|r| r.key)))
}
