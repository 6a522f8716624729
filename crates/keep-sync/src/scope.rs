//! Which types a session pulls, and in which order.

use crate::fhir_client::Capabilities;
use keep_domain::{Rank, Role, Segment};

/// The order of a pull: the types that every chart needs come first.
const ORDER: &[(&str, Segment)] = &[
    ("Patient", Segment::Directory),
    ("AllergyIntolerance", Segment::Clinical),
    ("Condition", Segment::Encounters),
    ("MedicationRequest", Segment::Clinical),
    ("MedicationStatement", Segment::Clinical),
    ("MedicationAdministration", Segment::Clinical),
    ("MedicationDispense", Segment::Clinical),
    ("Medication", Segment::Clinical),
    ("Flag", Segment::Directory),
    ("Appointment", Segment::Directory),
    ("Encounter", Segment::Encounters),
    ("Practitioner", Segment::Directory),
    ("PractitionerRole", Segment::Directory),
    ("Organization", Segment::Directory),
    ("Location", Segment::Directory),
    ("RelatedPerson", Segment::Directory),
    ("Coverage", Segment::Directory),
    ("Observation", Segment::Clinical),
    ("DiagnosticReport", Segment::Clinical),
    ("DocumentReference", Segment::Clinical),
    ("Composition", Segment::Clinical),
    ("Immunization", Segment::Clinical),
    ("Procedure", Segment::Encounters),
    ("CarePlan", Segment::Clinical),
    ("CareTeam", Segment::Clinical),
    ("Goal", Segment::Clinical),
    ("ServiceRequest", Segment::Clinical),
    ("Specimen", Segment::Clinical),
    ("ImagingStudy", Segment::Clinical),
    ("FamilyMemberHistory", Segment::Clinical),
    ("QuestionnaireResponse", Segment::Clinical),
    ("ClinicalImpression", Segment::Clinical),
    ("DeviceUseStatement", Segment::Clinical),
    ("Device", Segment::Clinical),
    ("DeviceRequest", Segment::Clinical),
    ("NutritionOrder", Segment::Clinical),
    ("RequestGroup", Segment::Clinical),
    ("VisionPrescription", Segment::Clinical),
    ("AdverseEvent", Segment::Clinical),
    ("DetectedIssue", Segment::Clinical),
    ("RiskAssessment", Segment::Clinical),
    ("ImmunizationRecommendation", Segment::Clinical),
    ("Media", Segment::Clinical),
    ("Communication", Segment::Clinical),
    ("EpisodeOfCare", Segment::Clinical),
    ("Consent", Segment::Directory),
    ("Provenance", Segment::Clinical),
];

/// Half of all bytes, and only billing reads them; pulled last.
const BILLING: &[&str] = &["Claim", "ExplanationOfBenefit"];

/// The types that must have been downloaded before a chart may say that something is absent.
pub const CHART_TYPES: &[&str] = &["Patient", "AllergyIntolerance", "Condition", "MedicationRequest", "Flag"];

/// The types that a chart can show, in the order in which they are pulled.
pub fn pull_order() -> impl DoubleEndedIterator<Item = &'static str> {
    ORDER.iter().map(|(name, _)| *name)
}

/// The types of a session, in the order of the pull.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TypePlan {
    /// Those that the server supports.
    pub(crate) offered: Vec<&'static str>,
    /// Those that its CapabilityStatement leaves out.
    pub(crate) not_offered: Vec<&'static str>,
}

/// The types whose segment the session holds.
///
/// A type of two segments (Condition, Flag) is pulled by every session that holds the lower one; a record that belongs
/// above the session's rank goes to that segment's inbox.
pub(crate) fn plan_types(rank: Rank, roles: &[Role], capabilities: &Capabilities) -> TypePlan {
    let general = ORDER.iter().filter(|(_, segment)| rank.holds(*segment)).map(|(name, _)| *name);
    let billing = BILLING.iter().copied().filter(|_| roles.contains(&Role::Billing) && rank.holds(Segment::Encounters));
    let (offered, not_offered) = general.chain(billing).partition(|name| capabilities.supports(name));
    TypePlan { offered, not_offered }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::UtcMillis;
    use std::collections::BTreeSet;

    fn capabilities(types: &[&str]) -> Capabilities {
        Capabilities {
            base: "https://ehr.example/fhir".parse().unwrap(),
            software: String::new(),
            checked_at: UtcMillis(0),
            types: types.iter().map(|t| String::from(*t)).collect(),
            update_create: BTreeSet::new(),
            type_history: BTreeSet::new(),
            transaction: true,
            gzip_requests: false,
        }
    }

    #[test]
    fn a_clerk_never_pulls_clinical_types() {
        let types = plan_types(Role::FrontDesk.rank(), &[Role::FrontDesk], &capabilities(&[])).offered;
        assert_eq!(types.first(), Some(&"Patient"));
        for name in ["AllergyIntolerance", "Condition", "Observation", "Encounter", "Claim", "Provenance"] {
            assert!(!types.contains(&name), "{name}");
        }
        assert!(types.contains(&"Appointment") && types.contains(&"Flag"));
    }

    #[test]
    fn a_nurse_pulls_what_a_chart_needs_first_and_no_claims() {
        let types = plan_types(Role::Nurse.rank(), &[Role::Nurse], &capabilities(&[])).offered;
        assert_eq!(
            types.iter().take(4).copied().collect::<Vec<_>>(),
            ["Patient", "AllergyIntolerance", "Condition", "MedicationRequest"]
        );
        assert!(!types.contains(&"Claim"));
        let position = |name| types.iter().position(|t| *t == name).unwrap();
        assert!(
            position("Flag") < position("Appointment")
                && position("Appointment") < position("Encounter")
                && position("Encounter") < position("Observation")
        );
    }

    #[test]
    fn billing_pulls_claims_and_no_observations() {
        let types = plan_types(Role::Billing.rank(), &[Role::Billing], &capabilities(&[])).offered;
        assert_eq!(types.last(), Some(&"ExplanationOfBenefit"));
        assert!(!types.contains(&"Observation") && types.contains(&"Procedure"));
    }

    #[test]
    fn the_administrator_pulls_nothing_and_unsupported_types_are_skipped() {
        assert!(
            plan_types(Role::ItAdministrator.rank(), &[Role::ItAdministrator], &capabilities(&[])).offered.is_empty()
        );
        let plan = plan_types(Role::Nurse.rank(), &[Role::Nurse], &capabilities(&["Patient", "Basic"]));
        assert_eq!(plan.offered, ["Patient"]);
        assert!(plan.not_offered.contains(&"Flag") && !plan.not_offered.contains(&"Claim"));
    }
}
