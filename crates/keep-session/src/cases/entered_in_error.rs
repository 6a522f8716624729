//! Marking a record as entered in error.

use crate::cases::sync;
use crate::ctx::Ctx;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::visit::{MarkEnteredInErrorDto, SavedDto};
use crate::error::SessionError;
use crate::records::author::author;
use crate::records::change::ChangedRecord;
use crate::records::{check_reason, patient_id};
use crate::view::access_view::AccessView;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, Phi, ResourceKey};
use keep_fhir::Raw;
use keep_fhir::write::AuthoringContext;
use keep_store::Record;

/// Marks a record as entered in error, with the reason; the record stays readable.
///
/// # Errors
/// `invalid` without a reason, `refused`, `not_available`, `stale`.
pub fn mark_entered_in_error(
    workstation: &Workstation,
    request: MarkEnteredInErrorDto,
) -> Result<SavedDto, FailureDto> {
    let saved = workstation
        .with_session(|unlocked| mark(&Ctx::new(workstation, unlocked)?, &request))
        .map_err(SessionError::into_dto)?;
    sync::wake(workstation);
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
    // EXPOSE: read for the decision, and to make its new text.
    let text = record.raw.expose().as_str();
    let facts = keep_fhir::extract(text).ok();
    let patient = facts.as_ref().and_then(|f| f.patient.clone());
    if patient.as_ref() != Some(&patient_id(&request.patient)?) {
        return Err(ErrorCode::NotAvailable.into());
    }
    let author = author(ctx)?;
    let view = AccessView::of(ctx.session, Some(author.clone()));
    ctx.permit(&view, Action::MarkEnteredInError, &view.resource(&record, facts.as_ref()))?;
    if facts.as_ref().is_some_and(|f| f.entered_in_error) {
        return Err(ErrorCode::Stale.into());
    }
    let raw = Raw::parse(text).map_err(|_| ErrorCode::NotAvailable)?;
    let changed = keep_fhir::write::mark_entered_in_error(&raw)
        .map_err(|_| SessionError::field("reference", FieldReasonDto::CannotBeMarked))?;
    let patient = patient_id(&request.patient)?;
    let event = EventDraft::new(EventClass::MarkedInError)
        .by(ctx.actor())
        .about(Phi::new(patient.clone()))
        .with_reason(Phi::new(request.reason.trim().to_owned()));
    let now = ctx.now()?;
    let context = AuthoringContext { patient, encounter: None, author, effective: now, recorded: now };
    Ok((ChangedRecord { context, record, changed, reason: Some(request.reason.trim()) }, event))
}
