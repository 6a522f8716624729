//! Clinical notes as DocumentReference with their text inline (R4, `documentreference.html`).

use super::{EntryContext, resource};
use crate::Raw;
use crate::compose::{Composer, concept, reference};
use base64::Engine;
use keep_domain::{Phi, ResourceId, ResourceKey};

/// Where a note is in its life; a signed one is never changed, only followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteState {
    /// Written, not signed.
    Preliminary,
    /// Signed.
    Final,
    /// A signed follow-up of a signed note.
    Amended,
}

impl NoteState {
    /// The `docStatus` code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Preliminary => "preliminary",
            Self::Final => "final",
            Self::Amended => "amended",
        }
    }
}

/// How a note follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteRelation {
    /// The other is no longer valid.
    Replaces,
    /// This one adds to the other.
    Appends,
}

/// A note to be written.
#[derive(Debug, Clone)]
pub struct NoteDraft {
    /// LOINC document type, for example `34746-8` for a nurse note.
    pub type_code: String,
    /// Its display.
    pub type_display: String,
    /// The heading.
    pub title: Phi<String>,
    /// The text, plain.
    pub text: Phi<String>,
    /// Where it is in its life.
    pub state: NoteState,
    /// The note that it follows.
    pub relates_to: Option<(NoteRelation, ResourceKey)>,
}

/// A note. When it is signed, the author is its authenticator, too.
#[must_use]
pub fn note(id: &ResourceId, recording: &EntryContext, draft: &NoteDraft) -> Raw {
    // EXPOSE: the record itself holds the note.
    let (title, text) = (draft.title.expose(), draft.text.expose());
    let attachment = Composer::default()
        .text("contentType", "text/plain; charset=utf-8")
        .text("data", &base64::engine::general_purpose::STANDARD.encode(text.as_bytes()))
        .text("title", title)
        .text("creation", &recording.effective.to_rfc3339());
    let relation = draft.relates_to.as_ref().map(|(kind, key)| {
        let code = match kind {
            NoteRelation::Replaces => "replaces",
            NoteRelation::Appends => "appends",
        };
        Composer::default().text("code", code).object("target", reference(key))
    });
    let category = concept(
        "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
        "clinical-note",
        "Clinical Note",
    );
    let signer = (draft.state != NoteState::Preliminary).then(|| reference(&recording.author));
    let context = recording.visit().map(|v| Composer::default().list("encounter", [v]));
    resource("DocumentReference", id)
        .text("status", "current")
        .text("docStatus", draft.state.code())
        .object("type", concept("http://loinc.org", &draft.type_code, &draft.type_display))
        .list("category", [category])
        .object("subject", recording.subject())
        .text("date", &recording.recorded.to_rfc3339())
        .list("author", [reference(&recording.author)])
        .object_if("authenticator", signer)
        .list("relatesTo", relation)
        .text_if("description", Some(title).filter(|t| !t.is_empty()).map(String::as_str))
        .list("content", [Composer::default().object("attachment", attachment)])
        .object_if("context", context)
        .into_raw()
}
