//! Semantic equality of two texts: servers rewrite decimals, dates and the order of members.

use crate::decimal::same_number;
use crate::{FhirDate, Kind, Node, Precision, Raw};
use std::borrow::Cow;

/// The members of `meta` that a server sets by itself.
pub(crate) const SERVER_META: [&str; 3] = ["versionId", "lastUpdated", "source"];

/// Whether two resources mean the same.
///
/// The order of members, trailing zeros of decimals, the notation of an instant and the `meta` members that the
/// server sets (version, time, source) are ignored. The order of arrays is not.
#[must_use]
pub fn meaning_equal(a: &Raw, b: &Raw) -> bool {
    same_members(a.node(), b.node(), true)
}

/// Whether two values mean the same. Depth is bounded by [`crate::MAX_DEPTH`].
pub(crate) fn same_value(a: Node<'_>, b: Node<'_>) -> bool {
    if a.raw() == b.raw() {
        return true;
    }
    match (a.kind(), b.kind()) {
        (Kind::Object, Kind::Object) => same_members(a, b, false),
        (Kind::Array, Kind::Array) => {
            let (a, b): (Vec<_>, Vec<_>) = (a.items().collect(), b.items().collect());
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same_value(*x, y))
        }
        (Kind::Number, Kind::Number) => same_number(a.raw(), b.raw()),
        (Kind::Text, Kind::Text) => match (a.text(), b.text()) {
            (Some(a), Some(b)) => a == b || same_instant(&a, &b),
            _ => false,
        },
        _ => false,
    }
}

fn same_instant(a: &str, b: &str) -> bool {
    match (FhirDate::parse(a), FhirDate::parse(b)) {
        (Some(x), Some(y)) => {
            x.precision == Precision::Instant && y.precision == Precision::Instant && x.start == y.start
        }
        _ => false,
    }
}

fn same_members(a: Node<'_>, b: Node<'_>, is_resource: bool) -> bool {
    if !is_resource {
        return same_lists(&a.members().collect::<Vec<_>>(), &b.members().collect::<Vec<_>>());
    }
    let without_meta = |n| Node::members(n).filter(|(k, _)| k != "meta").collect::<Vec<_>>();
    same_lists(&without_meta(a), &without_meta(b)) && same_lists(&meta_of(a), &meta_of(b))
}

fn meta_of(resource: Node<'_>) -> Vec<(Cow<'_, str>, Node<'_>)> {
    let members = resource.member("meta").into_iter().flat_map(Node::members);
    members.filter(|(k, _)| !SERVER_META.contains(&k.as_ref())).collect()
}

fn same_lists(a: &[(Cow<'_, str>, Node<'_>)], b: &[(Cow<'_, str>, Node<'_>)]) -> bool {
    a.len() == b.len() && a.iter().all(|(k, v)| b.iter().any(|(x, w)| x == k && same_value(*v, *w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Raw {
        Raw::parse(text).expect("valid")
    }

    fn check(a: &str, b: &str, expected: bool) {
        assert_eq!(meaning_equal(&raw(a), &raw(b)), expected, "{a} {b}");
        assert_eq!(meaning_equal(&raw(b), &raw(a)), expected, "{b} {a}");
    }

    #[test]
    fn what_servers_rewrite_is_ignored() {
        check(r#"{"a":1.50,"b":[{"c":"x"}]}"#, r#"{ "b" : [ {"c":"\u0078"} ], "a":1.5 }"#, true);
        check(r#"{"t":"2026-11-22T09:14:00+03:00"}"#, r#"{"t":"2026-11-22T06:14:00.000Z"}"#, true);
        check(r#"{"meta":{"versionId":"1","source":"x"},"a":1}"#, r#"{"a":1}"#, true);
        check(
            r#"{"meta":{"versionId":"1","tag":[{"code":"x"}]}}"#,
            r#"{"meta":{"versionId":"2","tag":[{"code":"x"}]}}"#,
            true,
        );
    }

    #[test]
    fn other_differences_count() {
        check(r#"{"a":1.5}"#, r#"{"a":1.51}"#, false);
        check(r#"{"a":1}"#, r#"{"a":1,"b":null}"#, false);
        check(r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#, false);
        check(r#"{"t":"2026-11-22"}"#, r#"{"t":"2026-11-22T00:00:00Z"}"#, false);
        check(r#"{"meta":{"security":[{"code":"R"}]}}"#, "{}", false);
        check(r#"{"a":"1"}"#, r#"{"a":1}"#, false);
        check(r#"{"contained":[{"meta":{"versionId":"1"}}]}"#, r#"{"contained":[{}]}"#, false);
    }

    fn reversed(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Object(map) => {
                let parts = map.iter().rev().map(|(k, v)| format!("{} : {}", crate::compose::quoted(k), reversed(v)));
                format!("{{ {} }}", parts.collect::<Vec<_>>().join(" ,"))
            }
            serde_json::Value::Array(items) => {
                format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(" , "))
            }
            serde_json::Value::Number(n) => format!("{n}.0"),
            other => other.to_string(),
        }
    }

    proptest::proptest! {
        #[test]
        fn rewriting_never_changes_the_meaning(map in proptest::collection::btree_map("[a-d]{1,2}", proptest::collection::vec(proptest::option::of(-99i64..99), 0..4), 0..5)) {
            let value = serde_json::json!(map);
            let (a, b) = (raw(&value.to_string()), raw(&reversed(&value)));
            proptest::prop_assert!(meaning_equal(&a, &b) && meaning_equal(&b, &a));
            let changed = crate::set(&a, &["zz".into()], "1").expect("patched");
            proptest::prop_assert!(!meaning_equal(&a, &changed) && !meaning_equal(&changed, &b));
        }
    }
}
