//! Visits.

use super::parts::{Coding, Concept, Period, Reference};
use super::reader::{Reader, coding, reference};
use crate::{FhirError, Node, Raw};
use keep_domain::ResourceId;

/// An Encounter.
#[derive(Clone, PartialEq, Eq)]
pub struct EncounterLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `in-progress`, `finished`, ...
    pub status: Option<String>,
    /// `AMB`, `EMER`, `IMP`, ...
    pub class: Option<Coding>,
    /// The types of visit.
    pub types: Vec<Concept>,
    /// Start and end.
    pub period: Option<Period>,
    /// Reasons.
    pub reasons: Vec<Concept>,
    /// Participants.
    pub participants: Vec<Reference>,
    /// The appointments that led to it.
    pub appointments: Vec<Reference>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an Encounter.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn encounter(raw: &Raw) -> Result<EncounterLens, FhirError> {
    let mut r = Reader::open(raw, &["Encounter"])?;
    Ok(EncounterLens {
        id: r.id(),
        status: r.text("status"),
        class: r.read("class", coding),
        types: r.concepts("type"),
        period: r.period("period"),
        reasons: r.concepts("reasonCode"),
        participants: r
            .list("participant", |n: Node<'_>| Some(n.member("individual").and_then(reference)))
            .into_iter()
            .flatten()
            .collect(),
        appointments: r.list("appointment", reference),
        faults: r.into_faults(),
    })
}
