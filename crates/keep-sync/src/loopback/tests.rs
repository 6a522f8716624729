use super::*;
use base64::Engine as _;
use sha2::{Digest, Sha256};

/// Sends `request`, in which `HOST` stands for the listener's own host header, and returns the reply.
async fn send_request(port: u16, request: &str) -> String {
    let request = request.replace("HOST", &format!("Host: 127.0.0.1:{port}"));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

#[tokio::test]
async fn only_the_authorization_response_ends_the_wait() {
    let loopback = LoopbackListener::open().await.unwrap();
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
        let reply = send_request(port, &format!("GET {other} HTTP/1.1\r\nHOST\r\n\r\n")).await;
        assert!(reply.starts_with("HTTP/1.1 404"), "{other}");
        assert!(!waiting.is_finished(), "{other}");
    }
    let doubled = send_request(port, "GET /callback?code=a&code=b&state=s-1 HTTP/1.1\r\nHOST\r\n\r\n").await;
    assert!(doubled.starts_with("HTTP/1.1 404"));
    let reply =
        send_request(port, "GET /callback?code=c%2F9&state=s-1&iss=https%3A%2F%2Fid HTTP/1.1\r\nHOST\r\n\r\n").await;
    assert!(reply.contains("You can close this page") && reply.contains("Cache-Control: no-store"));
    let returned = waiting.await.unwrap().unwrap();
    assert_eq!(returned.code.expose(), "c/9");
    assert_eq!(returned.issuer.as_deref(), Some("https://id"));
}

#[tokio::test]
async fn silent_connections_do_not_delay_the_browser() {
    // Eight of them, served one after the other, delayed the browser for 40 s.
    let loopback = LoopbackListener::open().await.unwrap();
    let port = loopback.port;
    let waiting = tokio::spawn(async move { loopback.wait("s-1").await });
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    let reply = send_request(port, "GET /callback?code=c&state=s-2 HTTP/1.1\r\nHOST\r\n\r\n").await;
    assert!(reply.starts_with("HTTP/1.1 404"));
    for stream in &silent {
        let open = stream.try_read(&mut [0; 8]).unwrap_err();
        assert_eq!(open.kind(), std::io::ErrorKind::WouldBlock, "no connection had to be closed first");
    }
    // However many there are, one more is served.
    for _ in 0..3 * MAX_CONNECTIONS {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    }
    send_request(port, "GET /callback?code=c&state=s-1 HTTP/1.1\r\nHOST\r\n\r\n").await;
    assert_eq!(waiting.await.unwrap().unwrap().code.expose(), "c");
}

#[tokio::test]
async fn a_request_for_another_host_is_ignored() {
    let loopback = LoopbackListener::open().await.unwrap();
    let port = loopback.port;
    let waiting = tokio::spawn(async move { loopback.wait("s-1").await });
    let hosts = [
        String::new(),
        format!("Host: localhost:{port}\r\n"),
        format!("Host: rebound.example:{port}\r\n"),
        String::from("Host: 127.0.0.1\r\n"),
        format!("Host: 127.0.0.1:{port}\r\nHost: rebound.example\r\n"),
    ];
    for host in hosts {
        let reply = send_request(port, &format!("GET /callback?code=c&state=s-1 HTTP/1.1\r\n{host}\r\n")).await;
        assert!(reply.starts_with("HTTP/1.1 404"), "{host}");
        assert!(!waiting.is_finished(), "{host}");
    }
    send_request(
        port,
        "GET /callback?code=c&state=s-1 HTTP/1.1\r\nhost:127.0.0.1:PORT\r\n\r\n"
            .replace("PORT", &port.to_string())
            .as_str(),
    )
    .await;
    assert!(waiting.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_refusal_by_the_provider_is_reported() {
    let loopback = LoopbackListener::open().await.unwrap();
    let port = loopback.port;
    let waiting = tokio::spawn(async move { loopback.wait("s-1").await });
    let reply = send_request(
        port,
        "GET /callback?error=access_denied&error_description=%3Cscript%3E&state=s-1 HTTP/1.1\r\nHOST\r\n\r\n",
    )
    .await;
    assert!(reply.contains("did not succeed") && !reply.contains("script"), "{reply}");
    assert_eq!(waiting.await.unwrap().unwrap_err(), SyncError::SignIn(SignInError::Denied));
}

#[test]
fn the_page_may_load_its_own_style_only() {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    assert_eq!(hash, STYLE_HASH);
}
