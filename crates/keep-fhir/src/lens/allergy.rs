//! Allergies, and the banner's statement about them.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, concept, member_owned, owned};
use crate::{FhirError, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// SNOMED CT "No known allergy (situation)".
pub(super) const NO_KNOWN_ALLERGY: &str = "716186003";
/// Statements that one kind of allergy is not known; they never mean "no known allergies".
const PARTLY_NONE: [&str; 4] = ["409137002", "429625007", "428607008", "1003774007"];

/// One recorded reaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The symptoms.
    pub manifestations: Vec<Concept>,
    /// `mild`, `moderate`, `severe`.
    pub severity: Option<String>,
}

/// An AllergyIntolerance.
#[derive(Clone, PartialEq, Eq)]
pub struct AllergyLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The substance, or a statement such as "no known allergy".
    pub substance: Option<Concept>,
    /// `low`, `high`, `unable-to-assess`.
    pub criticality: Option<String>,
    /// `food`, `medication`, ...
    pub categories: Vec<String>,
    /// Recorded reactions.
    pub reactions: Vec<Reaction>,
    /// `active`, `inactive`, `resolved`.
    pub clinical_status: Option<String>,
    /// `confirmed`, `unconfirmed`, `refuted`, `entered-in-error`, ...
    pub verification: Option<String>,
    /// The time of recording.
    pub recorded: Option<When>,
    /// The onset.
    pub onset: Option<When>,
    /// The person who recorded it.
    pub recorder: Option<Reference>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl AllergyLens {
    /// Refuted or entered in error.
    fn is_void(&self) -> bool {
        matches!(self.verification.as_deref(), Some("refuted" | "entered-in-error"))
    }

    /// Valid, and neither inactive nor resolved.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.is_void() && !matches!(self.clinical_status.as_deref(), Some("inactive" | "resolved"))
    }

    /// Whether this is the statement that no allergy is known.
    #[must_use]
    pub fn is_none_known(&self) -> bool {
        self.substance.as_ref().is_some_and(|s| s.has_code(NO_KNOWN_ALLERGY))
    }

    fn is_statement_of_absence(&self) -> bool {
        self.substance
            .as_ref()
            .is_some_and(|s| s.has_code(NO_KNOWN_ALLERGY) || PARTLY_NONE.iter().any(|c| s.has_code(c)))
    }
}

/// Reads an AllergyIntolerance.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn allergy(raw: &Raw) -> Result<AllergyLens, FhirError> {
    let mut r = Reader::open(raw, &["AllergyIntolerance"])?;
    let mut substance = r.concept("code");
    let reactions = r.list("reaction", |n| {
        let manifestations = n.member("manifestation").into_iter().flat_map(Node::items).filter_map(concept);
        Some(Reaction { manifestations: manifestations.collect(), severity: member_owned(n, "severity") })
    });
    if substance.is_none() {
        // Some systems record the substance only with the reaction.
        substance = r.node().at(&["reaction", "substance"]).and_then(concept);
    }
    if substance.is_none() {
        r.fault("code");
    }
    Ok(AllergyLens {
        id: r.id(),
        substance,
        criticality: r.text("criticality"),
        categories: r.list("category", owned),
        reactions,
        clinical_status: r.concept("clinicalStatus").and_then(|c| c.code().map(str::to_owned)),
        verification: r.concept("verificationStatus").and_then(|c| c.code().map(str::to_owned)),
        recorded: r.when("recordedDate"),
        onset: r.when("onsetDateTime"),
        recorder: r.reference("recorder"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

/// Whether this device has all allergies of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Downloaded at least once, and every record could be read.
    Complete,
    /// Not downloaded, not visible, or some record could not be read.
    Incomplete,
}

/// The banner's statement about allergies: always one of these four, never blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllergyState {
    /// There are known allergies.
    Known,
    /// "No known allergies" was recorded.
    NoneKnown,
    /// Nothing is recorded.
    NotRecorded,
    /// This device does not have all records.
    Unavailable,
}

/// The statement about a patient's allergies.
///
/// INVARIANT: "no known allergies" is stated only where exactly that is recorded and current, and every record was
/// read; a known allergy is stated however incomplete the rest is.
#[must_use]
pub fn allergy_state(list: &[AllergyLens], completeness: Completeness) -> AllergyState {
    let mut current = list.iter().filter(|a| a.is_current());
    if current.clone().any(|a| !a.is_statement_of_absence()) {
        return AllergyState::Known;
    }
    match completeness {
        Completeness::Incomplete => AllergyState::Unavailable,
        Completeness::Complete if current.any(AllergyLens::is_none_known) => AllergyState::NoneKnown,
        Completeness::Complete => AllergyState::NotRecorded,
    }
}
