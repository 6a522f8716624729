//! What follows a large load: nothing of it is requested again.

use super::*;

/// A server with 60 patients who have `results` results together; `None` where that program is not built.
async fn backend_with(results: u32) -> Option<Backend> {
    let patients =
        (0..60).map(|n| format!(r#"{{"resourceType":"Patient","id":"bulk-{n}","name":[{{"family":"Bulk"}}]}}"#));
    let results = (0..results).map(bulk_result);
    let lines: Vec<String> = patients.chain(results).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bulk.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    Backend::start(Some(&file)).await
}

fn bulk_result(n: u32) -> String {
    observation(&format!("bulk-{n}"), n).replace("pat-1", &format!("bulk-{}", n % 60))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_sync_right_after_a_bulk_load_stays_small() {
    // All of it is within the overlap of the next pass, and none of it may be requested again.
    let Some(backend) = backend_with(3_000).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    let first = sync(&store, &client, Role::Nurse).await;
    assert_eq!((first.stopped_by.clone(), first.pulled), (None, 3060), "{first:?}");
    let idle = sync(&store, &client, Role::Nurse).await;
    assert_eq!((idle.stopped_by.clone(), idle.pulled), (None, 0), "{idle:?}");
    assert!(idle.bytes_up + idle.bytes_down < MOST_IDLE_BYTES, "{idle:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_changes_right_after_a_large_load_are_five_requests() {
    let Some(backend) = backend_with(5_340).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    assert_eq!(sync(&store, &client, Role::Nurse).await.pulled, 5_400);
    let counted = async |step: &str, changed: u64| {
        backend.tell("clear", "").await;
        let report = sync(&store, &client, Role::Nurse).await;
        assert_eq!((report.stopped_by, report.pulled), (None, changed), "{step}");
        let (requests, bytes) = backend.traffic().await;
        assert!(requests <= 5 && bytes <= 30_000, "{step}: {requests} requests, {bytes} bytes");
    };
    for n in [3, 70, 5_000] {
        let key = format!("Observation/bulk-{n}").parse().unwrap();
        let text = observation(&format!("bulk-{n}"), 40).replace("pat-1", &format!("bulk-{}", n % 60));
        assert_eq!(client.update(&key, &text, Some("1")).await.unwrap().status, 200);
    }
    counted("three changes", 3).await;
    counted("none", 0).await;
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/bulk-9"}}]}"#;
    assert_eq!(client.transact(bundle).await.unwrap().status, 200);
    counted("a deletion", 1).await;
}
