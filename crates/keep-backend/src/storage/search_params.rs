//! The supported search parameters (FHIR R4, search parameter registry).

use ParamType::{Contact, Date, Reference, Text, Token};

/// How the values of a parameter are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamType {
    /// Code, identifier or boolean: `system|code`.
    Token,
    /// Phone number or e-mail address.
    Contact,
    /// Prefix of the text, ignoring case and diacritics.
    Text,
    /// `Type/id`.
    Reference,
    /// Date or period.
    Date,
}

/// Names of nested elements, several paths.
type Paths = &'static [&'static [&'static str]];

/// A search parameter.
pub(crate) struct SearchParam {
    /// `*` = every type.
    pub(crate) resource_type: &'static str,
    pub(crate) name: &'static str,
    pub(crate) param_type: ParamType,
    /// Paths in the resource where its values are.
    pub(crate) paths: Paths,
}

/// The parameter `name` of a resource type.
pub(crate) fn param_for(resource_type: &str, name: &str) -> Option<&'static SearchParam> {
    params_for(resource_type).find(|p| p.name == name)
}

/// All parameters of a resource type.
pub(crate) fn params_for(resource_type: &str) -> impl Iterator<Item = &'static SearchParam> {
    SEARCH_PARAMS.iter().filter(move |p| p.resource_type == "*" || p.resource_type == resource_type)
}

const fn param(resource_type: &'static str, name: &'static str, param_type: ParamType, paths: Paths) -> SearchParam {
    SearchParam { resource_type, name, param_type, paths }
}

/// `_sort=date` uses the first date parameter of a type.
const SEARCH_PARAMS: &[SearchParam] = &[
    param("*", "_security", Token, &[&["meta", "security"]]),
    param("*", "_tag", Token, &[&["meta", "tag"]]),
    param("*", "identifier", Token, &[&["identifier"]]),
    param("*", "status", Token, &[&["status"]]),
    param("*", "code", Token, &[&["code"], &["medicationCodeableConcept"], &["vaccineCode"]]),
    param("*", "category", Token, &[&["category"]]),
    param("*", "type", Token, &[&["type"]]),
    // `patient` indexes every kind of subject, so that `subject` needs no rows of its own.
    param(
        "*",
        "patient",
        Reference,
        &[&["subject"], &["patient"], &["beneficiary"], &["for"], &["participant", "actor"]],
    ),
    param("*", "encounter", Reference, &[&["encounter"], &["context", "encounter"]]),
    param("Patient", "birthdate", Date, &[&["birthDate"]]),
    param("Patient", "name", Text, &[&["name"]]),
    param("Patient", "family", Text, &[&["name", "family"]]),
    param("Patient", "given", Text, &[&["name", "given"]]),
    param("Patient", "phone", Contact, &[&["telecom"]]),
    param("Patient", "gender", Token, &[&["gender"]]),
    param("Patient", "active", Token, &[&["active"]]),
    param("Practitioner", "name", Text, &[&["name"]]),
    param("Practitioner", "family", Text, &[&["name", "family"]]),
    param("Practitioner", "given", Text, &[&["name", "given"]]),
    param("PractitionerRole", "practitioner", Reference, &[&["practitioner"]]),
    param("PractitionerRole", "role", Token, &[&["code"]]),
    param("Organization", "name", Text, &[&["name"]]),
    param("Location", "name", Text, &[&["name"]]),
    param("Observation", "date", Date, &[&["effectiveDateTime"], &["effectivePeriod"], &["effectiveInstant"]]),
    param("DiagnosticReport", "date", Date, &[&["effectiveDateTime"], &["effectivePeriod"]]),
    param("DiagnosticReport", "issued", Date, &[&["issued"]]),
    param("DiagnosticReport", "result", Reference, &[&["result"]]),
    param("DocumentReference", "date", Date, &[&["date"]]),
    param("Encounter", "date", Date, &[&["period"]]),
    param("Encounter", "class", Token, &[&["class"]]),
    param("Procedure", "date", Date, &[&["performedDateTime"], &["performedPeriod"]]),
    param("Immunization", "date", Date, &[&["occurrenceDateTime"]]),
    param("Immunization", "vaccine-code", Token, &[&["vaccineCode"]]),
    param("Appointment", "date", Date, &[&["start"]]),
    param("Appointment", "actor", Reference, &[&["participant", "actor"]]),
    param("AllergyIntolerance", "date", Date, &[&["recordedDate"]]),
    param("AllergyIntolerance", "clinical-status", Token, &[&["clinicalStatus"]]),
    param("Condition", "date", Date, &[&["recordedDate"], &["onsetDateTime"]]),
    param("Condition", "recorded-date", Date, &[&["recordedDate"]]),
    param("Condition", "onset-date", Date, &[&["onsetDateTime"], &["onsetPeriod"]]),
    param("Condition", "clinical-status", Token, &[&["clinicalStatus"]]),
    param("MedicationRequest", "date", Date, &[&["authoredOn"]]),
    param("MedicationRequest", "authoredon", Date, &[&["authoredOn"]]),
    param("MedicationRequest", "intent", Token, &[&["intent"]]),
    param("ServiceRequest", "date", Date, &[&["authoredOn"]]),
    param("ServiceRequest", "authored", Date, &[&["authoredOn"]]),
    param("Task", "date", Date, &[&["authoredOn"]]),
    param("Flag", "date", Date, &[&["period"]]),
    param("CarePlan", "date", Date, &[&["period"]]),
    param("AuditEvent", "date", Date, &[&["recorded"]]),
    param("AuditEvent", "subtype", Token, &[&["subtype"]]),
    param("Provenance", "date", Date, &[&["recorded"]]),
    param("Provenance", "target", Reference, &[&["target"]]),
];
