use crate::error::SyncError;
use crate::server::Server;
use crate::settings::ServerSettings;
use crate::test_server::{ServerCertificate, TestServer, clock, json};

const DISCOVERY: &str = r#"{"issuer":"https://id.example","authorization_endpoint":"https://id.example/a",
"token_endpoint":"https://id.example/t","jwks_uri":"https://id.example/k"}"#;

async fn discover(settings: ServerSettings) -> Result<(), SyncError> {
    Server::open(settings, clock())?.endpoints().await.map(|_| ())
}

#[tokio::test]
async fn only_the_configured_authority_is_trusted() {
    let (ours, theirs) = (ServerCertificate::make("127.0.0.1"), ServerCertificate::make("127.0.0.1"));
    let server = TestServer::tls(&ours, |_| json(200, DISCOVERY)).await;
    let with = |pem: &str| ServerSettings { extra_ca_pem: Some(pem.to_owned()), ..server.settings() };
    assert_eq!(discover(with(&ours.authority_pem)).await, Ok(()));
    assert_eq!(discover(with(&theirs.authority_pem)).await, Err(SyncError::Untrusted));
    assert_eq!(server.requests().len(), 1, "nothing is sent to an untrusted server");
}

#[tokio::test]
async fn another_hosts_certificate_is_not_trusted() {
    let theirs = ServerCertificate::make("ehr.example");
    let server = TestServer::tls(&theirs, |_| json(200, DISCOVERY)).await;
    let settings = ServerSettings { extra_ca_pem: Some(theirs.authority_pem.clone()), ..server.settings() };
    assert_eq!(discover(settings).await, Err(SyncError::Untrusted));
}

#[tokio::test]
async fn plain_http_is_refused_before_anything_is_sent() {
    let server = TestServer::plain(|_| json(200, DISCOVERY)).await;
    let settings = ServerSettings { demo: false, ..server.settings() };
    assert_eq!(discover(settings).await, Err(SyncError::Settings("address must be https")));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_unusable_authority_is_an_invalid_setting() {
    for pem in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let base = "https://127.0.0.1:9/fhir".parse().unwrap();
        let settings = ServerSettings { extra_ca_pem: Some(pem.to_owned()), ..ServerSettings::for_base(base) };
        assert!(Server::open(settings, clock()).is_err(), "{pem}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let other = TestServer::plain(|_| json(200, DISCOVERY)).await;
    let target = other.base.join("/.well-known/smart-configuration").unwrap().to_string();
    let server = TestServer::plain(move |_| {
        format!("HTTP/1.1 302 X\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n").into_bytes()
    })
    .await;
    assert_eq!(discover(server.settings()).await, Err(SyncError::Failed { status: 302, retry_after: None }));
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_write_is_repeated_by_307_and_308_and_turned_into_a_read_by_none() {
    for (status, expected, requests) in [(301, 301, 1), (302, 302, 1), (303, 303, 1), (307, 201, 2), (308, 201, 2)] {
        let server = TestServer::plain(move |request| match request.target.as_str() {
            "/fhir" => format!("HTTP/1.1 {status} X\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n").into_bytes(),
            _ => json(if request.method == "POST" { 201 } else { 200 }, "{}"),
        })
        .await;
        let opened = server.server();
        let request = |method| crate::http::HttpRequest {
            body: (method == reqwest::Method::POST).then(|| b"{}".to_vec()),
            content_type: "application/fhir+json",
            ..crate::http::HttpRequest::new(method, &server.base, 1000)
        };
        let written = opened.http().send(request(reqwest::Method::POST)).await.unwrap();
        let posted = server.requests();
        assert_eq!((written.status, posted.len()), (expected, requests), "{status}");
        assert!(posted.iter().all(|r| r.method == "POST" && r.body == b"{}"), "{status}");
        let read = opened.http().send(request(reqwest::Method::GET)).await.unwrap();
        assert_eq!(read.status, 200, "a read follows {status}");
    }
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("http://127.0.0.1:{port}/fhir").parse().unwrap();
    assert_eq!(
        discover(ServerSettings { demo: true, ..ServerSettings::for_base(base) }).await,
        Err(SyncError::Unreachable)
    );
}
