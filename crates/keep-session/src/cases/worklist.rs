//! The role's home: today's queue and its other lists.

mod lists;
mod sources;

use crate::cases::{drafts, sync};
use crate::ctx::Ctx;
use crate::dto::failure::FailureDto;
use crate::dto::index;
use crate::dto::visit::SavedDto;
use crate::dto::worklist::{CheckInDto, ListCountDto, WorklistAskDto, WorklistDto, WorklistNameDto};
use crate::error::SessionError;
use crate::records::author::author;
use crate::records::change::ChangedRecord;
use crate::records::patient_row::Lookup;
use crate::records::replaced::name_survivor;
use crate::view::access_view::AccessView;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, PatientId, Phi, ResourceKey};
use keep_fhir::Raw;
use keep_fhir::write::{AppointmentStatus, AuthoringContext, set_appointment_status, set_arrival};
use keep_store::Record;
use lists::{Day, counted, group_of, missing};
use sources::Item;

/// The most rows of one window.
const MOST_ROWS: u32 = 200;

/// One list of today, and the counts of the others.
///
/// # Errors
/// `locked`, `refused` for a list that the role does not have.
pub fn worklist(workstation: &Workstation, request: WorklistAskDto) -> Result<WorklistDto, FailureDto> {
    workstation.authorize(Action::OpenPatient, |unlocked| read_list(&Ctx::new(workstation, unlocked)?, &request))
}

fn read_list(ctx: &Ctx<'_>, request: &WorklistAskDto) -> Result<WorklistDto, SessionError> {
    let list = request.list;
    let lookup = Lookup::new(ctx)?;
    if !lookup.view.sees(group_of(list)).is_visible() {
        return Err(ctx.refuse(Action::Read));
    }
    let day = Day::read(ctx, &lookup, list)?;
    let items: Vec<&Item> = day.list(list);
    let window = items.iter().skip(index(request.offset)).take(index(request.limit.clamp(1, MOST_ROWS)));
    let rows = day.rows(ctx, &lookup, list, window.copied())?;
    let count = |list: &WorklistNameDto| {
        let count = if *list == WorklistNameDto::Drafts { drafts::count(ctx) } else { day.list(*list).len() };
        ListCountDto { list: *list, count: u32::try_from(count).unwrap_or(u32::MAX) }
    };
    Ok(WorklistDto {
        rows,
        total: u32::try_from(items.len()).unwrap_or(u32::MAX),
        // INVARIANT: a count is left out where records of its list may be missing.
        counts: counted(ctx.session.role)
            .iter()
            .filter(|list| {
                let is_readable = **list != WorklistNameDto::Drafts || ctx.store.personal().is_ok();
                missing(ctx.store, **list).is_empty() && is_readable
            })
            .map(count)
            .collect(),
        downloading: !lookup.ready,
        missing: missing(ctx.store, list),
    })
}

/// Checks a patient in, or undoes it.
///
/// # Errors
/// `refused`, `not_available`, `record_replaced`, `stale` where the appointment is past that point.
pub fn check_in(workstation: &Workstation, request: CheckInDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation
        .authorize(Action::CheckIn, |unlocked| arrive(&Ctx::new(workstation, unlocked)?, &request))
        .map_err(|failure| name_survivor(workstation, failure, |ctx| booked_patient(ctx, &request)))?;
    sync::send_saved(workstation);
    Ok(saved)
}

fn arrive(ctx: &Ctx<'_>, request: &CheckInDto) -> Result<SavedDto, SessionError> {
    let id = request.appointment.parse().map_err(|_| ErrorCode::NotAvailable)?;
    let record = ctx.store.record(&ResourceKey::new("Appointment", id))?;
    ChangedRecord::save(ctx, record.try_map(|record| arrived(ctx, request, record))?)
}

/// The patient of an appointment.
fn booked_patient(ctx: &Ctx<'_>, request: &CheckInDto) -> Result<PatientId, SessionError> {
    let key = ResourceKey::new("Appointment", request.appointment.parse().map_err(|_| ErrorCode::NotAvailable)?);
    let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with("list", "Appointment").with_resources([&key]);
    let record = ctx.read_audited(event, |store| store.record(&key))?;
    // EXPOSE: read for its patient.
    let facts = keep_fhir::extract(record.raw.expose().as_str()).ok();
    Ok(facts.and_then(|f| f.patient).ok_or(ErrorCode::NotAvailable)?)
}

/// The appointment after check-in or its undoing, and the event, if this user may change it.
fn arrived(
    ctx: &Ctx<'_>,
    request: &CheckInDto,
    record: Record,
) -> Result<(ChangedRecord<'static>, EventDraft), SessionError> {
    let gone = || SessionError::of(ErrorCode::NotAvailable);
    // EXPOSE: read for its new state.
    let raw = Raw::parse(record.raw.expose().as_str()).map_err(|_| gone())?;
    let facts = keep_fhir::extract(raw.as_str()).map_err(|_| gone())?;
    let patient = facts.patient.clone().ok_or_else(gone)?;
    let author = author(ctx)?;
    let view = AccessView::of(ctx.session, Some(author.clone()));
    ctx.permit(&view, Action::Update, &view.resource(&record, Some(&facts)))?;
    let from = facts.status.as_deref().unwrap_or_default();
    let fits = if request.arrived {
        matches!(from, "booked" | "pending" | "proposed" | "waitlist" | "noshow")
    } else {
        matches!(from, "arrived" | "checked-in")
    };
    if !fits {
        return Err(ErrorCode::Stale.into());
    }
    let now = ctx.now()?;
    let to = if request.arrived { AppointmentStatus::Arrived } else { AppointmentStatus::Booked };
    let changed = set_appointment_status(&raw, to)
        .and_then(|raw| set_arrival(&raw, &patient, request.arrived.then_some(now)))
        .map_err(|_| ErrorCode::Internal)?;
    let event = EventDraft::new(EventClass::Update).by(ctx.actor()).about(Phi::new(patient.clone()));
    let event = event.with("status", to.code());
    let context = AuthoringContext { patient, encounter: None, author, effective: now, recorded: now };
    Ok((ChangedRecord { context, record, changed, reason: None, undoable: false }, event))
}
