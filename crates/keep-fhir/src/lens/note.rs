//! Notes and documents: DocumentReference.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, member_owned, member_phi, reference};
use crate::{FhirError, Node, Raw};
use base64::Engine;
use keep_domain::{Phi, ResourceId};

/// The content of a document.
#[derive(Clone, PartialEq, Eq)]
pub enum NoteBody {
    /// Plain text inside the record.
    Text(Phi<String>),
    /// A file of this content type, which is not shown inline.
    File(String),
    /// Nothing is attached.
    Empty,
    /// Attached text that could not be decoded.
    Unreadable,
}

/// A relation to another document.
#[derive(Clone, PartialEq, Eq)]
pub struct RelatedNote {
    /// `replaces`, `appends`, `transforms`, `signs`.
    pub code: String,
    /// The other document.
    pub target: Reference,
}

/// A DocumentReference.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `current`, `superseded`, `entered-in-error`.
    pub status: Option<String>,
    /// `preliminary`, `final`, `amended`.
    pub doc_status: Option<String>,
    /// The type of document.
    pub kind: Option<Concept>,
    /// The heading.
    pub title: Option<Phi<String>>,
    /// The time of writing.
    pub date: Option<When>,
    /// The authors.
    pub authors: Vec<Reference>,
    /// The person who signed it.
    pub signer: Option<Reference>,
    /// Related documents.
    pub related: Vec<RelatedNote>,
    /// The content.
    pub body: NoteBody,
    /// The encounter.
    pub encounter: Option<Reference>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a DocumentReference.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn document(raw: &Raw) -> Result<NoteLens, FhirError> {
    let mut r = Reader::open(raw, &["DocumentReference"])?;
    let attachment = r.node().at(&["content", "attachment"]);
    let body = attachment.map_or(NoteBody::Empty, body);
    if body == NoteBody::Unreadable {
        r.fault("content");
    }
    let title = attachment.and_then(|a| member_phi(a, "title"));
    let description = r.text("description").map(Phi::new);
    let encounter = r.node().at(&["context", "encounter"]);
    let encounter = encounter.map(|e| e.items().next().unwrap_or(e)).and_then(reference);
    Ok(NoteLens {
        id: r.id(),
        status: r.text("status"),
        doc_status: r.text("docStatus"),
        kind: r.concept("type"),
        title: title.or(description),
        date: r.when("date"),
        authors: r.list("author", reference),
        signer: r.reference("authenticator"),
        related: r.list("relatesTo", |n| {
            Some(RelatedNote { code: member_owned(n, "code")?, target: n.member("target").and_then(reference)? })
        }),
        body,
        encounter,
        faults: r.into_faults(),
    })
}

fn body(attachment: Node<'_>) -> NoteBody {
    let content_type = member_owned(attachment, "contentType").unwrap_or_default();
    let is_text = content_type.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case("text/plain"));
    let Some(data) = attachment.member("data") else {
        let elsewhere = attachment.member("url").is_some();
        return if elsewhere { NoteBody::File(content_type) } else { NoteBody::Empty };
    };
    if !is_text {
        return NoteBody::File(content_type);
    }
    let decoded = data.text().and_then(|encoded| {
        let packed: String = encoded.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok()?;
        String::from_utf8(bytes).ok()
    });
    decoded.map_or(NoteBody::Unreadable, |t| NoteBody::Text(Phi::new(t)))
}
