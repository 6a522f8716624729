//! The whole program in process, over a real socket and real TLS.

use super::*;
use crate::arguments::DemoArguments;
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
    }
}

fn client(running: &Running) -> Client {
    let pem = std::fs::read(&running.ca).expect("authority");
    Client::builder().tls_certs_only([Certificate::from_pem(&pem).expect("PEM")]).build().expect("client")
}

async fn inject(client: &Client, running: &Running, kind: &str) {
    let body = format!(r#"{{"kind":"{kind}"}}"#);
    let told = client.post(format!("{}/_test/fault", running.backend.origin)).body(body).send().await.expect("answer");
    assert_eq!(told.status(), StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_trusted_by_its_own_authority_only() {
    let folder = tempfile::tempdir().expect("folder");
    let running = start(&arguments(folder.path())).await.expect("start");
    let metadata = format!("{}/metadata", running.backend.fhir_base());
    let answer = client(&running).get(&metadata).send().await.expect("answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(Client::new().get(&metadata).send().await.is_err(), "no other authority vouches for it");
    let told = running.told();
    assert!(told["fhir"].as_str().is_some_and(|f| f.starts_with("https://127.0.0.1:") && f.ends_with("/fhir")));
    assert!(std::fs::read_to_string(told["ca"].as_str().expect("path")).expect("PEM").contains("BEGIN CERTIFICATE"));
    running.stop().await;
    assert!(client_is_refused(&metadata).await);
}

async fn client_is_refused(address: &str) -> bool {
    Client::new().get(address).send().await.is_err_and(|e| e.is_connect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_drop_where_a_fault_says_so() {
    let folder = tempfile::tempdir().expect("folder");
    let running = start(&arguments(folder.path())).await.expect("start");
    let client = client(&running);
    let metadata = format!("{}/metadata", running.backend.fhir_base());
    for kind in ["cut", "lost_answer"] {
        inject(&client, &running, kind).await;
        assert!(client.get(&metadata).send().await.is_err(), "{kind}");
        assert_eq!(client.get(&metadata).send().await.expect("answer").status(), StatusCode::OK, "{kind}");
    }
    inject(&client, &running, "half_body").await;
    let half = client.get(&metadata).send().await.expect("its beginning");
    assert!(half.bytes().await.is_err(), "half a body is not a body");
    inject(&client, &running, "garbage").await;
    let garbage = client.get(&metadata).send().await.expect("answer").bytes().await.expect("bytes");
    assert!(serde_json::from_slice::<serde_json::Value>(&garbage).is_err());
    running.stop().await;
}

#[test]
fn only_loopback_is_listened_on() {
    let folder = tempfile::tempdir().expect("folder");
    let open = ServeArguments { listen: "0.0.0.0:0".parse().expect("address"), ..arguments(folder.path()) };
    assert!(matches!(serve(&open), Err(BackendError::NotLoopback(_))));
}
