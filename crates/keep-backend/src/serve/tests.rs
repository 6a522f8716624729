//! The server in this process, over a real socket and TLS.

use super::*;
use crate::arguments::DemoArguments;
use crate::behaviour::Behaviour;
use reqwest::{Certificate, Client, StatusCode};

fn arguments(data: &Path) -> ServeArguments {
    ServeArguments {
        listen: "127.0.0.1:0".parse().expect("address"),
        data: data.to_path_buf(),
        load: Vec::new(),
        demo: false,
        demo_staff: true,
        clinic: DemoArguments { seed: 1, today: None },
        users: None,
        ready: None,
        test_faults: true,
        upstream: None,
        behaviour: Behaviour::default(),
    }
}

fn client(running: &RunningServer) -> Client {
    let pem = std::fs::read(&running.ca).expect("authority");
    Client::builder().tls_certs_only([Certificate::from_pem(&pem).expect("PEM")]).build().expect("client")
}

async fn inject(client: &Client, running: &RunningServer, kind: &str) {
    let body = format!(r#"{{"kind":"{kind}"}}"#);
    let response = client.post(format!("{}/_test/fault", running.origin.0)).body(body).send().await.expect("response");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_its_own_certificate_authority_trusts_it() {
    let folder = tempfile::tempdir().expect("folder");
    let running = start(&arguments(folder.path())).await.expect("start");
    let metadata = format!("{}/metadata", running.origin.fhir_base());
    let response = client(&running).get(&metadata).send().await.expect("response");
    assert_eq!(response.status(), StatusCode::OK);
    assert!(Client::new().get(&metadata).send().await.is_err(), "other authorities do not trust it");
    let ready = running.ready_info();
    assert!(ready["fhir"].as_str().is_some_and(|f| f.starts_with("https://127.0.0.1:") && f.ends_with("/fhir")));
    assert!(std::fs::read_to_string(ready["ca"].as_str().expect("path")).expect("PEM").contains("BEGIN CERTIFICATE"));
    running.stop().await;
    assert!(client_is_refused(&metadata).await);
}

async fn client_is_refused(address: &str) -> bool {
    Client::new().get(address).send().await.is_err_and(|e| e.is_connect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn injected_faults_drop_connections_and_corrupt_bodies() {
    let folder = tempfile::tempdir().expect("folder");
    let running = start(&arguments(folder.path())).await.expect("start");
    let client = client(&running);
    let metadata = format!("{}/metadata", running.origin.fhir_base());
    for kind in ["cut", "lost_answer"] {
        inject(&client, &running, kind).await;
        assert!(client.get(&metadata).send().await.is_err(), "{kind}");
        assert_eq!(client.get(&metadata).send().await.expect("response").status(), StatusCode::OK, "{kind}");
    }
    inject(&client, &running, "half_body").await;
    let half = client.get(&metadata).send().await.expect("the header");
    assert!(half.bytes().await.is_err(), "a truncated body is an error");
    inject(&client, &running, "garbage").await;
    let garbage = client.get(&metadata).send().await.expect("response").bytes().await.expect("bytes");
    assert!(serde_json::from_slice::<serde_json::Value>(&garbage).is_err());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_can_end_in_its_middle() {
    let folder = tempfile::tempdir().expect("folder");
    let behaviour = Behaviour { cut_pages: Some(100), ..Behaviour::default() };
    let running = start(&ServeArguments { behaviour, ..arguments(folder.path()) }).await.expect("start");
    let client = client(&running);
    let base = running.origin.fhir_base();
    let statement = client.get(format!("{base}/metadata")).send().await.expect("response");
    assert!(statement.bytes().await.is_ok(), "only pages are cut");
    let page = client.get(format!("{base}/Patient")).send().await.expect("response");
    assert!(page.bytes().await.is_err());
    running.stop().await;
}

#[test]
fn other_than_loopback_addresses_are_rejected() {
    let folder = tempfile::tempdir().expect("folder");
    let open = ServeArguments { listen: "0.0.0.0:0".parse().expect("address"), ..arguments(folder.path()) };
    assert!(matches!(serve(&open), Err(BackendError::NotLoopback(_))));
}
