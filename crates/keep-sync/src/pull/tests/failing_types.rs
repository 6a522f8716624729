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
        if request.target.starts_with(&format!("/fhir/{failing}?")) { reply.clone() } else { empty() }
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
        for types in [["Patient", "Flag", "Location"], ["Flag", "Appointment", "Location"]] {
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
