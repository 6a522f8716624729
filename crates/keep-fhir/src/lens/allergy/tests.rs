use super::*;
use crate::Raw;

fn raw(text: &str) -> Raw {
    Raw::parse(text).expect("valid")
}

fn read(elements: &str) -> AllergyLens {
    allergy(&raw(&format!(r#"{{"resourceType":"AllergyIntolerance",{elements}}}"#))).expect("an allergy")
}

fn allergy_of(code: &str, clinical: &str, verification: &str) -> AllergyLens {
    allergy(&raw(&format!(
        r#"{{"resourceType":"AllergyIntolerance","code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}"}}]}},"clinicalStatus":{{"coding":[{{"code":"{clinical}"}}]}},"verificationStatus":{{"coding":[{{"code":"{verification}"}}]}}}}"#
    )))
    .expect("an allergy")
}

#[test]
fn there_is_exactly_one_statement_about_allergies() {
    let penicillin = || allergy_of("91936005", "active", "confirmed");
    let none = || allergy_of("716186003", "active", "confirmed");
    let check = |list: &[AllergyLens], completeness, expected| assert_eq!(allergy_state(list, completeness), expected);
    use {AllergyState as S, Completeness as C};
    check(&[], C::Complete, S::NotRecorded);
    check(&[], C::Incomplete, S::Unavailable);
    check(&[none()], C::Complete, S::NoneKnown);
    check(&[none()], C::Incomplete, S::Unavailable);
    check(&[none(), penicillin()], C::Complete, S::Known);
    check(&[penicillin()], C::Incomplete, S::Known);
    check(&[allergy_of("91936005", "active", "entered-in-error")], C::Complete, S::NotRecorded);
    check(&[allergy_of("91936005", "active", "refuted"), none()], C::Complete, S::NoneKnown);
    check(&[allergy_of("91936005", "resolved", "confirmed")], C::Complete, S::NotRecorded);
    check(&[allergy_of("409137002", "active", "confirmed")], C::Complete, S::PartlyNoneKnown);
    check(&[allergy_of("716186003", "active", "entered-in-error")], C::Complete, S::NotRecorded);
    let unreadable = allergy(&raw(r#"{"resourceType":"AllergyIntolerance","code":5}"#)).expect("an allergy");
    assert_eq!(unreadable.faults, ["code"]);
    check(&[unreadable], C::Complete, S::Known);
}

#[test]
fn an_allergy_has_reactions() {
    let a = allergy(&raw(r#"{"resourceType":"AllergyIntolerance","criticality":"high","category":["food"],"code":{"text":"Peanut"},"recordedDate":"2020-01","reaction":[{"manifestation":[{"text":"Hives"}],"severity":"severe"}],"note":[{"text":"at school"}]}"#)).expect("an allergy");
    assert_eq!(a.substance.as_ref().and_then(Concept::label), Some("Peanut"));
    assert_eq!(
        (a.reactions[0].severity.as_deref(), a.reactions[0].manifestations[0].label()),
        (Some("severe"), Some("Hives"))
    );
    assert_eq!((a.notes.len(), a.is_current()), (1, true));
}

const PENICILLIN: &str = r#""code":{"text":"Penicillin"}"#;
const NKA: &str = r#""code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}"#;

fn words(words: Option<&Phi<String>>) -> Option<&str> {
    // EXPOSE: a test compares the words.
    words.map(|w| w.expose().as_str())
}

#[test]
fn the_substance_is_found_where_it_is_recorded() {
    let check = |elements: &str, expected: Option<&str>| {
        let found = read(elements);
        assert_eq!(found.substance.as_ref().and_then(Concept::label), expected, "{elements}");
        assert_eq!(found.faults.is_empty(), expected.is_some(), "{elements}");
    };
    let unknown = r#""code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown","display":"Unknown"}]}"#;
    let narrative = |status: &str| format!(r#""text":{{"status":"{status}","div":"<div>Penicillin</div>"}}"#);
    check(PENICILLIN, Some("Penicillin"));
    check(r#""code":{"coding":[{"display":"Penicillin"}]}"#, Some("Penicillin"));
    check(r#""code":{"text":" ","coding":[{"code":"7980"}]}"#, Some("7980"));
    check(r#""reaction":[{"manifestation":[]},{"substance":{"text":"Cashew"}}]"#, Some("Cashew"));
    check(&format!(r#"{unknown},"reaction":[{{"substance":{{"text":"Cashew"}}}}]"#), Some("Cashew"));
    for status in ["additional", "extensions", "generated"] {
        check(&format!("{unknown},{}", narrative(status)), Some("Penicillin"));
        check(&narrative(status), Some("Penicillin"));
    }
    check(
        &format!("{PENICILLIN},{}", narrative("additional").replace("Penicillin", "All beta-lactams")),
        Some("Penicillin"),
    );
    check(unknown, Some("Unknown"));
    check(r#""criticality":"high""#, None);
    let more = read(&format!("{PENICILLIN},{}", narrative("additional").replace("Penicillin", "All beta-lactams")));
    assert_eq!(words(more.narrative.as_ref()), Some("All beta-lactams"));
    assert_eq!(words(read(&format!("{PENICILLIN},{}", narrative("generated"))).narrative.as_ref()), None);
}

#[test]
fn a_statement_of_absence_is_none_where_the_record_casts_doubt_on_it() {
    let check = |elements: &str, expected: AllergyState| {
        let found = read(elements);
        assert_eq!(allergy_state(&[found], Completeness::Complete), expected, "{elements}");
    };
    let status = |name: &str, words: &str| format!(r#"{NKA},"{name}":{{"text":"{words}"}}"#);
    check(NKA, AllergyState::NoneKnown);
    check(&status("clinicalStatus", "Active"), AllergyState::NoneKnown);
    check(&status("verificationStatus", "Confirmed"), AllergyState::NoneKnown);
    for (name, words) in [
        ("clinicalStatus", "Inactive"),
        ("clinicalStatus", "smouldering"),
        ("verificationStatus", "Refuted"),
        ("verificationStatus", "Ruled out"),
        ("verificationStatus", "Entered in error"),
        ("verificationStatus", "unconfirmed"),
        ("verificationStatus", "perhaps"),
    ] {
        check(&status(name, words), AllergyState::NotRecorded);
    }
    check(&format!(r#"{NKA},"text":{{"status":"additional","div":"<div>NKDA</div>"}}"#), AllergyState::NoneKnown);
    check(
        &format!(r#"{NKA},"text":{{"status":"additional","div":"<div>Rash after penicillin</div>"}}"#),
        AllergyState::PartlyNoneKnown,
    );
    check(r#""code":{"text":"NKA except latex"}"#, AllergyState::Known);
    check(&format!(r#"{NKA},"reaction":[{{"manifestation":[{{"text":"Hives"}}]}}]"#), AllergyState::Known);
    check(r#""code":{"text":"Not asked"}"#, AllergyState::NotRecorded);
    check(r#""text":{"status":"generated","div":"<div>NKA</div>"}"#, AllergyState::NoneKnown);
}

#[test]
fn statuses_in_words_decide_as_codes_do() {
    let check = |elements: &str, (current, void): (bool, bool)| {
        let found = read(&format!("{PENICILLIN},{elements}"));
        assert_eq!((found.is_current(), found.is_void()), (current, void), "{elements}");
    };
    check(r#""clinicalStatus":{"text":"Resolved"}"#, (false, false));
    check(r#""clinicalStatus":{"coding":[{"system":"http://snomed.info/sct","code":"73425007"}]}"#, (false, false));
    check(r#""clinicalStatus":{"text":"grumbling"}"#, (true, false));
    check(r#""verificationStatus":{"text":"Refuted"}"#, (false, true));
    check(r#""verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#, (false, true));
    check(r#""verificationStatus":{"text":"unconfirmed"}"#, (true, false));
    check(r#""clinicalStatus":"resolved""#, (false, false));
}

#[test]
fn a_substance_without_risk_is_no_allergy() {
    let risk = |code: &str| {
        format!(
            r#""extension":[{{"url":"{EXPOSURE_RISK}","extension":[{{"url":"substance","valueCodeableConcept":{{"text":"Amoxicillin"}}}},{{"url":"exposureRisk","valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}}}]}}]"#
        )
    };
    let none = read(&risk("no-known-reaction-risk"));
    assert_eq!(none.none_known(), Some(AbsenceClass::Substance));
    assert_eq!(none.absence.and_then(|a| a.words).as_deref(), Some("Amoxicillin"));
    let known = read(&risk("known-reaction-risk"));
    assert_eq!(
        (known.substance.as_ref().and_then(Concept::label), known.absence.is_none()),
        (Some("Amoxicillin"), true)
    );
}

#[test]
fn every_part_of_a_reaction_is_read() {
    let found = read(
        r#""type":"intolerance","onsetAge":{"value":4,"code":"a"},"lastOccurrence":"2012-06","code":{"text":"Cashew"},"reaction":[{"substance":{"text":"Cashew extract"},"manifestation":[{"text":"Hives"}],"description":"After a test","onset":"2012-06-12","severity":"severe","exposureRoute":{"text":"Skin"},"note":[{"text":"adrenaline given"}]}]"#,
    );
    let reaction = &found.reactions[0];
    assert_eq!(reaction.substance.as_ref().and_then(Concept::label), Some("Cashew extract"));
    assert_eq!(
        (words(reaction.description.as_ref()), words(reaction.notes.first())),
        (Some("After a test"), Some("adrenaline given"))
    );
    assert_eq!(reaction.route.as_ref().and_then(Concept::label), Some("Skin"));
    assert_eq!(reaction.onset.as_ref().map(|w| w.text.as_str()), Some("2012-06-12"));
    assert!(matches!(found.onset, Some(Moment::Age(_))) && found.kind.as_deref() == Some("intolerance"));
    assert_eq!(found.last_occurrence.as_ref().map(|w| w.text.as_str()), Some("2012-06"));
}
