use super::*;
use crate::test_server::{NOW, TestServer, clock, json, json_with};

async fn fetch(reply: Vec<u8>, limit: usize) -> (Result<HttpResponse, SyncError>, Arc<Meter>) {
    let server = TestServer::plain(move |_| reply.clone()).await;
    let http = HttpClient::open(&server.settings(), clock()).unwrap();
    let response = http.send(HttpRequest::new(Method::GET, &server.base, limit)).await;
    (response, Arc::clone(http.meter()))
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let body = gzip(body).unwrap();
    let mut reply =
        format!("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    reply.extend(body);
    reply
}

#[tokio::test]
async fn bytes_are_counted_as_transferred() {
    let long = "x".repeat(50_000);
    let (response, meter) = fetch(gzipped(long.as_bytes()), 60_000).await;
    assert_eq!(response.unwrap().body, long.as_bytes());
    assert!(meter.down() < 1_000 && meter.down() > 50, "{}", meter.down());
    assert!(meter.up() > 20 && meter.up() < 500, "{}", meter.up());
}

#[tokio::test]
async fn the_servers_time_is_read() {
    let (response, _) = fetch(json(200, "{}"), 100).await;
    assert_eq!(response.unwrap().server_time, Some(NOW));
}

#[tokio::test]
async fn a_small_response_cannot_exhaust_memory() {
    assert_eq!(fetch(gzipped(&vec![0; 2_000_000]), 1_000_000).await.0.unwrap_err(), SyncError::TooLarge);
    assert_eq!(fetch(json(200, &"x".repeat(2_000)), 1_000).await.0.unwrap_err(), SyncError::TooLarge);
}

#[tokio::test]
async fn a_truncated_body_is_an_error() {
    let cut = b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf".to_vec();
    assert_eq!(fetch(cut, 1_000).await.0.unwrap_err(), SyncError::Truncated);
    let mut short = gzipped(b"some words");
    short.truncate(short.len() - 4);
    let text = String::from_utf8_lossy(&short).into_owned();
    assert!(text.contains("gzip"));
    assert_eq!(fetch(short, 1_000).await.0.unwrap_err(), SyncError::Truncated);
    let unknown = b"HTTP/1.1 200 X\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx".to_vec();
    assert_eq!(fetch(unknown, 1_000).await.0.unwrap_err(), SyncError::InvalidResponse);
}

#[tokio::test]
async fn no_response_means_unreachable() {
    assert_eq!(fetch(Vec::new(), 1_000).await.0.unwrap_err(), SyncError::Unreachable);
}

#[tokio::test]
async fn retry_after_is_seconds_or_a_date() {
    let of =
        async |value: &'static str| fetch(json_with(503, &[("Retry-After", value)], ""), 10).await.0.unwrap().failure();
    let failed = |retry_after| SyncError::Failed { status: 503, retry_after };
    assert_eq!(of("7").await, failed(Some(7)));
    assert_eq!(of("Sun, 22 Nov 2026 09:01:00 GMT").await, failed(Some(60)));
    assert_eq!(of("Sun, 22 Nov 2026 08:00:00 GMT").await, failed(None));
    assert_eq!(of("soon").await, failed(None));
}

#[test]
fn debug_output_omits_the_body() {
    let headers = HeaderMap::new();
    let response = HttpResponse {
        status: 200,
        headers,
        body: b"Zebulon Canary".to_vec(),
        is_cut: false,
        server_time: None,
        elapsed: Duration::ZERO,
    };
    assert!(!format!("{response:?}").contains("Canary"));
}
