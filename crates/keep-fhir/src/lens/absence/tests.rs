use super::*;
use AbsenceClass as C;

const SCT: &str = "http://snomed.info/sct";

fn concept(codings: &[(&str, &str, &str)], text: &str) -> Concept {
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let codings = codings.iter().map(|(system, code, display)| Coding {
        system: some(system),
        code: (*code).to_owned(),
        display: some(display),
    });
    Concept { codings: codings.collect(), text: some(text) }
}

fn check(codings: &[(&str, &str, &str)], text: &str, expected: Option<(AbsenceClass, Option<&str>)>) {
    let found = ALLERGIES.absence(&concept(codings, text));
    let found = found.as_ref().map(|a| (a.class, a.words.as_deref()));
    assert_eq!(found, expected, "{codings:?} {text}");
}

#[test]
fn the_shipped_file_is_readable_and_every_code_has_a_system() {
    assert!(FILE.allergies.codes.len() > 20 && FILE.problems.codes.len() > 5);
    for known in FILE.allergies.codes.iter().chain(&FILE.problems.codes) {
        assert!(FILE.systems.contains_key(&known.system), "{}", known.code);
    }
    for text in FILE.allergies.texts.values().chain(FILE.problems.texts.values()).flatten() {
        assert_eq!(phrase(text).as_deref(), Some(text.as_str()));
    }
    let all = FILE.allergies.texts.values().flatten().count();
    assert_eq!(ALLERGIES.texts.len(), all, "no text stands in two classes");
    for class in FILE.allergies.texts.keys() {
        assert!(serde_json::from_value::<AbsenceClass>(serde_json::Value::String(class.clone())).is_ok(), "{class}");
    }
}

#[test]
fn every_known_code_is_absence_of_its_class() {
    for known in &FILE.allergies.codes {
        for system in &FILE.systems[&known.system] {
            check(&[(system, &known.code, "")], "", Some((known.class, None)));
        }
    }
    check(&[("", "716186003", "")], "", Some((C::Any, None)));
    check(&[("http://snomed.info/sct/version/20240101", "716184000", "")], "", Some((C::Latex, None)));
    check(&[("http://www.nlm.nih.gov/research/umls/rxnorm", "716186003", "")], "", None);
}

#[test]
fn texts_count_only_as_a_whole() {
    for text in ["NKDA", "nkda.", "N.K.D.A.", "No known drug allergies", "NO KNOWN DRUG ALLERGY (situation)"] {
        check(&[], text, Some((C::Drug, None)));
    }
    for text in ["NKA", "None known", "No allergies", "Denies allergies", "Pt denies any allergies", "Nil known"] {
        check(&[], text, Some((C::Any, None)));
    }
    check(&[], "NKFA", Some((C::Food, None)));
    check(&[], "Not asked", Some((C::NoInformation, None)));
    for text in [
        "NKDA?",
        "NKDA except penicillin",
        "No known allergies but rash after amoxicillin",
        "no known allergies except latex allergy",
        "Denies allergies other than latex",
        "Penicillin, NKA otherwise",
        "No known drug allergies, nut allergy",
        "Nonesuch",
        "Penicillin",
    ] {
        check(&[], text, None);
    }
    check(&[], "No known egg allergy", Some((C::Other, Some("No known egg allergy"))));
    check(&[], "No known allergy to peanut", Some((C::Other, Some("No known allergy to peanut"))));
}

#[test]
fn words_are_not_lost_to_a_code() {
    check(&[(SCT, "716186003", "No known allergy (situation)")], "NKA", Some((C::Any, None)));
    check(&[(SCT, "716186003", "")], "NKDA", Some((C::Drug, None)));
    check(&[(SCT, "409137002", "")], "No known allergies", Some((C::Drug, None)));
    check(&[(SCT, "716186003", "")], "NKA except penicillin", Some((C::Any, Some("NKA except penicillin"))));
    check(&[(SCT, "716186003", "Okänd")], "", Some((C::Any, Some("Okänd"))));
    check(&[(SCT, "716186003", ""), (SCT, "91936005", "Allergy to penicillin")], "", None);
    check(&[(SCT, "91936005", "")], "No known allergies", None);
    check(&[("urn:local", "NKA", "")], "No known allergies", Some((C::Any, None)));
    check(&[("urn:local", "17", "No Known Drug Allergies")], "", Some((C::Drug, None)));
    check(&[("urn:local", "17", "Penicillin")], "", None);
    check(
        &[(SCT, "999999", "No known nut allergy (situation)")],
        "",
        Some((C::Other, Some("No known nut allergy (situation)"))),
    );
}

#[test]
fn problems_have_their_own_statements() {
    let class = |codings: &[(&str, &str, &str)], text: &str| PROBLEMS.absence(&concept(codings, text)).map(|a| a.class);
    assert_eq!(class(&[(SCT, "160245001", "No current problems or disability")], ""), Some(C::Any));
    assert_eq!(class(&[], "No known problems"), Some(C::Any));
    assert_eq!(
        class(&[("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-problem-info", "")], ""),
        Some(C::NoInformation)
    );
    assert_eq!(class(&[], "No chest pain"), None);
    assert_eq!(class(&[], "NKDA"), None);
}
