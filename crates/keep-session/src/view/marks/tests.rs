use super::*;
use crate::view::fixtures::{NOON, nurse_amara_sees, seen_by};
use keep_domain::Role;

fn marks_of(json: &str) -> Vec<MarkDto> {
    nurse_amara_sees(&[json]).iter().flat_map(marks).collect()
}

fn check(json: &str, expected: &[MarkDto]) {
    assert_eq!(marks_of(json), expected, "{json}");
}

fn status(code: &str, reason: Option<&str>) -> MarkDto {
    MarkDto::Status { code: code.to_owned(), reason: reason.map(str::to_owned) }
}

fn of(kind: &str, more: &str) -> String {
    format!(r#"{{"resourceType":"{kind}","id":"x","subject":{{"reference":"Patient/maria"}},{more}}}"#)
}

#[test]
fn an_ordinary_record_has_no_mark() {
    check(&of("Observation", r#""status":"final","code":{"text":"x"}"#), &[]);
    check(&of("MedicationRequest", r#""status":"active","intent":"order","doNotPerform":false"#), &[]);
    check(&of("CarePlan", r#""status":"active","intent":"plan""#), &[]);
    check(r#"{"resourceType":"Patient","id":"p","active":true,"deceasedBoolean":false,"name":[{"use":"old"}]}"#, &[]);
}

#[test]
fn what_is_out_of_the_ordinary_is_a_mark_with_its_reason() {
    check(
        &of(
            "MedicationRequest",
            r#""status":"on-hold","statusReason":{"text":"INR too high"},"intent":"proposal","doNotPerform":true"#,
        ),
        &[status("on-hold", Some("INR too high")), MarkDto::Intent { code: String::from("proposal") }, MarkDto::DoNot],
    );
    check(
        &of("Immunization", r#""status":"completed","isSubpotent":true,"statusReason":{"text":"r"}"#),
        &[MarkDto::Subpotent { reason: Some(String::from("r")) }],
    );
    check(
        &of("MedicationRequest", r#""status":"active","intent":"order","statusReason":{"text":"r"}"#),
        &[status("active", Some("r"))],
    );
    check(
        &of(
            "Condition",
            r#""clinicalStatus":{"coding":[{"code":"remission"}]},"verificationStatus":{"coding":[{"code":"refuted"}]}"#,
        ),
        &[status("remission", None), MarkDto::Verification { code: String::from("refuted") }],
    );
    check(
        &of("Observation", r#""status":"preliminary","focus":[{"display":"Fetus"}]"#),
        &[status("preliminary", None), MarkDto::Focus { whom: Some(String::from("Fetus")) }],
    );
    check(&of("Procedure", r#""status":"entered-in-error""#), &[MarkDto::EnteredInError]);
    check(
        &of("DocumentReference", r#""status":"superseded","docStatus":"amended""#),
        &[MarkDto::Superseded { by: None, at: None }, status("amended", None)],
    );
    check(&of("Observation", r#""code":{"text":"x"}"#), &[MarkDto::Missing { element: String::from("status") }]);
}

#[test]
fn a_patient_record_says_that_it_was_replaced_or_that_the_patient_died() {
    check(
        r#"{"resourceType":"Patient","id":"p","active":false,"deceasedDateTime":"2026-01","link":[{"type":"replaced-by","other":{"reference":"Patient/2"}},{"type":"seealso","other":{"display":"RP 3"}}]}"#,
        &[
            MarkDto::Inactive,
            MarkDto::Deceased { at: Some(String::from("2026-01")) },
            MarkDto::Superseded { by: Some(String::from("Patient/2")), at: None },
            MarkDto::Linked { code: Some(String::from("seealso")), other: Some(String::from("RP 3")) },
        ],
    );
}

#[test]
fn an_unknown_modifier_is_never_silently_ordinary() {
    let unknown = |names: &[&str]| MarkDto::Unsafe { elements: names.iter().map(|n| (*n).to_owned()).collect() };
    check(&of("Observation", r#""status":"foo""#), &[status("foo", None), unknown(&["status"])]);
    check(
        &of("Condition", r#""verificationStatus":{"coding":[{"code":"17621005","display":"Rumoured"}]}"#),
        &[MarkDto::Verification { code: String::from("Rumoured") }, unknown(&["verificationStatus"])],
    );
    check(
        &of(
            "MedicationRequest",
            r#""status":"active","intent":"order","modifierExtension":[{"url":"urn:not","valueString":"never"}]"#,
        ),
        &[
            MarkDto::Element {
                element: String::from("modifierExtension"),
                recorded: vec![String::from("urn:not"), String::from("never")],
            },
            unknown(&["modifierExtension"]),
        ],
    );
    check(
        &of(
            "CarePlan",
            r#""status":"active","intent":"plan","activity":[{"detail":{"status":"in-progress","doNotPerform":true}}]"#,
        ),
        &[MarkDto::Element {
            element: String::from("activity.detail.doNotPerform"),
            recorded: vec![String::from("true")],
        }],
    );
}

#[test]
fn what_has_happened_is_not_later_than_now() {
    let clinic_clock = ClinicClock::utc(NOON);
    let in_future = |kind: &str, at: &str| {
        let json = of(kind, &format!(r#""effectiveDateTime":"{at}","start":"{at}""#));
        nurse_amara_sees(&[&json]).iter().any(|e| in_future(e, &clinic_clock).is_some())
    };
    assert!(in_future("Observation", "2027-01-01"));
    assert!(in_future("Observation", "2026-11-22T12:30:00Z"));
    assert!(!in_future("Observation", "2026-11-22"));
    assert!(!in_future("Observation", "2026-11-22T11:30:00Z"));
    assert!(!in_future("Appointment", "2027-01-01"));
}

#[test]
fn a_record_that_is_not_shown_has_no_marks() {
    let json = of("MedicationRequest", r#""status":"on-hold""#);
    assert!(seen_by(Role::FrontDesk, &[&json]).iter().flat_map(marks).next().is_none());
    assert!(marks_of(r#"{"resourceType":"Observation","id":"#).is_empty());
}
