use super::*;

/// Every resource type of FHIR R4 (4.0.1).
const R4_TYPES: &str = "Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse \
AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam \
CatalogEntry ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication \
CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage \
CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric \
DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis \
Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable \
ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse \
HealthcareService ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide \
InsurancePlan Invoice Library Linkage List Location Measure MeasureReport Media Medication \
MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement \
MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication \
MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged \
MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader \
MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition \
OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation \
Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse \
RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject \
RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition \
StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein \
SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task \
TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription";

const DIRECTORY: &str = "Account Appointment Consent Coverage Location Organization Patient Practitioner \
PractitionerRole RelatedPerson Schedule Slot";
const ENCOUNTERS: &str = "ChargeItem Claim Encounter Procedure";

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn check(resource_type: &str, categories: &[&str], labels: &[&str], expected: Segment) {
    assert_eq!(segment_of(resource_type, categories, labels), expected, "{resource_type} {categories:?} {labels:?}");
}

#[test]
fn the_shipped_table_is_read() {
    assert_eq!(TABLE.otherwise, Segment::Clinical);
    assert_eq!(TABLE.sensitive_labels.len(), 20);
}

#[test]
fn every_r4_type_has_its_segment() {
    let (directory, encounters) = (words(DIRECTORY), words(ENCOUNTERS));
    assert_eq!(words(R4_TYPES).len(), 146);
    for t in words(R4_TYPES) {
        let expected = if directory.contains(&t) {
            Segment::Directory
        } else if encounters.contains(&t) {
            Segment::Encounters
        } else {
            Segment::Clinical
        };
        check(t, &[], &[], expected);
        check(t, &[], &["N"], expected);
        let labelled = if expected == Segment::Directory { Segment::Directory } else { Segment::Restricted };
        check(t, &[], &["N", "PSYTHPN"], labelled);
    }
    check("NotYetInvented", &[], &[], Segment::Clinical);
    check("", &[], &["R"], Segment::Restricted);
}

#[test]
fn flags_and_diagnoses_are_routed_by_category() {
    for c in ["admin", "contact"] {
        check("Flag", &[c], &[], Segment::Directory);
        check("Flag", &[c, c], &[], Segment::Directory);
        check("Flag", &[c], &["HIV"], Segment::Directory);
    }
    for c in ["safety", "clinical", "drug", "behavioral", "advance-directive", "not-yet-invented", ""] {
        check("Flag", &[c], &[], Segment::Clinical);
        check("Flag", &[c], &["HIV"], Segment::Restricted);
        check("Flag", &[c, "admin"], &[], Segment::Clinical);
    }
    check("Flag", &[], &[], Segment::Clinical);
    check("Flag", &["admin", "contact"], &[], Segment::Clinical);
    check("Condition", &["encounter-diagnosis"], &[], Segment::Encounters);
    check("Condition", &["encounter-diagnosis"], &["42cfrpart2"], Segment::Restricted);
    check("Condition", &["problem-list-item", "encounter-diagnosis"], &[], Segment::Clinical);
    check("Observation", &["safety"], &[], Segment::Clinical);
}

/// Only HL7's own category codes make a Flag administrative: elsewhere "contact" is a kind of isolation.
#[test]
fn a_flag_is_administrative_only_by_hl7_codes() {
    let segment = |category: &str| {
        let text = format!(r#"{{"resourceType":"Flag","id":"f","category":{category},"code":{{"text":"x"}}}}"#);
        let facts = [crate::extract(&text).expect("read"), crate::extract_row(&text, None).expect("read")];
        assert_eq!(facts[0].segment, facts[1].segment, "{category}");
        facts[0].segment
    };
    const HL7: &str = r#""system":"http://terminology.hl7.org/CodeSystem/flag-category""#;
    assert_eq!(segment(&format!(r#"[{{"coding":[{{{HL7},"code":"contact"}}]}}]"#)), Segment::Directory);
    assert_eq!(segment(&format!(r#"[{{"coding":[{{{HL7},"code":"admin"}}],"text":"Notes"}}]"#)), Segment::Directory);
    for category in [
        String::from(r#"[{"coding":[{"system":"http://example.org/isolation","code":"contact"}]}]"#),
        String::from(r#"[{"coding":[{"code":"admin"}]}]"#),
        String::from(r#"[{"text":"admin"}]"#),
        String::from(r#""admin""#),
        String::from(r#"["admin"]"#),
        String::from("[]"),
        format!(r#"[{{"coding":[{{{HL7},"code":"admin"}}]}},{{"text":"Allergy"}}]"#),
        format!(r#"[{{"coding":[{{{HL7},"code":"admin"}},{{{HL7}}}]}}]"#),
    ] {
        assert_eq!(segment(&category), Segment::Clinical, "{category}");
    }
}

#[test]
fn provenance_belongs_to_its_highest_target() {
    let keys = |names: &[&str]| names.iter().map(|n| n.parse().expect("key")).collect::<Vec<ResourceKey>>();
    let unknown = |_: &ResourceKey| None;
    let appointment = keys(&["Appointment/1"]);
    assert_eq!(segment_with_targets::<&str>(&appointment, &[], unknown), Segment::Directory);
    let visit = keys(&["Encounter/1", "Observation/2", "Patient/3"]);
    assert_eq!(segment_with_targets::<&str>(&visit, &[], unknown), Segment::Clinical);
    let known = |k: &ResourceKey| {
        Some(if k.resource_type == "Observation" { Segment::Restricted } else { Segment::Encounters })
    };
    assert_eq!(segment_with_targets::<&str>(&visit, &[], known), Segment::Restricted);
    let billed = |_: &ResourceKey| Some(Segment::Encounters);
    assert_eq!(segment_with_targets::<&str>(&keys(&["ChargeItem/1"]), &[], billed), Segment::Encounters);
    assert_eq!(segment_with_targets::<&str>(&keys(&["ChargeItem/1"]), &[], unknown), Segment::Clinical);
    assert_eq!(segment_with_targets::<&str>(&[], &[], unknown), Segment::Clinical);
    assert!(follows_target("Binary") && !follows_target("Observation"));
}
