//! The clinic's records, as its server has them: three patients whose charts say different things.

use keep_domain::UtcMillis;
use serde_json::{Value, json};

/// With allergies, one of which came later, and a sensitive diagnosis.
pub(super) const ADA: &str = "ada";
/// Who is known to have no allergies.
pub(super) const OMAR: &str = "omar";
/// A patient without any record.
pub(super) const CHIDI: &str = "chidi";
/// All patients with a chart.
pub(super) const PATIENTS: [&str; 3] = [ADA, OMAR, CHIDI];

fn text(words: &str) -> Value {
    json!({"text": words})
}

fn coded(code: &str) -> Value {
    json!([{"coding": [{"code": code}]}])
}

fn person(id: &str, family: &str, given: &str, phone: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": family, "given": [given]}], "gender": "female",
        "birthDate": "1958-03-14", "telecom": [{"system": "phone", "value": phone}]})
}

fn of(patient: &str) -> Value {
    json!({"reference": format!("Patient/{patient}")})
}

fn allergy(id: &str, patient: &str, substance: &str, reaction: &str) -> Value {
    json!({"resourceType": "AllergyIntolerance", "id": id, "clinicalStatus": {"coding": [{"code": "active"}]},
        "criticality": "high", "code": text(substance), "patient": of(patient),
        "reaction": [{"manifestation": [text(reaction)], "severity": "severe"}]})
}

fn problem(id: &str, patient: &str, words: &str) -> Value {
    json!({"resourceType": "Condition", "id": id, "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": text(words), "subject": of(patient), "onsetDateTime": "2014"})
}

fn sensitive(id: &str, words: &str) -> Value {
    let mut record = problem(id, ADA, words);
    record["meta"] = json!({"security": [{"code": "R",
        "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]});
    record
}

fn measured(id: &str, patient: &str, category: &str, code: &str, value: &Value) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "category": coded(category),
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "subject": of(patient),
        "effectiveDateTime": "2026-01-10T08:00:00Z", "valueQuantity": value})
}

fn appointment(id: &str, patient: &str, status: &str, now: UtcMillis) -> Value {
    let start = now.to_rfc3339();
    let mut own = json!({"actor": of(patient), "status": "accepted"});
    if status == "arrived" {
        own["period"] = json!({"start": start});
    }
    json!({"resourceType": "Appointment", "id": id, "status": status, "start": start,
        "reasonCode": [text("Follow-up")],
        "participant": [own, {"actor": {"reference": "Practitioner/staff-jonas"}, "status": "accepted"},
            {"actor": {"reference": "Practitioner/staff-amara"}, "status": "accepted"}]})
}

/// What the server has before anybody enrols.
pub(super) fn at_first(now: UtcMillis) -> Vec<Value> {
    let staff = [
        ("amara", "Amara Okafor"),
        ("grace", "Grace Wambui"),
        ("jonas", "Dr Jonas Mbeki"),
        ("leila", "Leila Patel"),
        ("wanjiru", "Wanjiru Kamau"),
    ];
    let staff = staff.map(
        |(user, name)| json!({"resourceType": "Practitioner", "id": format!("staff-{user}"), "name": [text(name)]}),
    );
    let clinical = vec![
        person(ADA, "González", "Ada", "+254 700 000 001"),
        person(OMAR, "Said", "Omar", "+254 700 000 002"),
        person(CHIDI, "Okonkwo", "Chidi", "+254 700 000 003"),
        allergy("al-penicillin", ADA, "Penicillin", "anaphylaxis"),
        json!({"resourceType": "AllergyIntolerance", "id": "al-none", "patient": of(OMAR),
            "clinicalStatus": {"coding": [{"code": "active"}]}, "recordedDate": "2026-02-01",
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}}),
        json!({"resourceType": "Flag", "id": "flag-falls", "status": "active", "category": coded("safety"),
            "code": text("Falls risk"), "subject": of(ADA)}),
        problem("co-pressure", ADA, "Essential hypertension"),
        problem("co-asthma", OMAR, "Asthma"),
        sensitive("co-sensitive", "Opioid dependence"),
        json!({"resourceType": "MedicationRequest", "id": "me-amlodipine", "status": "active", "intent": "order",
            "medicationCodeableConcept": text("amlodipine 5 MG tablet"), "subject": of(ADA),
            "authoredOn": "2026-01-20"}),
        measured("ob-height", ADA, "vital-signs", "8302-2", &json!({"value": 160, "unit": "cm", "code": "cm"})),
        measured("ob-pulse", OMAR, "vital-signs", "8867-4", &json!({"value": 71, "unit": "/min", "code": "/min"})),
        measured("ob-sugar", ADA, "laboratory", "2345-7", &json!({"value": 5.8, "unit": "mg/dL"})),
        json!({"resourceType": "Immunization", "id": "im-tetanus", "status": "completed", "vaccineCode": text("Tetanus"),
            "patient": of(ADA), "occurrenceDateTime": "2020-05-01"}),
        json!({"resourceType": "Encounter", "id": "en-past", "status": "finished", "class": {"code": "AMB"},
            "subject": of(ADA), "period": {"start": "2026-01-10T08:00:00Z", "end": "2026-01-10T09:00:00Z"},
            "participant": [{"individual": {"reference": "Practitioner/staff-amara"}}]}),
        appointment("ap-ada", ADA, "arrived", now),
        appointment("ap-omar", OMAR, "booked", now),
        appointment("ap-chidi", CHIDI, "arrived", now),
    ];
    staff.into_iter().chain(clinical).collect()
}

/// What colleagues elsewhere change in the course of the day.
pub(super) fn later() -> Vec<Value> {
    vec![
        person(ADA, "González", "Ada", "+254 700 000 099"),
        allergy("al-peanut", ADA, "Peanut", "angioedema"),
        problem("co-pregnant", OMAR, "Iron deficiency"),
        sensitive("co-sensitive-2", "Alcohol dependence"),
    ]
}

/// The last that arrives: for the holder of the restricted segment, by another's sync.
pub(super) fn at_last() -> Vec<Value> {
    vec![sensitive("co-sensitive-3", "Panic disorder")]
}
