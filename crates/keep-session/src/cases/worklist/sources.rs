//! Where the lists come from: appointments, visits, orders and charts.

use crate::ctx::Ctx;
use crate::dto::worklist::WorkReasonDto;
use crate::error::SessionError;
use crate::own_file;
use crate::records::author::author;
use crate::records::patient_row::Lookup;
use crate::view::visible_record::{VisibleRecord, valid};
use crate::view::work::{Booking, Columns, PatientSummary, patient_summary};
use keep_access::Group;
use keep_audit::{EventClass, EventDraft, TOUCHED_LIMIT};
use keep_domain::{PatientId, Phi, ResourceKey, UtcMillis};
use keep_fhir::lens::{self, MedicationLens};
use keep_store::{AuditGated, DayRow};
use std::collections::{BTreeMap, BTreeSet};

/// The most appointments or visits of one list.
const MOST_ITEMS: usize = 500;
/// How far back orders to dispense or draw are searched: 7 days.
const ORDERS_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A patient on a list.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) patient: PatientId,
    pub(super) booking: Option<Booking>,
    /// The task, where it is not the appointment's reason.
    pub(super) reason: Option<WorkReasonDto>,
}

fn day_rows(ctx: &Ctx<'_>, kind: &'static str, from: UtcMillis, to: UtcMillis) -> Result<Vec<DayRow>, SessionError> {
    let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with("list", kind);
    ctx.read_audited(event, |store| store.day_list(kind, from, to, MOST_ITEMS))
}

pub(super) fn appointments(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    from: UtcMillis,
    to: UtcMillis,
) -> Result<Vec<Item>, SessionError> {
    let mut items = Vec::new();
    for found in day_rows(ctx, "Appointment", from, to)? {
        let Some(patient) = found.patient else { continue };
        let Some(entry) = VisibleRecord::of(found.record, &lookup.view) else { continue };
        let Some(raw) = &entry.raw else { continue };
        let Ok(lens) = lens::appointment(raw) else { continue };
        let booking = Booking::of(&lens, raw, &patient, found.start, entry.masked);
        items.push(Item { patient, booking: Some(booking), reason: None });
    }
    Ok(items)
}

/// Patients who have an appointment with this user today, had a recent visit with them, or whose chart they opened.
pub(super) fn mine(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    booked: &[Item],
    since: UtcMillis,
) -> Result<Vec<Item>, SessionError> {
    let me = author(ctx)?;
    let mut items: Vec<Item> = booked
        .iter()
        .filter(|i| i.booking.as_ref().is_some_and(|b| b.with.iter().any(|(k, _)| k.as_ref() == Some(&me))))
        .cloned()
        .collect();
    let mut seen: BTreeSet<PatientId> = items.iter().map(|i| i.patient.clone()).collect();
    let opened = own_file::opened_since(ctx.store, since);
    let mut visits: Vec<(UtcMillis, PatientId)> = Vec::new();
    if ctx.store.may_hold("Encounter") {
        for found in day_rows(ctx, "Encounter", since, lookup.clinic_clock.today().1)? {
            let (Some(patient), Some(entry)) = (found.patient, VisibleRecord::of(found.record, &lookup.view)) else {
                continue;
            };
            let lens = entry.raw.as_ref().and_then(|raw| lens::encounter(raw).ok());
            let took_part = lens.is_some_and(|l| l.participants.iter().any(|p| p.key.as_ref() == Some(&me)));
            visits.extend(took_part.then_some((found.start, patient)));
        }
    }
    visits.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for patient in opened.into_iter().chain(visits.into_iter().map(|(_, p)| p)) {
        if seen.insert(patient.clone()) {
            items.push(Item { patient, booking: None, reason: None });
        }
    }
    Ok(items)
}

/// Finished visits, for charges.
pub(super) fn charges(ctx: &Ctx<'_>, lookup: &Lookup<'_>, since: UtcMillis) -> Result<Vec<Item>, SessionError> {
    let mut found = day_rows(ctx, "Encounter", since, lookup.clinic_clock.today().1)?;
    found.reverse();
    let items = found.into_iter().filter(|r| r.status == "finished").filter_map(|r| {
        let patient = r.patient?;
        // Masked is enough: the row names the visit, not its content.
        VisibleRecord::of(r.record, &lookup.view)?;
        Some(Item { patient, booking: None, reason: Some(WorkReasonDto::VisitToReview) })
    });
    Ok(items.collect())
}

/// Open orders of all patients booked today; the store has no list of orders across patients.
///
/// The role need not see the schedule: it only decides whose charts are read, and each chart is read as the role may.
pub(super) fn orders(ctx: &Ctx<'_>, lookup: &Lookup<'_>, medicines: bool) -> Result<Vec<Item>, SessionError> {
    let types: &[&'static str] =
        if medicines { &["MedicationRequest", "MedicationDispense"] } else { &["ServiceRequest"] };
    let (from, to) = lookup.clinic_clock.today();
    let booked = day_rows(ctx, "Appointment", from, to)?;
    let mut people: Vec<PatientId> = booked.into_iter().filter_map(|b| b.patient).collect();
    people.sort();
    people.dedup();
    let since = lookup.clinic_clock.now.plus_millis(-ORDERS_MILLIS);
    let base = ctx.workstation.settings().server.clone();
    let mut items = Vec::new();
    for (patient, entries) in charts(ctx, lookup, &people, types)? {
        let reason = if medicines { to_dispense(&entries, since, Some(&base)) } else { to_draw(&entries, since) };
        items.extend(reason.map(|r| Item { patient, booking: None, reason: Some(r) }));
    }
    Ok(items)
}

fn is_open(entry: &VisibleRecord, since: UtcMillis) -> bool {
    let status = entry.facts.as_ref().and_then(|f| f.status.as_deref());
    status == Some("active") && entry.at().is_some_and(|at| at >= since)
}

/// Orders that nothing was handed out for; `base` is the address of the own server.
fn to_dispense(entries: &[VisibleRecord], since: UtcMillis, base: Option<&str>) -> Option<WorkReasonDto> {
    let read = |kind| valid(entries, kind).filter_map(|(e, raw)| Some((e, lens::medication(raw, base).ok()?)));
    let undone = |l: &MedicationLens| matches!(l.status.as_deref(), Some("cancelled" | "declined" | "stopped"));
    let given: BTreeSet<ResourceKey> =
        read("MedicationDispense").filter(|(_, l)| !undone(l)).flat_map(|(_, l)| l.links).collect();
    // A plan, a proposal and an order not to give are no orders to dispense.
    let is_order = |l: &MedicationLens| {
        !l.do_not_perform && l.intent.as_deref().is_none_or(|i| i == "order" || i.ends_with("-order"))
    };
    let open = read("MedicationRequest").filter(|(e, l)| is_open(e, since) && is_order(l));
    let count = open.filter(|(e, _)| !given.contains(&e.record.key)).count();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    (count > 0).then_some(WorkReasonDto::ToDispense { count })
}

fn to_draw(entries: &[VisibleRecord], since: UtcMillis) -> Option<WorkReasonDto> {
    let names: Vec<String> = valid(entries, "ServiceRequest")
        .filter(|(e, _)| is_open(e, since))
        .filter_map(|(_, raw)| lens::code_text(raw))
        .collect();
    (!names.is_empty()).then(|| WorkReasonDto::Recorded { text: names.join(", ") })
}

/// The summaries of these charts for a list, from these types.
pub(super) fn summaries(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    patients: &[PatientId],
    types: &[&'static str],
) -> Result<BTreeMap<PatientId, PatientSummary>, SessionError> {
    let sees = |g: Group| lookup.view.sees(g).is_allowed();
    let columns = Columns { safety: sees(Group::Allergy), vitals: sees(Group::Vitals), downloaded: lookup.complete };
    if !columns.safety && !columns.vitals {
        return Ok(BTreeMap::new());
    }
    let mut summaries = BTreeMap::new();
    for (patient, entries) in charts(ctx, lookup, patients, types)? {
        // INVARIANT: with an allergy that this session may not read, nothing is said to be absent.
        let downloaded = columns.downloaded && !ctx.store.has_restricted_allergy(&patient)?;
        let summary = patient_summary(&entries, Columns { downloaded, ..columns }, &lookup.clinic_clock);
        summaries.insert(patient, summary);
    }
    // A damaged or missing chart: its row says "unknown" instead of nothing.
    for patient in patients {
        let unknown =
            || patient_summary(&[], Columns { downloaded: false, vitals: false, ..columns }, &lookup.clinic_clock);
        summaries.entry(patient.clone()).or_insert_with(unknown);
    }
    Ok(summaries)
}

/// Parts of several charts, under one event that names them all.
fn charts(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    patients: &[PatientId],
    types: &[&'static str],
) -> Result<Vec<(PatientId, Vec<VisibleRecord>)>, SessionError> {
    let mut charts = Vec::with_capacity(patients.len());
    // INVARIANT: an event names every chart that it covers, so it covers no more than it can name.
    for patients in patients.chunks(TOUCHED_LIMIT) {
        let keys: Vec<ResourceKey> = patients.iter().map(|p| ResourceKey::new("Patient", p.clone())).collect();
        let mut event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).with_resources(&keys);
        if let [only] = patients {
            event = event.about(Phi::new(only.clone()));
        }
        let pending = ctx.store.ledger().begin_append(event.with("part", "worklist"));
        let (mut found, mut held) = (Vec::new(), Vec::new());
        for patient in patients {
            match ctx.store.open_chart(patient, types) {
                Ok(rows) => {
                    found.push(patient);
                    held.push(rows);
                }
                // An appointment may name a patient whose record is not here yet.
                Err(keep_store::StoreError::NotAvailable) => {}
                // One damaged chart does not break the list: the damage is noted, the list says that it may be incomplete,
                // and the row that allergies are unavailable.
                Err(error @ (keep_store::StoreError::Damaged(_) | keep_store::StoreError::PageDamaged)) => {
                    let _noted = ctx.damage(error);
                }
                Err(error) => {
                    pending.wait()?;
                    return Err(ctx.damage(error));
                }
            }
        }
        let rows = AuditGated::join(held).release(pending.wait()?);
        charts.extend(found.into_iter().zip(rows).map(|(patient, rows)| {
            let entries = rows.records.into_iter().filter_map(|r| VisibleRecord::of(r, &lookup.view));
            (patient.clone(), entries.collect())
        }));
    }
    Ok(charts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{seen_by, time};
    use keep_domain::Role;

    #[test]
    fn dispensed_medicines_leave_the_list() {
        let order = |id: &str, at: &str| {
            format!(
                r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"active","intent":"order","subject":{{"reference":"Patient/maria"}},"authoredOn":"{at}"}}"#
            )
        };
        let given = r#"{"resourceType":"MedicationDispense","id":"d","status":"completed","subject":{"reference":"Patient/maria"},"authorizingPrescription":[{"reference":"MedicationRequest/m1"}]}"#;
        let texts =
            [order("m1", "2026-11-21T08:00:00Z"), order("m2", "2026-11-21T08:00:00Z"), order("m3", "2026-01-01")];
        let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        texts.push(given);
        let entries = seen_by(Role::Pharmacist, &texts);
        assert!(
            to_dispense(&entries, time("2026-11-15T00:00:00Z"), None) == Some(WorkReasonDto::ToDispense { count: 1 })
        );
        assert!(to_dispense(&entries, time("2026-11-22T00:00:00Z"), None).is_none());
    }

    #[test]
    fn only_orders_in_force_are_to_be_dispensed_and_a_cancelled_dispense_is_none() {
        let order = |id: &str, more: &str| {
            format!(
                r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"active","subject":{{"reference":"Patient/maria"}},"authoredOn":"2026-11-21T08:00:00Z",{more}}}"#
            )
        };
        let dispense = |reference: &str, status: &str| {
            format!(
                r#"{{"resourceType":"MedicationDispense","id":"d","status":"{status}","subject":{{"reference":"Patient/maria"}},"authorizingPrescription":[{{"reference":"{reference}"}}]}}"#
            )
        };
        let count = |texts: &[String]| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let entries = seen_by(Role::Pharmacist, &texts);
            match to_dispense(&entries, time("2026-11-15T00:00:00Z"), Some("https://fhir.example/r4")) {
                Some(WorkReasonDto::ToDispense { count }) => count,
                _ => 0,
            }
        };
        let plain = order("m", r#""intent":"order""#);
        assert_eq!(
            count(&[order("m", r#""intent":"plan""#), order("n", r#""intent":"order","doNotPerform":true"#)]),
            0
        );
        assert_eq!(count(&[plain.clone(), dispense("MedicationRequest/m", "declined")]), 1);
        for reference in ["MedicationRequest/m/_history/2", "https://fhir.example/r4/MedicationRequest/m"] {
            assert_eq!(count(&[plain.clone(), dispense(reference, "completed")]), 0, "{reference}");
        }
    }
}
