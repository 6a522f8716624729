//! No update replaces what it is not based on.

use super::*;

/// Amara's pulse after a colleague has corrected it on the server.
const AMENDED: &str = r#"{"resourceType":"Observation","id":"o1","meta":{"versionId":"2"},"status":"amended","note":[{"text":"recounted"}]}"#;
const UNVERSIONED_BASE: &str = r#"{"resourceType":"Appointment","id":"a1","status":"booked","comment":"x"}"#;

fn outcomes(store: &MemoryStore) -> Vec<PushOutcome> {
    store.contents().outcomes.iter().map(|(_, o)| o.clone()).collect()
}

#[tokio::test]
async fn a_create_that_arrived_and_was_amended_there_is_not_sent_over_the_amendment() {
    for first_version in [NEW, ""] {
        let store = new_store();
        store.save(5, amara(), NEW, None);
        assert!(push(&store, |_| Vec::new()).await.0.is_err(), "the answer is lost");
        let (done, server) = push(&store, move |request| match request.target.as_str() {
            "/fhir/Observation/o1" => json(200, AMENDED),
            "/fhir/Observation/o1/_history/1" if !first_version.is_empty() => json(200, first_version),
            "/fhir/Observation/o1/_history/1" => json(404, ""),
            _ => json(200, TAKEN),
        })
        .await;
        assert!(posts(&server).is_empty(), "nothing is sent over it");
        match &outcomes(&store)[..] {
            [PushOutcome::Arrived { theirs, version }] if !first_version.is_empty() => {
                assert!(theirs.expose().contains("recounted") && version == "2");
                assert_eq!(done, Ok(1));
            }
            // Without the first version it may be the record of another author.
            [PushOutcome::Conflict { theirs: Some(_), .. }] if first_version.is_empty() => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_update_without_a_known_version_is_read_before_it_is_sent() {
    // The server's text has no version, its `ETag` has: bare, weak or strong.
    for etag in ["7", "W/\"7\"", "\"7\""] {
        let store = new_store();
        store.save(5, amara(), OURS, Some(("", UNVERSIONED_BASE)));
        let (done, server) = push(&store, move |r| match r.method.as_str() {
            "GET" => json_with(200, &[("ETag", etag)], UNVERSIONED_BASE),
            _ => json(200, TAKEN),
        })
        .await;
        assert_eq!(done, Ok(1));
        assert!(posts(&server)[0].contains(r#""ifMatch":"W/\"7\"""#), "{etag}: {}", posts(&server)[0]);
    }
}

#[tokio::test]
async fn on_a_server_without_versions_the_content_is_compared_first() {
    let no_version =
        r#"{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"200 OK"}}]}"#;
    let changed = UNVERSIONED_BASE.replace("\"x\"", "\"changed there\"");
    for (theirs, sent, compared) in [(UNVERSIONED_BASE.to_owned(), 1, 1), (changed, 1, 1)] {
        let store = new_store();
        store.save(5, amara(), OURS, Some(("", UNVERSIONED_BASE)));
        let on_server = std::sync::Mutex::new(theirs.clone());
        let merged = run(&store, move |r| {
            let mut current = on_server.lock().unwrap();
            if r.method == "GET" {
                return json(200, &current);
            }
            let body: serde_json::Value = serde_json::from_slice(&r.body).unwrap();
            *current = body["entry"][0]["resource"].to_string();
            json(200, no_version)
        })
        .await;
        assert_eq!((merged.ended, merged.pushed.confirmed, merged.pushed.compared), (Ok(()), 1, compared));
        let posted = posts(&merged.server);
        assert_eq!(posted.len(), sent);
        assert!(posted[0].contains("arrived") && !posted[0].contains("ifMatch"));
        assert_eq!(posted[0].contains("changed there"), theirs.contains("changed there"), "merged, not overwritten");
    }
}

/// As HAPI's plain server, which ignores `If-Match`, and servers that call every version the same.
#[tokio::test]
async fn where_no_check_of_versions_is_promised_the_content_decides() {
    for (theirs, sent) in [(BASE.to_owned(), 1), (BASE.replace("booked", "noshow"), 0)] {
        let store = new_store();
        store.save(5, amara(), OURS, Some(("1", BASE)));
        let done =
            run_where(
                &store,
                BTreeSet::new(),
                move |r| {
                    if r.method == "GET" { json(200, &theirs) } else { json(200, TAKEN) }
                },
            )
            .await;
        assert_eq!(posts(&done.server).len(), sent);
        let is_conflict = matches!(&outcomes(&store)[..], [PushOutcome::Conflict { .. }]);
        assert_eq!(is_conflict, sent == 0, "the same version on both sides is no proof");
    }
}

#[tokio::test]
async fn the_same_field_on_a_server_without_versions_is_a_conflict() {
    let store = new_store();
    store.save(5, amara(), OURS, Some(("", UNVERSIONED_BASE)));
    let theirs = UNVERSIONED_BASE.replace("booked", "noshow");
    let (_, server) =
        push(&store, move |r| if r.method == "GET" { json(200, &theirs) } else { json(200, TAKEN) }).await;
    assert!(posts(&server).is_empty());
    assert!(matches!(&outcomes(&store)[..], [PushOutcome::Conflict { .. }]));
}

#[tokio::test]
async fn a_record_that_was_deleted_there_is_not_made_again() {
    // HAPI would create it, in spite of the `If-Match`.
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    assert!(push(&store, |_| Vec::new()).await.0.is_err());
    let (_, server) = push(&store, |r| if r.method == "GET" { json(404, "") } else { json(200, TAKEN) }).await;
    assert!(posts(&server).is_empty());
    assert!(matches!(&outcomes(&store)[..], [PushOutcome::Conflict { theirs: None, .. }]));
}

#[tokio::test]
async fn what_may_have_arrived_and_may_not_be_read_is_not_sent_again() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    assert!(push(&store, |_| Vec::new()).await.0.is_err());
    let run = run(&store, |r| if r.method == "GET" { json(403, "") } else { json(200, TAKEN) }).await;
    assert!(posts(&run.server).is_empty());
    assert_eq!(run.waiting, [(5, WaitCause::NotPermitted, None)]);
}

#[tokio::test]
async fn a_version_is_taken_from_the_location_where_there_is_no_etag() {
    let answer = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
        {"response":{"status":"201","location":"https://ehr.example/fhir/Observation/o1/_history/4"}}]}"#;
    let store = new_store();
    store.save(5, amara(), NEW, None);
    let (done, server) = push(&store, move |_| json(200, answer)).await;
    assert_eq!((done, server.requests().iter().filter(|r| r.method == "GET").count()), (Ok(1), 1), "only discovery");
    assert!(matches!(&outcomes(&store)[..], [PushOutcome::Confirmed { version, .. }] if version == "4"));
}

#[tokio::test]
async fn an_entry_that_a_response_calls_failed_is_not_taken_for_delivered() {
    // 200 for the whole, 412 for the entry: what is there is a colleague's, and ours must not be dropped.
    let stale = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"412 Precondition Failed"}}]}"#;
    let theirs = BASE.replace(r#""versionId":"1""#, r#""versionId":"2""#).replace("booked", "noshow");
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    let (done, _) = push(&store, move |r| if r.method == "GET" { json(200, &theirs) } else { json(200, stale) }).await;
    assert_eq!(done, Ok(0));
    assert!(matches!(&outcomes(&store)[..], [PushOutcome::Conflict { theirs: Some(_), .. }]), "{:?}", outcomes(&store));
}
