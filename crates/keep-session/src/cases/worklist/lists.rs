//! Who is on which list, and the lines of a window.

use super::orders::{to_dispense, to_draw};
use crate::ctx::Ctx;
use crate::dto::worklist::WorkRowDto;
use crate::error::SessionError;
use crate::own_file;
use crate::records::author::author;
use crate::records::chart::{Chart, names_of};
use crate::records::patient_row::Lookup;
use crate::view::visible_record::VisibleRecord;
use crate::view::work::{Booking, Columns, PatientSummary, Stage, patient_summary, row};
use keep_access::Group;
use keep_audit::{EventClass, EventDraft, TOUCHED_LIMIT};
use keep_domain::{PatientId, Phi, ResourceKey, UtcMillis};
use keep_fhir::lens;
use keep_store::{AuditGated, DayRow};
use std::collections::{BTreeMap, BTreeSet};

/// The most appointments or visits of one list.
const MOST_ITEMS: usize = 500;
/// How far back charges and own patients are looked for: 14 days.
const BACK_MILLIS: i64 = 14 * 24 * 60 * 60 * 1000;
/// How far back orders to dispense or draw are looked for: 7 days.
const ORDERS_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Somebody on a list.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) patient: PatientId,
    booking: Option<Booking>,
    /// What is to be done, where that is not the appointment's reason.
    reason: Option<String>,
}

/// Everything that today's lists are made of.
pub(super) struct Day {
    /// Today's appointments in the order of the day.
    booked: Vec<Item>,
    mine: Vec<Item>,
    charges: Vec<Item>,
    orders: Vec<Item>,
    summaries: BTreeMap<PatientId, PatientSummary>,
}

impl Day {
    /// Reads what the role's lists need; each read is recorded.
    pub(super) fn read(ctx: &Ctx<'_>, lookup: &Lookup<'_>, list: &str) -> Result<Self, SessionError> {
        let (from, to) = lookup.clinic_clock.today();
        let booked = appointments(ctx, lookup, from, to)?;
        let mut day =
            Self { booked, mine: Vec::new(), charges: Vec::new(), orders: Vec::new(), summaries: BTreeMap::new() };
        let counted = super::counted(ctx.session.role);
        let wants = |name: &str| list == name || counted.contains(&name);
        let since = lookup.clinic_clock.now.plus_millis(-BACK_MILLIS);
        if wants("my_patients") {
            day.mine = mine(ctx, lookup, &day.booked, since)?;
        }
        if wants("charges") {
            day.charges = charges(ctx, lookup, since)?;
        }
        if wants("dispensing") || wants("specimens") {
            day.orders = orders(ctx, lookup, wants("dispensing"))?;
        }
        if wants("vitals_due") || list == "queue" {
            let waiting: Vec<PatientId> = day.waiting().map(|i| i.patient.clone()).collect();
            day.summaries = summaries(ctx, lookup, &waiting, &["AllergyIntolerance", "Observation"])?;
        }
        Ok(day)
    }

    fn waiting(&self) -> impl Iterator<Item = &Item> {
        self.booked.iter().filter(|i| i.booking.as_ref().is_some_and(|b| b.stage() == Stage::Waiting))
    }

    /// Who is on a list, in its order.
    pub(super) fn list(&self, name: &str) -> Vec<&Item> {
        match name {
            "queue" | "vitals_due" => {
                let due = |i: &&Item| self.summaries.get(&i.patient).is_none_or(|g| g.vitals_today.is_none());
                let mut list: Vec<&Item> = self.waiting().filter(|i| name == "queue" || due(i)).collect();
                list.sort_by_key(|i| i.booking.as_ref().map(Booking::waiting_since));
                list
            }
            "today" => self.booked.iter().collect(),
            "my_patients" => self.mine.iter().collect(),
            "charges" => self.charges.iter().collect(),
            "dispensing" | "specimens" => self.orders.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The lines of a window.
    pub(super) fn rows<'i>(
        &self,
        ctx: &Ctx<'_>,
        lookup: &Lookup<'_>,
        list: &str,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<Vec<WorkRowDto>, SessionError> {
        let items: Vec<&Item> = items.collect();
        if items.is_empty() {
            return Ok(Vec::new());
        }
        // INVARIANT: a line with a place for allergies says one of their states.
        let unread: Vec<PatientId> =
            items.iter().map(|i| &i.patient).filter(|p| !self.summaries.contains_key(p)).cloned().collect();
        let safety = matches!(list, "my_patients" | "dispensing") && !unread.is_empty();
        let mut summaries_of = self.summaries.clone();
        if safety {
            summaries_of.extend(summaries(ctx, lookup, &unread, &["AllergyIntolerance"])?);
        }
        let keys: Vec<ResourceKey> = items.iter().map(|i| ResourceKey::new("Patient", i.patient.clone())).collect();
        let event = EventDraft::new(EventClass::Search).by(ctx.actor()).touching(&keys).with("list", static_name(list));
        let (records, alerts) = ctx.read_audited(event, |store| store.with_alerts(store.records(&keys)?))?;
        let alerts = lookup.alerts(alerts);
        let people: BTreeMap<&PatientId, _> = records.iter().map(|r| (&r.key.id, r)).collect();
        let staff: Vec<ResourceKey> = items
            .iter()
            .filter_map(|i| i.booking.as_ref())
            .flat_map(|b| b.with.iter().filter_map(|(k, _)| k.clone()))
            .collect();
        let names = names_of(ctx.store, &staff)?;
        let vitals_column = matches!(list, "queue" | "vitals_due") && lookup.view.sees(Group::Vitals).is_allowed();
        // "Due" says that none were taken today.
        let vitals_column = vitals_column && ctx.store.is_whole("Observation");
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let Some(record) = people.get(&item.patient) else { continue };
            let Some(patient) = lookup.row(record, alerts.contains(&item.patient))? else { continue };
            let booking = item.booking.clone().map(|mut b| {
                b.with.iter_mut().for_each(|(key, name)| {
                    if let Some(found) = key.as_ref().and_then(|k| names.key(k)).filter(|_| name.is_empty()) {
                        found.clone_into(name);
                    }
                });
                b
            });
            let summary = summaries_of.get(&item.patient).cloned().unwrap_or_default();
            rows.push(row(
                patient,
                booking.as_ref(),
                &summary,
                item.reason.clone(),
                vitals_column,
                &lookup.clinic_clock,
            ));
        }
        Ok(rows)
    }
}

/// The list's name as a fact of an event.
fn static_name(list: &str) -> &'static str {
    super::LISTS.iter().find(|(name, _)| *name == list).map_or("other", |(name, _)| name)
}

fn day_rows(ctx: &Ctx<'_>, kind: &'static str, from: UtcMillis, to: UtcMillis) -> Result<Vec<DayRow>, SessionError> {
    let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with("list", kind);
    ctx.read_audited(event, |store| store.day_list(kind, from, to, MOST_ITEMS))
}

fn appointments(ctx: &Ctx<'_>, lookup: &Lookup<'_>, from: UtcMillis, to: UtcMillis) -> Result<Vec<Item>, SessionError> {
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

/// Patients with whom this person has an appointment today or had a visit lately, and whose charts they opened.
fn mine(ctx: &Ctx<'_>, lookup: &Lookup<'_>, booked: &[Item], since: UtcMillis) -> Result<Vec<Item>, SessionError> {
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

/// Visits that are over and may be charged.
fn charges(ctx: &Ctx<'_>, lookup: &Lookup<'_>, since: UtcMillis) -> Result<Vec<Item>, SessionError> {
    let mut found = day_rows(ctx, "Encounter", since, lookup.clinic_clock.today().1)?;
    found.reverse();
    let items = found.into_iter().filter(|r| r.status == "finished").filter_map(|r| {
        let patient = r.patient?;
        // Masked is enough: the line names the visit, not what was said in it.
        VisibleRecord::of(r.record, &lookup.view)?;
        Some(Item { patient, booking: None, reason: Some(String::from("Visit to review")) })
    });
    Ok(items.collect())
}

/// Open orders of everybody who is booked today; the store has no list of orders across patients.
///
/// Who has orders need not see the schedule: only whose charts are looked into is taken from it, and each of these
/// is read as the role may.
fn orders(ctx: &Ctx<'_>, lookup: &Lookup<'_>, medicines: bool) -> Result<Vec<Item>, SessionError> {
    let types: &[&'static str] =
        if medicines { &["MedicationRequest", "MedicationDispense"] } else { &["ServiceRequest"] };
    let (from, to) = lookup.clinic_clock.today();
    let booked = day_rows(ctx, "Appointment", from, to)?;
    let mut people: Vec<PatientId> = booked.into_iter().filter_map(|b| b.patient).collect();
    people.sort();
    people.dedup();
    let since = lookup.clinic_clock.now.plus_millis(-ORDERS_MILLIS);
    let mut items = Vec::new();
    for chart in charts(ctx, lookup, &people, types)? {
        let reason = if medicines { to_dispense(&chart.entries, since) } else { to_draw(&chart.entries, since) };
        items.extend(reason.map(|r| Item { patient: chart.patient, booking: None, reason: Some(r) }));
    }
    Ok(items)
}

/// What of these people's charts stands in a list, as far as these types say it.
fn summaries(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    patients: &[PatientId],
    types: &[&'static str],
) -> Result<BTreeMap<PatientId, PatientSummary>, SessionError> {
    let sees = |g: Group| lookup.view.sees(g).is_allowed();
    let columns =
        Columns { safety: sees(Group::Allergy), vitals: sees(Group::Vitals), downloaded: lookup.is_complete() };
    if !columns.safety && !columns.vitals {
        return Ok(BTreeMap::new());
    }
    let found = charts(ctx, lookup, patients, types)?;
    let mut summaries = BTreeMap::new();
    for chart in found {
        // INVARIANT: an allergy that this session may not open makes every statement of absence impossible.
        let downloaded = columns.downloaded && !ctx.store.has_hidden_allergy(&chart.patient)?;
        let summary = patient_summary(&chart.entries, Columns { downloaded, ..columns }, &lookup.clinic_clock);
        summaries.insert(chart.patient, summary);
    }
    // A chart that is damaged or has not come yet: its line says that, and not nothing.
    for patient in patients {
        let unknown =
            || patient_summary(&[], Columns { downloaded: false, vitals: false, ..columns }, &lookup.clinic_clock);
        summaries.entry(patient.clone()).or_insert_with(unknown);
    }
    Ok(summaries)
}

/// Parts of several charts: one query, one event that names them all.
fn charts(
    ctx: &Ctx<'_>,
    lookup: &Lookup<'_>,
    patients: &[PatientId],
    types: &[&'static str],
) -> Result<Vec<Chart>, SessionError> {
    let mut charts = Vec::with_capacity(patients.len());
    // INVARIANT: an event names every chart that it covers, so it covers no more than it can name.
    for patients in patients.chunks(TOUCHED_LIMIT) {
        let keys: Vec<ResourceKey> = patients.iter().map(|p| ResourceKey::new("Patient", p.clone())).collect();
        let mut event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).touching(&keys);
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
                // An appointment may name somebody whose record has not come yet.
                Err(keep_store::StoreError::NotAvailable) => {}
                // One damaged chart does not take the list with it: the damage is noted, so that the list says that it
                // may lack something, and the line that its allergies are unavailable.
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
        charts.extend(found.into_iter().zip(rows).map(|(patient, rows)| Chart {
            patient: patient.clone(),
            entries: rows.records.into_iter().filter_map(|r| VisibleRecord::of(r, &lookup.view)).collect(),
            view: lookup.view.clone(),
            clinic_clock: lookup.clinic_clock.clone(),
        }));
    }
    Ok(charts)
}
