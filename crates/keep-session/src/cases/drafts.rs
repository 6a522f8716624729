//! Drafts: unfinished forms in the user's own encrypted file.

use crate::ctx::Ctx;
use crate::dto::draft::{DraftDto, DraftKindDto, DraftSavedDto, SaveDraftDto};
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::error::SessionError;
use crate::records::author;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::person_name;
use crate::workstation::Workstation;
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, PatientId, Phi, ResourceKey, UserId};
use keep_fhir::{Raw, lens};
use keep_store::{Draft, MAX_DRAFT_BYTES};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Saves a draft; durable when this returns.
///
/// # Errors
/// `locked`, `refused`, `invalid` for a content above 64 kB, `disk_full`, `io`.
pub fn save_draft(workstation: &Workstation, request: SaveDraftDto) -> Result<DraftSavedDto, FailureDto> {
    // INVARIANT: a role that may not save such a form saves no draft of it: drafts are listed with the patient's name.
    let form = form_of(request.kind);
    workstation.authorize_for(Action::Create, &PolicyResource::of(form), |unlocked| {
        if request.content.len() > MAX_DRAFT_BYTES {
            return Err(SessionError::field("content", FieldReasonDto::TooLong));
        }
        let patient: PatientId = request.patient.parse().map_err(|_| ErrorCode::NotAvailable)?;
        let draft = request.draft.as_deref().map(id).transpose()?;
        let content = Phi::new(request.content.clone());
        let ctx = &Ctx::new(workstation, unlocked)?;
        // INVARIANT: the first save of a draft in a session is an event before it is on the disk; the following saves,
        // every few keystrokes, belong to that event (decision 16).
        let known = draft.is_some_and(|d| acquire(&unlocked.memory.drafts).contains(&d));
        if !known {
            ctx.store.ledger().append(event_of(EventClass::DraftSaved, unlocked, &patient, form))?;
        }
        let (draft, kept) = ctx.store.personal()?.save_draft(draft, request.kind.name(), &patient, &content)?;
        acquire(&unlocked.memory.drafts).insert(draft);
        mark(workstation, unlocked.user, true);
        Ok(DraftSavedDto { draft: draft.to_string(), saved: kept.to_rfc3339() })
    })
}

/// Removes a draft; a missing one is no error.
///
/// # Errors
/// `locked`, `not_available` for an invalid id, `io`.
pub fn discard_draft(workstation: &Workstation, draft: &str) -> Result<(), FailureDto> {
    workstation
        .with_session(|unlocked| {
            let (ctx, id) = (&Ctx::new(workstation, unlocked)?, id(draft)?);
            if let Some(found) = ctx.store.personal()?.drafts()?.into_iter().find(|d| d.id == id) {
                let class = EventClass::DraftDiscarded;
                let form = DraftKindDto::from_name(&found.kind).map_or(Group::Note, form_of);
                ctx.store.ledger().append(event_of(class, unlocked, &found.patient, form))?;
            }
            discard(ctx, id)
        })
        .map_err(SessionError::into_dto)
}

/// The user's drafts that their role may still finish, newest first.
///
/// # Errors
/// `locked`, `io`.
pub fn drafts(workstation: &Workstation) -> Result<Vec<DraftDto>, FailureDto> {
    workstation.with_session(|unlocked| listed(&Ctx::new(workstation, unlocked)?)).map_err(SessionError::into_dto)
}

/// Names the patient and the form, never the content.
fn event_of(class: EventClass, unlocked: &Unlocked, patient: &PatientId, form: Group) -> EventDraft {
    EventDraft::new(class).by(unlocked.actor()).about(Phi::new(patient.clone())).with("form", form.name())
}

/// The policy group of a draft's form.
const fn form_of(kind: DraftKindDto) -> Group {
    match kind {
        DraftKindDto::Vitals => Group::Vitals,
        DraftKindDto::Note => Group::Note,
    }
}

/// INVARIANT: a draft is shown only while policy lets the role make such a record; the role may have changed since.
fn own(ctx: &Ctx<'_>) -> Result<Vec<Draft>, SessionError> {
    let may = |draft: &Draft| {
        DraftKindDto::from_name(&draft.kind)
            .is_some_and(|kind| ctx.session.decide(Action::Create, &PolicyResource::of(form_of(kind))).is_allowed())
    };
    Ok(ctx.store.personal()?.drafts()?.into_iter().filter(may).collect())
}

fn listed(ctx: &Ctx<'_>) -> Result<Vec<DraftDto>, SessionError> {
    let drafts = own(ctx)?;
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<ResourceKey> = drafts.iter().map(|d| ResourceKey::new("Patient", d.patient.clone())).collect();
    let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with_resources(&keys).with("list", "drafts");
    let records = ctx.read_audited(event, |store| store.records(&keys))?;
    let access_view = AccessView::of(ctx.session, author::stored(ctx.store));
    let clinic_clock = ctx.clinic_clock()?;
    let names: BTreeMap<PatientId, String> = records
        .iter()
        .filter_map(|r| {
            // EXPOSE: the name is listed with the user's own draft.
            let text = r.raw.expose().as_str();
            if !access_view.reads(r, keep_fhir::extract(text).ok().as_ref()).is_visible() {
                return None;
            }
            let raw = Raw::parse(text).ok()?;
            Some((r.key.id.clone(), person_name::listed(&lens::patient(&raw).ok()?, &clinic_clock)))
        })
        .collect();
    Ok(drafts.iter().filter_map(|d| dto(d, names.get(&d.patient).cloned())).collect())
}

/// The user's drafts of one patient, whose name the caller knows.
pub(crate) fn of_patient(ctx: &Ctx<'_>, patient: &PatientId, name: Option<&str>) -> Vec<DraftDto> {
    // An unreadable personal file, which has its own notice, does not block the rest of a page.
    let drafts = own(ctx).unwrap_or_default();
    drafts.iter().filter(|d| d.patient == *patient).filter_map(|d| dto(d, name.map(str::to_owned))).collect()
}

/// Number of the user's drafts; none where the personal file cannot be read.
pub(crate) fn count(ctx: &Ctx<'_>) -> usize {
    own(ctx).map_or(0, |drafts| drafts.len())
}

fn dto(draft: &Draft, patient_name: Option<String>) -> Option<DraftDto> {
    Some(DraftDto {
        draft: draft.id.to_string(),
        kind: DraftKindDto::from_name(&draft.kind)?,
        patient: draft.patient.to_string(),
        patient_name,
        // EXPOSE: the draft goes back to the form that wrote it.
        content: draft.content.expose().clone(),
        saved: draft.saved.to_rfc3339(),
    })
}

/// Removes the draft of a form that was saved. If that fails the save stays valid.
pub(crate) fn end(ctx: &Ctx<'_>, draft: Option<&str>) {
    let ended = match draft.filter(|d| !d.is_empty()).map(id) {
        None => return,
        Some(found) => found.and_then(|id| discard(ctx, id)),
    };
    if let Err(error) = ended {
        tracing::warn!(code = %error.code.name(), "a draft that was saved could not be removed");
    }
}

fn discard(ctx: &Ctx<'_>, draft: Uuid) -> Result<(), SessionError> {
    let personal = ctx.store.personal()?;
    personal.discard_draft(draft)?;
    let left = personal.drafts()?.len();
    mark(ctx.workstation, ctx.session.user, left > 0);
    Ok(())
}

fn id(text: &str) -> Result<Uuid, SessionError> {
    text.parse().map_err(|_| SessionError::of(ErrorCode::NotAvailable))
}

/// Whether any user has drafts. Read while locked, from marker files without content.
pub(crate) fn any_kept(workstation: &Workstation) -> bool {
    let Ok(files) = std::fs::read_dir(workstation.0.device.profile.personal()) else { return false };
    files.flatten().any(|f| f.path().extension().is_some_and(|e| e == MARK))
}

/// The extension of the empty file that marks a user who has drafts.
const MARK: &str = "drafts";

/// Sets or removes the marker. Only the lock screen uses it, so a failure is not an error.
fn mark(workstation: &Workstation, user: UserId, kept: bool) {
    let path = workstation.0.device.profile.personal().join(format!("{user}.{MARK}"));
    let done = if kept { keep_hardening::private_file::replace(&path, &[]) } else { std::fs::remove_file(&path) };
    match done {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => tracing::warn!("the marker for drafts was not written"),
        _ => {}
    }
}
