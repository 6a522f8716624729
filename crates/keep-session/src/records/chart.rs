//! Reading a chart: the event is written while the store reads, and its ticket releases what was read.

use super::author;
use crate::ctx::Ctx;
use crate::dto::chart::allergies::AllergiesDto;
use crate::dto::chart::banner::BannerDto;
use crate::error::SessionError;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::names::Names;
use crate::view::visible_record::VisibleRecord;
use crate::view::{alerts, completeness, person};
use keep_access::Group;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, ResourceKey};
use keep_store::{AlertPeriod, AuditGated, AuditTicket, ChartReading, ChartTypes, Completeness, Store, StoreError};
use keep_sync::CHART_TYPES;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The records of one patient that the role may see.
pub(crate) struct Chart {
    pub(crate) patient: PatientId,
    pub(crate) entries: Vec<VisibleRecord>,
    /// Those of the types that were not read which say who marked one of `entries` as entered in error.
    pub(crate) markings: Vec<VisibleRecord>,
    /// The number of records of each type that was not read.
    pub(crate) other_types: BTreeMap<Cow<'static, str>, u32>,
    pub(crate) view: AccessView,
    pub(crate) clinic_clock: ClinicClock,
}

/// Reads a chart, or some types of it; recorded as one event.
pub(crate) fn read_chart(ctx: &Ctx<'_>, patient: &PatientId, types: &[&'static str]) -> Result<Chart, SessionError> {
    let part = Part { name: types.first().copied(), types, record: None, reading: HowRead::Records };
    Ok(view_chart(ctx, patient, part, Ok)?.0)
}

/// The part of a chart that is read.
pub(crate) struct Part<'a> {
    /// The name in the event; `None` where the chart is opened.
    pub(crate) name: Option<&'static str>,
    /// The types; empty means all.
    pub(crate) types: &'a [&'static str],
    /// The one record that is shown of it; named in the event.
    pub(crate) record: Option<&'a ResourceKey>,
    pub(crate) reading: HowRead,
}

/// How the records are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HowRead {
    /// Each for itself.
    Records,
    /// For the summary: the values of every Observation at once, and of the types that are read only for what must not be
    /// done those that may say so.
    Summary,
}

/// Reads a chart and presents it while the event is on its way to the disk; recorded as one event. Its ticket also covers
/// the forms that are filled in while the chart is open.
pub(crate) fn view_chart<T>(
    ctx: &Ctx<'_>,
    patient: &PatientId,
    part: Part<'_>,
    present: impl FnOnce(Chart) -> Result<T, SessionError>,
) -> Result<(T, AuditTicket), SessionError> {
    let mut event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).about(Phi::new(patient.clone()));
    if let Some(name) = part.name {
        event = event.with("part", name);
    }
    event = event.with_resources(part.record);
    let (view, clinic_clock) = (AccessView::of(ctx.session, author::known(ctx)?), ctx.clinic_clock()?);
    let summary = part.reading == HowRead::Summary;
    let skippable: &[&str] = if summary { &alerts::DO_NOT_TYPES } else { &[] };
    let read = |record, view: &AccessView| {
        if summary { alerts::read_for_summary(record, view) } else { VisibleRecord::of(record, view).into() }
    };
    let types = ChartTypes { read: part.types, skippable };
    let (presented, ticket) = ctx.read_with_ticket(event, |store| {
        let found = store.open_chart_by(patient, types, |record| read(record, &view))?;
        let found = found.and_then(|reading| {
            let may_be_read = part.types.is_empty() || part.types.contains(&MARKING_TYPE);
            let markings = if may_be_read || !reading.records.iter().any(is_marked) {
                AuditGated::new(Vec::new())
            } else {
                let types = ChartTypes::all_of(&[MARKING_TYPE]);
                let more = store.open_chart_by(patient, types, |record| VisibleRecord::of(record, &view).into())?;
                more.map(|more| more.records.into_iter().filter(|e| e.kind() == MARKING_TYPE).collect())
            };
            Ok::<_, StoreError>(markings.map(|markings| (reading, markings)))
        })?;
        Ok(found.map(|(ChartReading { records: entries, other_types }, markings)| {
            present(Chart { patient: patient.clone(), entries, markings, other_types, view, clinic_clock })
        }))
    })?;
    Ok((presented?, ticket))
}

/// The type of the records that say who marked a record as entered in error.
const MARKING_TYPE: &str = "Provenance";

/// Whether it was marked as entered in error, and the role may see that.
pub(crate) fn is_marked(entry: &VisibleRecord) -> bool {
    entry.is_entered_in_error() && !entry.masked
}

/// The names behind references to staff, places and medicines.
pub(crate) fn names_of(store: &Store, keys: &[ResourceKey]) -> Result<Names, SessionError> {
    Ok(Names::of(&store.reference_records(keys)?).requested(keys))
}

/// The types that a banner shows something of.
pub(crate) const BANNER_TYPES: [&str; 9] = [
    "Patient",
    "Flag",
    "AllergyIntolerance",
    "Condition",
    "Observation",
    "ServiceRequest",
    "CarePlan",
    "Consent",
    "Procedure",
];

/// Whether this device has all records of a chart and this session may open all of its allergies.
pub(crate) fn has_all_allergies(
    ctx: &Ctx<'_>,
    patient: &PatientId,
    found: &[Completeness],
) -> Result<bool, SessionError> {
    // INVARIANT: with an allergy that this session may not read, nothing is said to be absent.
    Ok(completeness::may_say_absent(found, CHART_TYPES, |t| ctx.store.may_hold(t))
        && !ctx.store.has_restricted_allergy(patient)?)
}

/// The banner; also of a patient whose record cannot be read. `allergies` is what the chart says of them.
pub(crate) fn banner_of(store: &Store, chart: &Chart, allergies: &AllergiesDto) -> Result<BannerDto, SessionError> {
    let own = chart.entries.iter().find(|e| e.kind() == "Patient" && e.record.key.id == chart.patient);
    let read = own.and_then(|e| Some((e.raw.as_ref()?, e.person()?)));
    let id = chart.patient.as_str();
    let mut banner = match read {
        Some((raw, lens)) => person::banner(id, lens, raw, &chart.entries, &chart.clinic_clock),
        None => person::unreadable_banner(id),
    };
    if own.is_some_and(|e| e.masked) {
        // A masked patient keeps the banner without contact details.
        (banner.phone, banner.address) = Default::default();
    }
    let read = chart.entries.iter().filter(|e| e.kind() == "Flag").map(|e| &e.record.key);
    let in_force = |period: &AlertPeriod| chart.clinic_clock.is_in_force(period);
    let has_others = chart.view.knows_of_alerts() && store.has_alert_besides(&chart.patient, read, &in_force)?;
    let found = alerts::alerts(&chart.entries, has_others, &chart.clinic_clock);
    (banner.flags, banner.do_not, banner.alert) = (found.flags, found.do_not, found.hidden);
    let sees_allergies = chart.view.sees_any(&[Group::Allergy]);
    banner.allergies = sees_allergies.then(|| crate::view::allergies::banner(allergies));
    Ok(banner)
}
