//! Clinical notes as DocumentReference with the text inline (R4, `documentreference.html`).

use super::context::{AuthoringContext, resource};
use crate::Raw;
use crate::compose::{Composer, concept, reference};
use base64::Engine;
use keep_domain::{Phi, ResourceId};

/// A note to be signed.
#[derive(Debug, Clone)]
pub struct NoteDraft {
    /// LOINC document type, for example `34746-8` for a nurse note.
    pub type_code: String,
    /// The display of the type.
    pub type_display: String,
    /// The heading.
    pub title: Phi<String>,
    /// The plain text.
    pub text: Phi<String>,
}

/// A signed note, authenticated by its author.
#[must_use]
pub fn note(id: &ResourceId, entry: &AuthoringContext, draft: &NoteDraft) -> Raw {
    // EXPOSE: the note is written into the record.
    let (title, text) = (draft.title.expose(), draft.text.expose());
    let attachment = Composer::default()
        .text("contentType", "text/plain; charset=utf-8")
        .text("data", &base64::engine::general_purpose::STANDARD.encode(text.as_bytes()))
        .text("title", title)
        .text("creation", &entry.effective.to_rfc3339());
    let category = concept(
        "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
        "clinical-note",
        "Clinical Note",
    );
    let context = entry.visit().map(|v| Composer::default().list("encounter", [v]));
    resource("DocumentReference", id)
        .text("status", "current")
        .text("docStatus", "final")
        .object("type", concept("http://loinc.org", &draft.type_code, &draft.type_display))
        .list("category", [category])
        .object("subject", entry.subject())
        .text("date", &entry.recorded.to_rfc3339())
        .list("author", [reference(&entry.author)])
        .object("authenticator", reference(&entry.author))
        .text_if("description", Some(title).filter(|t| !t.is_empty()).map(String::as_str))
        .list("content", [Composer::default().object("attachment", attachment)])
        .object_if("context", context)
        .into_raw()
}
