use super::*;
use crate::dto::chart::mark::MarkDto;
use crate::view::fixtures::nurse_amara_sees;

const PENICILLIN: &str = r#"{"resourceType":"AllergyIntolerance","id":"a1","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},"criticality":"high","code":{"text":"Penicillin"},"patient":{"reference":"Patient/maria"},"recordedDate":"2019","reaction":[{"manifestation":[{"text":"anaphylaxis"}],"severity":"severe"}]}"#;
const LATEX: &str = r#"{"resourceType":"AllergyIntolerance","id":"a2","code":{"text":"Latex"},"patient":{"reference":"Patient/maria"},"reaction":[{"manifestation":[{"text":"contact dermatitis"}],"severity":"mild"}]}"#;
const NONE: &str = r#"{"resourceType":"AllergyIntolerance","id":"a3","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]},"patient":{"reference":"Patient/maria"},"recordedDate":"2026-03-11T09:20:00+03:00"}"#;
const NO_DRUG: &str =
    r#"{"resourceType":"AllergyIntolerance","id":"a5","code":{"text":"NKDA"},"patient":{"reference":"Patient/maria"}}"#;
const ENTERED_IN_ERROR: &str = r#"{"resourceType":"AllergyIntolerance","id":"a4","verificationStatus":{"coding":[{"code":"entered-in-error"}]},"code":{"text":"Egg"},"patient":{"reference":"Patient/maria"}}"#;

fn state_of(texts: &[&str], downloaded: bool) -> AllergyStateDto {
    allergies(&nurse_amara_sees(texts), downloaded, true).state
}

fn verified(text: &str, id: &str, status: &str) -> String {
    let with = format!(r#""id":"{id}","verificationStatus":{{"text":"{status}"}},"#);
    text.replace(r#""verificationStatus":{"coding":[{"code":"confirmed"}]},"#, "").replace(r#""id":"a1","#, &with)
}

#[test]
fn absence_is_reported_only_where_it_is_recorded_and_all_records_are_here() {
    use AllergyStateDto as S;
    assert_eq!(state_of(&[], true), S::NotRecorded);
    assert_eq!(state_of(&[], false), S::Unavailable);
    assert_eq!(state_of(&[NONE], true), S::NoneKnown);
    assert_eq!(state_of(&[NONE], false), S::Unavailable);
    assert_eq!(state_of(&[NO_DRUG], true), S::PartlyNoneKnown);
    assert_eq!(state_of(&[ENTERED_IN_ERROR], true), S::NotRecorded);
    assert_eq!(state_of(&[NONE, r#"{"resourceType":"AllergyIntolerance""#], true), S::Unavailable);
    assert_eq!(state_of(&[NONE, PENICILLIN], true), S::Known);
    assert_eq!(state_of(&[PENICILLIN], false), S::Known);
}

#[test]
fn beside_unavailable_no_statement_of_absence_is_shown() {
    let found = allergies(&nurse_amara_sees(&[NONE, NO_DRUG]), false, true);
    assert!(found.statements.is_empty() && banner(&found).none.is_empty());
    let front_desk = allergies(&nurse_amara_sees(&[PENICILLIN, NONE]), true, false);
    assert!(front_desk.current.is_empty() && front_desk.statements.is_empty());
    assert_eq!(front_desk.state, AllergyStateDto::Unavailable);
}

#[test]
fn statements_stand_beside_known_allergies_with_what_they_are_about() {
    let found = allergies(&nurse_amara_sees(&[PENICILLIN, NO_DRUG, NONE]), true, true);
    let said: Vec<_> = found.statements.iter().filter_map(|s| s.absence.as_ref()).map(|a| a.class).collect();
    assert_eq!((found.current.len(), said), (1, vec![AbsenceClassDto::Any, AbsenceClassDto::Drug]));
    assert_eq!(banner(&found).list.len(), 1);
}

#[test]
fn what_is_no_current_allergy_is_told_apart() {
    let resolved = LATEX.replace(r#""id":"a2","#, r#""id":"a6","clinicalStatus":{"text":"Resolved"},"#);
    let texts = [
        verified(PENICILLIN, "b1", "Refuted"),
        verified(PENICILLIN, "b2", "unconfirmed"),
        verified(PENICILLIN, "b3", "perhaps"),
        resolved,
        ENTERED_IN_ERROR.to_owned(),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = allergies(&nurse_amara_sees(&texts), true, true);
    let listed = |list: &[AllergyDto]| list.iter().map(|a| (a.id.clone(), a.marks.clone())).collect::<Vec<_>>();
    let verification = |code: &str| MarkDto::Verification { code: code.to_owned() };
    let unsafe_ = MarkDto::Unsafe { elements: vec![String::from("verificationStatus")] };
    assert_eq!(
        listed(&found.current),
        [
            (String::from("b2"), vec![verification("unconfirmed")]),
            (String::from("b3"), vec![verification("perhaps"), unsafe_])
        ]
    );
    let status = MarkDto::Status { code: String::from("Resolved"), reason: None };
    assert_eq!(listed(&found.past), [(String::from("a6"), vec![status])]);
    assert_eq!(
        listed(&found.void),
        [(String::from("b1"), vec![verification("Refuted")]), (String::from("a4"), vec![MarkDto::EnteredInError])]
    );
}

#[test]
fn a_refuted_statement_of_absence_is_no_absence() {
    let refuted = verified(&NONE.replace(r#""id":"a3","#, r#""id":"a1","#), "b1", "refuted");
    assert_eq!(state_of(&[&refuted], true), AllergyStateDto::NotRecorded);
    let found = allergies(&nurse_amara_sees(&[&refuted]), true, true);
    assert_eq!((found.statements.len(), found.void.len()), (0, 1));
}

#[test]
fn a_list_that_may_lack_an_allergy_is_marked_incomplete() {
    let said = |downloaded: bool| allergies(&nurse_amara_sees(&[PENICILLIN]), downloaded, true).incomplete;
    assert!(said(false) && !said(true));
    let line = safety(&nurse_amara_sees(&[PENICILLIN]), false, true);
    assert!(matches!(line, Some(SafetyDto::Known { incomplete: true, more: 0, .. })));
}

#[test]
fn the_most_severe_comes_first() {
    let list = allergies(&nurse_amara_sees(&[LATEX, NONE, PENICILLIN]), true, true).current;
    let shown: Vec<_> = list
        .iter()
        .map(|a| {
            (a.substance.as_deref(), a.reaction.manifestations.join(", "), a.reaction.severity.as_deref(), a.severe)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some("Penicillin"), String::from("anaphylaxis"), Some("severe"), true),
            (Some("Latex"), String::from("contact dermatitis"), Some("mild"), false),
        ]
    );
    assert!(list[0].reaction.high_risk && !list[1].reaction.high_risk);
    assert_eq!(list[0].recorded.as_deref(), Some("2019"));
}

#[test]
fn one_line_has_the_same_states() {
    let of = |texts: &[&str], visible: bool| safety(&nurse_amara_sees(texts), true, visible);
    let Some(SafetyDto::Known { substance, reaction, more, incomplete }) = of(&[PENICILLIN, LATEX], true) else {
        panic!("known");
    };
    assert_eq!(
        (substance.as_deref(), reaction.manifestations.join(", ").as_str()),
        (Some("Penicillin"), "anaphylaxis")
    );
    assert_eq!((reaction.severity.as_deref(), more, incomplete), (Some("severe"), 1, false));
    assert!(matches!(of(&[NONE], true), Some(SafetyDto::NoneKnown)));
    assert!(matches!(of(&[NO_DRUG], true), Some(SafetyDto::PartlyNoneKnown { none }) if none.len() == 1));
    assert!(matches!(of(&[], true), Some(SafetyDto::NotRecorded)));
    assert!(of(&[PENICILLIN], false).is_none());
}
