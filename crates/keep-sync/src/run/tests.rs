use super::*;
use crate::memory_store::MemoryStore;
use crate::test_server::{json, signed_in};
use keep_domain::Segment;

const STATEMENT: &str = r#"{"resourceType":"CapabilityStatement","rest":[{"interaction":[{"code":"transaction"}],"resource":[{"type":"Observation"}]}]}"#;

#[tokio::test]
async fn a_save_is_one_packed_request_and_nothing_else() {
    let (server, credentials) = signed_in(|request| match request.target.as_str() {
        "/fhir/metadata" => json(200, STATEMENT),
        "/fhir" if request.body.starts_with(&[0x1f, 0x8b]) && request.body.len() < 100 => {
            json(200, r#"{"resourceType":"Bundle","type":"batch-response"}"#)
        }
        "/fhir" => {
            let one = r#"{"response":{"status":"201 Created","etag":"W/\"1\""}}"#;
            let all = [one; 12].join(",");
            json(200, &format!(r#"{{"resourceType":"Bundle","type":"transaction-response","entry":[{all}]}}"#))
        }
        _ => json(404, ""),
    })
    .await;
    let store = Arc::new(MemoryStore::holding(Segment::Clinical));
    let amara = UserId::of("https://id.example", "amara");
    let inputs = |extent| SyncRun {
        client: FhirClient::open(credentials.clone()),
        store: Arc::clone(&store) as Arc<dyn SyncStore>,
        user: amara,
        roles: vec![Role::Nurse],
        authors: Vec::new(),
        waits: PushWaits::default(),
        extent,
        cancel: Cancel::default(),
        progress: Arc::new(|_| {}),
    };
    run_sync(&inputs(SyncExtent::Full)).await;
    let before = server.requests().len();
    for n in 0..12 {
        let text = format!(
            r#"{{"resourceType":"Observation","id":"o{n}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"8867-{n}"}}]}},"subject":{{"reference":"Patient/maria"}},"valueQuantity":{{"value":{n}}}}}"#
        );
        store.save(5, amara, &text, None);
    }
    let report = run_sync(&inputs(SyncExtent::Push)).await;
    let sent = server.requests().split_off(before);
    assert_eq!((report.stopped_by, report.pushed, sent.len()), (None, 12, 1), "{sent:?}");
    assert_eq!((sent[0].target.as_str(), sent[0].header("content-encoding")), ("/fhir", Some("gzip")));
    assert!(sent[0].body.len() < 1_000 && report.bytes_up < 3_000, "{}", report.bytes_up);
}
