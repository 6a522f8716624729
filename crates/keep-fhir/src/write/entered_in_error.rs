//! Marking a record as entered in error.

use crate::compose::quoted;
use crate::{FhirError, Raw, remove, set, set_text};

/// The types of R4 whose `status` can be `entered-in-error`.
const BY_STATUS: [&str; 61] = [
    "Account",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "ChargeItem",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "Communication",
    "CommunicationRequest",
    "Composition",
    "Consent",
    "Contract",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "DetectedIssue",
    "Device",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentManifest",
    "DocumentReference",
    "Encounter",
    "Endpoint",
    "EnrollmentRequest",
    "EnrollmentResponse",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "GuidanceResponse",
    "ImagingStudy",
    "Immunization",
    "ImmunizationEvaluation",
    "Invoice",
    "List",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationKnowledge",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "PaymentNotice",
    "PaymentReconciliation",
    "Procedure",
    "QuestionnaireResponse",
    "RequestGroup",
    "RiskAssessment",
    "ServiceRequest",
    "Slot",
    "Specimen",
    "Substance",
    "SupplyDelivery",
    "SupplyRequest",
    "Task",
    "TestReport",
    "VisionPrescription",
];

/// The element that says so; `None` where the type has none.
fn element_of(resource_type: &str) -> Option<&'static str> {
    match resource_type {
        "Condition" | "AllergyIntolerance" => Some("verificationStatus"),
        "Goal" => Some("lifecycleStatus"),
        other => BY_STATUS.contains(&other).then_some("status"),
    }
}

/// Whether R4 lets a record of this type be marked as entered in error.
#[must_use]
pub fn can_be_entered_in_error(resource_type: &str) -> bool {
    element_of(resource_type).is_some()
}

/// Marks a record as entered in error; nothing else of it changes.
///
/// # Errors
/// [`FhirError::WrongType`] where the type has no such status.
pub fn mark_entered_in_error(raw: &Raw) -> Result<Raw, FhirError> {
    let resource_type = raw.resource_type();
    let element = resource_type.as_deref().and_then(element_of).ok_or(FhirError::WrongType)?;
    let system = match resource_type.as_deref() {
        Some("Condition") => "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        Some("AllergyIntolerance") => "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
        _ => return set_text(raw, &[element.into()], "entered-in-error"),
    };
    // FHIR invariants con-5 and ait-2: no clinical status with entered-in-error.
    let raw = remove(raw, &["clinicalStatus".into()])?;
    let concept = format!("{{\"coding\":[{{\"system\":{},\"code\":\"entered-in-error\"}}]}}", quoted(system));
    set(&raw, &[element.into()], &concept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_without_the_status_cannot_be_marked() {
        for (name, can) in [("Observation", true), ("Goal", true), ("Patient", false), ("MeasureReport", false)] {
            assert_eq!(can_be_entered_in_error(name), can, "{name}");
        }
        let goal = Raw::parse(r#"{"resourceType":"Goal","lifecycleStatus":"active"}"#).expect("valid");
        let marked = mark_entered_in_error(&goal).map(Raw::into_string);
        assert_eq!(marked.as_deref(), Ok(r#"{"resourceType":"Goal","lifecycleStatus":"entered-in-error"}"#));
        let report = Raw::parse(r#"{"resourceType":"MeasureReport","status":"complete"}"#).expect("valid");
        assert_eq!(mark_entered_in_error(&report), Err(FhirError::WrongType));
    }
}
