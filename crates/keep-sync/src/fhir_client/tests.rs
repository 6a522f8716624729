use super::*;
use crate::error::SyncError;
use crate::test_server::{Request, TestServer, json, json_with, signed_in};
use keep_domain::{ResourceKey, UtcMillis};

async fn serving(answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> (TestServer, FhirClient) {
    let (server, credentials) = signed_in(answer).await;
    (server, FhirClient::open(credentials))
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
    for (status, expected) in [
        (304, ReadResponse::NotModified),
        (403, ReadResponse::Forbidden),
        (404, ReadResponse::NotFound),
        (410, ReadResponse::Gone),
    ] {
        let (server, client) = serving(move |_| json(status, "")).await;
        assert_eq!(client.read(&patient(), Some("7")).await, Ok(expected));
        let request = server.requests().pop().unwrap();
        assert_eq!(
            (request.header("if-none-match"), request.header("authorization")),
            (Some("W/\"7\""), Some("Bearer amaras"))
        );
    }
    let (_, client) =
        serving(|_| json_with(200, &[("ETag", "W/\"8\"")], r#"{"resourceType":"Patient","id":"p1"}"#)).await;
    let Ok(ReadResponse::Resource { text, version_id }) = client.read(&patient(), None).await else {
        panic!("not found")
    };
    assert_eq!((text.expose().as_str(), version_id.as_deref()), (r#"{"resourceType":"Patient","id":"p1"}"#, Some("8")));
    let (_, client) = serving(|_| json(500, "")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::Failed { status: 500, retry_after: None }));
}

#[tokio::test]
async fn the_page_of_a_captive_portal_is_invalid() {
    let (_, client) = serving(|_| json(200, "<html><body>Welcome to the airport</body></html>")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::InvalidResponse));
    assert_eq!(client.search(&Search::of_type("Patient")).await.unwrap_err(), SyncError::InvalidResponse);
    assert_eq!(client.transact("{}").await.unwrap_err(), SyncError::InvalidResponse);
    let (_, client) = serving(|_| json(200, r#"{"resourceType":"Patient","id":"p1"}"#)).await;
    assert_eq!(client.search(&Search::of_type("Patient")).await.unwrap_err(), SyncError::InvalidResponse);
}

#[tokio::test]
async fn every_search_goes_past_the_caches_of_server_and_gateway() {
    let (server, client) = serving(|_| json(200, "{}")).await;
    let (search, history) = (Search::of_type("Patient"), Search::history_of("Patient"));
    for asked in [&search, &history] {
        assert!(client.search(asked).await.is_err());
    }
    assert!(client.search_batch(&[search, history]).await.is_err());
    let asked = server.requests();
    let asked: Vec<&Request> = asked.iter().filter(|request| request.header("authorization").is_some()).collect();
    let is_fresh = |request: &&Request| request.header("cache-control") == Some("no-cache");
    assert!(asked.len() == 3 && asked.iter().all(is_fresh), "{asked:?}");
}

#[tokio::test]
async fn next_stays_on_the_base() {
    let (server, client) = serving(|request| {
        if request.target.contains("page=2") {
            json(200, &bundle("https://evil.example/fhir?page=3"))
        } else {
            json(200, &bundle("/fhir?page=2"))
        }
    })
    .await;
    let first =
        client.search(&Search::of_type("Patient").with("_lastUpdated", "ge2026-11-22T09:00:00+03:00")).await.unwrap();
    assert_eq!((first.entry_count, first.bundle_time), (1, UtcMillis::from_rfc3339("2026-11-22T08:59:58.5Z")));
    assert!(
        server.requests().iter().any(|s| s.target == "/fhir/Patient?_lastUpdated=ge2026-11-22T09%3A00%3A00%2B03%3A00")
    );
    // Its query is requested here.
    let second = client.next(&first).await.unwrap().unwrap();
    assert_eq!((second.next_elsewhere(), first.next_elsewhere()), (Some("https://evil.example"), None));
    client.next(&second).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().target, "/fhir?page=3");
}

#[tokio::test]
async fn a_self_link_says_what_was_honoured() {
    let of = async |link: &str| {
        let body =
            format!(r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"{link}"}}]}}"#);
        let (_, client) = serving(move |_| json(200, &body)).await;
        let page = client.search(&Search::of_type("Patient")).await.unwrap();
        (page.sort_is_honoured, page.count_is_honoured)
    };
    assert_eq!(of("http://x/fhir/Patient?_count=50&_sort=_lastUpdated").await, (Some(true), Some(50)));
    assert_eq!(of("Patient?_count=50").await, (Some(false), Some(50)));
    assert_eq!(of("Patient?_sort=-_lastUpdated").await, (Some(false), None));
    // Nothing is said by a server that repeats no parameter.
    for link in ["http://x/fhir/Patient", "http://x/fhir?_getpages=7", ""] {
        assert_eq!(of(link).await, (None, None), "{link}");
    }
}

#[tokio::test]
async fn of_a_page_that_is_cut_off_the_whole_entries_remain() {
    let page = bundle("/fhir?page=2");
    let entry = page.find(r#"{"resource":"#).expect("an entry");
    for (cut, entries) in [(page.len() - 2, Ok(1)), (entry + 5, Err(SyncError::Truncated))] {
        let body = page.get(..cut).expect("ASCII").to_owned();
        let (_, client) = serving(move |_| {
            format!("HTTP/1.1 200 X\r\nContent-Type: application/fhir+json\r\nContent-Length: 9000\r\n\r\n{body}")
                .into_bytes()
        })
        .await;
        let found = client.search(&Search::of_type("Patient")).await;
        let found = found.map(|p| {
            assert!(p.is_cut && !p.has_next());
            p.entry_count
        });
        assert_eq!(found, entries);
        assert_eq!(
            client.read(&patient(), None).await,
            Err(SyncError::InvalidResponse),
            "a record is whole or nothing"
        );
    }
}

#[test]
fn debug_output_of_a_search_omits_its_parameters() {
    assert!(!format!("{:?}", Search::of_type("Patient").with("family", "Gonzalez")).contains("Gonz"));
}

#[tokio::test]
async fn a_401_is_refreshed_once() {
    let (server, client) = serving(|_| json(401, "")).await;
    assert_eq!(client.read(&patient(), None).await, Err(SyncError::SignInNeeded));
    assert_eq!(server.requests().iter().filter(|s| s.target == "/fhir/Patient/p1").count(), 2);
    assert_eq!(server.requests().iter().filter(|s| s.target == "/t").count(), 2);
}

#[tokio::test]
async fn bodies_are_compressed_once_the_server_has_accepted_one() {
    let (server, client) = serving(|request| match (request.method.as_str(), request.target.as_str()) {
        ("GET", "/fhir/metadata") => json(200, r#"{"resourceType":"CapabilityStatement"}"#),
        ("POST", "/fhir") if request.body.starts_with(&[0x1f, 0x8b]) && request.body.len() < 100 => {
            json(200, r#"{"resourceType":"Bundle","type":"batch-response"}"#)
        }
        _ => json(200, ""),
    })
    .await;
    let large = format!(r#"{{"resourceType":"Bundle","note":"{}"}}"#, "x".repeat(2_000));
    client.transact(&large).await.unwrap();
    assert_eq!(server.requests().pop().unwrap().header("content-encoding"), None);
    assert!(client.capabilities(None).await.unwrap().gzip_requests);
    let response = client.transact(&large).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(
        (request.header("content-encoding"), request.header("prefer"), response.status),
        (Some("gzip"), Some("return=minimal"), 200)
    );
    assert!(request.body.len() < 200);
}

#[tokio::test]
async fn an_update_is_conditional_on_its_base_version() {
    let (server, client) = serving(|_| json_with(412, &[("Retry-After", "3")], "<html>")).await;
    let response = client.update(&patient(), "{}", Some("4")).await.unwrap();
    assert_eq!((response.status, response.retry_after), (412, Some(3)));
    let request = server.requests().pop().unwrap();
    assert_eq!((request.method.as_str(), request.header("if-match")), ("PUT", Some("W/\"4\"")));
}
