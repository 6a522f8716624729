//! Clinical notes.

use crate::cases::{drafts, sync};
use crate::ctx::Ctx;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::visit::{NoteKindDto, SavedDto, SignNoteDto};
use crate::error::SessionError;
use crate::records::author::author;
use crate::records::change::NewRecords;
use crate::records::patient_id;
use crate::records::replaced::{name_survivor, refuse_unknown};
use crate::records::visit::find_open_visit;
use crate::view::clinic_clock::ClinicClock;
use crate::workstation::Workstation;
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Phi, ResourceId, ResourceKey};
use keep_fhir::write::{Activity, AuthoringContext, NoteDraft, note};

/// The longest note, bytes.
const LONGEST: usize = 256 * 1024;

/// LOINC document type and its display.
const fn document_type(kind: NoteKindDto) -> (&'static str, &'static str) {
    match kind {
        NoteKindDto::Progress => ("11506-3", "Progress note"),
        NoteKindDto::Nursing => ("34746-8", "Nursing note"),
        NoteKindDto::Consult => ("11488-4", "Consult note"),
        NoteKindDto::Discharge => ("18842-5", "Discharge summary"),
        NoteKindDto::History => ("34117-2", "History and physical note"),
    }
}

/// Signs and saves a note; a signed note is never changed, only followed by another.
///
/// # Errors
/// `invalid` with the fields, `locked`, `refused`, `not_available`, `record_replaced`, `disk_full`.
pub fn sign_note(workstation: &Workstation, request: SignNoteDto) -> Result<SavedDto, FailureDto> {
    let saved = workstation.authorize_for(Action::Sign, &PolicyResource::of(Group::Note).own(), |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let saved = sign(ctx, &request)?;
        drafts::end(ctx, request.draft.as_deref());
        Ok(saved)
    });
    let saved = saved.map_err(|failure| name_survivor(workstation, failure, |_| patient_id(&request.patient)))?;
    sync::send_saved(workstation);
    Ok(saved)
}

fn sign(ctx: &Ctx<'_>, request: &SignNoteDto) -> Result<SavedDto, SessionError> {
    let mut problems = Vec::new();
    if request.text.trim().is_empty() {
        problems.push(("text", FieldReasonDto::Missing));
    }
    if request.text.len() > LONGEST {
        problems.push(("text", FieldReasonDto::TooLong));
    }
    if !problems.is_empty() {
        return Err(SessionError::fields(problems));
    }
    let (code, display) = document_type(request.kind);
    let patient = patient_id(&request.patient)?;
    let accepted = refuse_unknown(ctx.store, &patient)?;
    let now = ctx.now()?;
    let visit = find_open_visit(ctx, &patient, &ClinicClock::at(now))?;
    let author = author(ctx)?;
    let key = ResourceKey::new("DocumentReference", ResourceId::make_random());
    let draft = NoteDraft {
        type_code: code.to_owned(),
        type_display: display.to_owned(),
        title: Phi::new(display.to_owned()),
        text: Phi::new(request.text.clone()),
    };
    let event = EventDraft::new(EventClass::NoteSigned).by(ctx.actor()).about(Phi::new(patient.clone()));
    let new = visit.zip(accepted).map(|(encounter, ())| {
        let context = AuthoringContext { encounter, author, effective: now, recorded: now, patient };
        let resources = vec![(key.clone(), note(&key.id, &context, &draft))];
        (NewRecords { context, resources, activity: Activity::Sign, visit_started: false }, event, ())
    });
    Ok(NewRecords::save(ctx, new)?.0)
}
