use super::*;

fn bundle(kind: &str, entries: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":{entries}}}"#)
}

fn patient(id: &str) -> String {
    format!(
        r#"{{"resource":{{"resourceType":"Patient","id":"{id}","meta":{{"lastUpdated":"2026-11-22T09:00:00Z"}}}}}}"#
    )
}

#[track_caller]
fn check(entries: &str, expected: Result<usize, SyncError>) {
    let text = bundle("searchset", entries);
    assert_eq!(parse_search(&text, "Patient", MatchIds::Required).map(|r| r.len()), expected, "{entries:.120}");
}

#[test]
fn an_entry_without_a_resource_makes_the_page_invalid() {
    let ada = patient("ada");
    check("[]", Ok(0));
    check(&format!("[{ada}]"), Ok(1));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_inside = format!(r#"{{"resource":{{"resourceType":"Patient","id":"b","x":{deep}}}}}"#);
    for junk in [
        r#""x""#,
        "1",
        "null",
        "{}",
        "[]",
        "true",
        r#"{"resource":null}"#,
        r#"{"resource":"Patient"}"#,
        r#"{"resource":{}}"#,
        r#"{"resource":{"id":"b"}}"#,
        &deep,
        &deep_inside,
    ] {
        check(&format!("[{ada},{junk}]"), Err(SyncError::InvalidResponse));
        check(&format!("[{junk},{ada}]"), Err(SyncError::InvalidResponse));
    }
    for list in ["null", "{}", "\"x\""] {
        check(list, Err(SyncError::InvalidResponse));
    }
}

#[test]
fn another_kind_of_bundle_is_rejected() {
    for kind in ["history", "transaction-response", "collection", ""] {
        let text = bundle(kind, &format!("[{}]", patient("ada")));
        assert!(parse_search(&text, "Patient", MatchIds::Required).is_err(), "{kind}");
    }
    assert!(parse_history(&bundle("searchset", "[]"), "Patient").is_err());
}

#[test]
fn another_type_may_be_included_but_not_match() {
    let other = |mode: &str| {
        format!(r#"{{"resource":{{"resourceType":"Organization","id":"o"}},"search":{{"mode":"{mode}"}}}}"#)
    };
    check(&format!("[{}]", other("include")), Ok(1));
    check(&format!("[{}]", other("match")), Err(SyncError::InvalidResponse));
    check(r#"[{"resource":{"resourceType":"Organization","id":"o"}}]"#, Err(SyncError::InvalidResponse));
    check(&format!("[{}]", other("strange")), Err(SyncError::InvalidResponse));
}

#[test]
fn an_operation_outcome_is_skipped_unless_it_reports_an_error() {
    let outcome = |severity: &str, search: &str| {
        format!(
            r#"[{{"resource":{{"resourceType":"OperationOutcome","issue":[{{"severity":"{severity}","code":"processing"}}]}}{search}}}]"#
        )
    };
    let mode = r#","search":{"mode":"outcome"}"#;
    check(&outcome("warning", mode), Ok(0));
    check(&outcome("information", ""), Ok(0));
    check(&outcome("error", mode), Err(SyncError::InvalidResponse));
    check(&outcome("fatal", ""), Err(SyncError::InvalidResponse));
    check(&format!(r#"[{{"resource":{{"resourceType":"Patient","id":"a"}}{mode}}}]"#), Err(SyncError::InvalidResponse));
}

#[test]
fn a_match_has_one_id_and_one_content() {
    check(r#"[{"resource":{"resourceType":"Patient"}}]"#, Err(SyncError::InvalidResponse));
    check(r#"[{"resource":{"resourceType":"Patient","id":7}}]"#, Err(SyncError::InvalidResponse));
    check(r#"[{"resource":{"resourceType":"Patient","id":""}}]"#, Err(SyncError::InvalidResponse));
    let ada = patient("ada");
    check(&format!("[{ada},{ada}]"), Ok(1));
    let other = ada.replace("09:00", "10:00");
    check(&format!("[{ada},{other}]"), Err(SyncError::InvalidResponse));
    // Where only `lastUpdated` was requested an id may be missing.
    let text = bundle("searchset", r#"[{"resource":{"resourceType":"Patient"}}]"#);
    assert_eq!(parse_search(&text, "Patient", MatchIds::Optional).map(|r| r.len()), Ok(1));
}

#[test]
fn an_unreadable_record_is_accepted_where_it_has_type_and_id() {
    check(r#"[{"resource":{"resourceType":"Patient","id":"not an id","id":"twice"}}]"#, Ok(1));
}

#[test]
fn a_history_entry_identifies_a_record_and_its_interaction() {
    let read = |entry: &str| parse_history(&bundle("history", &format!("[{entry}]")), "Patient");
    let gone = read(
        r#"{"request":{"method":"DELETE","url":"Patient/p1/_history/3"},"response":{"lastModified":"2026-11-22T09:00:00Z"}}"#,
    );
    let last_updated = UtcMillis::from_rfc3339("2026-11-22T09:00:00Z");
    assert_eq!(gone.unwrap(), [HistoryEntry { key: "Patient/p1".parse().unwrap(), is_deletion: true, last_updated }]);
    assert!(!read(&patient("p1")).unwrap()[0].is_deletion);
    assert!(!read(r#"{"request":{"method":"PUT","url":"Patient/p1"}}"#).unwrap()[0].is_deletion);
    for junk in [
        r#""x""#,
        "null",
        "{}",
        r#"{"resource":null,"request":{"method":"DELETE","url":"Patient/p1"}}"#,
        r#"{"request":{"method":"DELETE","url":"Observation/p1"}}"#,
        r#"{"request":{"method":"DELETE","url":"Patient?identifier=9"}}"#,
        r#"{"resource":{"resourceType":"Patient","id":"p2"},"request":{"method":"PUT","url":"Patient/p1"}}"#,
    ] {
        assert_eq!(read(junk), Err(SyncError::InvalidResponse), "{junk}");
    }
}

#[test]
fn responses_that_do_not_match_the_request_are_ignored() {
    let ok = r#"{"response":{"status":"200"}}"#;
    let fits = |kind: &str, entries: &str| transaction_responses(&bundle(kind, entries), 2).is_some();
    assert!(fits("transaction-response", &format!("[{ok},{ok}]")));
    assert!(fits("batch-response", &format!("[{ok},{ok}]")));
    assert!(!fits("searchset", &format!("[{ok},{ok}]")));
    assert!(!fits("transaction-response", &format!("[{ok}]")));
    assert!(!fits("transaction-response", &format!("[{ok},{ok},{ok}]")));
    assert!(!fits("transaction-response", &format!("[\"x\",{ok}]")));
}

#[test]
fn keys_are_read_from_history_addresses() {
    for url in ["Patient/p1", "Patient/p1/_history/3", "https://ehr.example/fhir/Patient/p1/_history/3"] {
        assert_eq!(key_of_url(url).map(|k| k.to_string()).as_deref(), Some("Patient/p1"), "{url}");
    }
    for url in ["", "Patient", "Patient?identifier=9"] {
        assert_eq!(key_of_url(url), None, "{url}");
    }
}
