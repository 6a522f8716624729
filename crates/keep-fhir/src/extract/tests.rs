use super::header::Header;
use super::index::{Purpose, facts_of};
use super::*;
use crate::UnreadableKind;
use keep_domain::{Phi, Segment, UtcMillis};

fn read(text: &str) -> Extracted {
    let header = Header::parse(text).expect("valid");
    facts_of(&header, Some("https://fhir.example/r4"), Purpose::Any).expect("readable")
}

const ADA: &str = r#"{"resourceType":"Patient","id":"ada-1","meta":{"versionId":"7","lastUpdated":"2026-11-22T06:14:00.123Z",
 "security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},
 "identifier":[{"type":{"coding":[{"code":"MR"}]},"system":"urn:clinic","value":"K-0042"},{"system":"urn:empty"}],
 "name":[{"use":"official","family":"Gonz\u00e1lez","given":["Ada","Luz"]},{"use":"nickname","text":"Lulu"}],
 "telecom":[{"system":"phone","value":"555 0101"},{"system":"email","value":"a@b.example"}],
 "gender":"female","birthDate":"1958-03","deceasedBoolean":false,"active":true,
 "link":[{"other":{"reference":"Patient/ada-0"},"type":"replaces"}]}"#;

#[test]
fn a_patient_is_indexed_in_full() {
    let e = read(ADA);
    assert_eq!((e.key.to_string().as_str(), e.segment), ("Patient/ada-1", Segment::Directory));
    assert_eq!(e.patient.as_ref().map(ToString::to_string).as_deref(), Some("ada-1"));
    assert_eq!((e.version_id.as_deref(), e.labels.clone()), (Some("7"), vec!["R".to_owned()]));
    assert_eq!(e.last_updated, UtcMillis::from_rfc3339("2026-11-22T06:14:00.123Z"));
    let Detail::Patient(p) = e.detail else { panic!("a patient") };
    assert_eq!(p.names[0].family, Some(Phi::new("González".to_owned())));
    assert_eq!(p.names[0].given.len(), 2);
    assert_eq!(p.names[1].text, Some(Phi::new("Lulu".to_owned())));
    assert_eq!(p.identifiers.len(), 1);
    assert_eq!(p.identifiers[0].type_code.as_deref(), Some("MR"));
    assert_eq!((p.phones.len(), p.deceased, p.active), (1, false, true));
    assert_eq!(p.links[0].kind, "replaces");
    assert_eq!(p.birth_date, Some(Phi::new("1958-03".to_owned())));
}

#[test]
fn an_observation_has_patient_time_and_code() {
    let e = read(
        r#"{"resourceType":"Observation","id":"o1","status":"final",
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},
        "subject":{"reference":"https://fhir.example/r4/Patient/ada-1"},"encounter":{"reference":"Encounter/v1"},
        "effectiveDateTime":"2026-11-22T09:14:00+03:00","issued":"2026-11-22T09:20:00+03:00"}"#,
    );
    assert_eq!(e.patient.map(|p| p.to_string()).as_deref(), Some("ada-1"));
    assert_eq!(e.clinical_time, UtcMillis::from_rfc3339("2026-11-22T06:14:00Z"));
    assert_eq!(e.code.map(|c| c.to_string()).as_deref(), Some("http://loinc.org|8867-4"));
    assert_eq!(e.categories[0].code, "vital-signs");
    assert_eq!(e.encounter.map(|k| k.to_string()).as_deref(), Some("Encounter/v1"));
    assert_eq!((e.status.as_deref(), e.segment), (Some("final"), Segment::Clinical));
    assert!(e.faults.is_empty() && !e.entered_in_error);
}

#[test]
fn other_types_have_their_patient() {
    let check = |text: &str, expected: Option<&str>| {
        let found = read(text).patient.map(|p| p.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    };
    check(r#"{"resourceType":"Coverage","id":"1","beneficiary":{"reference":"Patient/p"}}"#, Some("p"));
    check(r#"{"resourceType":"Task","id":"1","for":{"reference":"Patient/p"}}"#, Some("p"));
    check(
        r#"{"resourceType":"Appointment","id":"1","participant":[{"actor":{"reference":"Practitioner/d"}},{"actor":{"reference":"Patient/p"}}]}"#,
        Some("p"),
    );
    check(r#"{"resourceType":"Account","id":"1","subject":[{"reference":"Patient/p"}]}"#, Some("p"));
    check(r#"{"resourceType":"Observation","id":"1","subject":{"reference":"Group/g"}}"#, None);
    check(r#"{"resourceType":"Observation","id":"1","subject":{"reference":"https://other.example/Patient/p"}}"#, None);
    check(
        r#"{"resourceType":"Goal","id":"1","target":[{"dueDate":"2026"}],"subject":{"reference":"Patient/p"}}"#,
        Some("p"),
    );
}

#[test]
fn provenance_and_binary_name_their_targets() {
    let e = read(
        r#"{"resourceType":"Provenance","id":"1","target":[{"reference":"Appointment/a"},{"reference":"Patient/p"}],"recorded":"2026-11-22T06:14:00Z"}"#,
    );
    assert_eq!((e.segment_targets.len(), e.segment), (2, Segment::Directory));
    assert_eq!(e.patient.map(|p| p.to_string()).as_deref(), Some("p"));
    let e = read(r#"{"resourceType":"Binary","id":"1","securityContext":{"reference":"DocumentReference/d"}}"#);
    assert_eq!((e.segment_targets.len(), e.segment), (1, Segment::Clinical));
}

#[test]
fn an_appointment_and_an_encounter() {
    let e = read(
        r#"{"resourceType":"Appointment","id":"1","status":"booked","start":"2026-11-22T08:00:00Z","end":"2026-11-22T08:20:00Z",
        "participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]}"#,
    );
    assert_eq!(e.clinical_time, UtcMillis::from_rfc3339("2026-11-22T08:00:00Z"));
    let Detail::Appointment(a) = e.detail else { panic!("an appointment") };
    assert_eq!((a.participants[0].status.as_deref(), a.end.is_some()), (Some("accepted"), true));
    let e = read(
        r#"{"resourceType":"Encounter","id":"1","status":"in-progress","class":{"code":"AMB"},"period":{"start":"2026-11-22T08:05:00Z"},
        "meta":{"security":[{"code":"SUD"}]}}"#,
    );
    assert_eq!(e.segment, Segment::Restricted);
    let Detail::Encounter(v) = e.detail else { panic!("an encounter") };
    assert_eq!((v.class.as_deref(), v.status.as_deref()), (Some("AMB"), Some("in-progress")));
}

#[test]
fn malformed_elements_are_flagged_and_the_rest_is_read() {
    let e = read(
        r#"{"resourceType":"Observation","id":"1","status":5,"category":"x","subject":"Patient/p","code":{"coding":[{"code":"8867-4"}]},"effectiveDateTime":"soon","issued":"2026-11-22T06:14:00Z"}"#,
    );
    assert_eq!(e.faults, ["category", "effectiveDateTime", "status", "subject"]);
    assert_eq!(e.clinical_time, UtcMillis::from_rfc3339("2026-11-22T06:14:00Z"));
    assert_eq!(e.code.map(|c| c.code).as_deref(), Some("8867-4"));
}

#[test]
fn a_resource_without_a_key_is_unreadable() {
    let check = |text: &str, kind: UnreadableKind| assert_eq!(extract(text).map_err(|e| e.kind), Err(kind), "{text}");
    check(r#"{"id":"1"}"#, UnreadableKind::NoType);
    check(r#"{"resourceType":"../x","id":"1"}"#, UnreadableKind::NoType);
    check(r#"{"resourceType":"Patient"}"#, UnreadableKind::NoId);
    check(r#"{"resourceType":"Patient","id":"a b"}"#, UnreadableKind::NoId);
    check(r#"{"resourceType":"Patient","id":"1","id":"2"}"#, UnreadableKind::DuplicateMember);
    check(r#"["Patient"]"#, UnreadableKind::NotAnObject);
    check(r#"{"resourceType":"Patient","id":"#, UnreadableKind::Truncated);
    check("<!DOCTYPE html>", UnreadableKind::Syntax);
}

#[test]
fn records_entered_in_error_are_recognised() {
    assert!(read(r#"{"resourceType":"Observation","id":"1","status":"entered-in-error"}"#).entered_in_error);
    let condition = r#"{"resourceType":"Condition","id":"1","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"entered-in-error"}]}}"#;
    assert!(read(condition).entered_in_error);
    let elsewhere =
        r#"{"resourceType":"AllergyIntolerance","id":"1","verificationStatus":{"coding":[{"code":"723510000"}]}}"#;
    assert!(read(elsewhere).entered_in_error);
    let text = r#"{"resourceType":"Condition","id":"1","verificationStatus":{"text":"Entered in error"}}"#;
    assert!(read(text).entered_in_error && !read(&text.replace("Entered in error", "Refuted")).entered_in_error);
    assert!(read(r#"{"resourceType":"Goal","id":"1","lifecycleStatus":"entered-in-error"}"#).entered_in_error);
    let note = r#"{"resourceType":"DocumentReference","id":"1","status":"current","docStatus":"entered-in-error"}"#;
    assert!(read(note).entered_in_error);
    assert_eq!(read(condition).status.as_deref(), Some("active"));
}

#[test]
fn debug_identifies_no_one() {
    let shown = format!("{:?} {:?}", read(ADA), read(ADA).detail);
    assert!(!shown.contains("Ada") && !shown.contains("K-0042") && !shown.contains("ada-1"), "{shown}");
}

#[test]
fn a_malformed_label_counts_as_restricted() {
    let check = |security: &str, labels: &[&str], faults: &[&str], segment| {
        let e = read(&format!(r#"{{"resourceType":"Observation","id":"1","meta":{{"security":{security}}}}}"#));
        assert_eq!(
            (e.labels.as_slice(), e.segment),
            (&labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>()[..], segment),
            "{security}"
        );
        assert_eq!(e.faults, faults, "{security}");
    };
    check(r#"[{"code":"N"}]"#, &["N"], &[], Segment::Clinical);
    check(r#"{"code":"HIV"}"#, &["HIV"], &[], Segment::Restricted);
    check(r#"[{"display":"restricted"}]"#, &["R"], &["meta.security"], Segment::Restricted);
    check(r#""HIV""#, &["R"], &["meta.security"], Segment::Restricted);
    check("[]", &[], &[], Segment::Clinical);
}

proptest::proptest! {
    #[test]
    fn truncated_text_is_never_accepted(cut in 0usize..ADA.len()) {
        if let Some(part) = ADA.get(..cut) {
            proptest::prop_assert!(extract(part).is_err());
        }
    }

    #[test]
    fn no_text_causes_a_panic(text in "[\\[\\]{}\",:a1 ]{0,60}", kind in "(\"x\"|1|null|\\[\\]|\\{\\}|\\[\\{\\}\\]|\\[1\\])", name in "(meta|subject|category|code|status|period|effectivePeriod|name|identifier|participant|target|context|class|link)", resource in "(Patient|Appointment|Encounter|Provenance|Observation)") {
        let _ = extract(&text);
        let built = format!(r#"{{"resourceType":"{resource}","id":"1","{name}":{kind}}}"#);
        proptest::prop_assert!(extract(&built).is_ok(), "{}", built);
    }
}
