use super::*;
use crate::scripted::{Scripted, Seen, json, json_with, signed_in};

async fn serving(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> (Scripted, FhirClient) {
    let (script, credentials) = signed_in(answer).await;
    (script, FhirClient::open(credentials))
}

fn patient() -> ResourceKey {
    "Patient/p1".parse().unwrap()
}

fn bundle(next: &str) -> String {
    format!(
        r#"{{"resourceType":"Bundle","type":"searchset","meta":{{"lastUpdated":"2026-11-22T08:59:58.5Z"}},
        "link":[{{"relation":"self","url":"x"}},{{"relation":"next","url":"{next}"}}],"entry":[{{"resource":{{"resourceType":"Patient","id":"p1"}}}}]}}"#
    )
}

#[tokio::test]
async fn each_status_of_a_read_has_its_meaning() {
    for (status, found) in
        [(304, Found::NotModified), (403, Found::Forbidden), (404, Found::Missing), (410, Found::Deleted)]
    {
        let (script, client) = serving(move |_| json(status, "")).await;
        assert_eq!(client.read(&patient(), Some("7")).await, Ok(found));
        let asked = script.requests().pop().unwrap();
        assert_eq!(
            (asked.header("if-none-match"), asked.header("authorization")),
            (Some("W/\"7\""), Some("Bearer amaras"))
        );
    }
    let (_, client) =
        serving(|_| json_with(200, &[("ETag", "W/\"8\"")], r#"{"resourceType":"Patient","id":"p1"}"#)).await;
    let Ok(Found::Resource { text, version_id }) = client.read(&patient(), None).await else { panic!("not found") };
    assert_eq!((text.expose().as_str(), version_id.as_deref()), (r#"{"resourceType":"Patient","id":"p1"}"#, Some("8")));
    let (_, client) = serving(|_| json(500, "")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::Failed { status: 500, retry_after: None }));
}

#[tokio::test]
async fn a_captive_portal_is_garbled() {
    let (_, client) = serving(|_| json(200, "<html><body>Welcome to the airport</body></html>")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::Garbled));
    assert_eq!(client.search(&Search::of_type("Patient")).await.unwrap_err(), SyncError::Garbled);
    assert_eq!(client.transact("{}").await.unwrap_err(), SyncError::Garbled);
    let (_, client) = serving(|_| json(200, r#"{"resourceType":"Patient","id":"p1"}"#)).await;
    assert_eq!(client.search(&Search::of_type("Patient")).await.unwrap_err(), SyncError::Garbled);
}

#[tokio::test]
async fn a_version_id_cannot_steer_the_path() {
    let (script, client) = serving(|_| json(200, "{}")).await;
    assert_eq!(client.vread(&patient(), "../../admin").await, Err(SyncError::Settings("version id")));
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn next_stays_on_the_origin() {
    let (script, client) = serving(|seen| {
        if seen.target.contains("page=2") {
            json(200, &bundle("https://evil.example/fhir?page=3"))
        } else {
            json(200, &bundle("/fhir?page=2"))
        }
    })
    .await;
    let first =
        client.search(&Search::of_type("Patient").with("_lastUpdated", "ge2026-11-22T09:00:00+03:00")).await.unwrap();
    assert_eq!((first.entries, first.bundle_time), (1, UtcMillis::from_rfc3339("2026-11-22T08:59:58.5Z")));
    assert!(
        script.requests().iter().any(|s| s.target == "/fhir/Patient?_lastUpdated=ge2026-11-22T09%3A00%3A00%2B03%3A00")
    );
    assert_eq!(client.next(&first).await.unwrap_err(), SyncError::Garbled);
}

#[tokio::test]
async fn a_name_is_searched_in_the_body_only() {
    let (script, client) = serving(|_| json(200, &bundle("/fhir?page=2"))).await;
    client.search(&Search::of_type("Patient").with("family", "Gonzalez").by_post()).await.unwrap();
    let asked = script.requests().pop().unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/fhir/Patient/_search"));
    assert_eq!(asked.body, b"family=Gonzalez");
    assert!(!format!("{:?}", Search::of_type("Patient").with("family", "Gonzalez")).contains("Gonz"));
}

#[tokio::test]
async fn a_401_is_refreshed_once() {
    let (script, client) = serving(|_| json(401, "")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::SignInNeeded));
    assert_eq!(script.requests().iter().filter(|s| s.target == "/fhir/Patient/p1").count(), 2);
    assert_eq!(script.requests().iter().filter(|s| s.target == "/t").count(), 2);
}

#[tokio::test]
async fn bodies_are_packed_once_the_server_was_seen_to_unpack_them() {
    let (script, client) = serving(|seen| match (seen.method.as_str(), seen.target.as_str()) {
        ("GET", "/fhir/metadata") => json(200, r#"{"resourceType":"CapabilityStatement"}"#),
        ("POST", "/fhir/Patient/_search") if seen.body.starts_with(&[0x1f, 0x8b]) => {
            json(200, r#"{"resourceType":"Bundle","type":"searchset","total":0}"#)
        }
        _ => json(200, ""),
    })
    .await;
    let large = format!(r#"{{"resourceType":"Bundle","note":"{}"}}"#, "x".repeat(2_000));
    client.transact(&large).await.unwrap();
    assert_eq!(script.requests().pop().unwrap().header("content-encoding"), None);
    assert!(client.abilities(None).await.unwrap().gzip_requests);
    let reply = client.transact(&large).await.unwrap();
    let asked = script.requests().pop().unwrap();
    assert_eq!(
        (asked.header("content-encoding"), asked.header("prefer"), reply.status),
        (Some("gzip"), Some("return=minimal"), 200)
    );
    assert!(asked.body.len() < 200);
}

#[tokio::test]
async fn an_update_carries_the_version_it_was_based_on() {
    let (script, client) = serving(|_| json_with(412, &[("Retry-After", "3")], "<html>")).await;
    let reply = client.update(&patient(), "{}", Some("4")).await.unwrap();
    assert_eq!((reply.status, reply.retry_after), (412, Some(3)));
    let asked = script.requests().pop().unwrap();
    assert_eq!((asked.method.as_str(), asked.header("if-match")), ("PUT", Some("W/\"4\"")));
}
