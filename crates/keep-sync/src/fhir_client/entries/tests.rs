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
    assert_eq!(rows(&text, "Patient", Ids::Needed).map(|r| r.len()), expected, "{entries:.120}");
}

#[test]
fn an_entry_that_is_no_resource_makes_the_page_garbled() {
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
        check(&format!("[{ada},{junk}]"), Err(SyncError::Garbled));
        check(&format!("[{junk},{ada}]"), Err(SyncError::Garbled));
    }
    for list in ["null", "{}", "\"x\""] {
        check(list, Err(SyncError::Garbled));
    }
}

#[test]
fn another_kind_of_bundle_is_no_page_of_a_search() {
    for kind in ["history", "transaction-response", "collection", ""] {
        let text = bundle(kind, &format!("[{}]", patient("ada")));
        assert!(rows(&text, "Patient", Ids::Needed).is_err(), "{kind}");
    }
    assert!(changes(&bundle("searchset", "[]"), "Patient").is_err());
}

#[test]
fn another_type_may_come_along_and_is_no_match() {
    let other = |mode: &str| {
        format!(r#"{{"resource":{{"resourceType":"Organization","id":"o"}},"search":{{"mode":"{mode}"}}}}"#)
    };
    check(&format!("[{}]", other("include")), Ok(1));
    check(&format!("[{}]", other("match")), Err(SyncError::Garbled));
    check(r#"[{"resource":{"resourceType":"Organization","id":"o"}}]"#, Err(SyncError::Garbled));
    check(&format!("[{}]", other("strange")), Err(SyncError::Garbled));
}

#[test]
fn a_remark_is_left_out_unless_it_says_that_the_search_failed() {
    let remark = |severity: &str, search: &str| {
        format!(
            r#"[{{"resource":{{"resourceType":"OperationOutcome","issue":[{{"severity":"{severity}","code":"processing"}}]}}{search}}}]"#
        )
    };
    let said = r#","search":{"mode":"outcome"}"#;
    check(&remark("warning", said), Ok(0));
    check(&remark("information", ""), Ok(0));
    check(&remark("error", said), Err(SyncError::Garbled));
    check(&remark("fatal", ""), Err(SyncError::Garbled));
    check(&format!(r#"[{{"resource":{{"resourceType":"Patient","id":"a"}}{said}}}]"#), Err(SyncError::Garbled));
}

#[test]
fn a_match_has_one_id_and_one_content() {
    check(r#"[{"resource":{"resourceType":"Patient"}}]"#, Err(SyncError::Garbled));
    check(r#"[{"resource":{"resourceType":"Patient","id":7}}]"#, Err(SyncError::Garbled));
    check(r#"[{"resource":{"resourceType":"Patient","id":""}}]"#, Err(SyncError::Garbled));
    let ada = patient("ada");
    check(&format!("[{ada},{ada}]"), Ok(1));
    let other = ada.replace("09:00", "10:00");
    check(&format!("[{ada},{other}]"), Err(SyncError::Garbled));
    // Where only the stamp was asked for an id may be missing.
    let text = bundle("searchset", r#"[{"resource":{"resourceType":"Patient"}}]"#);
    assert_eq!(rows(&text, "Patient", Ids::Optional).map(|r| r.len()), Ok(1));
}

#[test]
fn a_record_that_cannot_be_read_is_kept_where_it_has_type_and_id() {
    check(r#"[{"resource":{"resourceType":"Patient","id":"not an id","id":"twice"}}]"#, Ok(1));
}

#[test]
fn a_history_says_what_happened_to_which_record() {
    let read = |entry: &str| changes(&bundle("history", &format!("[{entry}]")), "Patient");
    let gone = read(
        r#"{"request":{"method":"DELETE","url":"Patient/p1/_history/3"},"response":{"lastModified":"2026-11-22T09:00:00Z"}}"#,
    );
    let stamp = UtcMillis::from_rfc3339("2026-11-22T09:00:00Z");
    assert_eq!(gone.unwrap(), [Change { key: "Patient/p1".parse().unwrap(), is_deletion: true, stamp }]);
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
        assert_eq!(read(junk), Err(SyncError::Garbled), "{junk}");
    }
}

#[test]
fn answers_fit_what_was_sent_or_say_nothing() {
    let ok = r#"{"response":{"status":"200"}}"#;
    let fits = |kind: &str, entries: &str| responses(&bundle(kind, entries), 2).is_some();
    assert!(fits("transaction-response", &format!("[{ok},{ok}]")));
    assert!(fits("batch-response", &format!("[{ok},{ok}]")));
    assert!(!fits("searchset", &format!("[{ok},{ok}]")));
    assert!(!fits("transaction-response", &format!("[{ok}]")));
    assert!(!fits("transaction-response", &format!("[{ok},{ok},{ok}]")));
    assert!(!fits("transaction-response", &format!("[\"x\",{ok}]")));
}

#[test]
fn addresses_of_a_history_are_read() {
    for url in ["Patient/p1", "Patient/p1/_history/3", "https://ehr.example/fhir/Patient/p1/_history/3"] {
        assert_eq!(key_of_url(url).map(|k| k.to_string()).as_deref(), Some("Patient/p1"), "{url}");
    }
    for url in ["", "Patient", "Patient?identifier=9"] {
        assert_eq!(key_of_url(url), None, "{url}");
    }
}
