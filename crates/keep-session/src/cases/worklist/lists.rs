//! Today's lists: who has them, what they are made of, and the rows of a window.

use super::sources::{Item, appointments, charges, mine, orders, summaries};
use crate::ctx::Ctx;
use crate::dto::worklist::{WorkRowDto, WorklistNameDto};
use crate::error::SessionError;
use crate::records::chart::names_of;
use crate::records::patient_row::Lookup;
use crate::view::work::{Booking, Line, PatientSummary, Stage, row};
use keep_access::Group;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, ResourceKey, Role};
use keep_store::{AlertPeriod, Store};
use std::collections::BTreeMap;

/// How far back charges and the user's own patients are searched: 14 days.
const BACK_MILLIS: i64 = 14 * 24 * 60 * 60 * 1000;

/// Everything that today's lists need.
pub(super) struct Day {
    /// Today's appointments in the order of the day.
    booked: Vec<Item>,
    mine: Vec<Item>,
    charges: Vec<Item>,
    orders: Vec<Item>,
    summaries: BTreeMap<PatientId, PatientSummary>,
}

impl Day {
    /// Reads what the role's lists need, each under an event.
    pub(super) fn read(ctx: &Ctx<'_>, lookup: &Lookup<'_>, list: WorklistNameDto) -> Result<Self, SessionError> {
        let (from, to) = lookup.clinic_clock.today();
        let booked = appointments(ctx, lookup, from, to)?;
        let mut day =
            Self { booked, mine: Vec::new(), charges: Vec::new(), orders: Vec::new(), summaries: BTreeMap::new() };
        let counted = counted(ctx.session.role);
        let wants = |name: WorklistNameDto| list == name || counted.contains(&name);
        let since = lookup.clinic_clock.now.plus_millis(-BACK_MILLIS);
        if wants(WorklistNameDto::MyPatients) {
            day.mine = mine(ctx, lookup, &day.booked, since)?;
        }
        if wants(WorklistNameDto::Charges) {
            day.charges = charges(ctx, lookup, since)?;
        }
        if wants(WorklistNameDto::Dispensing) || wants(WorklistNameDto::Specimens) {
            day.orders = orders(ctx, lookup, wants(WorklistNameDto::Dispensing))?;
        }
        if wants(WorklistNameDto::VitalsDue) || list == WorklistNameDto::Queue {
            let waiting: Vec<PatientId> = day.waiting().map(|i| i.patient.clone()).collect();
            day.summaries = summaries(ctx, lookup, &waiting, &["AllergyIntolerance", "Observation"])?;
        }
        Ok(day)
    }

    fn waiting(&self) -> impl Iterator<Item = &Item> {
        self.booked.iter().filter(|i| i.booking.as_ref().is_some_and(|b| b.stage() == Stage::Waiting))
    }

    /// The patients on a list, in its order.
    pub(super) fn list(&self, name: WorklistNameDto) -> Vec<&Item> {
        match name {
            WorklistNameDto::Queue | WorklistNameDto::VitalsDue => {
                let due = |i: &&Item| self.summaries.get(&i.patient).is_none_or(|g| g.vitals_today.is_none());
                let mut list: Vec<&Item> =
                    self.waiting().filter(|i| name == WorklistNameDto::Queue || due(i)).collect();
                list.sort_by_key(|i| i.booking.as_ref().map(Booking::waiting_since));
                list
            }
            WorklistNameDto::Today => self.booked.iter().collect(),
            WorklistNameDto::MyPatients => self.mine.iter().collect(),
            WorklistNameDto::Charges => self.charges.iter().collect(),
            WorklistNameDto::Dispensing | WorklistNameDto::Specimens => self.orders.iter().collect(),
            WorklistNameDto::Drafts => Vec::new(),
        }
    }

    /// The rows of a window.
    pub(super) fn rows<'i>(
        &self,
        ctx: &Ctx<'_>,
        lookup: &Lookup<'_>,
        list: WorklistNameDto,
        items: impl Iterator<Item = &'i Item>,
    ) -> Result<Vec<WorkRowDto>, SessionError> {
        let items: Vec<&Item> = items.collect();
        if items.is_empty() {
            return Ok(Vec::new());
        }
        // INVARIANT: a row with an allergy column always says something about allergies.
        let unread: Vec<PatientId> =
            items.iter().map(|i| &i.patient).filter(|p| !self.summaries.contains_key(p)).cloned().collect();
        let safety = matches!(list, WorklistNameDto::MyPatients | WorklistNameDto::Dispensing) && !unread.is_empty();
        let mut summaries_of = self.summaries.clone();
        if safety {
            summaries_of.extend(summaries(ctx, lookup, &unread, &["AllergyIntolerance"])?);
        }
        let keys: Vec<ResourceKey> = items.iter().map(|i| ResourceKey::new("Patient", i.patient.clone())).collect();
        let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with_resources(&keys).with("list", list.name());
        let in_force = |period: &AlertPeriod| lookup.clinic_clock.is_in_force(period);
        let (records, alerts) = ctx.read_audited(event, |store| store.with_alerts(store.records(&keys)?, &in_force))?;
        let alerts = lookup.alerts(alerts);
        let people: BTreeMap<&PatientId, _> = records.iter().map(|r| (&r.key.id, r)).collect();
        let staff: Vec<ResourceKey> = items
            .iter()
            .filter_map(|i| i.booking.as_ref())
            .flat_map(|b| b.with.iter().filter_map(|(k, _)| k.clone()))
            .collect();
        let names = names_of(ctx.store, &staff)?;
        let vitals_column = matches!(list, WorklistNameDto::Queue | WorklistNameDto::VitalsDue)
            && lookup.view.sees(Group::Vitals).is_allowed();
        // "Due" states that none were taken today, which needs all observations.
        let vitals_column = vitals_column && ctx.store.is_whole("Observation");
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let Some(record) = people.get(&item.patient) else { continue };
            let Some(patient) = lookup.row(record, alerts.contains(&item.patient))? else { continue };
            let booking = item.booking.clone().map(|mut b| {
                b.with.iter_mut().for_each(|(key, name)| {
                    if let Some(found) = key.as_ref().and_then(|k| names.key(k)).filter(|_| name.is_none()) {
                        *name = Some(found.to_owned());
                    }
                });
                b
            });
            let summary = summaries_of.get(&item.patient).cloned().unwrap_or_default();
            let reason = item.reason.clone();
            let line = Line { booking: booking.as_ref(), summary: &summary, reason, vitals_column };
            rows.push(row(patient, line, &lookup.clinic_clock));
        }
        Ok(rows)
    }
}

/// The group that a role must see to have the list.
pub(super) const fn group_of(list: WorklistNameDto) -> Group {
    match list {
        WorklistNameDto::Queue | WorklistNameDto::Today => Group::Schedule,
        WorklistNameDto::VitalsDue => Group::Vitals,
        WorklistNameDto::MyPatients => Group::Demographics,
        WorklistNameDto::Charges => Group::Charge,
        WorklistNameDto::Dispensing => Group::MedicineOrder,
        WorklistNameDto::Specimens => Group::Order,
        WorklistNameDto::Drafts => Group::Note,
    }
}

/// The types of records that make a list.
pub(super) const fn sources(list: WorklistNameDto) -> &'static [&'static str] {
    match list {
        WorklistNameDto::Queue | WorklistNameDto::Today => &["Patient", "Appointment"],
        WorklistNameDto::VitalsDue => &["Patient", "Appointment", "Observation"],
        WorklistNameDto::MyPatients => &["Patient", "Appointment", "Encounter"],
        WorklistNameDto::Charges => &["Patient", "Encounter"],
        WorklistNameDto::Dispensing => &["Patient", "Appointment", "MedicationRequest", "MedicationDispense"],
        WorklistNameDto::Specimens => &["Patient", "Appointment", "ServiceRequest"],
        WorklistNameDto::Drafts => &[],
    }
}

/// Types of a list of which records may be missing on this device.
pub(super) fn missing(store: &Store, list: WorklistNameDto) -> Vec<String> {
    let lacks = |t: &&&str| store.may_hold(t) && !store.is_whole(t);
    sources(list).iter().filter(lacks).map(|t| (*t).to_owned()).collect()
}

/// The lists whose counts a role sees.
pub(super) const fn counted(role: Role) -> &'static [WorklistNameDto] {
    match role {
        Role::Physician => &[WorklistNameDto::MyPatients, WorklistNameDto::Drafts, WorklistNameDto::Queue],
        Role::Nurse => {
            &[WorklistNameDto::Queue, WorklistNameDto::VitalsDue, WorklistNameDto::MyPatients, WorklistNameDto::Drafts]
        }
        Role::FrontDesk => &[WorklistNameDto::Today],
        Role::Pharmacist => &[WorklistNameDto::Dispensing],
        Role::Laboratory => &[WorklistNameDto::Specimens],
        Role::Billing => &[WorklistNameDto::Charges],
        Role::PrivacyOfficer | Role::ItAdministrator => &[],
    }
}
