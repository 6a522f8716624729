//! The search parameters that are indexed: name, kind and where in the resource they are found (FHIR R4, search parameter registry).

/// How a parameter is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Code, identifier, boolean: `system|code`.
    Token,
    /// Phone or mail: digits, or the text.
    Contact,
    /// Folded text, by prefix.
    Text,
    /// `Type/id`.
    Reference,
    /// Interval.
    Date,
}

/// One parameter: resource type (`*` = any), name, kind, paths.
pub(crate) struct Term {
    pub(crate) on: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) paths: &'static [&'static [&'static str]],
}

/// The parameter of that name for a resource type.
pub(crate) fn term_of(resource_type: &str, name: &str) -> Option<&'static Term> {
    TERMS.iter().find(|t| t.name == name && (t.on == "*" || t.on == resource_type))
}

/// All parameters of a resource type.
pub(crate) fn terms_of(resource_type: &str) -> impl Iterator<Item = &'static Term> {
    TERMS.iter().filter(move |t| t.on == "*" || t.on == resource_type)
}

const fn term(on: &'static str, name: &'static str, kind: Kind, paths: &'static [&'static [&'static str]]) -> Term {
    Term { on, name, kind, paths }
}

/// `_sort=date` and the parameter `date` use the first date term of a type.
const TERMS: &[Term] = &[
    term("*", "_security", Kind::Token, &[&["meta", "security"]]),
    term("*", "_tag", Kind::Token, &[&["meta", "tag"]]),
    term("*", "identifier", Kind::Token, &[&["identifier"]]),
    term("*", "status", Kind::Token, &[&["status"]]),
    term("*", "code", Kind::Token, &[&["code"], &["medicationCodeableConcept"], &["vaccineCode"]]),
    term("*", "category", Kind::Token, &[&["category"]]),
    term("*", "type", Kind::Token, &[&["type"]]),
    // `patient` holds every kind of subject, so that `subject` needs no rows of its own.
    term(
        "*",
        "patient",
        Kind::Reference,
        &[&["subject"], &["patient"], &["beneficiary"], &["for"], &["participant", "actor"]],
    ),
    term("*", "encounter", Kind::Reference, &[&["encounter"], &["context", "encounter"]]),
    term("Patient", "birthdate", Kind::Date, &[&["birthDate"]]),
    term("Patient", "name", Kind::Text, &[&["name"]]),
    term("Patient", "family", Kind::Text, &[&["name", "family"]]),
    term("Patient", "given", Kind::Text, &[&["name", "given"]]),
    term("Patient", "phone", Kind::Contact, &[&["telecom"]]),
    term("Patient", "gender", Kind::Token, &[&["gender"]]),
    term("Patient", "active", Kind::Token, &[&["active"]]),
    term("Practitioner", "name", Kind::Text, &[&["name"]]),
    term("Practitioner", "family", Kind::Text, &[&["name", "family"]]),
    term("Practitioner", "given", Kind::Text, &[&["name", "given"]]),
    term("PractitionerRole", "practitioner", Kind::Reference, &[&["practitioner"]]),
    term("PractitionerRole", "role", Kind::Token, &[&["code"]]),
    term("Organization", "name", Kind::Text, &[&["name"]]),
    term("Location", "name", Kind::Text, &[&["name"]]),
    term("Observation", "date", Kind::Date, &[&["effectiveDateTime"], &["effectivePeriod"], &["effectiveInstant"]]),
    term("DiagnosticReport", "date", Kind::Date, &[&["effectiveDateTime"], &["effectivePeriod"]]),
    term("DiagnosticReport", "issued", Kind::Date, &[&["issued"]]),
    term("DiagnosticReport", "result", Kind::Reference, &[&["result"]]),
    term("DocumentReference", "date", Kind::Date, &[&["date"]]),
    term("Encounter", "date", Kind::Date, &[&["period"]]),
    term("Encounter", "class", Kind::Token, &[&["class"]]),
    term("Procedure", "date", Kind::Date, &[&["performedDateTime"], &["performedPeriod"]]),
    term("Immunization", "date", Kind::Date, &[&["occurrenceDateTime"]]),
    term("Immunization", "vaccine-code", Kind::Token, &[&["vaccineCode"]]),
    term("Appointment", "date", Kind::Date, &[&["start"]]),
    term("Appointment", "actor", Kind::Reference, &[&["participant", "actor"]]),
    term("AllergyIntolerance", "date", Kind::Date, &[&["recordedDate"]]),
    term("AllergyIntolerance", "clinical-status", Kind::Token, &[&["clinicalStatus"]]),
    term("Condition", "date", Kind::Date, &[&["recordedDate"], &["onsetDateTime"]]),
    term("Condition", "recorded-date", Kind::Date, &[&["recordedDate"]]),
    term("Condition", "onset-date", Kind::Date, &[&["onsetDateTime"], &["onsetPeriod"]]),
    term("Condition", "clinical-status", Kind::Token, &[&["clinicalStatus"]]),
    term("MedicationRequest", "date", Kind::Date, &[&["authoredOn"]]),
    term("MedicationRequest", "authoredon", Kind::Date, &[&["authoredOn"]]),
    term("MedicationRequest", "intent", Kind::Token, &[&["intent"]]),
    term("ServiceRequest", "date", Kind::Date, &[&["authoredOn"]]),
    term("ServiceRequest", "authored", Kind::Date, &[&["authoredOn"]]),
    term("Task", "date", Kind::Date, &[&["authoredOn"]]),
    term("Flag", "date", Kind::Date, &[&["period"]]),
    term("CarePlan", "date", Kind::Date, &[&["period"]]),
    term("AuditEvent", "date", Kind::Date, &[&["recorded"]]),
    term("AuditEvent", "subtype", Kind::Token, &[&["subtype"]]),
    term("Provenance", "date", Kind::Date, &[&["recorded"]]),
    term("Provenance", "target", Kind::Reference, &[&["target"]]),
];
