//! What a record is about; finer than its FHIR type where the role table needs it.

use keep_domain::Segment;

keep_domain::named_enum! {
    /// A kind of record in the role table; the list matches the policy schema.
    pub enum Group {
        /// Patient, RelatedPerson.
        Demographics = "demographics",
        /// Appointment, Schedule, Slot.
        Schedule = "schedule",
        /// Practitioner, PractitionerRole, Organization, Location.
        Staff = "staff",
        /// Coverage, Account.
        Coverage = "coverage",
        /// Consent.
        Consent = "consent",
        /// Flag of category admin or contact.
        AdministrativeFlag = "administrative_flag",
        /// That the patient has an alert, but not what it says.
        AlertMarker = "alert_marker",
        /// Why an appointment was made: reasons, descriptions, comments; everything in it except the booking.
        AppointmentReason = "appointment_reason",
        /// Encounter.
        Encounter = "encounter",
        /// Procedure.
        Procedure = "procedure",
        /// Condition of category encounter-diagnosis.
        EncounterDiagnosis = "encounter_diagnosis",
        /// Claim, ChargeItem and their responses and invoices.
        Charge = "charge",
        /// Any other Flag: an alert.
        SafetyFlag = "safety_flag",
        /// Any other Condition.
        Problem = "problem",
        /// AllergyIntolerance.
        Allergy = "allergy",
        /// MedicationRequest.
        MedicineOrder = "medicine_order",
        /// MedicationStatement, Medication.
        MedicineStatement = "medicine_statement",
        /// MedicationAdministration.
        MedicineGiven = "medicine_given",
        /// MedicationDispense.
        MedicineDispense = "medicine_dispense",
        /// Immunization and its recommendation.
        Immunization = "immunization",
        /// Observation of category vital-signs, except weight.
        Vitals = "vitals",
        /// Body weight.
        Weight = "weight",
        /// Laboratory observations and reports, except renal function.
        Laboratory = "laboratory",
        /// Renal function: creatinine, eGFR, cystatin C, urea.
        Renal = "renal",
        /// Any other Observation.
        Observation = "observation",
        /// ServiceRequest.
        Order = "order",
        /// Specimen.
        Specimen = "specimen",
        /// Composition, ClinicalImpression, reports other than laboratory reports.
        Note = "note",
        /// DocumentReference, Media, Binary.
        Document = "document",
        /// CarePlan, CareTeam, Goal.
        CarePlan = "care_plan",
        /// Task.
        Task = "task",
        /// Provenance.
        Provenance = "provenance",
        /// Everything else, including unknown types.
        Other = "other",
        /// An event of the audit ledger.
        AuditEvent = "audit_event",
    }
}

/// Body weight (LOINC): measured, stated, estimated, birth.
const WEIGHT: [&str; 5] = ["29463-7", "3141-9", "3142-7", "8335-2", "8339-4"];
/// Renal function (LOINC): creatinine in serum, blood and moles; eGFR in its formulas; cystatin C; urea.
const RENAL: [&str; 17] = [
    "2160-0", "38483-4", "14682-9", "33914-3", "48642-3", "48643-1", "50044-7", "62238-1", "69405-9", "77147-7",
    "88293-6", "88294-4", "98979-8", "98980-6", "33863-2", "3094-0", "6299-2",
];

impl Group {
    /// The segment of such records when no label moves them to the restricted one.
    pub(crate) const fn usual_segment(self) -> Segment {
        match self {
            Self::Demographics | Self::Schedule | Self::Staff | Self::Coverage | Self::Consent => Segment::Directory,
            Self::AdministrativeFlag | Self::AlertMarker | Self::AppointmentReason | Self::AuditEvent => {
                Segment::Directory
            }
            Self::Encounter | Self::Procedure | Self::EncounterDiagnosis | Self::Charge => Segment::Encounters,
            _ => Segment::Clinical,
        }
    }

    /// The group of a resource, from its type, its category codes and its own codes. An unknown type is
    /// [`Group::Other`].
    #[must_use]
    pub fn of<C: AsRef<str>, D: AsRef<str>>(resource_type: &str, categories: &[C], codes: &[D]) -> Self {
        let category = |name: &str| categories.iter().any(|c| c.as_ref().eq_ignore_ascii_case(name));
        let coded = |list: &[&str]| codes.iter().any(|c| list.contains(&c.as_ref()));
        let only = |names: &[&str]| {
            !categories.is_empty() && categories.iter().all(|c| names.iter().any(|n| n == &c.as_ref()))
        };
        match resource_type {
            "Patient" | "RelatedPerson" => Self::Demographics,
            "Appointment" | "AppointmentResponse" | "Schedule" | "Slot" => Self::Schedule,
            "Practitioner" | "PractitionerRole" | "Organization" | "Location" => Self::Staff,
            "Coverage" | "Account" => Self::Coverage,
            "Consent" => Self::Consent,
            "Flag" if only(&["admin"]) || only(&["contact"]) => Self::AdministrativeFlag,
            "Flag" => Self::SafetyFlag,
            "Encounter" => Self::Encounter,
            "Procedure" => Self::Procedure,
            "Condition" if only(&["encounter-diagnosis"]) => Self::EncounterDiagnosis,
            "Condition" => Self::Problem,
            "Claim" | "ClaimResponse" | "ChargeItem" | "ExplanationOfBenefit" | "Invoice" => Self::Charge,
            "AllergyIntolerance" => Self::Allergy,
            "MedicationRequest" => Self::MedicineOrder,
            "MedicationStatement" | "Medication" => Self::MedicineStatement,
            "MedicationAdministration" => Self::MedicineGiven,
            "MedicationDispense" => Self::MedicineDispense,
            "Immunization" | "ImmunizationRecommendation" | "ImmunizationEvaluation" => Self::Immunization,
            "Observation" if coded(&WEIGHT) => Self::Weight,
            "Observation" if coded(&RENAL) => Self::Renal,
            "Observation" if category("vital-signs") => Self::Vitals,
            "Observation" if category("laboratory") => Self::Laboratory,
            "Observation" => Self::Observation,
            "DiagnosticReport" if category("LAB") || category("laboratory") => Self::Laboratory,
            "ServiceRequest" => Self::Order,
            "Specimen" => Self::Specimen,
            "Composition" | "ClinicalImpression" | "DiagnosticReport" => Self::Note,
            // A clinical note stored as a document is a note (US Core, DocumentReference category).
            "DocumentReference" if category("clinical-note") => Self::Note,
            "DocumentReference" | "Media" | "Binary" => Self::Document,
            "CarePlan" | "CareTeam" | "Goal" => Self::CarePlan,
            "Task" => Self::Task,
            "Provenance" => Self::Provenance,
            "AuditEvent" => Self::AuditEvent,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_depends_on_type_category_and_code() {
        let of = |t, categories: &[&str], codes: &[&str]| Group::of(t, categories, codes);
        assert_eq!(of("Observation", &["vital-signs"], &["29463-7"]), Group::Weight);
        assert_eq!(of("Observation", &["vital-signs"], &["8867-4"]), Group::Vitals);
        assert_eq!(of("Observation", &["laboratory"], &["33914-3"]), Group::Renal);
        assert_eq!(of("Observation", &["laboratory"], &["718-7"]), Group::Laboratory);
        assert_eq!(of("Observation", &["social-history"], &["72166-2"]), Group::Observation);
        assert_eq!(of("Condition", &["encounter-diagnosis"], &[]), Group::EncounterDiagnosis);
        assert_eq!(of("Condition", &["encounter-diagnosis", "problem-list-item"], &[]), Group::Problem);
        assert_eq!(of("Condition", &[], &[]), Group::Problem);
        assert_eq!(of("Flag", &["safety"], &[]), Group::SafetyFlag);
        assert_eq!(of("Flag", &["clinical"], &[]), Group::SafetyFlag);
        assert_eq!(of("Flag", &[], &[]), Group::SafetyFlag);
        assert_eq!(of("Flag", &["admin", "other"], &[]), Group::SafetyFlag);
        assert_eq!(of("Flag", &["contact"], &[]), Group::AdministrativeFlag);
        assert_eq!(of("DiagnosticReport", &["LAB"], &[]), Group::Laboratory);
        assert_eq!(of("DiagnosticReport", &["51847-2"], &[]), Group::Note);
        assert_eq!(of("DocumentReference", &["clinical-note"], &[]), Group::Note);
        assert_eq!(of("DocumentReference", &["imaging"], &[]), Group::Document);
        assert_eq!(of("SomethingNew", &[], &[]), Group::Other);
    }
}
