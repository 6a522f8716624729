//! Medicines: MedicationRequest and MedicationStatement.

use super::dosage::{Dosage, dosage};
use super::parts::{Concept, Period, Reference, When};
use super::reader::{Reader, concept};
use crate::{FhirError, Node, Raw};
use keep_domain::{Phi, ResourceId};
use std::borrow::Cow;

/// A medicine that was ordered or is taken.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicationLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// Ordered (MedicationRequest) rather than reported (MedicationStatement).
    pub is_request: bool,
    /// The medicine, from the element or from a contained Medication; `None` where it is another resource.
    pub medication: Option<Concept>,
    /// The reference to the medicine, where it is another resource.
    pub medication_reference: Option<Reference>,
    /// `active`, `on-hold`, `stopped`, `completed`, ...
    pub status: Option<String>,
    /// `order`, `plan`, ...
    pub intent: Option<String>,
    /// Instructions.
    pub dosages: Vec<Dosage>,
    /// The time of the order or statement.
    pub authored: Option<When>,
    /// The period of use.
    pub taken: Option<Period>,
    /// The person who ordered or reported it.
    pub requester: Option<Reference>,
    /// Reasons.
    pub reasons: Vec<Concept>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl MedicationLens {
    /// Whether it is in use, as far as the record says.
    #[must_use]
    pub fn is_current(&self) -> bool {
        matches!(self.status.as_deref(), Some("active" | "on-hold" | "intended" | "unknown") | None)
    }
}

/// Reads a MedicationRequest or MedicationStatement.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn medication(raw: &Raw) -> Result<MedicationLens, FhirError> {
    let mut r = Reader::open(raw, &["MedicationRequest", "MedicationStatement"])?;
    let is_request = r.node().member_text("resourceType").as_deref() == Some("MedicationRequest");
    let direct = r.concept("medicationCodeableConcept");
    let medication = direct.or_else(|| contained_medication(r.node()));
    let medication_reference = r.reference("medicationReference");
    if medication.is_none() && medication_reference.is_none() {
        r.fault("medicationCodeableConcept");
    }
    let dosages = r.list(if is_request { "dosageInstruction" } else { "dosage" }, dosage);
    if dosages.iter().any(|d| d.unreadable) {
        r.fault("dosageInstruction");
    }
    let taken = match r.when("effectiveDateTime") {
        Some(at) => Some(Period { start: Some(at), end: None }),
        None => r.period("effectivePeriod"),
    };
    Ok(MedicationLens {
        id: r.id(),
        is_request,
        medication,
        medication_reference,
        status: r.text("status"),
        intent: r.text("intent"),
        dosages,
        authored: r.first_when(&["authoredOn", "dateAsserted"]),
        taken,
        requester: r.reference(if is_request { "requester" } else { "informationSource" }),
        reasons: r.concepts("reasonCode"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

/// The order that a MedicationDispense fills, as its reference is written.
#[must_use]
pub fn authorizing_prescription(raw: &Raw) -> Option<Cow<'_, str>> {
    raw.node().at(&["authorizingPrescription", "reference"])?.text()
}

fn contained_medication(resource: Node<'_>) -> Option<Concept> {
    let reference = resource.at(&["medicationReference", "reference"])?.text()?;
    let id = reference.strip_prefix('#')?;
    let contained = resource.member("contained")?.items().find(|c| c.member_text("id").as_deref() == Some(id))?;
    contained.member("code").and_then(concept)
}
