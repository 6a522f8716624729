//! Vital signs: checking them while they are typed, and saving them.

mod form;
mod writing;

use crate::cases::{drafts, sync};
use crate::ctx::Ctx;
use crate::dto::chart::vitals::SignDto;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::visit::{SavedDto, VitalsCheckDto, VitalsDto};
use crate::error::SessionError;
use crate::records::author::author;
use crate::records::change::NewRecords;
use crate::records::replaced::name_survivor;
use crate::records::visit::find_open_visit;
use crate::records::{last_chart_refs, parse, patient_id};
use crate::state::acquire;
use crate::view::clinic_clock::{AHEAD_MILLIS, ClinicClock};
use crate::view::judge::StatusClass;
use crate::view::person;
use crate::view::pregnancy;
use crate::view::vitals::in_chart_unit;
use crate::workstation::Workstation;
use form::{About, Form};
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_clinical::age_at;
use keep_domain::{ErrorCode, PatientId, Phi, ResourceId, ResourceKey, UtcMillis, VitalSign};
use keep_fhir::lens;
use keep_fhir::write::{Activity, AuthoringContext};
use keep_store::{AuditGated, Record, Store, StoreError};

/// Checks the values typed so far.
///
/// # Errors
/// `locked`, `refused`, `not_available`.
pub fn check_vitals(workstation: &Workstation, request: VitalsDto) -> Result<VitalsCheckDto, FailureDto> {
    workstation.authorize_for(Action::Create, &PolicyResource::of(Group::Vitals), |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let now = workstation.trusted_now()?;
        let measured_at = request.measured_at.as_deref().and_then(UtcMillis::from_rfc3339).unwrap_or(now);
        let patient = patient_id(&request.patient)?;
        record_form_read(ctx, &patient)?;
        let about = about(ctx.store, &patient, measured_at, now)?;
        let checked = about.map(|(about, _)| Form::read(&request, about).into_dto(about));
        let opened = acquire(&ctx.session.memory.opened);
        let ticket = opened.get(&patient).ok_or(ErrorCode::Internal)?;
        Ok(checked.release_under(ticket))
    })
}

/// Records that the form reads the chart, unless this session has opened that chart and so recorded it.
fn record_form_read(ctx: &Ctx<'_>, patient: &PatientId) -> Result<(), SessionError> {
    if acquire(&ctx.session.memory.opened).contains_key(patient) {
        return Ok(());
    }
    let event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).about(Phi::new(patient.clone()));
    let ticket = ctx.store.ledger().append(event.with("part", "vitals_form"))?;
    acquire(&ctx.session.memory.opened).insert(patient.clone(), ticket);
    Ok(())
}

/// What saving needs to know about the patient besides.
struct Person {
    /// The birth date as recorded.
    born: String,
    /// Whether another record took this one's place.
    replaced: bool,
}

/// What the form needs to know about the patient, and what saving does.
fn about(
    store: &Store,
    patient: &PatientId,
    measured_at: UtcMillis,
    now: UtcMillis,
) -> Result<AuditGated<(About, Person)>, SessionError> {
    let refs = last_chart_refs::of(store, patient)?;
    let height = refs.as_ref().and_then(|m| m.height.clone()).map(|h| ResourceKey::new("Observation", h));
    let pregnancy = refs.and_then(|m| m.pregnancy);
    let (person, height, pregnancy) = store.snapshot(|view| {
        let person = view.record(&ResourceKey::new("Patient", patient.clone()))?.ok_or(StoreError::NotAvailable)?;
        let read = |key: &Option<ResourceKey>| key.as_ref().map(|k| view.record(k)).transpose().map(Option::flatten);
        Ok((person, read(&height)?, read(&pregnancy)?))
    })?;
    Ok(person.zip(AuditGated::join(height)).zip(AuditGated::join(pregnancy)).map(|((person, height), pregnancy)| {
        let lens = parse(&person).and_then(|raw| lens::patient(&raw).ok());
        let born = lens.as_ref().and_then(person::born).unwrap_or_default();
        let replaced = lens.is_some_and(|lens| lens.is_replaced());
        let age = age_at(&born, measured_at, &ClinicClock::at(now).zone);
        let said = pregnancy.first().and_then(parse).and_then(|raw| pregnancy::says(&raw, measured_at));
        (
            About { age, last_height: height.first().and_then(height_of), pregnant: said == Some(true) },
            Person { born, replaced },
        )
    }))
}

fn height_of(record: &Record) -> Option<f64> {
    let lens = lens::observation(&parse(record)?).ok()?;
    let counts = StatusClass::of(lens.status.as_deref()) == StatusClass::Final && lens.focus.is_empty();
    match lens.value.filter(|_| counts)? {
        lens::Measured::Quantity(q) if q.comparator.is_none() => in_chart_unit(SignDto::Height, &q),
        _ => None,
    }
}

/// Saves vital signs with the scores derived from them, and opens a visit if none is open today.
///
/// # Errors
/// `invalid` with the fields, `locked`, `refused`, `not_available`, `record_replaced`, `disk_full`.
pub fn save_vitals(workstation: &Workstation, request: VitalsDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation.authorize_for(Action::Create, &PolicyResource::of(Group::Vitals), |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let saved = save(ctx, &request)?;
        drafts::end(ctx, request.draft.as_deref());
        Ok(saved)
    });
    let saved = saved.map_err(|failure| name_survivor(workstation, failure, |_| patient_id(&request.patient)))?;
    sync::send_saved(workstation);
    Ok(saved)
}

fn save(ctx: &Ctx<'_>, request: &VitalsDto) -> Result<SavedDto, SessionError> {
    let patient = patient_id(&request.patient)?;
    let now = ctx.now()?;
    let measured_at = match request.measured_at.as_deref() {
        None => now,
        Some(text) => {
            UtcMillis::from_rfc3339(text).ok_or_else(|| SessionError::field("taken", FieldReasonDto::NotATime))?
        }
    };
    let checked = about(ctx.store, &patient, measured_at, now)?.try_map(|(about, person)| {
        if person.replaced {
            return Err(SessionError::of(ErrorCode::RecordReplaced));
        }
        let form = Form::read(request, about);
        let mut problems = form.blockers();
        if measured_at > now.plus_millis(AHEAD_MILLIS) {
            problems.push(("taken", FieldReasonDto::InFuture));
        }
        if person::is_before_birth(&person.born, measured_at, &ClinicClock::at(now)) {
            problems.push(("taken", FieldReasonDto::BeforeBirth));
        }
        if problems.is_empty() { Ok((form, about)) } else { Err(SessionError::fields(problems)) }
    })?;
    let author = author(ctx)?;
    let visit = find_open_visit(ctx, &patient, &ClinicClock::at(now))?;
    let height = last_chart_refs::of(ctx.store, &patient)?.and_then(|m| m.height);
    let new = checked.zip(visit).map(|((form, about), visit)| {
        let visit_started = visit.is_none();
        let encounter = visit.unwrap_or_else(|| ResourceKey::new("Encounter", ResourceId::make_random()));
        let context = AuthoringContext {
            patient: patient.clone(),
            encounter: Some(encounter.clone()),
            author,
            effective: measured_at,
            recorded: now,
        };
        let mut resources = Vec::new();
        if visit_started {
            resources.push((encounter.clone(), writing::visit(&encounter.id, &context)));
        }
        let made = writing::observations(&form, about, &context, request, height);
        let measured_height =
            made.iter().find(|(vital, ..)| *vital == Some(VitalSign::Height)).map(|(_, k, _)| k.clone());
        resources.extend(made.into_iter().map(|(_, key, raw)| (key, raw)));
        let event = EventDraft::new(EventClass::Create).by(ctx.actor()).about(Phi::new(patient.clone()));
        let new = NewRecords { context, resources, activity: Activity::Create, visit_started };
        (new, event, (encounter, measured_height))
    });
    let (saved, (encounter, measured_height)) = NewRecords::save(ctx, new)?;
    last_chart_refs::note_visit(ctx.store, &patient, &encounter, measured_height.as_ref())?;
    Ok(saved)
}
