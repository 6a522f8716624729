//! Allergies, and the banner's statement about them.

use super::absence::{ALLERGIES, Absence, AbsenceClass, is_no_code};
use super::condition::{Moment, ONSET, moment};
use super::narrative::{NarrativeStatus, narrative};
use super::parts::{Concept, Reference, When};
use super::reader::{Reader, concept, member_owned, member_phi, owned, when};
use super::status::{self, Status};
use crate::{FhirError, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// The extension that names a substance and says whether it is a risk.
const EXPOSURE_RISK: &str = "http://hl7.org/fhir/StructureDefinition/allergyintolerance-substanceExposureRisk";

/// One recorded reaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The substance of this reaction.
    pub substance: Option<Concept>,
    /// The symptoms.
    pub manifestations: Vec<Concept>,
    /// The event as a whole.
    pub description: Option<Phi<String>>,
    /// When the symptoms began.
    pub onset: Option<When>,
    /// `mild`, `moderate`, `severe`.
    pub severity: Option<String>,
    /// How the patient was exposed.
    pub route: Option<Concept>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
}

/// An AllergyIntolerance.
#[derive(Clone, PartialEq, Eq)]
pub struct AllergyLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The substance, or a statement such as "no known allergy": the code, else the substance of a reaction, else the
    /// narrative.
    pub substance: Option<Concept>,
    /// The narrative, where it may say more than the elements.
    pub narrative: Option<Phi<String>>,
    /// The statement that there is no allergy, or no information.
    pub absence: Option<Absence>,
    /// `allergy` or `intolerance`.
    pub kind: Option<String>,
    /// `low`, `high`, `unable-to-assess`.
    pub criticality: Option<String>,
    /// `food`, `medication`, ...
    pub categories: Vec<String>,
    /// Recorded reactions.
    pub reactions: Vec<Reaction>,
    /// `active`, `inactive`, `resolved`.
    pub clinical_status: Option<Status>,
    /// `confirmed`, `unconfirmed`, `refuted`, `entered-in-error`.
    pub verification: Option<Status>,
    /// The time of recording.
    pub recorded: Option<When>,
    /// The onset.
    pub onset: Option<Moment>,
    /// The last known reaction.
    pub last_occurrence: Option<When>,
    /// The person who recorded it.
    pub recorder: Option<Reference>,
    /// The person who says so.
    pub asserter: Option<Reference>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl AllergyLens {
    /// Refuted or entered in error.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.verification.as_ref().is_some_and(|v| v.is_one_of(&["refuted", "entered-in-error"]))
    }

    /// Valid, and neither inactive nor resolved; a status that is not understood counts as current.
    #[must_use]
    pub fn is_current(&self) -> bool {
        !self.is_void() && !self.clinical_status.as_ref().is_some_and(|s| s.is_one_of(&["inactive", "resolved"]))
    }

    /// The class of allergies that this record says are not known; only its words say which, where it has words of its
    /// own.
    ///
    /// INVARIANT: a status that is not understood or not confirmed casts doubt on absence, so that nothing is stated.
    #[must_use]
    pub fn none_known(&self) -> Option<AbsenceClass> {
        let absence = self.absence.as_ref().filter(|a| a.class != AbsenceClass::NoInformation)?;
        let is_sure = |status: &Option<Status>, code: &str| status.as_ref().is_none_or(|s| s.is_one_of(&[code]));
        let sure = is_sure(&self.clinical_status, "active") && is_sure(&self.verification, "confirmed");
        let is_usual =
            (absence.words.is_none() || absence.class == AbsenceClass::Substance) && self.narrative_adds().is_none();
        sure.then_some(if is_usual { absence.class } else { AbsenceClass::Other })
    }

    /// The narrative of a statement of absence, where it is not the same statement.
    #[must_use]
    pub fn narrative_adds(&self) -> Option<&Phi<String>> {
        let label = self.substance.as_ref().and_then(Concept::label);
        // EXPOSE: compared with what is shown.
        let says_same = |text: &str| Some(text) == label || ALLERGIES.of_text(text).is_some();
        // EXPOSE: compared with what is shown.
        self.narrative.as_ref().filter(|words| !says_same(words.expose()))
    }
}

/// Reads an AllergyIntolerance.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn allergy(raw: &Raw) -> Result<AllergyLens, FhirError> {
    let mut r = Reader::open(raw, &["AllergyIntolerance"])?;
    let reactions = r.list("reaction", |n| Some(reaction(n)));
    let narrative = narrative(r.node());
    let code = r.concept("code");
    let (exposure, is_no_risk) = exposure_risk(r.node());
    let substance = substance(code, exposure, &reactions, narrative.as_ref());
    if substance.is_none() {
        r.fault("code");
    }
    let mut absence = substance.as_ref().and_then(|s| ALLERGIES.absence(s)).filter(|_| reactions.is_empty());
    if let (true, None, Some(name)) = (is_no_risk, &absence, substance.as_ref().and_then(Concept::label)) {
        absence = Some(Absence { class: AbsenceClass::Substance, words: Some(name.to_owned()) });
    }
    Ok(AllergyLens {
        id: r.id(),
        substance,
        narrative: narrative.filter(|(status, _)| *status == NarrativeStatus::Additional).map(|(_, words)| words),
        absence,
        kind: r.text("type"),
        criticality: r.text("criticality"),
        categories: r.list("category", owned),
        reactions,
        clinical_status: status::clinical(&mut r),
        verification: status::verification(&mut r),
        recorded: r.when("recordedDate"),
        onset: moment(&mut r, &ONSET),
        last_occurrence: r.when("lastOccurrence"),
        recorder: r.reference("recorder"),
        asserter: r.reference("asserter"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

fn reaction(node: Node<'_>) -> Reaction {
    let items = |name: &str| node.member(name).into_iter().flat_map(Node::items).collect::<Vec<_>>();
    Reaction {
        substance: node.member("substance").and_then(concept),
        manifestations: items("manifestation").into_iter().filter_map(concept).collect(),
        description: member_phi(node, "description"),
        onset: node.member("onset").and_then(when),
        severity: member_owned(node, "severity"),
        route: node.member("exposureRoute").and_then(concept),
        notes: items("note").into_iter().filter_map(|n| member_phi(n, "text")).collect(),
    }
}

/// The substance of the extension, and whether it is said to be no risk.
fn exposure_risk(resource: Node<'_>) -> (Option<Concept>, bool) {
    let extensions = resource.member("extension").into_iter().flat_map(Node::items);
    let found = extensions.into_iter().find(|e| e.member_text("url").is_some_and(|url| url == EXPOSURE_RISK));
    let part = |name: &str| {
        let parts = found?.member("extension")?;
        let part = parts.items().find(|e| e.member_text("url").is_some_and(|url| url == name))?;
        part.member("valueCodeableConcept").and_then(concept)
    };
    (part("substance"), part("exposureRisk").is_some_and(|risk| risk.has_code("no-known-reaction-risk")))
}

fn substance(
    code: Option<Concept>,
    exposure: Option<Concept>,
    reactions: &[Reaction],
    narrative: Option<&(NarrativeStatus, Phi<String>)>,
) -> Option<Concept> {
    let is_code = |c: &Concept| c.label().is_some() && (c.text.is_some() || !c.codings.iter().all(is_no_code));
    if code.as_ref().is_some_and(is_code) {
        return code;
    }
    // Some systems record the substance only with the reaction.
    let of_reaction = reactions.iter().find_map(|reaction| reaction.substance.clone());
    if let Some(found) = exposure.or(of_reaction) {
        return Some(found);
    }
    // "Not asked" is restated by a generated narrative; only other words name a substance.
    let says_nothing = code.as_ref().and_then(|c| ALLERGIES.absence(c)).is_some();
    let coded_unknown = code.as_ref().is_some_and(|c| c.has_code("unknown") || c.has_code("UNK"));
    let words =
        narrative.filter(|(status, _)| *status == NarrativeStatus::Additional || !says_nothing || coded_unknown);
    // EXPOSE: moved from one protected text to another.
    let of_words = words.map(|(_, text)| Concept { text: Some(text.expose().clone()), codings: Vec::new() });
    of_words.or_else(|| code.filter(|c| c.label().is_some()))
}

/// Whether this device has all allergies of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Downloaded at least once, and every record could be read.
    Complete,
    /// Not downloaded, not visible, or some record could not be read.
    Incomplete,
}

/// The banner's statement about allergies: always one of these five, never blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllergyState {
    /// There are known allergies.
    Known,
    /// "No known allergies" was recorded.
    NoneKnown,
    /// Only of some kinds of allergies it was recorded that none is known.
    PartlyNoneKnown,
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
    let current = || list.iter().filter(|a| a.is_current());
    if current().any(|a| a.absence.is_none()) {
        return AllergyState::Known;
    }
    let classes: Vec<AbsenceClass> = current().filter_map(AllergyLens::none_known).collect();
    match completeness {
        Completeness::Incomplete => AllergyState::Unavailable,
        Completeness::Complete if classes.contains(&AbsenceClass::Any) => AllergyState::NoneKnown,
        Completeness::Complete if !classes.is_empty() => AllergyState::PartlyNoneKnown,
        Completeness::Complete => AllergyState::NotRecorded,
    }
}

#[cfg(test)]
mod tests;
