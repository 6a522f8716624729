use super::*;
use crate::view::fixtures::{NOON, nurse_amara_sees, seen_by};
use keep_domain::Role;

const FALLS: &str = r#"{"resourceType":"Flag","id":"f","status":"active","category":[{"coding":[{"code":"safety"}]}],"code":{"text":"Falls risk"},"subject":{"reference":"Patient/maria"}}"#;
const SPANISH: &str = r#"{"resourceType":"Flag","id":"s","status":"active","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"contact"}]}],"code":{"text":"Speaks Spanish"},"subject":{"reference":"Patient/maria"}}"#;

fn shown(role: Role, texts: &[&str], has_others: bool) -> (Vec<(String, AlertCategoryDto)>, bool) {
    let found = alerts(&seen_by(role, texts), has_others, &ClinicClock::utc(NOON));
    (found.flags.into_iter().map(|f| (f.text.unwrap_or_default(), f.category)).collect(), found.hidden)
}

fn falls() -> (String, AlertCategoryDto) {
    (String::from("Falls risk"), AlertCategoryDto::Safety)
}

fn spanish() -> (String, AlertCategoryDto) {
    (String::from("Speaks Spanish"), AlertCategoryDto::Contact)
}

#[test]
fn flags_are_shown_by_category() {
    assert_eq!(shown(Role::Nurse, &[SPANISH, FALLS], false), (vec![falls(), spanish()], false));
    let category = |json: &str| {
        let text = FALLS.replace(r#"[{"coding":[{"code":"safety"}]}]"#, json);
        shown(Role::Nurse, &[&text], false).0[0].1
    };
    use AlertCategoryDto as C;
    assert_eq!(category(r#"[{"text":"Drug"}]"#), C::Drug);
    assert_eq!(category(r#"[{"coding":[{"system":"urn:x","code":"7","display":"Behavioural"}]}]"#), C::Behavioral);
    assert_eq!(
        category(r#"[{"coding":[{"code":"contact"}]},{"coding":[{"code":"advance-directive"}]}]"#),
        C::AdvanceDirective
    );
    assert_eq!(category(r#"[{"coding":[{"code":"infection"}]}]"#), C::Infection);
    assert_eq!(category(r#"[{"text":"Parking"}]"#), C::Other);
    assert_eq!(category("[]"), C::Other);
}

#[test]
fn a_flag_counts_within_its_period_and_with_its_status() {
    let count = |from: &str, to: &str| shown(Role::Nurse, &[&FALLS.replace(from, to)], false);
    let period = |json: &str| count(r#""id":"f","#, &format!(r#""id":"f","period":{json},"#));
    assert_eq!(period(r#"{"start":"2026-11-22","end":"2026-11-22"}"#).0, [falls()]);
    assert_eq!(period(r#"{"start":"2026-11-23"}"#), (Vec::new(), false));
    assert_eq!(period(r#"{"end":"2026-11-21"}"#), (Vec::new(), false));
    assert_eq!(period(r#"{"end":"unknown"}"#).0, [falls()]);
    assert!(count(r#""status":"active""#, r#""status":"inactive""#).0.is_empty());
    assert!(count(r#""status":"active""#, r#""status":"entered-in-error""#).0.is_empty());
    let odd = FALLS.replace(r#""status":"active""#, r#""status":"foo""#);
    let found = alerts(&nurse_amara_sees(&[&odd]), false, &ClinicClock::utc(NOON)).flags.remove(0);
    assert_eq!(
        found.marks,
        [
            MarkDto::Status { code: String::from("foo"), reason: None },
            MarkDto::Unsafe { elements: vec![String::from("status")] }
        ]
    );
}

#[test]
fn the_front_desk_sees_only_that_there_is_an_alert() {
    assert_eq!(shown(Role::FrontDesk, &[FALLS, SPANISH], true), (vec![spanish()], true));
    assert_eq!(shown(Role::FrontDesk, &[SPANISH], false), (vec![spanish()], false));
    let labelled = SPANISH.replace(r#""id":"s""#, r#""id":"s","meta":{"security":[{"code":"HIV"}]}"#);
    assert_eq!(shown(Role::FrontDesk, &[&labelled], false), (Vec::new(), true));
    let ended = labelled.replace(r#""id":"s""#, r#""id":"s","period":{"end":"2026-11-21"}"#);
    assert_eq!(shown(Role::FrontDesk, &[&ended], false), (Vec::new(), false));
}

#[test]
fn a_clinician_sees_that_there_is_an_alert_above_their_rank() {
    assert_eq!(shown(Role::Nurse, &[FALLS], true), (vec![falls()], true));
}

fn do_not_of(texts: &[&str]) -> Vec<(DoNotKindDto, String, usize)> {
    let found = alerts(&nurse_amara_sees(texts), false, &ClinicClock::utc(NOON)).do_not;
    found.into_iter().map(|d| (d.kind, d.text.unwrap_or_default(), d.marks.len())).collect()
}

#[test]
fn what_must_not_be_done_is_shown_while_it_is_in_force() {
    let order = |status: &str, more: &str| {
        format!(
            r#"{{"resourceType":"ServiceRequest","id":"o","status":"{status}","intent":"order","doNotPerform":true,"code":{{"text":"Cardiopulmonary resuscitation"}},"subject":{{"reference":"Patient/maria"}}{more}}}"#
        )
    };
    let shown = |status: &str, more: &str| do_not_of(&[&order(status, more)]);
    let cpr = |marks| vec![(DoNotKindDto::Perform, String::from("Cardiopulmonary resuscitation"), marks)];
    assert_eq!(shown("active", ""), cpr(0));
    assert_eq!(shown("on-hold", ""), cpr(1));
    assert_eq!(shown("foo", ""), cpr(2));
    for over in ["draft", "revoked", "completed", "entered-in-error"] {
        assert_eq!(shown(over, ""), [], "{over}");
    }
    assert_eq!(shown("active", r#","occurrencePeriod":{"end":"2026-11-21"}"#), []);
    assert_eq!(shown("active", r#","occurrencePeriod":{"start":"2026-11-21"}"#), cpr(0));
}

#[test]
fn a_later_observation_ends_the_decision_of_an_earlier_one() {
    let status = |id: &str, at: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://snomed.info/sct","code":"304251008"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","valueCodeableConcept":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}","display":"{code}"}}]}}}}"#
        )
    };
    let (not_for, is_for) = ("304253006", "304252001");
    let texts = [status("a", "2026-01-01", not_for), status("b", "2026-02-01", is_for)];
    assert_eq!(do_not_of(&[&texts[0]]).len(), 1);
    assert_eq!(do_not_of(&[&texts[0], &texts[1]]), []);
    let again = status("c", "2026-03-01", not_for);
    assert_eq!(do_not_of(&[&texts[0], &texts[1], &again]).len(), 1);
}

#[test]
fn a_decision_in_a_component_of_an_observation_counts() {
    let of = |own: &str, parts: &str| {
        do_not_of(&[&format!(
            r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"coding":[{{"code":"local-panel"}}],"text":"{own}"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-01-01","component":[{parts}]}}"#
        )])
    };
    let coded = r#"{"code":{"coding":[{"system":"http://snomed.info/sct","code":"304251008"}]},"valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"304253006"}]}}"#;
    let words = r#"{"code":{"coding":[{"code":"x1"}],"text":"Do not resuscitate"},"valueBoolean":true}"#;
    let lifted = words.replace("true", "false");
    let weight = r#"{"code":{"text":"Weight"},"valueQuantity":{"value":80,"unit":"kg"}}"#;
    for part in [coded, words] {
        let found = of("Treatment escalation plan", &format!("{weight},{part}"));
        assert_eq!(found.iter().map(|d| d.0).collect::<Vec<_>>(), [DoNotKindDto::Resuscitate], "{part}");
    }
    // One of several decisions of a record that is not to resuscitate is not outweighed by another.
    assert_eq!(of("Plan", &format!("{lifted},{words}")).len(), 1);
    assert_eq!((of("Plan", &lifted).len(), of("Plan", weight).len()), (0, 0));
}

#[test]
fn a_flag_not_to_resuscitate_is_no_mere_flag() {
    let flag = FALLS.replace("Falls risk", "DNACPR");
    let found = alerts(&nurse_amara_sees(&[&flag]), false, &ClinicClock::utc(NOON));
    assert_eq!((found.flags.len(), found.do_not.len(), found.hidden), (0, 1, false));
    assert_eq!(found.do_not[0].kind, DoNotKindDto::Resuscitate);
    let refuted = r#"{"resourceType":"Condition","id":"c","verificationStatus":{"text":"Refuted"},"code":{"coding":[{"code":"Z66"}]},"subject":{"reference":"Patient/maria"}}"#;
    assert_eq!(do_not_of(&[refuted]), []);
}
