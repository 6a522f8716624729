use super::*;
use proptest::prelude::*;

fn raw(text: &str) -> Raw {
    Raw::parse(text).expect("valid")
}

fn three(base: &str, ours: &str, theirs: &str) -> Merge {
    let (base, ours, theirs) = (raw(base), raw(ours), raw(theirs));
    merge(Some(&base), Version::Present(&ours), Version::Present(&theirs)).expect("patched")
}

fn check_merged(base: &str, ours: &str, theirs: &str, expected: &str) {
    assert_eq!(three(base, ours, theirs), Merge::Merged(raw(expected)));
}

fn conflict(base: &str, ours: &str, theirs: &str) -> Conflict {
    match three(base, ours, theirs) {
        Merge::Conflict(c) => c,
        other => panic!("no conflict: {other:?}"),
    }
}

const BASE: &str =
    r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"1"},"name":[{"family":"Okoro"}],"gender":"female"}"#;

#[test]
fn disjoint_changes_merge_into_the_servers_text() {
    check_merged(
        BASE,
        r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"1"},"name":[{"family":"Okoro-Bell"}],"gender":"female"}"#,
        r#"{"resourceType":"Patient", "id":"p","meta":{"versionId":"2","lastUpdated":"2026"},"gender":"female","name":[{"family":"Okoro"}],"active":true}"#,
        r#"{"resourceType":"Patient", "id":"p","meta":{"versionId":"2","lastUpdated":"2026"},"gender":"female","name":[{"family":"Okoro-Bell"}],"active":true}"#,
    );
}

#[test]
fn removals_and_labels_merge() {
    check_merged(
        r#"{"resourceType":"Observation","a":1,"b":2}"#,
        r#"{"resourceType":"Observation","b":2,"meta":{"versionId":"1","security":[{"code":"R"}]}}"#,
        r#"{"resourceType":"Observation","a":1.0,"b":3,"meta":{"versionId":"2","tag":[{"code":"t"}]}}"#,
        r#"{"resourceType":"Observation","b":3,"meta":{"versionId":"2","tag":[{"code":"t"}],"security":[{"code":"R"}]}}"#,
    );
}

#[test]
fn a_change_of_notation_is_not_a_change() {
    assert_eq!(three(r#"{"a":1.50}"#, r#"{"a":1.5}"#, r#"{"a":2}"#), Merge::AlreadyThere);
    assert_eq!(three(r#"{"a":1}"#, r#"{"a":2.0}"#, r#"{"a":2,"meta":{"versionId":"5"}}"#), Merge::AlreadyThere);
    check_merged(
        r#"{"a":1}"#,
        r#"{"a":2}"#,
        r#"{"a":1.0,"meta":{"versionId":"5"}}"#,
        r#"{"a":2,"meta":{"versionId":"5"}}"#,
    );
}

#[test]
fn the_same_field_is_a_conflict_and_other_fields_are_preselected() {
    let c = conflict(
        r#"{"resourceType":"Patient","a":1,"b":1,"c":1}"#,
        r#"{"resourceType":"Patient","a":2,"b":2,"c":1}"#,
        r#"{"resourceType":"Patient","a":3,"b":1,"c":3}"#,
    );
    assert_eq!(c.reason, ConflictReason::SameField);
    let found: Vec<_> = c.fields.iter().map(|f| (f.path.as_str(), f.preselect)).collect();
    assert_eq!(found, [("a", None), ("b", Some(Side::Ours)), ("c", Some(Side::Theirs))]);
    assert_eq!(c.fields[0].ours, Some(Phi::new("2".to_owned())));
    assert!(!format!("{c:?}").contains("Phi"));
}

#[test]
fn the_same_change_on_both_sides_is_not_a_conflict() {
    check_merged(r#"{"a":1,"b":1}"#, r#"{"a":2,"b":2}"#, r#"{"a":2,"b":1}"#, r#"{"a":2,"b":2}"#);
}

#[test]
fn two_forms_of_one_choice_are_one_field() {
    let c = conflict(
        r#"{"resourceType":"Observation","status":"final"}"#,
        r#"{"resourceType":"Observation","status":"final","valueString":"x"}"#,
        r#"{"resourceType":"Observation","status":"final","valueQuantity":{"value":1}}"#,
    );
    assert_eq!((c.fields[0].path.as_str(), c.fields[0].label.as_str()), ("value[x]", "value"));
    check_merged(
        r#"{"onsetDateTime":"2020","x":1}"#,
        r#"{"onsetAge":{"value":5},"x":1}"#,
        r#"{"onsetDateTime":"2020","x":2}"#,
        r#"{"x":2,"onsetAge":{"value":5}}"#,
    );
    let c = conflict(
        r#"{"birthDate":"2020"}"#,
        r#"{"birthDate":"2020","_birthDate":{"id":"x"}}"#,
        r#"{"birthDate":"2021"}"#,
    );
    assert_eq!(c.fields.len(), 1);
}

#[test]
fn allergies_medicines_and_signed_notes_are_always_conflicts() {
    let check = |resource_type: &str, extra: &str, expected: ConflictReason, preselected: bool| {
        let text = |a: u8, b: u8| format!(r#"{{"resourceType":"{resource_type}"{extra},"a":{a},"b":{b}}}"#);
        let c = conflict(&text(1, 1), &text(2, 1), &text(1, 2));
        assert_eq!(c.reason, expected, "{resource_type}");
        assert_eq!(c.fields.iter().all(|f| f.preselect.is_some()), preselected, "{resource_type}");
    };
    check("AllergyIntolerance", "", ConflictReason::Allergy, false);
    check("MedicationRequest", "", ConflictReason::Medicine, false);
    check("MedicationStatement", "", ConflictReason::Medicine, false);
    check("DocumentReference", r#","docStatus":"final""#, ConflictReason::Signed, true);
    let text =
        |a: u8, b: u8| format!(r#"{{"resourceType":"DocumentReference","docStatus":"preliminary","a":{a},"b":{b}}}"#);
    assert!(matches!(three(&text(1, 1), &text(2, 1), &text(1, 2)), Merge::Merged(_)));
    // Where only one side has changed there is nothing to decide.
    let text = |a: u8| format!(r#"{{"resourceType":"AllergyIntolerance","a":{a}}}"#);
    assert!(matches!(three(&text(1), &text(2), &text(1)), Merge::Merged(_)));
}

#[test]
fn deletions_are_always_conflicts() {
    let r = raw(BASE);
    let reason = |ours, theirs| match merge(Some(&r), ours, theirs).expect("patched") {
        Merge::Conflict(c) => Some(c.reason),
        _ => None,
    };
    assert_eq!(reason(Version::Deleted, Version::Present(&r)), Some(ConflictReason::Deletion));
    assert_eq!(reason(Version::Present(&r), Version::Deleted), Some(ConflictReason::Deletion));
    assert_eq!(merge(Some(&r), Version::Deleted, Version::Deleted), Ok(Merge::BothDeleted));
    let c = conflict(
        r#"{"resourceType":"Observation","status":"final","a":1}"#,
        r#"{"resourceType":"Observation","status":"entered-in-error","a":1}"#,
        r#"{"resourceType":"Observation","status":"final","a":2}"#,
    );
    assert_eq!(c.reason, ConflictReason::Deletion);
}

#[test]
fn without_a_base_every_difference_is_a_conflict() {
    let (a, b) = (raw(r#"{"resourceType":"Patient","a":1,"b":1}"#), raw(r#"{"resourceType":"Patient","a":1,"b":2}"#));
    let Ok(Merge::Conflict(c)) = merge(None, Version::Present(&a), Version::Present(&b)) else { panic!("a conflict") };
    assert_eq!((c.reason, c.fields.len(), c.fields[0].preselect), (ConflictReason::NoBase, 1, None));
}

#[test]
fn choices_are_applied_field_by_field() {
    let ours = raw(r#"{"a":2,"b":2,"valueString":"x"}"#);
    let theirs = raw(r#"{"a":3, "b":1,"valueInteger":4}"#);
    let choose = |list: &[(&str, Side)]| {
        let choices: Vec<_> = list.iter().map(|(p, s)| ((*p).to_owned(), *s)).collect();
        apply_choices(&ours, &theirs, &choices).expect("patched").into_string()
    };
    assert_eq!(choose(&[("a", Side::Ours), ("b", Side::Theirs)]), r#"{"a":2, "b":1,"valueInteger":4}"#);
    assert_eq!(choose(&[("value[x]", Side::Ours)]), r#"{"a":3, "b":1,"valueString":"x"}"#);
    assert_eq!(choose(&[]), theirs.as_str());
}

type Members = std::collections::BTreeMap<String, u8>;

fn members() -> impl Strategy<Value = Members> {
    prop::collection::btree_map("[a-e]", 0u8..3, 0..5)
}

fn text(members: &Members) -> Raw {
    let parts: Vec<_> = members.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
    raw(&format!("{{{}}}", parts.join(",")))
}

proptest! {
    /// Against a model: a field takes the changed side's value; changed differently on both sides is a conflict.
    #[test]
    fn no_change_is_lost_or_invented(base in members(), ours in members(), theirs in members()) {
        let mut expected = Members::new();
        let mut clash = Vec::new();
        let keys: std::collections::BTreeSet<&String> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
        for k in keys {
            let (b, o, t) = (base.get(k), ours.get(k), theirs.get(k));
            let taken = if o == b { t } else { o };
            if o != b && t != b && o != t {
                clash.push(k.clone());
            }
            if let Some(v) = taken {
                expected.insert(k.clone(), *v);
            }
        }
        let result = merge(Some(&text(&base)), Version::Present(&text(&ours)), Version::Present(&text(&theirs))).expect("patched");
        match result {
            Merge::AlreadyThere => prop_assert!(ours == theirs || ours == base),
            Merge::Merged(m) => {
                prop_assert!(clash.is_empty());
                prop_assert!(meaning_equal(&m, &text(&expected)), "{}", m.as_str());
            }
            Merge::Conflict(c) => {
                let found: Vec<_> = c.fields.iter().filter(|f| f.preselect.is_none()).map(|f| f.path.clone()).collect();
                prop_assert!(!clash.is_empty());
                let mut found = found;
                found.sort();
                prop_assert_eq!(found, clash);
            }
            Merge::BothDeleted => prop_assert!(false),
        }
    }

    #[test]
    fn choosing_one_side_everywhere_gives_that_side(ours in members(), theirs in members()) {
        let (a, b) = (text(&ours), text(&theirs));
        let every: Vec<_> = ours.keys().chain(theirs.keys()).map(|k| (k.clone(), Side::Ours)).collect();
        prop_assert!(meaning_equal(&apply_choices(&a, &b, &every).expect("patched"), &a));
        prop_assert_eq!(apply_choices(&a, &b, &[]).expect("patched"), b);
    }
}
