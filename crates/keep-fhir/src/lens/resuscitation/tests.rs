use super::*;

fn check(text: &str, expected: &[(DoNot, &str)]) {
    let raw = Raw::parse(text).expect("valid");
    let found = do_not(&raw).expect("a type that may say so");
    let found: Vec<_> =
        found.iter().map(|d| (d.kind, d.what.as_ref().and_then(Concept::label).unwrap_or("?"))).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn an_order_not_to_do_something_names_it() {
    let order = |more: &str| format!(r#"{{"resourceType":"ServiceRequest","status":"active","intent":"order"{more}}}"#);
    let cpr = r#","code":{"text":"Cardiopulmonary resuscitation"}"#;
    check(&order(&format!(r#","doNotPerform":true{cpr}"#)), &[(DoNot::Perform, "Cardiopulmonary resuscitation")]);
    check(&order(&format!(r#","doNotPerform":"true"{cpr}"#)), &[(DoNot::Perform, "Cardiopulmonary resuscitation")]);
    check(&order(&format!(r#","doNotPerform":false{cpr}"#)), &[]);
    check(&order(cpr), &[]);
    check(&order(r#","doNotPerform":true"#), &[(DoNot::Perform, "?")]);
    check(&order(r#","code":{"text":"DNACPR"}"#), &[(DoNot::Resuscitate, "DNACPR")]);
}

#[test]
fn the_decision_not_to_resuscitate_is_found_in_every_type() {
    let coded = r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"304253006","display":"Not for resuscitation"}]}"#;
    for kind in ["ServiceRequest", "Condition", "Procedure", "Flag", "Observation"] {
        check(&format!(r#"{{"resourceType":"{kind}",{coded}}}"#), &[(DoNot::Resuscitate, "Not for resuscitation")]);
    }
    for text in
        ["DNR", "Do not resuscitate", "D.N.R.", "Not for CPR", "Do Not Attempt Cardiopulmonary Resuscitation (DNACPR)"]
    {
        check(&format!(r#"{{"resourceType":"Flag","code":{{"text":"{text}"}}}}"#), &[(DoNot::Resuscitate, text)]);
    }
    check(r#"{"resourceType":"Flag","code":{"text":"DNR discussed, declined"}}"#, &[]);
    check(
        r#"{"resourceType":"CarePlan","status":"active","activity":[{"detail":{"doNotPerform":true,"code":{"text":"Intubation"}}},{"detail":{"description":"DNR"}},{"detail":{"code":{"text":"Walk"}}}]}"#,
        &[(DoNot::Perform, "Intubation"), (DoNot::Resuscitate, "DNR")],
    );
}

#[test]
fn an_observation_decides_by_its_value() {
    let status = |value: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://snomed.info/sct","code":"304251008"}}]}},{value}}}"#
        )
    };
    let not_for = r#""valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"450476008","display":"Not for CPR"}]}"#;
    check(&status(not_for), &[(DoNot::Resuscitate, "Not for CPR")]);
    check(&status(r#""valueCodeableConcept":{"coding":[{"code":"304252001"}]}"#), &[(DoNot::Lifted, "304252001")]);
    check(&status(r#""valueString":"Full code""#), &[(DoNot::Lifted, "Full code")]);
    check(&status(r#""valueString":"under discussion""#), &[]);
    check(&status(r#""valueString":"DNR""#), &[(DoNot::Resuscitate, "DNR")]);
    let in_place = |value: &str| {
        format!(
            r#"{{"resourceType":"Observation","code":{{"coding":[{{"system":"http://loinc.org","code":"81351-9"}}],"text":"DNR order is in place"}},"valueBoolean":{value}}}"#
        )
    };
    check(&in_place("true"), &[(DoNot::Resuscitate, "DNR order is in place")]);
    check(&in_place("false"), &[(DoNot::Lifted, "DNR order is in place")]);
    check(r#"{"resourceType":"Observation","code":{"text":"DNR"},"valueBoolean":false}"#, &[(DoNot::Lifted, "DNR")]);
    check(
        r#"{"resourceType":"Observation","code":{"text":"DNR"},"valueCodeableConcept":{"text":"No"}}"#,
        &[(DoNot::Lifted, "DNR")],
    );
    check(
        r#"{"resourceType":"Observation","code":{"text":"CPR"},"valueBoolean":false}"#,
        &[(DoNot::Resuscitate, "CPR")],
    );
    check(
        r#"{"resourceType":"Observation","code":{"text":"Advance directive"},"component":[{"code":{"text":"Code status"},"valueString":"DNAR"}]}"#,
        &[(DoNot::Resuscitate, "DNAR")],
    );
}

#[test]
fn a_consent_decides_by_its_provision() {
    let consent = |more: &str| {
        format!(
            r#"{{"resourceType":"Consent","status":"active","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/consentcategorycodes","code":"dnr","display":"Do Not Resuscitate"}}]}}]{more}}}"#
        )
    };
    check(&consent(""), &[(DoNot::Resuscitate, "Do Not Resuscitate")]);
    let provision = |code: &str| {
        format!(r#","provision":{{"code":[{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}"}}]}}]}}"#)
    };
    check(&consent(&provision("304253006")), &[(DoNot::Resuscitate, "304253006")]);
    check(&consent(&provision("304252001")), &[]);
    check(&consent(&provision("261665006")), &[]);
}
