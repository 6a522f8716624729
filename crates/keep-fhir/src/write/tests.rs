use super::*;
use crate::{Decimal, Detail, FhirError, Node, Raw, extract};
use keep_domain::{
    Consciousness, DeviceId, News2Parameter, Phi, ResourceId, ResourceKey, Segment, SpO2Scale, UtcMillis, VitalSign,
};

fn id(text: &str) -> ResourceId {
    text.parse().expect("id")
}

fn key(text: &str) -> ResourceKey {
    text.parse().expect("reference")
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("decimal")
}

fn nurse_amara() -> AuthoringContext {
    AuthoringContext {
        patient: id("ada-1"),
        encounter: Some(key("Encounter/v1")),
        author: key("Practitioner/amara"),
        effective: UtcMillis(1_795_338_840_000),
        recorded: UtcMillis(1_795_338_900_000),
    }
}

fn at(raw: &Raw, path: &[&str]) -> String {
    raw.node().at(path).map(Node::raw).unwrap_or_default().to_owned()
}

#[test]
fn every_vital_sign_is_a_readable_observation() {
    let in_panels = [VitalSign::Systolic, VitalSign::Diastolic];
    for v in VitalSign::ALL.into_iter().filter(|v| !in_panels.contains(v)) {
        let raw = vital_sign(&id("o1"), &nurse_amara(), v, &decimal("37.20"), &[]);
        let e = extract(raw.as_str()).expect("readable");
        assert_eq!(e.code.map(|c| c.code).as_deref(), Some(v.loinc()));
        assert_eq!(e.clinical_time, Some(UtcMillis(1_795_338_840_000)));
        assert_eq!(e.patient.map(|p| p.to_string()).as_deref(), Some("ada-1"));
        assert_eq!(e.encounter, Some(key("Encounter/v1")));
        assert_eq!(e.categories[0].code, "vital-signs");
        assert_eq!(at(&raw, &["valueQuantity", "value"]), "37.20");
        assert!(e.faults.is_empty());
    }
}

#[test]
fn temperature_is_frozen() {
    let raw = vital_sign(&id("o1"), &nurse_amara(), VitalSign::Temperature, &decimal("37.0"), &[]);
    let expected = r#"{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}],"text":"Vital Signs"}],"code":{"coding":[{"system":"http://loinc.org","code":"8310-5","display":"Body temperature"}],"text":"Body temperature"},"subject":{"reference":"Patient/ada-1"},"encounter":{"reference":"Encounter/v1"},"effectiveDateTime":"2026-11-22T09:14:00.000Z","issued":"2026-11-22T09:15:00.000Z","performer":[{"reference":"Practitioner/amara"}],"valueQuantity":{"value":37.0,"unit":"°C","system":"http://unitsofmeasure.org","code":"Cel"}}"#;
    assert_eq!(raw.as_str(), expected);
}

#[test]
fn a_missing_pressure_says_so() {
    let pressure = BloodPressure { systolic: Some(decimal("120")), diastolic: None };
    let raw = blood_pressure(&id("o1"), &nurse_amara(), &pressure);
    let parts: Vec<_> = raw.node().member("component").expect("components").items().collect();
    assert_eq!(parts[0].at(&["valueQuantity", "value"]).map(Node::raw), Some("120"));
    assert_eq!(parts[1].at(&["dataAbsentReason", "coding", "code"]).map(Node::raw), Some("\"not-performed\""));
    assert_eq!(vital_sign(&id("o1"), &nurse_amara(), VitalSign::Systolic, &decimal("120"), &[]), raw);
}

#[test]
fn saturation_carries_both_codes() {
    let raw = vital_sign(&id("o1"), &nurse_amara(), VitalSign::OxygenSaturation, &decimal("97"), &[]);
    assert!(at(&raw, &["code"]).contains("2708-6") && at(&raw, &["code"]).contains("59408-5"));
}

#[test]
fn news2_is_a_survey_with_parts() {
    let score = News2Score {
        total: 5,
        scale: SpO2Scale::Two,
        parts: vec![(News2Parameter::Pulse, 2), (News2Parameter::OxygenSaturation, 3)],
        derived_from: vec![key("Observation/o1")],
        reason: Some(Phi::new("hypercapnic failure, ABG 2026".into())),
    };
    let raw = news2_score(&id("o9"), &nurse_amara(), &score);
    assert_eq!(at(&raw, &["valueQuantity", "value"]), "5");
    assert_eq!(at(&raw, &["derivedFrom", "reference"]), "\"Observation/o1\"");
    assert_eq!(at(&raw, &["note", "text"]), "\"hypercapnic failure, ABG 2026\"");
    assert_eq!(raw.node().member("component").map(|c| c.items().count()), Some(2));
    assert_eq!(extract(raw.as_str()).expect("readable").categories[0].code, "survey");
    let oxygen = supplemental_oxygen(&id("o8"), &nurse_amara(), true);
    assert_eq!(at(&oxygen, &["valueBoolean"]), "true");
    let alert = consciousness(&id("o7"), &nurse_amara(), Consciousness::Alert);
    assert_eq!(at(&alert, &["valueCodeableConcept", "coding", "code"]), "\"248234008\"");
}

#[test]
fn a_new_visit_is_in_progress() {
    let start =
        EncounterStart { patient: id("ada-1"), practitioner: key("Practitioner/amara"), start: UtcMillis(60_000) };
    let e = extract(start_encounter(&id("v1"), &start).as_str()).expect("readable");
    let Detail::Encounter(facts) = e.detail else { panic!("an encounter") };
    assert_eq!((facts.status.as_deref(), facts.start, facts.end), (Some("in-progress"), Some(UtcMillis(60_000)), None));
    assert_eq!(e.segment, Segment::Encounters);
}

#[test]
fn a_signed_note_has_a_signer() {
    let draft = NoteDraft {
        type_code: "34746-8".into(),
        type_display: "Nurse Note".into(),
        title: Phi::new("Triage".into()),
        text: Phi::new("Cough for 3 d.\nNo fever.".into()),
    };
    let signed = note(&id("n1"), &nurse_amara(), &draft);
    assert_eq!(at(&signed, &["authenticator", "reference"]), "\"Practitioner/amara\"");
    assert_eq!(at(&signed, &["docStatus"]), "\"final\"");
    let e = extract(signed.as_str()).expect("readable");
    assert_eq!((e.encounter, e.segment), (Some(key("Encounter/v1")), Segment::Clinical));
}

#[test]
fn provenance_names_author_device_and_reason() {
    let facts = ProvenanceDraft {
        targets: vec![key("Observation/o1"), key("Encounter/v1")],
        author: key("Practitioner/amara"),
        device: DeviceId::from_bytes([7; 16]),
        recorded: UtcMillis(0),
        activity: Activity::Create,
        reason: Some(Phi::new(String::from("other \"patient\""))),
    };
    let raw = provenance(&id("p1"), &facts);
    assert_eq!(raw.node().member("agent").map(|a| a.items().count()), Some(2));
    assert!(raw.as_str().ends_with(r#","reason":[{"text":"other \"patient\""}]}"#), "{}", raw.as_str());
    assert_eq!(extract(raw.as_str()).expect("readable").segment_targets.len(), 2);
}

#[test]
fn marking_as_entered_in_error_changes_only_the_status() {
    let marked = |text: &str| mark_entered_in_error(&Raw::parse(text).expect("valid")).map(Raw::into_string);
    assert_eq!(
        marked(r#"{"resourceType":"Observation","status": "final","valueQuantity":{"value":1.50}}"#).as_deref(),
        Ok(r#"{"resourceType":"Observation","status": "entered-in-error","valueQuantity":{"value":1.50}}"#)
    );
    let allergy = marked(
        r#"{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"x"}}"#,
    );
    assert_eq!(
        allergy.as_deref(),
        Ok(
            r#"{"resourceType":"AllergyIntolerance","code":{"text":"x"},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"entered-in-error"}]}}"#
        )
    );
    assert_eq!(marked(r#"{"resourceType":"Patient"}"#), Err(FhirError::WrongType));
}

#[test]
fn an_appointment_changes_its_status_only() {
    let a = Raw::parse(r#"{"resourceType":"Appointment","status":"booked"}"#).expect("valid");
    let arrived = set_appointment_status(&a, AppointmentStatus::Arrived).expect("an appointment");
    assert_eq!(arrived.as_str(), r#"{"resourceType":"Appointment","status":"arrived"}"#);
    let o = Raw::parse(r#"{"resourceType":"Observation","status":"final"}"#).expect("valid");
    assert_eq!(set_appointment_status(&o, AppointmentStatus::Arrived), Err(FhirError::WrongType));
}

#[test]
fn arrival_is_recorded_and_removed() {
    let text = r#"{"resourceType":"Appointment","id":"a","participant":[{"actor":{"reference":"Practitioner/jonas"}},{"actor":{"reference":"Patient/maria"},"status":"accepted"}]}"#;
    let raw = Raw::parse(text).expect("valid");
    let at = UtcMillis::from_rfc3339("2026-11-22T11:12:00.000Z");
    let here = set_arrival(&raw, &id("maria"), at).expect("set");
    assert!(here.as_str().contains(r#""status":"accepted","period":{"start":"2026-11-22T11:12:00.000Z"}"#));
    assert_eq!(crate::lens::arrival(&here, &id("maria")), at);
    assert_eq!(set_arrival(&here, &id("maria"), None).expect("removed").as_str(), text);
}
