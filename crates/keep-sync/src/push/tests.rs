use super::*;
use crate::fhir_client::FhirClient;
use crate::sync_store::SyncStore;
use std::collections::BTreeSet;
use std::sync::Arc;

mod authors;
mod refusals;
mod single;
mod versions;

use crate::memory_store::MemoryStore;
use crate::test_server::{Request, TestServer, json, json_with, signed_in};
use keep_domain::{Segment, UserId};

const NEW: &str = r#"{"resourceType":"Observation","id":"o1","status":"final"}"#;
const BASE: &str =
    r#"{"resourceType":"Appointment","id":"a1","meta":{"versionId":"1"},"status":"booked","comment":"x"}"#;
const OURS: &str = r#"{"resourceType":"Appointment","id":"a1","status":"arrived","comment":"x"}"#;
const TAKEN: &str = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
{"response":{"status":"201 Created","etag":"W/\"1\"","lastModified":"2026-11-22T09:00:00Z"}}]}"#;

fn amara() -> UserId {
    UserId::of("https://id.example", "amara")
}

/// What one run did.
struct Run {
    ended: Result<(), SyncError>,
    pushed: Pushed,
    waiting: Vec<(u64, WaitCause, Option<u16>)>,
    server: TestServer,
}

async fn push(
    store: &Arc<MemoryStore>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<u64, SyncError>, TestServer) {
    let run = run(store, answer).await;
    (run.ended.map(|()| run.pushed.confirmed), run.server)
}

async fn run(store: &Arc<MemoryStore>, answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Run {
    run_where(store, versioned(), answer).await
}

/// The types of these tests, of which most servers check the version of an update.
fn versioned() -> BTreeSet<String> {
    ["Appointment", "Encounter", "Observation", "Practitioner"].map(String::from).into()
}

async fn run_where(
    store: &Arc<MemoryStore>,
    versioned_update: BTreeSet<String>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> Run {
    run_with(store, versioned_update, (true, false), answer).await
}

/// Pushes to a server that says whether it takes transactions and batches.
async fn run_with(
    store: &Arc<MemoryStore>,
    versioned_update: BTreeSet<String>,
    (transaction, batch): (bool, bool),
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> Run {
    let (server, credentials) = signed_in(answer).await;
    let pusher = Pusher {
        client: FhirClient::open(credentials),
        store: Arc::clone(store) as Arc<dyn SyncStore>,
        waits: PushWaits::default(),
        authors: Vec::new(),
        transaction,
        batch,
        versioned_update,
        progress: Arc::new(|_| {}),
    };
    let mut pushed = Pushed::default();
    let ended = pusher.push_all(&mut pushed).await;
    let waiting = pusher.waits.list().into_iter().map(|w| (w.change_set, w.cause, w.status)).collect();
    Run { ended, pushed, waiting, server }
}

fn new_store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::holding(Segment::Clinical))
}

fn posts(server: &TestServer) -> Vec<String> {
    let all = server.requests();
    let posted = all.iter().filter(|s| s.method == "POST" && s.target.trim_end_matches('/') == "/fhir");
    posted.map(|s| String::from_utf8_lossy(&s.body).into_owned()).collect()
}

#[tokio::test]
async fn a_create_is_a_put_under_our_own_id_and_goes_once() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    let (done, server) = push(&store, |_| json(200, TAKEN)).await;
    assert_eq!(done, Ok(1));
    let sent = posts(&server);
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].contains(r#""method":"PUT","url":"Observation/o1""#) && !sent[0].contains("ifMatch"),
        "{}",
        sent[0]
    );
    assert!(store.contents().sets.is_empty());
    assert_eq!(push(&store, |_| json(500, "")).await.0, Ok(0), "nothing is left to send");
}

#[tokio::test]
async fn a_lost_response_is_resolved_by_reading() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    // The server applies it and the connection is lost before the response.
    let (done, _) = push(&store, |_| Vec::new()).await;
    assert_eq!(done, Err(SyncError::Unreachable));
    assert!(store.contents().sets[&ChangeSetId(5)].entries[0].state == EntryState::InFlight);
    let on_server = r#"{"resourceType":"Observation","meta":{"versionId":"1","lastUpdated":"2026-11-22T09:00:00Z"},"status":"final","id":"o1"}"#;
    let (done, server) = push(&store, move |_| json(200, on_server)).await;
    assert_eq!(done, Ok(1));
    assert!(posts(&server).is_empty(), "it is not sent again");
}

#[tokio::test]
async fn what_never_arrived_is_sent_again() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    assert!(push(&store, |_| Vec::new()).await.0.is_err());
    let (done, server) = push(&store, |s| if s.method == "GET" { json(404, "") } else { json(200, TAKEN) }).await;
    assert_eq!((done, posts(&server).len()), (Ok(1), 1));
}

fn stale_server(
    status: u16,
    body: &'static str,
    comment: &'static str,
    theirs: &'static str,
) -> impl Fn(&Request) -> Vec<u8> {
    move |request| {
        let sent = String::from_utf8_lossy(&request.body).into_owned();
        match request.method.as_str() {
            "GET" => json(
                200,
                &format!(
                    r#"{{"resourceType":"Appointment","id":"a1","meta":{{"versionId":"2"}},"status":"{theirs}","comment":"{comment}"}}"#
                ),
            ),
            _ if sent.contains(r#"W/\"2\""#) => json(200, &TAKEN.replace(r#"W/\"1\""#, r#"W/\"3\""#)),
            _ => json(status, body),
        }
    }
}

const MISMATCH: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"The version in If-Match does not match"}]}"#;

#[tokio::test]
async fn a_version_conflict_is_merged_and_sent_again() {
    for (status, body) in [(409, ""), (412, ""), (400, MISMATCH)] {
        let store = new_store();
        store.save(5, amara(), OURS, Some(("1", BASE)));
        let (done, server) = push(&store, stale_server(status, body, "changed there", "booked")).await;
        assert_eq!(done, Ok(1), "{status}");
        let sent = posts(&server);
        assert!(sent[0].contains(r#"W/\"1\""#) && sent[1].contains("changed there") && sent[1].contains("arrived"));
        assert!(store.contents().sets.is_empty());
    }
}

#[tokio::test]
async fn the_same_field_becomes_a_conflict_with_both_versions() {
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    store.save(6, amara(), NEW, None);
    let (done, _) = push(&store, |request| {
        if String::from_utf8_lossy(&request.body).contains("o1") {
            json(200, TAKEN)
        } else {
            stale_server(409, "", "x", "noshow")(request)
        }
    })
    .await;
    assert_eq!(done, Ok(1), "the other set is still sent");
    let contents = store.contents();
    assert!(
        matches!(&contents.outcomes[0], (ChangeSetId(5), PushOutcome::Conflict { theirs: Some(t), .. }) if t.expose().contains("noshow"))
    );
    assert!(contents.sets[&ChangeSetId(5)].entries[0].raw.expose().contains("arrived"));
}

#[tokio::test]
async fn a_rejected_record_is_set_aside_with_the_reason_and_blocks_no_other() {
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    store.save(6, amara(), NEW, None);
    let reason = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"no such status"}]}"#;
    let (done, _) = push(&store, move |request| {
        if String::from_utf8_lossy(&request.body).contains("o1") { json(200, TAKEN) } else { json(422, reason) }
    })
    .await;
    assert_eq!(done, Ok(1));
    assert!(
        matches!(&store.contents().outcomes[0], (ChangeSetId(5), PushOutcome::Rejected { reason, .. }) if reason.expose() == "no such status")
    );
}

#[tokio::test]
async fn a_busy_server_is_left_alone_until_retry_after() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    let (done, _) = push(&store, |_| json_with(429, &[("Retry-After", "120")], "")).await;
    assert_eq!(done, Err(SyncError::Failed { status: 429, retry_after: Some(120) }));
    assert_eq!(store.contents().returned, [ChangeSetId(5)]);
}

#[tokio::test]
async fn a_server_error_on_one_set_does_not_stop_the_next() {
    let store = new_store();
    store.save(5, amara(), OURS, Some(("1", BASE)));
    store.save(6, amara(), NEW, None);
    let (done, _) = push(&store, |request| match request.method.as_str() {
        "GET" => json(404, ""),
        _ if String::from_utf8_lossy(&request.body).contains("o1") => json(200, TAKEN),
        _ => json(500, ""),
    })
    .await;
    assert_eq!(done, Ok(1));
    assert_eq!(store.contents().sets.len(), 1);
}

#[tokio::test]
async fn what_a_server_accepts_without_versions_is_read_back() {
    let store = new_store();
    store.save(5, amara(), NEW, None);
    store.save(5, amara(), OURS, Some(("1", BASE)));
    let half = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
        {"response":{"status":"201 Created","etag":"W/\"1\""}},{"response":{"status":"200 OK"}}]}"#;
    let (done, server) = push(&store, move |request| match request.method.as_str() {
        "GET" => json(200, &OURS.replace(r#""id""#, r#""meta":{"versionId":"2"},"id""#)),
        _ => json(200, half),
    })
    .await;
    assert_eq!(done, Ok(2));
    assert_eq!(posts(&server).len(), 1);
    assert!(store.contents().sets.is_empty());
}

#[tokio::test]
async fn a_large_set_is_sent_in_chunks() {
    let store = new_store();
    for n in 0..250 {
        store.save(5, amara(), &NEW.replace("o1", &format!("o{n}")), None);
    }
    let (done, server) = push(&store, |request| {
        let count = String::from_utf8_lossy(&request.body).matches(r#""method""#).count();
        let one = r#"{"response":{"status":"201 Created","etag":"W/\"1\""}}"#;
        json(
            200,
            &format!(
                r#"{{"resourceType":"Bundle","type":"transaction-response","entry":[{}]}}"#,
                vec![one; count].join(",")
            ),
        )
    })
    .await;
    assert_eq!((done, posts(&server).len()), (Ok(250), 7));
}
