//! One type's trouble stops no other, and is stored with its reason.

use super::*;
use keep_store::PullOutcome;

fn empty() -> Vec<u8> {
    json(200, r#"{"resourceType":"Bundle","type":"searchset","total":0}"#)
}

/// The outcomes of a pull of `types` where `failing` answers with `reply`.
async fn outcomes(types: &[&str], failing: &'static str, reply: Vec<u8>) -> (Arc<MemoryStore>, Vec<PullOutcome>) {
    let store = new_store();
    let (done, pulled) = pull_reports(&store, types, move |request| {
        if request.target.starts_with(&format!("/fhir/{failing}")) { reply.clone() } else { empty() }
    })
    .await;
    done.unwrap();
    let of = |name: &&str| pulled.types.iter().find(|t| t.resource_type == **name).unwrap().outcome;
    let found = types.iter().map(of).collect();
    (store, found)
}

#[tokio::test]
async fn each_kind_of_failure_is_kept_to_its_type() {
    let oversized = json(200, &format!("{{{}", " ".repeat(keep_fhir::MAX_BUNDLE_BYTES)));
    for (reply, expected) in [
        (json(400, "{}"), PullOutcome::Failed(400)),
        (json(403, ""), PullOutcome::Refused),
        (json(404, ""), PullOutcome::NotOffered),
        (json(500, ""), PullOutcome::Failed(500)),
        (json(200, "<html>"), PullOutcome::Invalid),
        (json(200, "{]"), PullOutcome::Invalid),
        (b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{\"res".to_vec(), PullOutcome::Interrupted),
        (Vec::new(), PullOutcome::Interrupted),
        (oversized, PullOutcome::TooLarge),
    ] {
        // Once is enough for a response that takes long.
        let orders = if reply.len() < 10_000 { 2 } else { 1 };
        for types in [["Patient", "Flag", "Location"], ["Flag", "Appointment", "Location"]].into_iter().take(orders) {
            let (store, found) = outcomes(&types, "Flag", reply.clone()).await;
            let expect = types.map(|t| if t == "Flag" { expected } else { PullOutcome::Complete });
            assert_eq!(found, expect);
            let stored = store.contents().cursors.clone();
            let flag = stored.iter().find(|(key, _)| key.contains("\"Flag\"")).unwrap().1;
            assert_eq!((flag.outcome, flag.complete_as_of), (expected, None));
        }
    }
}

#[tokio::test]
async fn the_claim_waits_for_a_failing_type_but_not_for_one_that_cannot_be_had() {
    for (status, claim) in [(500, None), (400, None), (403, Some(NOW)), (404, Some(NOW))] {
        let (done, pulled) = pull_reports(&new_store(), &["Patient", "Flag"], move |request| {
            if request.target.starts_with("/fhir/Flag") { json(status, "") } else { empty() }
        })
        .await;
        done.unwrap();
        assert_eq!(pulled.complete_as_of(), claim, "{status}");
    }
}

#[tokio::test]
async fn a_type_that_was_complete_is_not_called_missing() {
    let store = new_store();
    pull_reports(&store, &["Patient", "Flag"], |_| empty()).await.0.unwrap();
    let cursor = carry(&store).unwrap();
    store.contents().cursors.insert(String::from("*"), cursor);
    let (done, pulled) = pull_reports(&store, &["Patient", "Flag"], move |request| {
        if request.target.starts_with("/fhir/Patient") { json(404, "") } else { empty() }
    })
    .await;
    done.unwrap();
    assert_eq!(pulled.types.first().unwrap().outcome, PullOutcome::Failed(404));
}

#[tokio::test]
async fn types_that_the_statement_leaves_out_are_reported_as_not_offered() {
    let store = new_store();
    let (done, pulled) = pull_reports(&store, &["Patient"], |_| empty()).await;
    done.unwrap();
    assert_eq!(pulled.complete_as_of(), Some(NOW));
    let flag = pulled.types.iter().find(|t| t.resource_type == "Flag").unwrap();
    assert_eq!(flag.outcome, PullOutcome::NotOffered);
    assert!(!pulled.types.iter().any(|t| t.resource_type == "Observation"), "it is above this session's rank");
}

#[tokio::test]
async fn an_address_that_answers_404_to_everything_is_an_error() {
    let (done, pulled) = pull_reports(&new_store(), &["Patient", "Flag", "Appointment"], |_| json(404, "")).await;
    assert_eq!(done.unwrap_err(), SyncError::Failed { status: 404, retry_after: None });
    let found: Vec<_> = pulled.types.iter().map(|t| t.outcome).collect();
    assert_eq!(found, [PullOutcome::Failed(404); 3], "it does not say what the server has");
}

#[tokio::test]
async fn a_busy_type_is_requested_when_the_server_said_so() {
    // A short wait is waited for.
    let store = new_store();
    let busy = Mutex::new(true);
    let (done, pulled) = pull_reports(&store, &["Patient", "Flag"], move |request| {
        let is_busy = request.target.starts_with("/fhir/Flag") && std::mem::take(&mut *busy.lock().unwrap());
        if is_busy { json_with(429, &[("Retry-After", "1")], "") } else { empty() }
    })
    .await;
    done.unwrap();
    assert_eq!(pulled.complete_as_of(), Some(NOW));
    // During a long one the type is not requested, and the others are.
    let store = new_store();
    let serve = |request: &Request| {
        let is_flag = request.target.starts_with("/fhir/Flag");
        if is_flag { json_with(503, &[("Retry-After", "600")], "") } else { empty() }
    };
    let types = ["Patient", "Flag", "Appointment"];
    for retry_at in [None, Some(NOW.plus_millis(600_000)), Some(NOW.plus_millis(-1))] {
        store.contents().carry_all();
        let is_requested = retry_at.is_none_or(|at| at < NOW);
        if retry_at.is_some() {
            let mut contents = store.contents();
            let flag = contents.cursors.get_mut("*Flag").unwrap();
            assert_eq!(flag.retry_at, Some(NOW.plus_millis(600_000)));
            flag.retry_at = retry_at;
        }
        let (done, _, pulled, server) = run_pull(&store, &types, false, serve).await;
        done.unwrap();
        assert_eq!(server.requests().iter().any(|r| r.target.contains("Flag")), is_requested);
        let found: Vec<_> = pulled.types.iter().take(3).map(|t| t.outcome).collect();
        assert_eq!(found, [PullOutcome::Complete, PullOutcome::Failed(503), PullOutcome::Complete]);
        if !is_requested {
            let cursor = store.contents().cursors["*Flag"].clone();
            assert_eq!(cursor.retry_at, retry_at);
        }
    }
}

#[tokio::test]
async fn a_record_that_is_too_large_is_left_out_and_not_requested_again() {
    let (store, all) = (new_store(), super::fake::many(300, -90_000_000));
    let serve = || {
        let serve = super::fake::fake(&all, super::fake::Habits::default());
        move |request: &Request| {
            let reply = serve(request);
            let is_whole = parameter(request, "_elements").is_none() && parameter(request, "_summary").is_none();
            let text = String::from_utf8(reply.clone()).unwrap();
            if is_whole && text.contains("\"p290\"") {
                // A declared length that is too large is enough.
                return format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                    keep_fhir::MAX_BUNDLE_BYTES + 1,
                    " ".repeat(keep_fhir::MAX_BUNDLE_BYTES + 1)
                )
                .into_bytes();
            }
            reply
        }
    };
    let (done, _, pulled, _) = run_pull(&store, &["Patient"], true, serve()).await;
    done.unwrap();
    assert_eq!((pulled.types[0].outcome, pulled.complete_as_of()), (PullOutcome::TooLarge, None));
    assert_eq!(store.contents().records.len(), 299);
    all.lock().unwrap().push((String::from("new"), 1, Ok(NOW.plus_millis(-1_000))));
    store.contents().carry_all();
    let (done, changed, pulled, server) = run_pull(&store, &["Patient"], true, serve()).await;
    done.unwrap();
    assert_eq!((changed, pulled.types[0].outcome), (1, PullOutcome::TooLarge));
    let by_id: Vec<_> = server.requests().iter().filter_map(|r| parameter(r, "_id")).collect();
    assert!(!by_id.is_empty() && !by_id.iter().any(|ids| ids.contains("p290")), "{by_id:?}");
}
