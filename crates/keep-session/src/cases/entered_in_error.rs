//! Marking a record as entered in error, and undoing that until it is sent.

use crate::cases::sync;
use crate::ctx::Ctx;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::visit::{MarkEnteredInErrorDto, SavedDto, UndoEnteredInErrorDto};
use crate::error::SessionError;
use crate::records::author::author;
use crate::records::change::ChangedRecord;
use crate::records::replaced::name_survivor;
use crate::records::{check_reason, patient_id};
use crate::view::access_view::AccessView;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, PatientId, Phi, ResourceKey};
use keep_fhir::write::AuthoringContext;
use keep_fhir::{Extracted, Raw};
use keep_store::Record;

/// Marks a record as entered in error, with the reason; the record stays readable.
///
/// # Errors
/// `invalid` without a reason, `refused`, `not_available`, `stale`, `record_replaced`.
pub fn mark_entered_in_error(
    workstation: &Workstation,
    request: MarkEnteredInErrorDto,
) -> Result<SavedDto, FailureDto> {
    let saved = workstation
        .with_session(|unlocked| mark(&Ctx::new(workstation, unlocked)?, &request))
        .map_err(SessionError::into_dto)
        .map_err(|failure| name_survivor(workstation, failure, |_| patient_id(&request.patient)))?;
    sync::send_saved(workstation);
    Ok(saved)
}

fn mark(ctx: &Ctx<'_>, request: &MarkEnteredInErrorDto) -> Result<SavedDto, SessionError> {
    check_reason(&request.reason)?;
    let key: ResourceKey = request.reference.parse().map_err(|_| ErrorCode::NotAvailable)?;
    let changed = ctx.store.record(&key)?.try_map(|record| marked(ctx, request, record))?;
    ChangedRecord::save(ctx, changed)
}

/// The record marked as entered in error and the event, if this user may mark it.
fn marked<'r>(
    ctx: &Ctx<'_>,
    request: &'r MarkEnteredInErrorDto,
    record: Record,
) -> Result<(ChangedRecord<'r>, EventDraft), SessionError> {
    let Permitted { patient, facts, author } = permitted(ctx, &request.patient, &record)?;
    if facts.is_some_and(|f| f.entered_in_error) {
        return Err(ErrorCode::Stale.into());
    }
    // EXPOSE: read to make its new text.
    let raw = Raw::parse(record.raw.expose().as_str()).map_err(|_| ErrorCode::NotAvailable)?;
    let changed = keep_fhir::write::mark_entered_in_error(&raw)
        .map_err(|_| SessionError::field("reference", FieldReasonDto::CannotBeMarked))?;
    let event = EventDraft::new(EventClass::MarkedInError)
        .by(ctx.actor())
        .about(Phi::new(patient.clone()))
        .with_reason(Phi::new(request.reason.trim().to_owned()));
    let now = ctx.now()?;
    let context = AuthoringContext { patient, encounter: None, author, effective: now, recorded: now };
    let reason = Some(request.reason.trim());
    Ok((ChangedRecord { context, record, changed, reason, undoable: true }, event))
}

/// Undoes the marking of a record that was not sent yet: the record is as before.
///
/// # Errors
/// `refused`, `not_available`; `stale` where it was sent, changed since, or marked by another user.
pub fn undo_entered_in_error(workstation: &Workstation, request: UndoEnteredInErrorDto) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| undo(&Ctx::new(workstation, unlocked)?, &request))
        .map_err(SessionError::into_dto)
}

fn undo(ctx: &Ctx<'_>, request: &UndoEnteredInErrorDto) -> Result<(), SessionError> {
    let key: ResourceKey = request.reference.parse().map_err(|_| ErrorCode::NotAvailable)?;
    let undone = ctx.store.record(&key)?.try_map(|record| {
        let Permitted { patient, facts, .. } = permitted(ctx, &request.patient, &record)?;
        if !facts.is_some_and(|f| f.entered_in_error) {
            return Err(SessionError::from(ErrorCode::Stale));
        }
        let event = EventDraft::new(EventClass::MarkingUndone).by(ctx.actor()).about(Phi::new(patient));
        Ok((event.with_resources([&key]), record))
    })?;
    let undone = ctx.store.write(|tx| {
        let (ticket, record) = tx.append_with(undone)?;
        tx.check_unchanged(&record)?;
        tx.undo_save(&ticket, &record.key, ctx.session.user)
    });
    Ok(undone?)
}

/// A record of this patient that this user may correct.
struct Permitted {
    patient: PatientId,
    facts: Option<Extracted>,
    author: ResourceKey,
}

fn permitted(ctx: &Ctx<'_>, patient: &str, record: &Record) -> Result<Permitted, SessionError> {
    // EXPOSE: read for the decision.
    let facts = keep_fhir::extract(record.raw.expose().as_str()).ok();
    let patient = patient_id(patient)?;
    if facts.as_ref().and_then(|f| f.patient.as_ref()) != Some(&patient) {
        return Err(ErrorCode::NotAvailable.into());
    }
    let author = author(ctx)?;
    let view = AccessView::of(ctx.session, Some(author.clone()));
    ctx.permit(&view, Action::MarkEnteredInError, &view.resource(record, facts.as_ref()))?;
    Ok(Permitted { patient, facts, author })
}
