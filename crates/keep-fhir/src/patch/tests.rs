use super::*;
use proptest::prelude::*;

fn raw(text: &str) -> Raw {
    Raw::parse(text).expect("valid")
}

fn check_set(text: &str, path: &[Step<'_>], value: &str, expected: &str) {
    assert_eq!(set(&raw(text), path, value).expect("fits").as_str(), expected);
}

fn check_remove(text: &str, path: &[Step<'_>], expected: &str) {
    assert_eq!(remove(&raw(text), path).expect("fits").as_str(), expected);
}

#[test]
fn only_the_value_changes() {
    let text = "{ \"status\" : \"final\" ,\n \"valueDecimal\":1.50, \"a\":[ {\"b\" : 1.0}, 2 ] }";
    check_set(text, &["status".into()], "\"amended\"", &text.replace("\"final\"", "\"amended\""));
    check_set(text, &["a".into(), 0.into(), "b".into()], "2.00", &text.replace("1.0}", "2.00}"));
    check_set("{}", &["a".into()], "1", r#"{"a":1}"#);
    check_set(r#"{"b":[ ]}"#, &["b".into(), 0.into()], "1", r#"{"b":[1 ]}"#);
    check_set(r#"{"b":[1 ] }"#, &["b".into(), 1.into()], "2", r#"{"b":[1,2 ] }"#);
    check_set(
        r#"{"id":"1" }"#,
        &["meta".into(), "tag".into(), 0.into(), "code".into()],
        "\"x\"",
        r#"{"id":"1","meta":{"tag":[{"code":"x"}]} }"#,
    );
}

#[test]
fn members_are_removed_with_their_comma() {
    check_remove(r#"{"a":1 , "b":2}"#, &["a".into()], r#"{"b":2}"#);
    check_remove(r#"{"a":1 , "b":2 }"#, &["b".into()], r#"{"a":1 }"#);
    check_remove(r#"{"a":1,"b":2,"c":3}"#, &["b".into()], r#"{"a":1,"c":3}"#);
    check_remove(r#"{ "a":1 }"#, &["a".into()], "{  }");
    check_remove(r#"{"a":[1,2,3]}"#, &["a".into(), 0.into()], r#"{"a":[2,3]}"#);
    check_remove(r#"{"a":1}"#, &["z".into(), "y".into()], r#"{"a":1}"#);
}

#[test]
fn paths_that_do_not_fit_are_refused() {
    let r = raw(r#"{"a":1,"b":[]}"#);
    assert_eq!(set(&r, &["a".into(), "x".into()], "1"), Err(FhirError::NoSuchPath));
    assert_eq!(set(&r, &["b".into(), 1.into()], "1"), Err(FhirError::NoSuchPath));
    assert_eq!(set(&r, &["a".into()], "1}"), Err(FhirError::BadValue));
    assert_eq!(set(&r, &[], "{}"), Err(FhirError::NoSuchPath));
    assert_eq!(remove(&r, &[]), Err(FhirError::NoSuchPath));
}

#[test]
fn text_is_escaped() {
    let r = set_text(&raw("{}"), &["note".into()], "a \"b\"\n\u{1}").expect("fits");
    assert_eq!(r.node().member_text("note").as_deref(), Some("a \"b\"\n\u{1}"));
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "[a-z\"\\\\{}\\[\\],:é]{0,6}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map("[a-c\"é]{1,2}", inner, 0..4)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    prop::collection::hash_map("[a-c\"é]{1,2}", json(), 0..5).prop_map(|m| m.into_iter().collect())
}

proptest! {
    #[test]
    fn set_and_remove_match_a_parsed_tree(tree in object(), key in "[a-c\"é]{1,2}", value in json(), spaced in any::<bool>()) {
        let text = if spaced { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.expect("json");
        let before = raw(&text);
        let path = [Step::Member(&key)];

        let after = set(&before, &path, &value.to_string()).expect("fits");
        let mut expected = tree.clone();
        expected.insert(key.clone(), value.clone());
        prop_assert_eq!(serde_json::from_str::<serde_json::Map<_, _>>(after.as_str()).expect("json"), expected);

        let gone = remove(&after, &path).expect("fits");
        let mut expected = tree.clone();
        expected.remove(&key);
        prop_assert_eq!(serde_json::from_str::<serde_json::Map<_, _>>(gone.as_str()).expect("json"), expected);

        // Setting the old value back restores the text byte for byte.
        if let Some(old) = before.node().member(&key) {
            prop_assert_eq!(&set(&after, &path, old.raw()).expect("fits"), &before);
        } else {
            prop_assert_eq!(&gone, &before);
        }
    }

    #[test]
    fn nested_changes_preserve_every_other_byte(tree in object(), inner in object(), value in json()) {
        let mut tree = tree;
        tree.insert("deep".into(), serde_json::json!([1, inner]));
        let before = raw(&serde_json::to_string_pretty(&tree).expect("json"));
        let path = ["deep".into(), 1.into(), Step::Member("a")];
        let after = set(&before, &path, &value.to_string()).expect("fits");
        match before.node().at(&["deep"]).and_then(|d| d.items().nth(1)).and_then(|o| o.member("a")) {
            Some(old) => prop_assert_eq!(set(&after, &path, old.raw()).expect("fits"), before),
            None => prop_assert_eq!(remove(&after, &path).expect("fits"), before),
        }
    }
}
