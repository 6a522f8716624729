//! Pages that are not what they should be: the type is not complete, and nothing of its claim moves.

use super::*;

fn searchset(entries: &str) -> Vec<u8> {
    json(200, &format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":{entries}}}"#))
}

const JUNK: [&str; 7] = [
    r#"["x",1,null,{"resource":null}]"#,
    "null",
    r#"{"resource":{"resourceType":"Patient","id":"p9"}}"#,
    r#"[{"resource":{"resourceType":"Observation","id":"o1"}}]"#,
    r#"[{"resource":{"resourceType":"Patient"}}]"#,
    r#"[{"resource":{"resourceType":"Patient","id":"a","active":true}},{"resource":{"resourceType":"Patient","id":"a"}}]"#,
    r#"[{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]},"search":{"mode":"outcome"}}]"#,
];

#[tokio::test]
async fn a_type_whose_page_is_junk_is_not_complete() {
    // It counted as an empty page: "allergies not recorded", complete.
    let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    for junk in JUNK.into_iter().chain([deep.as_str()]) {
        let (port, junk) = (desk(), junk.to_owned());
        let (done, _) = pull(&port, move |_| searchset(&junk)).await;
        assert_eq!(done.unwrap_err(), SyncError::Garbled);
        let claims: Vec<_> = port.kept().cursors.values().map(|c| c.complete_as_of).collect();
        assert!(claims.iter().all(Option::is_none), "{claims:?}");
        assert!(port.kept().records.is_empty());
    }
}

#[tokio::test]
async fn junk_behind_a_good_page_leaves_the_claim_where_it_was() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000)]);
    pull(&port, patients_at(NOW.plus_millis(-600_000), &all, 10)).await.0.unwrap();
    let before = carry(&port).unwrap();
    port.kept().cursors.insert(String::from("*"), before.clone());
    for n in 4..9 {
        all.lock().unwrap().push((format!("p{n}"), 1, Ok(NOW.plus_millis(-500_000 + n))));
    }
    let serve = patients(&all, 2);
    let (done, _) = again(&port, move |seen| match parameter(seen, "from").as_deref() {
        Some("2") => searchset(r#"[{"resource":{"resourceType":"Patient","id":"p8"}},"x"]"#),
        _ => serve(seen),
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    let after = carry(&port).unwrap();
    assert_eq!(after.complete_as_of, before.complete_as_of);
    port.kept().cursors.insert(String::from("*"), after);
    // What came before it stays, and all comes once the server is sound again.
    again(&port, patients(&all, 2)).await.0.unwrap();
    assert_eq!(port.kept().records.len(), 8);
}

#[tokio::test]
async fn a_history_of_junk_says_nothing() {
    let (port, all) = deleted_meanwhile().await;
    let before = carry(&port).unwrap();
    port.kept().cursors.insert(String::from("*"), before.clone());
    for (kind, entries) in [("history", "[1]"), ("history", r#"[{"resource":null}]"#), ("searchset", "[]")] {
        let serve = patients(&all, 10);
        let (done, _) = again(&port, move |seen| {
            if !seen.target.contains("_history") {
                return serve(seen);
            }
            json(200, &format!(r#"{{"resourceType":"Bundle","type":"{kind}","entry":{entries}}}"#))
        })
        .await;
        assert_eq!(done.unwrap_err(), SyncError::Garbled, "{kind} {entries}");
        let after = carry(&port).unwrap();
        assert_eq!(after.complete_as_of, before.complete_as_of, "{kind} {entries}");
        port.kept().cursors.insert(String::from("*"), after);
    }
    again(&port, patients(&all, 10)).await.0.unwrap();
    assert!(!port.kept().records.contains_key("Patient/p1"));
}

#[tokio::test]
async fn a_pass_claims_nothing_before_deletions_were_looked_for() {
    let port = desk();
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let listed: Vec<(&str, u32, i64)> = many.iter().map(|id| (id.as_str(), 1, -620_000)).collect();
    let all = rows(&listed);
    pull(&port, patients_at(NOW.plus_millis(-600_000), &all, 200)).await.0.unwrap();
    let before = carry(&port).unwrap();
    port.kept().cursors.insert(String::from("*"), before.clone());
    all.lock().unwrap()[0] = (String::from("p0"), 2, Ok(NOW.plus_millis(-100_000)));
    let serve = patients(&all, 200);
    let junk = |seen: &Seen| seen.target.contains("_history").then(|| searchset("[]"));
    let (done, _) = again(&port, move |seen| junk(seen).unwrap_or_else(|| serve(seen))).await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    let after = carry(&port).unwrap();
    assert_eq!(after.complete_as_of, before.complete_as_of);
    assert!(port.kept().records["Patient/p0"].contains(r#""versionId":"2""#), "what came stays");
    port.kept().cursors.insert(String::from("*"), after);
    let (done, _) = again(&port, patients(&all, 200)).await;
    assert_eq!(done.unwrap().1.complete_as_of, Some(NOW));
    assert_eq!(carry(&port).unwrap().complete_as_of, Some(NOW));
}

#[tokio::test]
async fn a_list_of_ids_with_junk_removes_nothing() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    pull_types(&port, &["Patient"], false, patients_at(NOW.plus_millis(-1_000_000), &all, 10)).await.0.unwrap();
    let state = carry(&port).unwrap();
    // Deletions were looked for longer ago than an hour.
    let looked = state.text.replace(
        &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-1_000_000).0),
        &format!(r#""deletions_looked":{}"#, NOW.plus_millis(-9_000_000).0),
    );
    assert_ne!(looked, state.text);
    port.kept().cursors.clear();
    port.kept().cursors.insert(String::from("*"), crate::port::CursorState { text: looked, ..state });
    let serve = patients(&all, 10);
    let (done, script) = pull_types(&port, &["Patient"], false, move |seen| match parameter(seen, "_elements") {
        Some(_) => searchset(r#"["x"]"#),
        None if seen.target.starts_with("/fhir/Patient/") => json(410, ""),
        None => serve(seen),
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    assert!(script.requests().iter().all(|s| !s.target.starts_with("/fhir/Patient/")), "nothing is asked about");
    assert_eq!(port.kept().records.len(), 2);
}

#[tokio::test]
async fn the_other_types_do_not_wait_for_one_that_is_garbled() {
    let port = desk();
    let (done, _) = pull_types(&port, &["Patient", "Appointment"], false, |seen| {
        if seen.target.starts_with("/fhir/Patient") {
            return searchset(r#"["x"]"#);
        }
        searchset(r#"[{"resource":{"resourceType":"Appointment","id":"a1"}}]"#)
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled, "and the run says so");
    assert!(port.kept().records.contains_key("Appointment/a1"));
    // Where nothing at all is FHIR, as behind a captive portal, not every type is asked for.
    let types = ["Patient", "Appointment", "Flag", "Practitioner", "Organization", "Location"];
    let (done, script) = pull_types(&desk(), &types, false, |_| json(200, "<html>")).await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    assert_eq!(script.requests().iter().filter(|s| s.target.contains("_sort")).count(), 3);
}

/// A page without a next one, whatever is missing.
fn cut(all: &Rows, size: usize, total: Option<usize>) -> impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static {
    let serve = patients(all, size);
    move |seen| {
        let reply = String::from_utf8(serve(seen)).unwrap();
        let body = reply.split_once("\r\n\r\n").unwrap().1;
        let (start, rest) = body.split_once(r#","total":"#).unwrap();
        let counted = rest.split_once(',').unwrap().0;
        let told = total.map_or_else(|| counted.to_owned(), |t| t.to_string());
        let entries = rest.split_once(r#""entry""#).unwrap().1;
        json(200, &format!(r#"{start},"total":{told},"entry"{entries}"#))
    }
}

#[tokio::test]
async fn what_a_server_counts_and_does_not_show_is_asked_for_from_the_last_stamp() {
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000), ("p3", 1, -7_000_000), ("p4", 1, -6_000_000)]);
    let (done, _) = pull(&port, cut(&all, 2, None)).await;
    assert_eq!(done.unwrap().1.complete_as_of, Some(NOW));
    assert_eq!(port.kept().records.len(), 4);
}

#[tokio::test]
async fn a_count_that_is_too_large_is_checked_by_a_list_of_ids() {
    // The list names nothing that did not come: some servers count what a person may not see.
    let port = desk();
    let all = rows(&[("p1", 1, -9_000_000), ("p2", 1, -8_000_000)]);
    assert_eq!(pull(&port, cut(&all, 10, Some(5))).await.0.unwrap().1.complete_as_of, Some(NOW));
    // It names one that never came: no claim.
    let port = desk();
    let (serve, list) = (cut(&all, 1, Some(5)), cut(&all, 10, Some(5)));
    let same = rows(&[("p1", 1, -9_000_000)]);
    let short = cut(&same, 10, Some(5));
    let (done, _) = pull(&port, move |seen| match parameter(seen, "_elements") {
        Some(_) => list(seen),
        None if parameter(seen, "_lastUpdated").is_some() => short(seen),
        None => serve(seen),
    })
    .await;
    assert_eq!(done.unwrap_err(), SyncError::Garbled);
    assert!(port.kept().cursors.values().all(|c| c.complete_as_of.is_none()));
}
