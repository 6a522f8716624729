//! Malformed pages: the type is not complete, and its claim does not move.

use super::*;
use keep_store::PullOutcome;

fn searchset(entries: &str) -> Vec<u8> {
    json(200, &format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":{entries}}}"#))
}

const MALFORMED: [&str; 7] = [
    r#"["x",1,null,{"resource":null}]"#,
    "null",
    r#"{"resource":{"resourceType":"Patient","id":"p9"}}"#,
    r#"[{"resource":{"resourceType":"Observation","id":"o1"}}]"#,
    r#"[{"resource":{"resourceType":"Patient"}}]"#,
    r#"[{"resource":{"resourceType":"Patient","id":"a","active":true}},{"resource":{"resourceType":"Patient","id":"a"}}]"#,
    r#"[{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]},"search":{"mode":"outcome"}}]"#,
];

#[tokio::test]
async fn a_type_with_a_malformed_page_is_not_complete() {
    // It counted as an empty page: "allergies not recorded", complete.
    let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    for entries in MALFORMED.into_iter().chain([deep.as_str()]) {
        let (store, entries) = (new_store(), entries.to_owned());
        let (done, _) = pull(&store, move |_| searchset(&entries)).await;
        assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
        let claims: Vec<_> = store.contents().cursors.values().map(|c| c.complete_as_of).collect();
        assert!(claims.iter().all(Option::is_none), "{claims:?}");
        assert!(store.contents().records.is_empty());
    }
}

#[tokio::test]
async fn a_malformed_page_after_a_valid_one_does_not_move_the_claim() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&store, patients_at(NOW.plus_millis(-600_000), &all, 10)).await.0.unwrap();
    let before = carry(&store).unwrap();
    store.contents().cursors.insert(String::from("*"), before.clone());
    for n in 4..9 {
        all.lock().unwrap().push((format!("p{n}"), 1, Ok(NOW.plus_millis(-500_000 + n))));
    }
    let serve = patients(&all, 2);
    let (done, _) = again(&store, move |request| match parameter(request, "from").as_deref() {
        Some("2") => searchset(r#"[{"resource":{"resourceType":"Patient","id":"p8"}},"x"]"#),
        _ => serve(request),
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    let after = carry(&store).unwrap();
    assert_eq!(after.complete_as_of, before.complete_as_of);
    store.contents().cursors.insert(String::from("*"), after);
    // What was received before it stays, and the rest arrives once the server works again.
    again(&store, patients(&all, 2)).await.0.unwrap();
    assert_eq!(store.contents().records.len(), 8);
}

#[tokio::test]
async fn a_malformed_history_is_ignored() {
    let (store, all) = deleted_meanwhile().await;
    let before = carry(&store).unwrap();
    store.contents().cursors.insert(String::from("*"), before.clone());
    for (kind, entries) in [("history", "[1]"), ("history", r#"[{"resource":null}]"#), ("searchset", "[]")] {
        let serve = patients(&all, 10);
        let (done, _) = again(&store, move |request| {
            if !request.target.contains("_history") {
                return serve(request);
            }
            json(200, &format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":{entries}}}"#))
        })
        .await;
        assert_eq!(done.unwrap_err(), SyncError::InvalidResponse, "{kind} {entries}");
        let after = carry(&store).unwrap();
        assert_eq!(after.complete_as_of, before.complete_as_of, "{kind} {entries}");
        store.contents().cursors.insert(String::from("*"), after);
    }
    again(&store, patients(&all, 10)).await.0.unwrap();
    assert!(!store.contents().records.contains_key("Patient/p1"));
}

#[tokio::test]
async fn a_pass_claims_nothing_before_the_check_for_deletions() {
    let store = new_store();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -620_000)).collect();
    let all = rows(&listed);
    pull(&store, patients_at(NOW.plus_millis(-600_000), &all, 200)).await.0.unwrap();
    let before = carry(&store).unwrap();
    store.contents().cursors.insert(String::from("*"), before.clone());
    all.lock().unwrap()[0] = (String::from("p0"), 2, Ok(NOW.plus_millis(-100_000)));
    let serve = patients(&all, 200);
    let malformed = |request: &Request| request.target.contains("_history").then(|| searchset("[]"));
    let (done, _) = again(&store, move |request| malformed(request).unwrap_or_else(|| serve(request))).await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    let after = carry(&store).unwrap();
    assert_eq!(after.complete_as_of, before.complete_as_of);
    assert!(store.contents().records["Patient/p0"].contains(r#""versionId":"2""#), "what was received stays");
    store.contents().cursors.insert(String::from("*"), after);
    let (done, _) = again(&store, patients(&all, 200)).await;
    assert_eq!(done.unwrap().1.complete_as_of(), Some(NOW));
    assert_eq!(carry(&store).unwrap().complete_as_of, Some(NOW));
}

#[tokio::test]
async fn a_malformed_list_of_ids_removes_nothing() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull_types(&store, &["Patient"], false, patients_at(NOW.plus_millis(-1_000_000), &all, 10)).await.0.unwrap();
    let cursor = carry(&store).unwrap();
    // The last check for deletions was more than an hour ago.
    let position = cursor.position.replace(
        &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-1_000_000).0),
        &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-9_000_000).0),
    );
    assert_ne!(position, cursor.position);
    store.contents().cursors.clear();
    store.contents().cursors.insert(String::from("*"), Cursor { position, ..cursor });
    // The count differs.
    all.lock().unwrap()[0].2 = Err(NOW);
    let serve = patients(&all, 10);
    let (done, server) =
        pull_types(&store, &["Patient"], false, move |request| match parameter(request, "_elements") {
            Some(_) => searchset(r#"["x"]"#),
            None if request.target.starts_with("/fhir/Patient/") => json(410, ""),
            None => serve(request),
        })
        .await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    assert!(server.requests().iter().all(|s| !s.target.starts_with("/fhir/Patient/")), "no record is read");
    assert_eq!(store.contents().records.len(), 2);
}

#[tokio::test]
async fn the_other_types_are_pulled_despite_an_invalid_one() {
    let store = new_store();
    let (done, _) = pull_types(&store, &["Patient", "Appointment"], false, |request| {
        if request.target.starts_with("/fhir/Patient") {
            return searchset(r#"["x"]"#);
        }
        searchset(r#"[{"resource":{"resourceType":"Appointment","id":"a1"}}]"#)
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse, "and the run reports it");
    assert!(store.contents().records.contains_key("Appointment/a1"));
    // Where no response is FHIR, as behind a captive portal, not every type is requested.
    let types = ["Patient", "Appointment", "Flag", "Practitioner", "Organization", "Location"];
    let (done, server) = pull_types(&new_store(), &types, false, |_| json(200, "<html>")).await;
    assert_eq!(done.unwrap_err(), SyncError::InvalidResponse);
    assert_eq!(server.requests().iter().filter(|s| s.target.contains("_sort")).count(), 3);
}

/// Pages without a next link, whatever is missing.
fn truncated(all: &Rows, size: usize, total: Option<usize>) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static {
    let serve = patients(all, size);
    move |request| {
        let reply = String::from_utf8(serve(request)).unwrap();
        let body = reply.split_once("\r\n\r\n").unwrap().1;
        let (start, rest) = body.split_once(r#","total":"#).unwrap();
        let counted = rest.split_once(',').unwrap().0;
        let shown_total = total.map_or_else(|| counted.to_owned(), |t| t.to_string());
        let entries = rest.split_once(r#""entry""#).unwrap().1;
        json(200, &format!(r#"{start},"total":{shown_total},"entry"{entries}"#))
    }
}

#[tokio::test]
async fn what_a_server_counts_and_does_not_show_is_requested_from_the_last_time() {
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000), ("p4", 1, -6_000_000)]);
    let (done, _) = pull(&store, truncated(&all, 2, None)).await;
    assert_eq!(done.unwrap().1.complete_as_of(), Some(NOW));
    assert_eq!(store.contents().records.len(), 4);
}

#[tokio::test]
async fn a_count_that_is_too_large_is_checked_by_a_list_of_ids() {
    // The list contains nothing that was not received and counts as many: no claim, and the type says why.
    let store = new_store();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    let (changed, pulled) = pull(&store, truncated(&all, 10, Some(5))).await.0.unwrap();
    assert_eq!((changed, pulled.types[0].outcome, pulled.complete_as_of()), (2, PullOutcome::Short, None));
    // It contains one that was never received: no claim.
    let store = new_store();
    let (serve, list) = (truncated(&all, 1, Some(5)), truncated(&all, 10, Some(5)));
    let same = rows(&[("p1", 1, -9_000_000)]);
    let short = truncated(&same, 10, Some(5));
    let (done, _) = pull(&store, move |request| match parameter(request, "_elements") {
        Some(_) => list(request),
        None if parameter(request, "_lastUpdated").is_some() => short(request),
        None => serve(request),
    })
    .await;
    let (_, pulled) = done.unwrap();
    assert_eq!((pulled.types[0].outcome, pulled.complete_as_of()), (PullOutcome::Short, None));
}
