use super::*;
use crate::fake_port::FakePort;
use crate::scripted::{Scripted, Seen, json, json_with, signed_in};
use keep_domain::Segment;

const NEW: &str = r#"{"resourceType":"Observation","id":"o1","status":"final"}"#;
const BASE: &str =
    r#"{"resourceType":"Appointment","id":"a1","meta":{"versionId":"1"},"status":"booked","comment":"x"}"#;
const OURS: &str = r#"{"resourceType":"Appointment","id":"a1","status":"arrived","comment":"x"}"#;
const TAKEN: &str = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
{"response":{"status":"201 Created","etag":"W/\"1\"","lastModified":"2026-11-22T09:00:00Z"}}]}"#;

fn amara() -> UserId {
    UserId::of("https://id.example", "amara")
}

fn bo() -> UserId {
    UserId::of("https://id.example", "bo")
}

async fn push(
    port: &Arc<FakePort>,
    answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<u64, SyncError>, Scripted) {
    let (script, credentials) = signed_in(answer).await;
    let pusher = Pusher {
        client: FhirClient::open(credentials),
        port: Arc::clone(port) as Arc<dyn SyncPort>,
        me: amara(),
        progress: Arc::new(|_| {}),
    };
    let mut confirmed = 0;
    let done = pusher.run(&mut confirmed).await;
    (done.map(|()| confirmed), script)
}

fn port() -> Arc<FakePort> {
    Arc::new(FakePort::holding(Segment::Clinical))
}

fn posts(script: &Scripted) -> Vec<String> {
    let all = script.requests();
    let posted = all.iter().filter(|s| s.method == "POST" && s.target.trim_end_matches('/') == "/fhir");
    posted.map(|s| String::from_utf8_lossy(&s.body).into_owned()).collect()
}

#[tokio::test]
async fn a_create_is_a_put_under_our_own_id_and_goes_once() {
    let port = port();
    port.save(5, amara(), NEW, None);
    let (done, script) = push(&port, |_| json(200, TAKEN)).await;
    assert_eq!(done, Ok(1));
    let sent = posts(&script);
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].contains(r#""method":"PUT","url":"Observation/o1""#) && !sent[0].contains("ifMatch"),
        "{}",
        sent[0]
    );
    assert!(port.kept().sets.is_empty());
    assert_eq!(push(&port, |_| json(500, "")).await.0, Ok(0), "nothing is left to send");
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_asking() {
    let port = port();
    port.save(5, amara(), NEW, None);
    // The server takes it and the line is cut before the answer.
    let (done, _) = push(&port, |_| Vec::new()).await;
    assert_eq!(done, Err(SyncError::Unreachable));
    assert!(port.kept().sets[&5].entries[0].sent);
    let stored = r#"{"resourceType":"Observation","meta":{"versionId":"1","lastUpdated":"2026-11-22T09:00:00Z"},"status":"final","id":"o1"}"#;
    let (done, script) = push(&port, move |_| json(200, stored)).await;
    assert_eq!(done, Ok(1));
    assert!(posts(&script).is_empty(), "it is not sent again");
}

#[tokio::test]
async fn what_never_arrived_is_sent_again() {
    let port = port();
    port.save(5, amara(), NEW, None);
    assert!(push(&port, |_| Vec::new()).await.0.is_err());
    let (done, script) = push(&port, |s| if s.method == "GET" { json(404, "") } else { json(200, TAKEN) }).await;
    assert_eq!((done, posts(&script).len()), (Ok(1), 1));
}

fn stale_server(
    status: u16,
    body: &'static str,
    comment: &'static str,
    theirs: &'static str,
) -> impl Fn(&Seen) -> Vec<u8> {
    move |seen| {
        let sent = String::from_utf8_lossy(&seen.body).into_owned();
        match seen.method.as_str() {
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
async fn a_stale_version_is_merged_and_sent_on_top() {
    for (status, body) in [(409, ""), (412, ""), (400, MISMATCH)] {
        let port = port();
        port.save(5, amara(), OURS, Some(("1", BASE)));
        let (done, script) = push(&port, stale_server(status, body, "changed there", "booked")).await;
        assert_eq!(done, Ok(1), "{status}");
        let sent = posts(&script);
        assert!(sent[0].contains(r#"W/\"1\""#) && sent[1].contains("changed there") && sent[1].contains("arrived"));
        assert!(port.kept().sets.is_empty());
    }
}

#[tokio::test]
async fn the_same_field_becomes_a_conflict_and_both_stay() {
    let port = port();
    port.save(5, amara(), OURS, Some(("1", BASE)));
    port.save(6, amara(), NEW, None);
    let (done, _) = push(&port, |seen| {
        if String::from_utf8_lossy(&seen.body).contains("o1") {
            json(200, TAKEN)
        } else {
            stale_server(409, "", "x", "noshow")(seen)
        }
    })
    .await;
    assert_eq!(done, Ok(1), "the other set goes on");
    let kept = port.kept();
    assert!(
        matches!(&kept.settled[0], (5, PushOutcome::Conflict { theirs: Some(t), .. }) if t.expose().contains("noshow"))
    );
    assert!(kept.sets[&5].entries[0].text.expose().contains("arrived"));
}

#[tokio::test]
async fn a_refused_record_is_set_aside_with_the_reason_and_blocks_nobody() {
    let port = port();
    port.save(5, amara(), OURS, Some(("1", BASE)));
    port.save(6, amara(), NEW, None);
    let reason = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"no such status"}]}"#;
    let (done, _) = push(&port, move |seen| {
        if String::from_utf8_lossy(&seen.body).contains("o1") { json(200, TAKEN) } else { json(422, reason) }
    })
    .await;
    assert_eq!(done, Ok(1));
    assert!(
        matches!(&port.kept().settled[0], (5, PushOutcome::Refused { reason, .. }) if reason.expose() == "no such status")
    );
}

#[tokio::test]
async fn a_403_refuses_ones_own_and_leaves_a_colleagues() {
    let port = port();
    port.save(5, bo(), OURS, Some(("1", BASE)));
    port.save(6, amara(), NEW, None);
    let (done, _) = push(&port, |_| json(403, "")).await;
    assert_eq!(done, Ok(0));
    let kept = port.kept();
    assert_eq!(kept.taken_back, [5]);
    assert!(matches!(kept.settled[..], [(6, PushOutcome::Refused { .. })]));
}

#[tokio::test]
async fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
    let port = port();
    port.save(5, amara(), NEW, None);
    let (done, _) = push(&port, |_| json_with(429, &[("Retry-After", "120")], "")).await;
    assert_eq!(done, Err(SyncError::Failed { status: 429, retry_after: Some(120) }));
    assert_eq!(port.kept().taken_back, [5]);
}

#[tokio::test]
async fn a_server_that_breaks_on_one_set_gets_the_next() {
    let port = port();
    port.save(5, amara(), OURS, Some(("1", BASE)));
    port.save(6, amara(), NEW, None);
    let (done, _) = push(&port, |seen| match seen.method.as_str() {
        "GET" => json(404, ""),
        _ if String::from_utf8_lossy(&seen.body).contains("o1") => json(200, TAKEN),
        _ => json(500, ""),
    })
    .await;
    assert_eq!(done, Ok(1));
    assert_eq!(port.kept().sets.len(), 1);
}

#[tokio::test]
async fn a_server_that_tells_no_versions_is_asked_for_what_it_took() {
    let port = port();
    port.save(5, amara(), NEW, None);
    port.save(5, amara(), OURS, Some(("1", BASE)));
    let half = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
        {"response":{"status":"201 Created","etag":"W/\"1\""}},{"response":{"status":"200 OK"}}]}"#;
    let (done, script) = push(&port, move |seen| match seen.method.as_str() {
        "GET" => json(200, &OURS.replace(r#""id""#, r#""meta":{"versionId":"2"},"id""#)),
        _ => json(200, half),
    })
    .await;
    assert_eq!(done, Ok(2));
    assert_eq!(posts(&script).len(), 1);
    assert!(port.kept().sets.is_empty());
}

#[tokio::test]
async fn a_large_set_goes_in_as_many_parts_as_it_needs() {
    let port = port();
    for n in 0..250 {
        port.save(5, amara(), &NEW.replace("o1", &format!("o{n}")), None);
    }
    let (done, script) = push(&port, |seen| {
        let count = String::from_utf8_lossy(&seen.body).matches(r#""method""#).count();
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
    assert_eq!((done, posts(&script).len()), (Ok(250), 7));
}

#[test]
fn chunks_keep_to_the_limits() {
    let entry = |length: usize| OutgoingEntry {
        key: "Observation/o1".parse().unwrap(),
        intent: Operation::Put,
        text: Phi::new("x".repeat(length)),
        base_version: None,
        base_text: None,
        sent: false,
    };
    let planned =
        |lengths: &[usize]| plan_chunk(&lengths.iter().map(|l| entry(*l)).collect::<Vec<_>>()).map(<[_]>::len);
    assert_eq!(planned(&[]), None);
    assert_eq!(planned(&[10; 41]), Some(40));
    assert_eq!(planned(&[300_000, 300_000]), Some(1));
    assert_eq!(planned(&[900_000, 10]), Some(1), "one alone may be larger: the server decides");
}
