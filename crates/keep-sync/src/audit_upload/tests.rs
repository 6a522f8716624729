use super::*;
use crate::memory_store::MemoryStore;
use crate::test_server::{Request, TestServer, json, signed_in};
use keep_domain::{EventId, Phi, Segment};

fn id_of(sequence: u64) -> EventId {
    EventId::from_uuid(uuid::Uuid::from_u128(u128::from(sequence)))
}

fn event(sequence: u64) -> OutgoingEvent {
    let event = id_of(sequence);
    let json = format!(r#"{{"resourceType":"AuditEvent","id":"{event}","n":"n{sequence}."}}"#);
    OutgoingEvent { sequence, event, json: Phi::new(json) }
}

async fn uploader(
    events: std::ops::RangeInclusive<u64>,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (AuditUploader, Arc<MemoryStore>, TestServer) {
    let (server, credentials) = signed_in(answer).await;
    let store = Arc::new(MemoryStore::holding(Segment::Clinical));
    store.contents().events.extend(events.map(event));
    let uploader = AuditUploader {
        client: FhirClient::open(credentials),
        store: Arc::clone(&store) as Arc<dyn SyncStore>,
        waits: PushWaits::default(),
        progress: Arc::new(|_| {}),
    };
    (uploader, store, server)
}

/// How often an event was sent.
fn times(server: &TestServer, sequence: u64) -> usize {
    let name = format!("\"n{sequence}.\"");
    server.requests().iter().map(|r| String::from_utf8_lossy(&r.body).matches(&name).count()).sum()
}

/// Answers each entry of a batch: 201, or `status` for the events that are `refused`.
fn batch(request: &Request, refused: &[u64], status: u16) -> Vec<u8> {
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["type"], "batch");
    let one = |entry: &serde_json::Value| {
        let name = entry["resource"]["n"].as_str().unwrap();
        let is_refused = refused.iter().any(|n| name == format!("n{n}."));
        format!(r#"{{"response":{{"status":"{}"}}}}"#, if is_refused { status } else { 201 })
    };
    let all: Vec<String> = body["entry"].as_array().unwrap().iter().map(one).collect();
    json(200, &format!(r#"{{"resourceType":"Bundle","type":"batch-response","entry":[{}]}}"#, all.join(",")))
}

#[tokio::test]
async fn a_refused_event_waits_alone_and_no_other_is_sent_again() {
    let (uploader, store, server) = uploader(1..=100, |r| match r.target.as_str() {
        "/fhir" => batch(r, &[3, 41, 77], 400),
        _ => json(400, ""),
    })
    .await;
    let mut confirmed = 0;
    for _ in 0..3 {
        uploader.upload_all(&mut confirmed).await.unwrap();
    }
    assert_eq!((confirmed, store.contents().delivered.len()), (97, 97));
    assert!((1..=100).all(|n| times(&server, n) == 1), "refused ones wait, the others are done");
    uploader.waits.end_delays();
    uploader.upload_all(&mut confirmed).await.unwrap();
    // The first of the refused is also tried in case it is only the id.
    assert_eq!((times(&server, 3), times(&server, 41), times(&server, 40)), (3, 2, 1));
}

#[tokio::test]
async fn more_refused_events_than_a_batch_hold_nothing_up() {
    let refused: Vec<u64> = (1..=90).collect();
    let (uploader, store, _server) = uploader(1..=100, move |r| match r.target.as_str() {
        "/fhir" => batch(r, &refused, 422),
        _ => json(422, ""),
    })
    .await;
    let mut confirmed = 0;
    uploader.upload_all(&mut confirmed).await.unwrap();
    assert_eq!((confirmed, store.contents().delivered.clone()), (10, (91..=100).collect()));
}

#[tokio::test]
async fn a_server_without_batches_gets_each_event_once() {
    let (uploader, _store, server) = uploader(1..=3, |r| match r.method.as_str() {
        "PUT" if r.target.ends_with('2') => json(400, ""),
        "PUT" => json(201, ""),
        _ => json(400, "no batches"),
    })
    .await;
    let mut confirmed = 0;
    uploader.upload_all(&mut confirmed).await.unwrap();
    uploader.upload_all(&mut confirmed).await.unwrap();
    assert_eq!((confirmed, server.requests().iter().filter(|r| r.method == "PUT").count()), (2, 3));
}

#[tokio::test]
async fn an_event_that_cannot_be_written_counts_only_where_the_server_has_it() {
    for (status, expected) in [(200, 1), (404, 0)] {
        let (uploader, store, _server) = uploader(1..=1, move |r| {
            let here = format!(r#"{{"resourceType":"AuditEvent","id":"{}"}}"#, id_of(1));
            if r.method == "PUT" { json(405, "") } else { json(status, if status == 200 { &here } else { "" }) }
        })
        .await;
        let mut confirmed = 0;
        uploader.upload_all(&mut confirmed).await.unwrap();
        assert_eq!((confirmed, store.contents().delivered.len()), (expected, usize::try_from(expected).unwrap()));
    }
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved() {
    let (uploader, _store, server) = uploader(1..=40, |r| {
        let sent = String::from_utf8_lossy(&r.body).matches(r#""method""#).count();
        if sent > 10 { json(413, "") } else { batch(r, &[], 0) }
    })
    .await;
    let mut confirmed = 0;
    uploader.upload_all(&mut confirmed).await.unwrap();
    assert_eq!((confirmed, server.requests().iter().filter(|r| r.target == "/fhir").count()), (40, 6));
}

#[tokio::test]
async fn where_the_server_makes_the_ids_each_event_arrives_once() {
    let there = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let held = Arc::clone(&there);
    let (uploader, store, server) = uploader(1..=5, move |r| {
        let mut held = held.lock().unwrap();
        match (r.method.as_str(), r.target.as_str()) {
            ("POST", "/fhir") => batch(r, &[1, 2, 3, 4, 5], 400),
            ("POST", _) => {
                held.push(String::from_utf8_lossy(&r.body).into_owned());
                // The second answer is lost.
                if held.len() == 2 { Vec::new() } else { json(201, "") }
            }
            _ => {
                let mine = |text: &&String| {
                    r.target.split("%7C").nth(1).and_then(|id| id.get(..36)).is_some_and(|id| text.contains(id))
                };
                let found = held.iter().find(mine).map(|text| text.replacen('{', r#"{"id":"7","#, 1));
                let found = found.map(|text| format!(r#"{{"resource":{text}}}"#)).unwrap_or_default();
                // A server repeats the search, and with it the id, in its own link.
                let own = &r.target;
                json(
                    200,
                    &format!(
                        r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"{own}"}}],"entry":[{found}]}}"#
                    ),
                )
            }
        }
    })
    .await;
    let mut confirmed = 0;
    assert!(uploader.upload_all(&mut confirmed).await.is_err(), "an answer was lost");
    uploader.upload_all(&mut confirmed).await.unwrap();
    assert_eq!((there.lock().unwrap().len(), store.contents().delivered.len()), (5, 5));
    assert!(there.lock().unwrap().iter().all(|text| !text.contains(r#""id":"#) && text.contains("urn:chartkeep:id")));
    let batches = server.requests().iter().filter(|r| r.target == "/fhir").count();
    assert_eq!(batches, 1, "that the server makes the ids is learned once");
}
