//! The patient compartment (R4, CompartmentDefinition/patient).

/// The types whose resources may belong to a patient.
const TYPES: &str = " Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic \
    BodyStructure CarePlan CareTeam ChargeItem Claim ClaimResponse ClinicalImpression Communication \
    CommunicationRequest Composition Condition Consent Coverage CoverageEligibilityRequest \
    CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest \
    DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Flag Goal \
    Group ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice List MeasureReport Media \
    MedicationAdministration MedicationDispense MedicationRequest MedicationStatement MolecularSequence NutritionOrder \
    Observation Patient Person Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup ResearchSubject \
    RiskAssessment Schedule ServiceRequest Specimen SupplyDelivery SupplyRequest Task VisionPrescription ";

/// Whether resources of this type may belong to a patient; the others are staff, places, terminology and the like.
#[must_use]
pub fn in_patient_compartment(resource_type: &str) -> bool {
    TYPES.contains(&format!(" {resource_type} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinical_types_are_in_the_compartment() {
        assert!(["Patient", "Observation", "VisionPrescription", "Account"].into_iter().all(in_patient_compartment));
        assert!(!["Practitioner", "ValueSet", "Medication", "Observ", ""].into_iter().any(in_patient_compartment));
        assert_eq!(TYPES.split_whitespace().count(), 67);
    }
}
