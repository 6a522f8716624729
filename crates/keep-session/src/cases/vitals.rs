//! Vital signs: checking them while they are typed, saving them, striking out a record.

pub(crate) mod author;
mod form;
mod writing;

use crate::cases::chart::{id, last_chart_refs};
use crate::cases::{drafts, sync};
use crate::dto::failure::FailureDto;
use crate::dto::visit::{SavedDto, StrikeDto, VitalsCheckDto, VitalsDto};
use crate::error::SessionError;
use crate::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::person;
use crate::workstation::{Workstation, lock};
use author::author;
use form::{About, Form};
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_clinical::{Vital, age_at};
use keep_domain::{ErrorCode, PatientId, Phi, ResourceId, ResourceKey, UtcMillis};
use keep_fhir::write::{Activity, EntryContext, ProvenanceFacts, provenance};
use keep_fhir::{Raw, lens};
use keep_store::{ChangeSetDraft, EntryDraft, Operation, Record, Store, StoreError};

/// How far ahead of this computer's clock a time may lie before it counts as the future.
const AHEAD_MILLIS: i64 = 5 * 60 * 1000;

/// What the values mean so far.
///
/// # Errors
/// `locked`, `refused`, `not_available`.
pub fn check_vitals(workstation: &Workstation, request: VitalsDto) -> Result<VitalsCheckDto, FailureDto> {
    workstation
        .authorize_for(Action::Create, &PolicyResource::of(Group::Vitals), |unlocked| {
            let store = unlocked.store()?;
            let now = workstation.trusted_now()?;
            let taken = UtcMillis::from_rfc3339(&request.taken).unwrap_or(now);
            let patient = id(&request.patient)?;
            recall(unlocked, store, &patient)?;
            let about = about(store, &patient, taken, now)?;
            Ok(Form::read(&request, about.0).into_dto(about.0))
        })
        .map_err(SessionError::into_dto)
}

/// Records that the form of a patient reads the chart, unless this session has opened that chart and so recorded it.
fn recall(unlocked: &Unlocked, store: &Store, patient: &PatientId) -> Result<(), SessionError> {
    if lock(&unlocked.opened).contains(patient) {
        return Ok(());
    }
    let event = EventDraft::new(EventClass::ChartRead).by(unlocked.actor()).about(Phi::new(patient.clone()));
    store.ledger().append(event.with("part", "vitals_form"))?;
    lock(&unlocked.opened).insert(patient.clone());
    Ok(())
}

/// What the form needs of the patient, and the birth date. Only what was computed from it leaves this room.
fn about(
    store: &Store,
    patient: &PatientId,
    taken: UtcMillis,
    now: UtcMillis,
) -> Result<(About, String), SessionError> {
    let height = last_chart_refs::of(store, patient)?.and_then(|m| m.height);
    let (person, height) = store.write(|tx| {
        let person = tx.record(&ResourceKey::new("Patient", patient.clone()))?.ok_or(StoreError::NotAvailable)?;
        let height = height.map(|h| tx.record(&ResourceKey::new("Observation", h))).transpose()?.flatten();
        Ok((person, height))
    })?;
    let born = parse(&person).and_then(|raw| Some(person::born(&lens::patient(&raw).ok()?))).unwrap_or_default();
    let age = age_at(&born, taken, &ClinicClock::at(now).zone);
    Ok((About { age, last_height: height.as_ref().and_then(height_of) }, born))
}

fn parse(record: &Record) -> Option<Raw> {
    // EXPOSE: read for the form.
    Raw::parse(record.raw.expose().as_str()).ok()
}

fn height_of(record: &Record) -> Option<f64> {
    let lens = lens::observation(&parse(record)?).ok()?;
    let is_valid = lens.status.as_deref() != Some("entered-in-error");
    match lens.value.filter(|_| is_valid)? {
        lens::Measured::Quantity(q) if matches!(q.code.as_deref(), Some("cm") | None) => Some(q.value?.to_f64()),
        _ => None,
    }
}

/// Saves vital signs with what follows from them, and opens a visit where none is open today.
///
/// # Errors
/// `invalid` with the fields, `locked`, `refused`, `not_available`, `disk_full`.
pub fn save_vitals(workstation: &Workstation, request: VitalsDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation.authorize_for(Action::Create, &PolicyResource::of(Group::Vitals), |unlocked| {
        let store = unlocked.store()?;
        let saved = save(workstation, unlocked, store, &request)?;
        drafts::end(workstation, unlocked, store, request.draft.as_deref());
        Ok(saved)
    });
    let saved = saved.map_err(SessionError::into_dto)?;
    sync::wake(workstation);
    Ok(saved)
}

fn save(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    request: &VitalsDto,
) -> Result<SavedDto, SessionError> {
    let patient = id(&request.patient)?;
    let now = workstation.trusted_now()?;
    let taken = match request.taken.as_str() {
        "" => now,
        text => UtcMillis::from_rfc3339(text).ok_or_else(|| SessionError::fields(vec![("taken", "not_a_time")]))?,
    };
    let (about, born) = about(store, &patient, taken, now)?;
    let form = Form::read(request, about);
    let mut problems = form.blockers();
    if taken > now.plus_millis(AHEAD_MILLIS) {
        problems.push(("taken", "in_future"));
    }
    if !born.is_empty() && about.age.is_none() {
        problems.push(("taken", "before_birth"));
    }
    if !problems.is_empty() {
        return Err(SessionError::fields(problems));
    }
    let author = author(unlocked, store)?;
    let visit = open_visit(unlocked, store, &patient, &ClinicClock::at(now))?;
    let started = visit.is_none();
    let encounter = visit.unwrap_or_else(|| ResourceKey::new("Encounter", ResourceId::make_random()));
    let recording = EntryContext {
        patient: patient.clone(),
        encounter: Some(encounter.clone()),
        author,
        effective: taken,
        recorded: now,
    };
    let mut resources = Vec::new();
    if started {
        let start = writing::visit(&encounter.id, &recording);
        resources.push((encounter.clone(), start));
    }
    let height = last_chart_refs::of(store, &patient)?.and_then(|m| m.height);
    let made = writing::observations(&form, about, &recording, request, height);
    let taken_height = made.iter().find(|(vital, ..)| *vital == Some(Vital::Height)).map(|(_, k, _)| k.clone());
    resources.extend(made.into_iter().map(|(_, key, raw)| (key, raw)));
    let event = EventDraft::new(EventClass::Create).by(unlocked.actor()).about(Phi::new(patient.clone()));
    let saved = save_new(workstation, unlocked, store, &recording, resources, Activity::Create, event, started)?;
    last_chart_refs::note_visit(store, &patient, &encounter, taken_height.as_ref())?;
    Ok(saved)
}

/// The visit that is open today: the one that the chart showed, else the one that the day's list has.
pub(crate) fn open_visit(
    unlocked: &Unlocked,
    store: &Store,
    patient: &PatientId,
    clinic_clock: &ClinicClock,
) -> Result<Option<ResourceKey>, SessionError> {
    let is_open = |record: &Record| {
        let lens = parse(record).and_then(|raw| lens::encounter(&raw).ok());
        let start = lens.as_ref().and_then(|l| l.period.as_ref()).and_then(|p| p.start.as_ref());
        let today = start.and_then(|s| s.date).is_some_and(|d| clinic_clock.is_today(d.start));
        today && lens.is_some_and(|l| l.status.as_deref() == Some("in-progress"))
    };
    if let Some(last_chart_refs) = last_chart_refs::of(store, patient)? {
        let Some(visit) = last_chart_refs.visit else { return Ok(None) };
        let key = ResourceKey::new("Encounter", visit);
        let found = store.write(|tx| tx.record(&key))?;
        return Ok(found.filter(is_open).map(|_| key));
    }
    // No chart was opened before: the day's visits are looked through, which is recorded.
    let event = EventDraft::new(EventClass::ChartRead).by(unlocked.actor()).about(Phi::new(patient.clone()));
    let pending = store.ledger().begin_append(event.with("part", "Encounter"));
    let found = store.open_chart(patient, &["Encounter"]);
    let ticket = pending.wait()?;
    let rows = found?.release(ticket).records;
    Ok(rows.into_iter().find(is_open).map(|r| r.key))
}

/// Saves new resources and their Provenance in one transaction with the event.
#[expect(clippy::too_many_arguments, reason = "the parts of one save; a type for them would be used here only")]
pub(crate) fn save_new(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    recording: &EntryContext,
    mut resources: Vec<(ResourceKey, Raw)>,
    activity: Activity,
    event: EventDraft,
    visit_started: bool,
) -> Result<SavedDto, SessionError> {
    let targets: Vec<ResourceKey> = resources.iter().map(|(key, _)| key.clone()).collect();
    resources.push(made_by(workstation, recording, targets, activity));
    let keys: Vec<ResourceKey> = resources.iter().map(|(key, _)| key.clone()).collect();
    let entries = resources.into_iter().map(|(_, raw)| EntryDraft {
        operation: Operation::Create,
        base_version: None,
        raw: Phi::new(raw.into_string()),
    });
    let draft = ChangeSetDraft { author: unlocked.user, entries: entries.collect() };
    let event = event.touching(&keys);
    let set = store.write(|tx| {
        let ticket = tx.append(&event)?;
        tx.save_change_set(&ticket, draft)
    })?;
    Ok(SavedDto { change_set: set.0, resources: keys.iter().map(ToString::to_string).collect(), visit_started })
}

/// Who did it, on which device.
pub(crate) fn made_by(
    workstation: &Workstation,
    recording: &EntryContext,
    targets: Vec<ResourceKey>,
    activity: Activity,
) -> (ResourceKey, Raw) {
    let id = ResourceId::make_random();
    let facts = ProvenanceFacts {
        targets,
        author: recording.author.clone(),
        transmitter: None,
        device: workstation.settings().device,
        recorded: recording.recorded,
        activity,
    };
    let raw = provenance(&id, &facts);
    (ResourceKey::new("Provenance", id), raw)
}

/// Marks a record as entered in error, with the reason; the record stays and stays readable.
///
/// # Errors
/// `invalid` without a reason, `refused`, `not_available`, `stale`.
pub fn strike(workstation: &Workstation, request: StrikeDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation
        .with_session(|unlocked| strike_out(workstation, unlocked, unlocked.store()?, &request))
        .map_err(SessionError::into_dto)?;
    sync::wake(workstation);
    Ok(saved)
}

fn strike_out(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    request: &StrikeDto,
) -> Result<SavedDto, SessionError> {
    if request.reason.trim().is_empty() {
        return Err(SessionError::fields(vec![("reason", "missing")]));
    }
    if request.reason.chars().count() > crate::cases::audit::LONGEST_REASON {
        return Err(SessionError::fields(vec![("reason", "too_long")]));
    }
    let key: ResourceKey = request.reference.parse().map_err(|_| SessionError::of(ErrorCode::NotAvailable))?;
    let record = store.write(|tx| tx.record(&key))?.ok_or_else(|| SessionError::of(ErrorCode::NotAvailable))?;
    // EXPOSE: read for the decision and for its new text.
    let text = record.raw.expose().as_str();
    let facts = keep_fhir::extract(text).ok();
    let patient = facts.as_ref().and_then(|f| f.patient.clone());
    if patient.as_ref() != Some(&id(&request.patient)?) {
        return Err(SessionError::of(ErrorCode::NotAvailable));
    }
    let author = author(unlocked, store)?;
    let access_view = AccessView::of(unlocked, Some(author.clone()));
    workstation.permit(unlocked, &access_view, Action::Strike, &access_view.asked(&record, facts.as_ref()))?;
    if facts.as_ref().is_some_and(|f| f.entered_in_error) {
        return Err(SessionError::of(ErrorCode::Stale));
    }
    let raw = Raw::parse(text).map_err(|_| SessionError::of(ErrorCode::NotAvailable))?;
    let struck =
        keep_fhir::write::strike(&raw).map_err(|_| SessionError::fields(vec![("reference", "cannot_be_struck")]))?;
    let patient = id(&request.patient)?;
    let event = EventDraft::new(EventClass::Strike)
        .by(unlocked.actor())
        .about(Phi::new(patient.clone()))
        .because(Phi::new(request.reason.trim().to_owned()));
    let now = workstation.trusted_now()?;
    let recording = EntryContext { patient, encounter: None, author, effective: now, recorded: now };
    save_changed(workstation, unlocked, store, &recording, &record, struck, Some(request.reason.trim()), event)
}

/// Saves the new text of a record and its Provenance in one transaction with the event.
#[expect(clippy::too_many_arguments, reason = "the parts of one save; a type for them would be used here only")]
pub(crate) fn save_changed(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    recording: &EntryContext,
    record: &Record,
    changed: Raw,
    reason: Option<&str>,
    event: EventDraft,
) -> Result<SavedDto, SessionError> {
    let (made_key, mut made) = made_by(workstation, recording, vec![record.key.clone()], Activity::Update);
    if let Some(reason) = reason {
        let words = serde_json::to_string(reason).map_err(|_| SessionError::of(ErrorCode::Internal))?;
        let reasons = format!("[{{\"text\":{words}}}]");
        made =
            keep_fhir::set(&made, &["reason".into()], &reasons).map_err(|_| SessionError::of(ErrorCode::Internal))?;
    }
    let keys = vec![record.key.clone(), made_key];
    let event = event.touching(&keys);
    let draft = ChangeSetDraft {
        author: unlocked.user,
        entries: vec![
            EntryDraft {
                operation: Operation::Update,
                base_version: record.version.clone(),
                raw: Phi::new(changed.into_string()),
            },
            EntryDraft { operation: Operation::Create, base_version: None, raw: Phi::new(made.into_string()) },
        ],
    };
    let set = store.write(|tx| {
        // INVARIANT: the text that was changed is still the stored one, whoever saved meanwhile.
        if tx.record(&record.key)?.is_none_or(|r| r.revision != record.revision || r.version != record.version) {
            return Err(StoreError::Stale);
        }
        let ticket = tx.append(&event)?;
        tx.save_change_set(&ticket, draft)
    })?;
    let resources = keys.iter().map(ToString::to_string).collect();
    Ok(SavedDto { change_set: set.0, resources, visit_started: false })
}
