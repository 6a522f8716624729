//! Clinical assessments: ClinicalImpression.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, concept, member_owned, reference};
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// A ClinicalImpression.
#[derive(Clone, PartialEq, Eq)]
pub struct ImpressionLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `in-progress`, `completed`, `entered-in-error`.
    pub status: Option<String>,
    /// Why the status is what it is.
    pub status_reason: Option<Concept>,
    /// The kind of assessment.
    pub code: Option<Concept>,
    /// Why it was made.
    pub description: Option<Phi<String>>,
    /// When it was documented, or else when it was made.
    pub date: Option<When>,
    /// Who made it.
    pub assessor: Option<Reference>,
    /// The summary.
    pub summary: Option<Phi<String>>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The likely outcome.
    pub prognoses: Vec<Concept>,
    /// What was examined, by group.
    pub investigations: Vec<(Option<Concept>, Vec<Reference>)>,
    /// The problems that were assessed.
    pub problems: Vec<Reference>,
    /// Records that support it.
    pub supporting: Vec<Reference>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// In words or codes.
    pub concept: Option<Concept>,
    /// As a record.
    pub reference: Option<Reference>,
    /// What it is based on.
    pub basis: Option<Phi<String>>,
}

/// Reads a ClinicalImpression.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn impression(raw: &Raw) -> Result<ImpressionLens, FhirError> {
    let mut r = Reader::open(raw, &["ClinicalImpression"])?;
    let effective = match r.when("effectiveDateTime") {
        Some(at) => Some(at),
        None => r.period("effectivePeriod").and_then(|p| p.start.or(p.end)),
    };
    Ok(ImpressionLens {
        id: r.id(),
        status: r.text("status"),
        status_reason: r.concept("statusReason"),
        code: r.concept("code"),
        description: r.text("description").map(Phi::new),
        date: r.when("date").or(effective),
        assessor: r.reference("assessor"),
        summary: r.text("summary").map(Phi::new),
        findings: r.list("finding", finding),
        prognoses: r.concepts("prognosisCodeableConcept"),
        investigations: r.list("investigation", |node| {
            let items = node.member("item").into_iter().flat_map(Node::items).filter_map(reference).collect();
            (node.kind() == Kind::Object).then(|| (node.member("code").and_then(concept), items))
        }),
        problems: r.list("problem", reference),
        supporting: r.list("supportingInfo", reference),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

fn finding(node: Node<'_>) -> Option<Finding> {
    (node.kind() == Kind::Object).then(|| Finding {
        concept: node.member("itemCodeableConcept").and_then(concept),
        reference: node.member("itemReference").and_then(reference),
        basis: member_owned(node, "basis").map(Phi::new),
    })
}
