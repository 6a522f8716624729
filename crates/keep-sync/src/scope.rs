//! Which types a session pulls, and in which order.

use crate::fhir_client::Capabilities;
use keep_domain::{R4_TYPES, Rank, Role, Segment};

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

/// The R4 types that hold no record of a person or of the clinic: definitions, terminology and the protocol's own; and
/// those with a way of their own here (AuditEvent, Binary) or of payers only.
const NO_RECORDS: &[&str] = &[
    "Account",
    "ActivityDefinition",
    "AuditEvent",
    "Binary",
    "Bundle",
    "CapabilityStatement",
    "CatalogEntry",
    "ChargeItem",
    "ChargeItemDefinition",
    "ClaimResponse",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "Contract",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "EffectEvidenceSynthesis",
    "EnrollmentRequest",
    "EnrollmentResponse",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "GraphDefinition",
    "ImplementationGuide",
    "InsurancePlan",
    "Invoice",
    "Library",
    "Linkage",
    "Measure",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "MessageDefinition",
    "MessageHeader",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "OperationOutcome",
    "Parameters",
    "PaymentNotice",
    "PaymentReconciliation",
    "PlanDefinition",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "RiskEvidenceSynthesis",
    "SearchParameter",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Subscription",
    "SubstanceNucleicAcid",
    "SubstancePolymer",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
    "SubstanceSourceMaterial",
    "SubstanceSpecification",
    "TerminologyCapabilities",
    "TestReport",
    "TestScript",
    "ValueSet",
    "VerificationResult",
];

/// The types that must have been downloaded before a chart may say that something is absent.
pub const CHART_TYPES: &[&str] = &["Patient", "AllergyIntolerance", "Condition", "MedicationRequest", "Flag"];

/// The types that a chart can show, in the order in which they are pulled.
pub fn pull_order() -> impl DoubleEndedIterator<Item = &'static str> {
    ORDER.iter().map(|(name, _)| *name)
}

/// Whether most servers have no record of this type.
pub(crate) fn is_rare(name: &str) -> bool {
    !ORDER.iter().any(|(known, _)| *known == name) && !BILLING.contains(&name)
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
    // What only some servers have is requested where the server says that it has it.
    let others = R4_TYPES.iter().copied().filter(|name| {
        let none: [&str; 0] = [];
        is_rare(name)
            && !NO_RECORDS.contains(name)
            && capabilities.types.contains(*name)
            && rank.holds(keep_fhir::segment_of(name, &none, &none))
    });
    let (offered, not_offered) = general.chain(others).chain(billing).partition(|name| capabilities.supports(name));
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
            versioned_update: BTreeSet::new(),
            batch: false,
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
        let plan = plan_types(Role::Nurse.rank(), &[Role::Nurse], &capabilities(&["Patient", "Binary"]));
        assert_eq!(plan.offered, ["Patient"]);
        assert!(plan.not_offered.contains(&"Flag") && !plan.not_offered.contains(&"Claim"));
    }

    #[test]
    fn everything_else_that_a_server_has_is_pulled_by_those_who_may_see_it() {
        assert!(NO_RECORDS.iter().all(|name| R4_TYPES.contains(name)));
        let all = capabilities(&R4_TYPES);
        let nurse = plan_types(Role::Nurse.rank(), &[Role::Nurse], &all).offered;
        for name in ["SupplyDelivery", "List", "Basic", "Task", "BodyStructure", "MolecularSequence", "Goal"] {
            assert!(nurse.contains(&name), "{name}");
        }
        assert!(!nurse.iter().any(|name| NO_RECORDS.contains(name) || BILLING.contains(name)));
        let distinct: BTreeSet<_> = nurse.iter().collect();
        assert_eq!(distinct.len(), nurse.len());
        let clerk = plan_types(Role::FrontDesk.rank(), &[Role::FrontDesk], &all).offered;
        assert!(!clerk.contains(&"SupplyDelivery") && clerk.contains(&"Appointment"));
    }
}
