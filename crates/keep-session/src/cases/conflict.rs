//! Deciding between two versions of one record.

use crate::cases::sync;
use crate::ctx::Ctx;
use crate::dto::conflict::{ConflictDto, ConflictFieldDto, DecideDto};
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::visit::SavedDto;
use crate::error::SessionError;
use crate::records::author;
use crate::records::chart::{BANNER_TYPES, banner_of, has_all_allergies, names_of, read_chart};
use crate::view::access_view::{AccessView, group_of};
use crate::view::conflict::{WHOLE, deleted_record, fields, unnamed_in};
use crate::view::names::{Names, unnamed};
use crate::view::{allergies, timeline};
use crate::workstation::Workstation;
use keep_access::{Action, Group, Labels, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, PatientId, Phi, UtcMillis};
use keep_fhir::{ConflictField, Extracted, Merge, Raw, Side, Version, apply_choices, lens, merge};
use keep_store::{Conflict, ConflictId, Store};

/// Shows a conflict in three columns.
///
/// # Errors
/// `locked`, `refused`, `not_available`.
pub fn conflict(workstation: &Workstation, conflict: &str) -> Result<ConflictDto, FailureDto> {
    workstation
        .with_session(|unlocked| show(&Ctx::new(workstation, unlocked)?, conflict))
        .map_err(SessionError::into_dto)
}

/// The parsed sides of a conflict.
struct Sides {
    conflict: Conflict,
    facts: Extracted,
    patient: PatientId,
    base: Option<Raw>,
    ours: Raw,
    theirs: Option<Raw>,
}

fn raw(text: &Phi<String>) -> Result<Raw, SessionError> {
    // EXPOSE: the user decides between the versions.
    Raw::parse(text.expose().as_str()).map_err(|_| SessionError::of(ErrorCode::NotAvailable))
}

/// Reads a conflict for a user who may decide it, under an event.
fn open(ctx: &Ctx<'_>, text: &str) -> Result<Sides, SessionError> {
    let id = ConflictId(text.parse().map_err(|_| ErrorCode::NotAvailable)?);
    let event = EventDraft::new(EventClass::ChartRead).by(ctx.actor()).with("part", "conflict");
    let conflict = ctx.read_audited(event, |store| store.conflict(id))?;
    let ours = raw(&conflict.ours)?;
    let facts = keep_fhir::extract(ours.as_str()).map_err(|_| ErrorCode::NotAvailable)?;
    let view = AccessView::of(ctx.session, author::stored(ctx.store));
    let asked = PolicyResource::of(group_of(&facts)).labelled(Labels::of(&facts.labels));
    ctx.permit(&view, Action::ResolveConflict, &asked)?;
    let patient = facts.patient.clone().ok_or(ErrorCode::NotAvailable)?;
    let knows_why = view.may(Action::Read, &PolicyResource { group: Group::AppointmentReason, ..asked }).is_allowed();
    let sides = Sides {
        base: conflict.base.as_ref().map(raw).transpose()?,
        theirs: conflict.theirs.as_ref().map(raw).transpose()?,
        conflict,
        facts,
        patient,
        ours,
    };
    // INVARIANT: no user sees or decides about parts of a record that they may not read.
    if sides.facts.key.resource_type == "Appointment" && !knows_why {
        let found = differing(&sides)?.unwrap_or_default();
        if !found.iter().all(|field| lens::is_booking_field(&field.path)) {
            return Err(ctx.refuse(Action::ResolveConflict));
        }
    }
    Ok(sides)
}

fn show(ctx: &Ctx<'_>, text: &str) -> Result<ConflictDto, SessionError> {
    let sides = open(ctx, text)?;
    let chart = read_chart(ctx, &sides.patient, &BANNER_TYPES)?;
    let downloaded = has_all_allergies(ctx, &sides.patient, &ctx.workstation.completeness(ctx.session)?)?;
    let found = allergies::allergies(&chart.entries, downloaded, chart.view.sees_any(&[Group::Allergy]));
    let banner = banner_of(ctx.store, &chart, &found)?;
    let who = sides.theirs.as_ref().and_then(lens::author);
    let names = names_of(ctx.store, &who.as_ref().and_then(|l| unnamed(Some(l))).into_iter().collect::<Vec<_>>())?;
    let updated = |raw: Option<&Raw>| {
        let facts = raw.and_then(|r| keep_fhir::extract(r.as_str()).ok());
        facts.and_then(|f| f.last_updated).map(UtcMillis::to_rfc3339)
    };
    Ok(ConflictDto {
        conflict: sides.conflict.id.0.to_string(),
        banner,
        reference: sides.conflict.key.to_string(),
        title: timeline::title_of(&sides.conflict.key.resource_type, &sides.ours, &Names::default()),
        base_when: updated(sides.base.as_ref()),
        ours_who: ctx.workstation.names().get(&sides.conflict.author).cloned(),
        ours_when: sides.conflict.saved.map(UtcMillis::to_rfc3339),
        theirs_who: names.link(who.as_ref()),
        theirs_when: updated(sides.theirs.as_ref()),
        theirs_deleted: sides.theirs.is_none(),
        fields: fields_of(ctx.store, &sides)?,
    })
}

/// The fields in which the sides differ; a deletion counts as one field, the whole record.
fn fields_of(store: &Store, sides: &Sides) -> Result<Vec<ConflictFieldDto>, SessionError> {
    let kind = sides.conflict.key.resource_type.as_str();
    match differing(sides)? {
        Some(found) => Ok(fields(kind, &found, &names_of(store, &unnamed_in(&found))?)),
        None => Ok(vec![deleted_record(timeline::title_of(kind, &sides.ours, &Names::default()))]),
    }
}

/// `None` where one side has deleted the record.
fn differing(sides: &Sides) -> Result<Option<Vec<ConflictField>>, SessionError> {
    let Some(theirs) = &sides.theirs else { return Ok(None) };
    let merged = merge(sides.base.as_ref(), Version::Present(&sides.ours), Version::Present(theirs));
    Ok(Some(match merged.map_err(|_| ErrorCode::Internal)? {
        Merge::Conflict(conflict) => conflict.fields,
        Merge::AlreadyThere | Merge::Merged(_) | Merge::BothDeleted => Vec::new(),
    }))
}

/// Decides a conflict: a choice for every field in which the sides differ.
///
/// # Errors
/// `invalid` with `choices` where a field has none, `stale` where it has been decided already, `refused`.
pub fn decide_conflict(workstation: &Workstation, request: DecideDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation
        .with_session(|unlocked| decide(&Ctx::new(workstation, unlocked)?, &request))
        .map_err(SessionError::into_dto)?;
    sync::send_saved(workstation);
    Ok(saved)
}

fn decide(ctx: &Ctx<'_>, request: &DecideDto) -> Result<SavedDto, SessionError> {
    let sides = open(ctx, &request.conflict)?;
    if sides.conflict.decided.is_some() {
        return Err(ErrorCode::Stale.into());
    }
    let chosen = chosen_text(&sides, request)?;
    let key = sides.conflict.key.clone();
    let event = EventDraft::new(EventClass::ConflictDecided)
        .by(ctx.actor())
        .about(Phi::new(sides.patient.clone()))
        .with_resources([&key]);
    let id = sides.conflict.id;
    let sequence = ctx.store.write(|tx| {
        let ticket = tx.append(&event)?;
        tx.decide_conflict(&ticket, id, chosen.as_ref())?;
        Ok(ctx.store.ledger().change_set_number(ticket.sequence()))
    })?;
    Ok(SavedDto { change_set: sequence, resources: vec![key.to_string()], visit_started: false })
}

/// The chosen text; `None` where the server's deletion was accepted.
fn chosen_text(sides: &Sides, request: &DecideDto) -> Result<Option<Phi<String>>, SessionError> {
    let bad = || SessionError::field("choices", FieldReasonDto::Missing);
    let side = |path: &str| {
        let choice = request.choices.iter().find(|c| c.path == path).ok_or_else(bad)?;
        Ok::<_, SessionError>(choice.side)
    };
    let Some(theirs) = &sides.theirs else {
        return Ok(match side(WHOLE)? {
            Side::Ours => Some(sides.conflict.ours.clone()),
            // The record is deleted here as well; its text stays in the conflict, and the event names who decided.
            Side::Theirs => None,
        });
    };
    let found = differing(sides)?.unwrap_or_default();
    let choices: Vec<(String, Side)> =
        found.iter().map(|f| Ok((f.path.clone(), side(&f.path)?))).collect::<Result<_, SessionError>>()?;
    if choices.iter().all(|(_, side)| *side == Side::Theirs) {
        // The server's own text, byte for byte, so that nothing is sent.
        return Ok(sides.conflict.theirs.clone());
    }
    let chosen = apply_choices(&sides.ours, theirs, &choices).map_err(|_| ErrorCode::Internal)?;
    let facts = keep_fhir::extract(chosen.as_str()).map_err(|_| ErrorCode::Internal)?;
    // INVARIANT: no choice of fields gives a record another id or another patient.
    if facts.key != sides.facts.key || facts.patient != sides.facts.patient {
        return Err(SessionError::field("choices", FieldReasonDto::AnotherRecord));
    }
    Ok(Some(Phi::new(chosen.into_string())))
}
