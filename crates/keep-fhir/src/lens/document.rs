//! Documents: DocumentReference.

use super::attachment::{Attachment, attachments};
use super::parts::{Concept, Period, Reference, When};
use super::reader::{Reader, concept, member_owned, period, reference};
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// A relation to another document.
#[derive(Clone, PartialEq, Eq)]
pub struct RelatedDocument {
    /// `replaces`, `appends`, `transforms`, `signs`.
    pub code: String,
    /// The other document.
    pub target: Reference,
}

/// A DocumentReference.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `current`, `superseded`, `entered-in-error`.
    pub status: Option<String>,
    /// `preliminary`, `final`, `amended`, `entered-in-error`; `None` does not mean that it is signed.
    pub doc_status: Option<String>,
    /// The type of document.
    pub kind: Option<Concept>,
    /// Its categories.
    pub categories: Vec<Concept>,
    /// The description.
    pub description: Option<Phi<String>>,
    /// The time of writing.
    pub date: Option<When>,
    /// The authors.
    pub authors: Vec<Reference>,
    /// Who vouches for it.
    pub authenticator: Option<Reference>,
    /// Who stores it.
    pub custodian: Option<Reference>,
    /// Related documents.
    pub related: Vec<RelatedDocument>,
    /// Its security labels.
    pub security_labels: Vec<Concept>,
    /// The circumstances.
    pub context: DocumentContext,
    /// The attachments, in order.
    pub attachments: Vec<Attachment>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// The circumstances of a document (DocumentReference.context).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct DocumentContext {
    /// The encounters.
    pub encounters: Vec<Reference>,
    /// What was done.
    pub events: Vec<Concept>,
    /// When that was.
    pub period: Option<Period>,
    /// The kind of facility.
    pub facility: Option<Concept>,
    /// The specialty.
    pub practice: Option<Concept>,
    /// Whom it is about, as the source names the patient.
    pub source_patient: Option<Reference>,
    /// What it was made for.
    pub related: Vec<Reference>,
}

/// Reads a DocumentReference.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn document(raw: &Raw) -> Result<DocumentLens, FhirError> {
    let mut r = Reader::open(raw, &["DocumentReference"])?;
    let attachments = attachments(raw);
    if attachments.is_empty() && r.member("content").is_some() {
        r.fault("content");
    }
    Ok(DocumentLens {
        id: r.id(),
        status: r.text("status"),
        doc_status: r.text("docStatus"),
        kind: r.concept("type"),
        categories: r.concepts("category"),
        description: r.text("description").map(Phi::new),
        date: r.when("date"),
        authors: r.list("author", reference),
        authenticator: r.reference("authenticator"),
        custodian: r.reference("custodian"),
        related: r.list("relatesTo", related),
        security_labels: r.concepts("securityLabel"),
        context: r.read("context", |node| (node.kind() == Kind::Object).then(|| context(node))).unwrap_or_default(),
        attachments,
        faults: r.into_faults(),
    })
}

pub(super) fn related(node: Node<'_>) -> Option<RelatedDocument> {
    // A Composition has `targetReference`.
    let target = node.member("target").or_else(|| node.member("targetReference"))?;
    Some(RelatedDocument { code: member_owned(node, "code")?, target: reference(target)? })
}

fn context(node: Node<'_>) -> DocumentContext {
    let list = |name: &str| {
        node.member(name).into_iter().flat_map(|found| {
            let single = (found.kind() == Kind::Object).then_some(found);
            single.into_iter().chain(found.items())
        })
    };
    DocumentContext {
        encounters: list("encounter").filter_map(reference).collect(),
        events: list("event").filter_map(concept).collect(),
        period: node.member("period").and_then(period),
        facility: node.member("facilityType").and_then(concept),
        practice: node.member("practiceSetting").and_then(concept),
        source_patient: node.member("sourcePatientInfo").and_then(reference),
        related: list("related").filter_map(reference).collect(),
    }
}

/// Whether a record may say that it replaces or changes another document; cheaper than reading it.
#[must_use]
pub fn may_relate(raw: &Raw) -> bool {
    memchr::memmem::find(raw.node().raw().as_bytes(), b"\"relatesTo\"").is_some()
}
