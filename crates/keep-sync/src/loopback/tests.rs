use super::*;
use base64::Engine as _;
use sha2::{Digest, Sha256};

async fn visit(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

#[tokio::test]
async fn only_the_awaited_answer_ends_the_wait() {
    let loopback = Loopback::open().await.unwrap();
    let port = loopback.port;
    assert_eq!(loopback.redirect_uri(), format!("http://127.0.0.1:{port}/callback"));
    let waiting = tokio::spawn(async move { loopback.wait("s-1").await });
    for other in [
        "/favicon.ico",
        "/callback",
        "/callback?code=c&state=s-2",
        "/callback?state=s-1",
        "/callback/?code=c&state=s-1",
    ] {
        let reply = visit(port, &format!("GET {other} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        assert!(reply.starts_with("HTTP/1.1 404"), "{other}");
        assert!(!waiting.is_finished(), "{other}");
    }
    let doubled = visit(port, "GET /callback?code=a&code=b&state=s-1 HTTP/1.1\r\n\r\n").await;
    assert!(doubled.starts_with("HTTP/1.1 404"));
    let reply =
        visit(port, "GET /callback?code=c%2F9&state=s-1&iss=https%3A%2F%2Fid HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(reply.contains("You can close this page") && reply.contains("Cache-Control: no-store"));
    let returned = waiting.await.unwrap().unwrap();
    assert_eq!(returned.code.expose(), "c/9");
    assert_eq!(returned.issuer.as_deref(), Some("https://id"));
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_told() {
    let loopback = Loopback::open().await.unwrap();
    let port = loopback.port;
    let waiting = tokio::spawn(async move { loopback.wait("s-1").await });
    let reply =
        visit(port, "GET /callback?error=access_denied&error_description=%3Cscript%3E&state=s-1 HTTP/1.1\r\n\r\n")
            .await;
    assert!(reply.contains("did not succeed") && !reply.contains("script"), "{reply}");
    assert_eq!(waiting.await.unwrap().unwrap_err(), SyncError::SignIn(SignInFault::Denied));
}

#[test]
fn the_style_is_the_only_thing_the_page_may_load() {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    assert_eq!(hash, STYLE_HASH);
}
