//! Allergies and the one statement that the banner makes about them.

use super::reader::{Reader, concept, member_owned, owned};
use super::{Concept, Link, When};
use crate::{FhirError, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// SNOMED CT "No known allergy (situation)".
pub const NO_KNOWN_ALLERGY: &str = "716186003";
/// Statements about one kind of allergen only; they never mean "no known allergies".
const PARTLY_NONE: [&str; 4] = ["409137002", "429625007", "428607008", "1003774007"];

/// One reaction that was seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// What happened.
    pub manifestations: Vec<Concept>,
    /// `mild`, `moderate`, `severe`.
    pub severity: Option<String>,
}

/// An AllergyIntolerance.
#[derive(Clone, PartialEq, Eq)]
pub struct AllergyLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// The substance or the statement.
    pub substance: Option<Concept>,
    /// `low`, `high`, `unable-to-assess`.
    pub criticality: Option<String>,
    /// `food`, `medication`, ...
    pub categories: Vec<String>,
    /// Reactions that were seen.
    pub reactions: Vec<Reaction>,
    /// `active`, `inactive`, `resolved`.
    pub clinical_status: Option<String>,
    /// `confirmed`, `unconfirmed`, `refuted`, `entered-in-error`, ...
    pub verification: Option<String>,
    /// When it was recorded.
    pub recorded: Option<When>,
    /// When it began.
    pub onset: Option<When>,
    /// Who recorded it.
    pub recorder: Option<Link>,
    /// Remarks.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl AllergyLens {
    /// Refuted or struck out.
    #[must_use]
    pub fn is_void(&self) -> bool {
        matches!(self.verification.as_deref(), Some("refuted" | "entered-in-error"))
    }

    /// Valid and not over.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.is_void() && !matches!(self.clinical_status.as_deref(), Some("inactive" | "resolved"))
    }

    /// The statement that no allergy is known.
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
        // Some systems name the substance only with the reaction.
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
        recorder: r.link("recorder"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

/// Whether the device holds all of a patient's allergies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Downloaded at least once, and every record could be read.
    Complete,
    /// Not downloaded, not visible, or some record could not be read.
    Incomplete,
}

/// The one statement about allergies (interface: exactly one of four, never blank).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllergyState {
    /// Known allergies, to be listed.
    Known,
    /// "No known allergies" was recorded.
    NoneKnown,
    /// Nothing was recorded.
    NotRecorded,
    /// The device cannot say.
    Unavailable,
}

/// What to say about a patient's allergies.
///
/// INVARIANT: "no known allergies" is said only where that very statement is recorded, current and everything was
/// read; a known allergy is said however incomplete the rest is.
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
