//! The values of modifier elements that need no mark, because a record says the same without one.
//!
//! INVARIANT: a value that is in none of these lists is a mark, so that a new code is never silently ordinary.

/// An order in force, whichever kind of order it is.
const ORDERS: &[&str] = &["order", "original-order", "reflex-order", "filler-order", "instance-order"];
/// What is in force now.
const ACTIVE: &[&str] = &["active"];
/// What has happened.
const COMPLETED: &[&str] = &["completed"];
/// Results and reports that were released.
const FINAL: &[&str] = &["final"];

/// Type, element by its path, ordinary codes.
const ORDINARY: &[(&str, &str, &[&str])] = &[
    ("Account", "status", ACTIVE),
    ("AdverseEvent", "actuality", &["actual"]),
    ("AllergyIntolerance", "clinicalStatus", ACTIVE),
    ("AllergyIntolerance", "verificationStatus", &["confirmed"]),
    // The visit takes place as it was arranged.
    ("Appointment", "status", &["booked", "arrived", "checked-in", "fulfilled"]),
    ("AppointmentResponse", "participantStatus", &["accepted"]),
    ("BodyStructure", "active", &["true"]),
    ("CarePlan", "status", ACTIVE),
    // A care plan is a plan; proposals and options are not in force.
    ("CarePlan", "intent", &["plan", "order"]),
    ("CarePlan", "activity.detail.status", &["not-started", "scheduled", "in-progress", "completed"]),
    ("CarePlan", "activity.detail.doNotPerform", &["false"]),
    ("CareTeam", "status", ACTIVE),
    ("ChargeItem", "status", &["billable", "billed"]),
    ("Claim", "status", ACTIVE),
    ("ClaimResponse", "status", ACTIVE),
    ("ClinicalImpression", "status", COMPLETED),
    ("Communication", "status", COMPLETED),
    ("CommunicationRequest", "status", ACTIVE),
    ("CommunicationRequest", "doNotPerform", &["false"]),
    ("Composition", "status", FINAL),
    ("Condition", "clinicalStatus", ACTIVE),
    ("Condition", "verificationStatus", &["confirmed"]),
    ("Consent", "status", ACTIVE),
    ("Coverage", "status", ACTIVE),
    ("CoverageEligibilityRequest", "status", ACTIVE),
    ("CoverageEligibilityResponse", "status", ACTIVE),
    ("DetectedIssue", "status", FINAL),
    ("Device", "status", ACTIVE),
    ("DeviceRequest", "status", ACTIVE),
    ("DeviceRequest", "intent", ORDERS),
    ("DeviceUseStatement", "status", ACTIVE),
    ("DiagnosticReport", "status", FINAL),
    ("DocumentManifest", "status", &["current"]),
    ("DocumentReference", "status", &["current"]),
    ("DocumentReference", "docStatus", FINAL),
    ("Encounter", "status", &["in-progress", "finished"]),
    ("EnrollmentRequest", "status", ACTIVE),
    ("EpisodeOfCare", "status", &["active", "finished"]),
    ("ExplanationOfBenefit", "status", ACTIVE),
    ("FamilyMemberHistory", "status", COMPLETED),
    ("Flag", "status", ACTIVE),
    ("Goal", "lifecycleStatus", ACTIVE),
    ("ImagingStudy", "status", &["available"]),
    ("Immunization", "status", COMPLETED),
    ("Immunization", "isSubpotent", &["false"]),
    ("ImmunizationEvaluation", "status", COMPLETED),
    ("Invoice", "status", &["issued", "balanced"]),
    ("List", "status", &["current"]),
    ("List", "mode", &["working", "snapshot"]),
    ("List", "entry.deleted", &["false"]),
    ("Location", "status", ACTIVE),
    ("MeasureReport", "status", &["complete"]),
    ("MeasureReport", "improvementNotation", &["increase", "decrease"]),
    ("Media", "status", COMPLETED),
    ("Medication", "status", ACTIVE),
    ("MedicationAdministration", "status", COMPLETED),
    ("MedicationDispense", "status", COMPLETED),
    ("MedicationRequest", "status", ACTIVE),
    ("MedicationRequest", "intent", ORDERS),
    ("MedicationRequest", "doNotPerform", &["false"]),
    ("MedicationStatement", "status", ACTIVE),
    ("NutritionOrder", "status", ACTIVE),
    ("NutritionOrder", "intent", ORDERS),
    ("Observation", "status", FINAL),
    ("Organization", "active", &["true"]),
    ("Patient", "active", &["true"]),
    ("Patient", "deceased", &["false"]),
    ("Person", "active", &["true"]),
    ("Procedure", "status", COMPLETED),
    ("QuestionnaireResponse", "status", COMPLETED),
    ("RelatedPerson", "active", &["true"]),
    ("RequestGroup", "status", ACTIVE),
    ("RequestGroup", "intent", ORDERS),
    ("ResearchSubject", "status", &["on-study"]),
    ("RiskAssessment", "status", FINAL),
    ("Schedule", "active", &["true"]),
    ("ServiceRequest", "status", ACTIVE),
    ("ServiceRequest", "intent", ORDERS),
    ("ServiceRequest", "doNotPerform", &["false"]),
    ("Specimen", "status", &["available"]),
    ("Substance", "status", ACTIVE),
    ("SupplyDelivery", "status", COMPLETED),
    ("SupplyRequest", "status", ACTIVE),
    ("Task", "status", COMPLETED),
    ("VisionPrescription", "status", ACTIVE),
];

/// Data types' modifiers, which are shown with the value that they belong to.
const WITH_VALUE: [&str; 2] = ["comparator", "use"];

/// Whether this value of a modifier, which R4 has, needs no mark.
pub(super) fn is_ordinary(kind: &str, path: &str, code: &str) -> bool {
    if let Some(inside) = path.strip_prefix("contained.") {
        // The type of a contained resource is not known here: only what no type finds out of the ordinary.
        return is_with_value(inside) || ORDINARY.iter().any(|(_, p, codes)| *p == inside && codes.contains(&code));
    }
    is_with_value(path) || ORDINARY.iter().any(|(k, p, codes)| *k == kind && *p == path && codes.contains(&code))
}

fn is_with_value(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, last)| WITH_VALUE.contains(&last))
}
