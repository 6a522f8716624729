//! What a record is about, finer than its FHIR type where a role's view needs it.

use keep_domain::Segment;

macro_rules! groups {
    ($($(#[$doc:meta])* $variant:ident $name:literal $segment:ident;)*) => {
        /// A kind of record in the sense of the role table; the list is that of the policy schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Group { $($(#[$doc])* $variant,)* }

        impl Group {
            /// Every group.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the policies.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The segment in which such records lie when no label lifts them.
            #[must_use]
            pub const fn usual_segment(self) -> Segment {
                match self { $(Self::$variant => Segment::$segment,)* }
            }
        }
    };
}

groups! {
    /// Patient, RelatedPerson.
    Demographics "demographics" Directory;
    /// Appointment, Schedule, Slot.
    Schedule "schedule" Directory;
    /// Practitioner, PractitionerRole, Organization, Location.
    Staff "staff" Directory;
    /// Coverage, Account.
    Coverage "coverage" Directory;
    /// Consent.
    Consent "consent" Directory;
    /// Flag of category admin or contact.
    AdministrativeFlag "administrative_flag" Directory;
    /// That somebody has an alert, not what it says.
    AlertMarker "alert_marker" Directory;
    /// Why an appointment was made: reasons, descriptions, comments, what else is in it beside its booking.
    AppointmentReason "appointment_reason" Directory;
    /// Encounter.
    Encounter "encounter" Encounters;
    /// Procedure.
    Procedure "procedure" Encounters;
    /// Condition of category encounter-diagnosis.
    EncounterDiagnosis "encounter_diagnosis" Encounters;
    /// Claim, ChargeItem and what comes of them.
    Charge "charge" Encounters;
    /// Any other Flag: an alert.
    SafetyFlag "safety_flag" Clinical;
    /// Any other Condition.
    Problem "problem" Clinical;
    /// AllergyIntolerance.
    Allergy "allergy" Clinical;
    /// MedicationRequest.
    MedicineOrder "medicine_order" Clinical;
    /// MedicationStatement, Medication.
    MedicineStatement "medicine_statement" Clinical;
    /// MedicationAdministration.
    MedicineGiven "medicine_given" Clinical;
    /// MedicationDispense.
    MedicineDispense "medicine_dispense" Clinical;
    /// Immunization and its recommendation.
    Immunization "immunization" Clinical;
    /// Observation of category vital-signs, weight apart.
    Vitals "vitals" Clinical;
    /// Body weight.
    Weight "weight" Clinical;
    /// Laboratory observations and reports, renal function apart.
    Laboratory "laboratory" Clinical;
    /// Renal function: creatinine, eGFR, cystatin C, urea.
    Renal "renal" Clinical;
    /// Any other Observation.
    Observation "observation" Clinical;
    /// ServiceRequest.
    Order "order" Clinical;
    /// Specimen.
    Specimen "specimen" Clinical;
    /// Composition, ClinicalImpression, reports that are not the laboratory's.
    Note "note" Clinical;
    /// DocumentReference, Media, Binary.
    Document "document" Clinical;
    /// CarePlan, CareTeam, Goal.
    CarePlan "care_plan" Clinical;
    /// Task.
    Task "task" Clinical;
    /// Provenance.
    Provenance "provenance" Clinical;
    /// Everything else, unknown types included.
    Other "other" Clinical;
    /// An event of the audit ledger.
    AuditEvent "audit_event" Directory;
}

/// Body weight (LOINC): measured, stated, estimated, birth.
const WEIGHT: [&str; 5] = ["29463-7", "3141-9", "3142-7", "8335-2", "8339-4"];
/// Renal function (LOINC): creatinine in serum, blood and moles; eGFR in its formulas; cystatin C; urea.
const RENAL: [&str; 17] = [
    "2160-0", "38483-4", "14682-9", "33914-3", "48642-3", "48643-1", "50044-7", "62238-1", "69405-9", "77147-7",
    "88293-6", "88294-4", "98979-8", "98980-6", "33863-2", "3094-0", "6299-2",
];

impl Group {
    /// The group of a resource: by type, by the codes of its categories, by the codes of what it is
    /// about. Total: an unknown type is [`Group::Other`].
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
            // A clinical note that is kept as a document is a note (US Core, DocumentReference category).
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
    fn types_categories_and_codes_decide() {
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
