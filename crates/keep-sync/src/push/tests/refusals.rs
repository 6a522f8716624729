//! A refusal is judged by what it is: a state of the server, or a FHIR answer about a record.

use super::*;

const PULSE: &str = r#"{"resourceType":"Observation","id":"o2","encounter":{"reference":"Encounter/v1"}}"#;
const VISIT: &str = r#"{"resourceType":"Encounter","id":"v1","status":"in-progress"}"#;
const FLAG: &str = r#"{"resourceType":"Flag","id":"f1","status":"active"}"#;

/// Confirms as many entries as were sent.
fn taken(request: &Request) -> Vec<u8> {
    if request.method == "PUT" {
        return json_with(201, &[("ETag", "W/\"1\"")], "");
    }
    let sent = String::from_utf8_lossy(&request.body).matches(r#""method""#).count();
    let one = r#"{"response":{"status":"201 Created","etag":"W/\"1\""}}"#;
    let all = vec![one; sent].join(",");
    json(200, &format!(r#"{{"resourceType":"Bundle","type":"transaction-response","entry":[{all}]}}"#))
}

fn outcome(code: &str, words: &str, expression: &str) -> String {
    format!(
        r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}","diagnostics":"{words}","expression":["{expression}"]}}]}}"#
    )
}

fn rejected(store: &MemoryStore) -> Vec<(String, String, Vec<String>)> {
    let all = store.contents().outcomes.clone();
    let of = |(_, o): (ChangeSetId, PushOutcome)| match o {
        PushOutcome::Rejected { key, reason, fields } => Some((key.to_string(), reason.into_exposed(), fields)),
        _ => None,
    };
    all.into_iter().filter_map(of).collect()
}

#[tokio::test]
async fn what_a_server_or_gateway_answers_about_itself_rejects_no_record() {
    const PORTAL: &str = "<html><body>Sign in to the guest network</body></html>";
    let denied = outcome("forbidden", "no permission", "x");
    let unknown = outcome("not-supported", "no transactions here", "x");
    let cases = [
        (404, "", WaitCause::NotOffered),
        (404, PORTAL, WaitCause::NotOffered),
        (405, "", WaitCause::NotOffered),
        (501, "", WaitCause::NotOffered),
        (403, "", WaitCause::NotPermitted),
        (403, &denied, WaitCause::NotPermitted),
        (400, &denied, WaitCause::NotPermitted),
        (413, "", WaitCause::TooLarge),
        (500, PORTAL, WaitCause::ServerError),
        (400, PORTAL, WaitCause::NotFhir),
        (400, "", WaitCause::NotFhir),
        (422, r#"{"error":"bad gateway"}"#, WaitCause::NotFhir),
        (400, &unknown, WaitCause::NotOffered),
        (302, "", WaitCause::NotFhir),
    ];
    for (status, body, cause) in cases {
        let store = new_store();
        store.save(5, amara(), NEW, None);
        let text = body.to_owned();
        let run = run(&store, move |r| if r.method == "GET" { json(404, "") } else { json(status, &text) }).await;
        assert_eq!(run.ended, Ok(()), "{status} {body}");
        assert_eq!(run.waiting, [(5, cause, Some(status))], "{status} {body}");
        assert!(rejected(&store).is_empty() && store.contents().sets.len() == 1, "{status} {body}");
        assert_eq!(run.pushed.held_by.is_some(), cause.concerns_server(), "{status} {body}");
    }
}

#[tokio::test]
async fn a_portal_that_answers_everything_with_200_rejects_nothing() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    let run = run(&store, |_| json(200, "<html>Sign in</html>")).await;
    assert_eq!((run.ended, run.waiting), (Ok(()), vec![(5, WaitCause::NotFhir, None)]));
    assert_eq!(run.pushed.held_by, Some(SyncError::InvalidResponse), "the run is not called a success");
    assert!(rejected(&store).is_empty());
}

#[tokio::test]
async fn the_others_go_on_until_the_server_takes_nothing() {
    // Each of the others concerns one set: it is tried, and the next one too.
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    store.save(6, amara(), NEW, None);
    let held = run(&store, |r| match r.method.as_str() {
        "GET" => json(404, ""),
        _ if String::from_utf8_lossy(&r.body).contains("o1") => taken(r),
        _ => json(403, ""),
    })
    .await;
    assert_eq!((held.pushed.confirmed, held.waiting), (1, vec![(5, WaitCause::NotPermitted, Some(403))]));
    let store = new_store();
    for n in 0..20 {
        store.save(n, amara(), &NEW.replace("o1", &format!("o{n}")), None);
    }
    let run = run(&store, |_| json(404, "")).await;
    assert_eq!(posts(&run.server).len(), 3, "an address that knows nothing is not asked twenty times");
    assert_eq!(run.pushed.held_by, Some(SyncError::Failed { status: 404, retry_after: None }));
}

#[tokio::test]
async fn a_set_that_waits_is_left_alone_until_its_time() {
    let (server, credentials) = signed_in(|_| json(403, "")).await;
    let store = new_store();
    store.save(5, amara(), NEW, None);
    let waits = PushWaits::default();
    let pusher = Pusher {
        client: FhirClient::open(credentials),
        store: Arc::clone(&store) as Arc<dyn SyncStore>,
        waits: waits.clone(),
        authors: Vec::new(),
        transaction: true,
        batch: false,
        versioned_update: versioned(),
        progress: Arc::new(|_| {}),
    };
    for _ in 0..3 {
        pusher.push_all(&mut Pushed::default()).await.unwrap();
    }
    assert_eq!(posts(&server).len(), 1);
    waits.end_delays();
    pusher.push_all(&mut Pushed::default()).await.unwrap();
    assert_eq!(posts(&server).len(), 2, "the user may ask for it");
}

#[tokio::test]
async fn what_is_too_much_at_once_is_sent_in_parts() {
    let store = new_store();
    for n in 0..13 {
        store.save(5, amara(), &NEW.replace("o1", &format!("o{n}")), None);
    }
    let run = run(&store, |request| {
        let sent = String::from_utf8_lossy(&request.body).matches(r#""method""#).count();
        if sent > 4 { json(413, "") } else { taken(request) }
    })
    .await;
    assert_eq!((run.ended, run.pushed.confirmed, run.waiting), (Ok(()), 13, vec![]));
}

#[tokio::test]
async fn only_the_record_that_the_server_names_is_set_aside() {
    let store = new_store();
    store.save(5, amara(), VISIT, None);
    store.save(5, amara(), PULSE, None);
    store.save(5, amara(), FLAG, None);
    let words = outcome("invalid", "no such status", "Bundle.entry[0].resource.status");
    let run = run(&store, move |request| {
        if String::from_utf8_lossy(&request.body).contains(r#""id":"v1""#) { json(422, &words) } else { taken(request) }
    })
    .await;
    let fields = vec![String::from("Bundle.entry[0].resource.status")];
    assert_eq!(rejected(&store), [(String::from("Encounter/v1"), String::from("no such status"), fields)]);
    assert_eq!(run.pushed.confirmed, 1, "the flag, which refers to nothing that was rejected");
    let left = store.contents().sets[&ChangeSetId(5)].entries.iter().map(|e| e.key.to_string()).collect::<Vec<_>>();
    assert_eq!(left, ["Encounter/v1", "Observation/o2"], "what refers to it waits with it");
    assert_eq!((posts(&run.server).len(), run.waiting), (2, vec![]));
}

#[tokio::test]
async fn a_server_that_names_no_record_is_asked_one_by_one() {
    let store = new_store();
    store.save(5, amara(), FLAG, None);
    store.save(5, amara(), NEW, None);
    let words = outcome("processing", "HAPI-1094: Resource Practitioner/x not found", "");
    let run = run(&store, move |request| {
        if String::from_utf8_lossy(&request.body).contains("f1") { json(400, &words) } else { taken(request) }
    })
    .await;
    assert_eq!(rejected(&store)[0].0, "Flag/f1");
    assert!(rejected(&store)[0].1.starts_with("HAPI-1094") && run.pushed.confirmed == 1);
}
