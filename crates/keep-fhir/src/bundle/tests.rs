use super::*;
use crate::{Raw, extract};

#[test]
fn a_page_is_split_without_changing_its_resources() {
    let text = r#"{"resourceType":"Bundle","type":"searchset","total":2,"meta":{"lastUpdated":"2026-11-22T06:14:00Z"},
      "link":[{"relation":"self","url":"https://x/a"},{"relation":"next","url":"https://x/b?c=1\u0026d=2"}],
      "entry":[{"fullUrl":"https://x/Observation/1","resource":{ "resourceType":"Observation","id":"1","valueDecimal": 1.50 },"search":{"mode":"match"}},
               {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]}"#;
    let b = Bundle::parse(text).expect("a bundle");
    assert_eq!((b.kind.as_ref(), b.total, b.next.as_deref()), ("searchset", Some(2), Some("https://x/b?c=1&d=2")));
    assert_eq!(b.last_updated, UtcMillis::from_rfc3339("2026-11-22T06:14:00Z"));
    let entries: Vec<_> = b.entries().collect();
    assert_eq!(entries[0].resource(), Some(r#"{ "resourceType":"Observation","id":"1","valueDecimal": 1.50 }"#));
    assert_eq!(entries[1].search_mode().as_deref(), Some("outcome"));
}

#[test]
fn a_response_has_versions_and_outcomes() {
    let text = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
      {"response":{"status":"201 Created","location":"Observation/1/_history/1","etag":"W/\"1\"","lastModified":"2026-11-22T06:14:00.5Z"}},
      {"response":{"status":"409","outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"conflict","diagnostics":"Ada","expression":["Patient.name"]}]}}}]}"#;
    let b = Bundle::parse(text).expect("a bundle");
    let entries: Vec<_> = b.entries().collect();
    assert_eq!((entries[0].status(), entries[0].version_id().as_deref()), (Some(201), Some("1")));
    assert_eq!(entries[0].last_modified(), UtcMillis::from_rfc3339("2026-11-22T06:14:00.500Z"));
    assert_eq!(entries[0].location().as_deref(), Some("Observation/1/_history/1"));
    assert_eq!(entries[1].status(), Some(409));
    let found = issues(entries[1].node.at(&["response", "outcome"]).expect("an outcome"));
    assert_eq!((found[0].severity.as_str(), found[0].code.as_str()), ("error", "conflict"));
    assert!(!format!("{found:?}").contains("Ada"));
}

#[test]
fn a_deletion_in_history_has_only_a_request() {
    let text = r#"{"resourceType":"Bundle","type":"history","entry":[{"request":{"method":"DELETE","url":"Observation/1"},"response":{"status":"204"}}]}"#;
    let b = Bundle::parse(text).expect("a bundle");
    let e = b.entries().next().expect("an entry");
    assert_eq!(e.resource(), None);
    assert_eq!(e.request().map(|(m, u)| format!("{m} {u}")).as_deref(), Some("DELETE Observation/1"));
}

#[test]
fn an_entry_without_a_readable_resource_is_recognised() {
    let deep = format!(r#"{{"resource":{{"resourceType":"Patient","x":{}1{}}}}}"#, "[".repeat(100), "]".repeat(100));
    let entries = [r#""x""#, "1", "null", "[]", "{}", r#"{"resource":null}"#, r#"{"resource":{"id":"1"}}"#, &deep];
    let text = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, entries.join(","));
    let b = Bundle::parse(&text).expect("a bundle");
    assert!(b.entries().all(|e| e.readable_resource().is_none()));
    assert_eq!(b.entries().filter(|e| e.is_object()).count(), 4);
    let text = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient"}}]}"#;
    assert!(Bundle::parse(text).expect("a bundle").entries().all(|e| e.readable_resource().is_some()));
}

#[test]
fn entries_that_are_not_a_list_are_refused() {
    for entry in ["null", "{}", "\"x\"", "1"] {
        let text = format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":{entry}}}"#);
        assert!(Bundle::parse(&text).is_err(), "{entry}");
    }
}

#[test]
fn only_bundles_are_accepted() {
    let kind = |text: &str| Bundle::parse(text).map(|_| ()).expect_err("refused");
    assert_eq!(kind(r#"{"resourceType":"Patient","type":"x"}"#), FhirError::NotABundle);
    assert_eq!(kind("[]"), FhirError::NotABundle);
    assert!(matches!(kind("<html>"), FhirError::Unreadable(u) if u.kind == UnreadableKind::Syntax));
    assert!(
        matches!(kind(r#"{"resourceType":"Bundle","type":"searchset","entry":[{"#), FhirError::Unreadable(u) if u.kind == UnreadableKind::Truncated)
    );
}

#[test]
fn a_transaction_reads_back() {
    let raw = |text: &str| Raw::parse(text).expect("valid");
    let mut t = Transaction::default();
    let o = raw(r#"{"resourceType":"Observation","id":"o1","valueDecimal":1.50}"#);
    t.put(&o, None).expect("readable");
    t.put(&raw(r#"{"resourceType":"Patient","id":"p1"}"#), Some("7")).expect("readable");
    t.delete(&"Observation/o2".parse().expect("key"), None);
    assert!(t.put(&raw("{}"), None).is_err());
    let bundle = t.into_raw();
    let b = Bundle::parse(bundle.as_str()).expect("a bundle");
    let entries: Vec<_> = b.entries().collect();
    assert_eq!(entries[0].resource(), Some(o.as_str()));
    assert_eq!(extract(entries[0].resource().expect("resource")).expect("readable").key.to_string(), "Observation/o1");
    assert_eq!(entries[1].node.at(&["request", "ifMatch"]).and_then(Node::text).as_deref(), Some("W/\"7\""));
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2].request().map(|(m, _)| m.into_owned()).as_deref(), Some("DELETE"));
}
