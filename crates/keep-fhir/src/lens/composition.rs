//! Documents that consist of sections: Composition.

use super::document::{RelatedDocument, related};
use super::parts::{Concept, Reference, When};
use super::reader::{Reader, concept, member_owned, member_phi, reference, when};
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// A Composition.
#[derive(Clone, PartialEq, Eq)]
pub struct CompositionLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `preliminary`, `final`, `amended`, `entered-in-error`.
    pub status: Option<String>,
    /// The type of document.
    pub kind: Option<Concept>,
    /// Its categories.
    pub categories: Vec<Concept>,
    /// The title.
    pub title: Option<Phi<String>>,
    /// The time of writing.
    pub date: Option<When>,
    /// The authors.
    pub authors: Vec<Reference>,
    /// Who vouches for it, how and when.
    pub attesters: Vec<Attester>,
    /// Who stores it.
    pub custodian: Option<Reference>,
    /// The code of its confidentiality.
    pub confidentiality: Option<String>,
    /// The encounter.
    pub encounter: Option<Reference>,
    /// What was done.
    pub events: Vec<Concept>,
    /// Related documents.
    pub related: Vec<RelatedDocument>,
    /// Its own narrative, which often repeats the sections.
    pub narrative: Option<Phi<String>>,
    /// The sections.
    pub sections: Vec<Section>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Who vouches for a Composition.
#[derive(Clone, PartialEq, Eq)]
pub struct Attester {
    /// `personal`, `professional`, `legal`, `official`.
    pub mode: Option<String>,
    /// When.
    pub time: Option<When>,
    /// Who.
    pub party: Option<Reference>,
}

/// A section.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: Option<Phi<String>>,
    /// What it is about.
    pub code: Option<Concept>,
    /// The authors, where they are not those of the document.
    pub authors: Vec<Reference>,
    /// Whom it is about, where that is not the patient.
    pub focus: Option<Reference>,
    /// The XHTML of its narrative.
    pub narrative: Option<Phi<String>>,
    /// `working`, `snapshot` or `changes`.
    pub mode: Option<String>,
    /// The order of its entries.
    pub ordered_by: Option<Concept>,
    /// Records that it is based on.
    pub entries: Vec<Reference>,
    /// Why it is empty.
    pub empty_reason: Option<Concept>,
    /// The sections inside it.
    pub sections: Vec<Self>,
}

/// Reads a Composition.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn composition(raw: &Raw) -> Result<CompositionLens, FhirError> {
    let mut r = Reader::open(raw, &["Composition"])?;
    Ok(CompositionLens {
        id: r.id(),
        status: r.text("status"),
        kind: r.concept("type"),
        categories: r.concepts("category"),
        title: r.text("title").map(Phi::new),
        date: r.when("date"),
        authors: r.list("author", reference),
        attesters: r.list("attester", attester),
        custodian: r.reference("custodian"),
        confidentiality: r.text("confidentiality"),
        encounter: r.reference("encounter"),
        events: r.list("event", |event| event.member("code")?.items().find_map(concept)),
        related: r.list("relatesTo", related),
        narrative: narrative(r.node()),
        sections: r.list("section", section),
        faults: r.into_faults(),
    })
}

fn attester(node: Node<'_>) -> Option<Attester> {
    (node.kind() == Kind::Object).then(|| Attester {
        mode: member_owned(node, "mode"),
        time: node.member("time").and_then(when),
        party: node.member("party").and_then(reference),
    })
}

fn section(node: Node<'_>) -> Option<Section> {
    let items = |name: &str| node.member(name).into_iter().flat_map(Node::items);
    (node.kind() == Kind::Object).then(|| Section {
        title: member_phi(node, "title"),
        code: node.member("code").and_then(concept),
        authors: items("author").filter_map(reference).collect(),
        focus: node.member("focus").and_then(reference),
        narrative: narrative(node),
        mode: member_owned(node, "mode"),
        ordered_by: node.member("orderedBy").and_then(concept),
        entries: items("entry").filter_map(reference).collect(),
        empty_reason: node.member("emptyReason").and_then(concept),
        sections: items("section").filter_map(section).collect(),
    })
}

/// The XHTML of `text` (R4 Narrative).
pub(super) fn narrative(node: Node<'_>) -> Option<Phi<String>> {
    member_phi(node.member("text")?, "div")
}

/// The XHTML of the record's own narrative (R4 DomainResource.text).
#[must_use]
pub fn own_narrative(raw: &Raw) -> Option<Phi<String>> {
    narrative(raw.node())
}
