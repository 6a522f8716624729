//! An HTTP server for tests: one request per connection, answered with the bytes that the test provides, valid or not.

use crate::credentials::Credentials;
use crate::server::Server;
use crate::settings::ServerSettings;
use keep_domain::{ManualClock, Secret, UtcMillis};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// The time of every test, and of every `Date` header here.
pub(crate) const NOW: UtcMillis = UtcMillis(1_795_338_000_000);

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head.lines().find(named)?.split_once(':').map(|(_, v)| v.trim())
    }
}

type Handler = Arc<dyn Fn(&Request) -> Vec<u8> + Send + Sync>;

/// Listens until the test's runtime ends.
pub(crate) struct TestServer {
    pub(crate) base: Url,
    received: Arc<Mutex<Vec<Request>>>,
}

impl TestServer {
    pub(crate) async fn plain(answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::open("http", None, Arc::new(answer)).await
    }

    /// Over TLS with `certificate`.
    pub(crate) async fn tls(
        certificate: &ServerCertificate,
        answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::open("https", Some(certificate.acceptor(rustls::DEFAULT_VERSIONS)), Arc::new(answer)).await
    }

    async fn open(scheme: &str, tls: Option<tokio_rustls::TlsAcceptor>, answer: Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("{scheme}://127.0.0.1:{}/fhir", listener.local_addr().unwrap().port()).parse().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log, tls) = (Arc::clone(&answer), Arc::clone(&log), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &answer, &log).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &answer, &log).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { base, received }
    }

    pub(crate) fn settings(&self) -> ServerSettings {
        ServerSettings { demo: self.base.scheme() == "http", ..ServerSettings::for_base(self.base.clone()) }
    }

    pub(crate) fn server(&self) -> Server {
        Server::open(self.settings(), clock()).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.received.lock().unwrap().clone()
    }
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting(NOW))
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answer: &Handler,
    log: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let end = loop {
        let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&chunk[..n]);
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut request = Request { method: String::new(), target: String::new(), head, body: bytes[end..].to_vec() };
    let mut words = request.head.lines().next()?.split(' ').map(str::to_owned);
    (request.method, request.target) = (words.next()?, words.next()?);
    let length: usize = request.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while request.body.len() < length {
        let n = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        request.body.extend_from_slice(&chunk[..n]);
    }
    log.lock().unwrap().push(request.clone());
    let reply = answer(&request);
    stream.write_all(&reply).await.ok()?;
    stream.shutdown().await.ok()
}

/// A reply with that status, JSON body and further header lines.
pub(crate) fn json_with(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut more: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    more.push_str("Date: Sun, 22 Nov 2026 09:00:00 GMT\r\n");
    format!("HTTP/1.1 {status} X\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    json_with(status, &[], body)
}

/// A certificate for 127.0.0.1 and the authority that signed it.
pub(crate) struct ServerCertificate {
    pub(crate) authority_pem: String,
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl ServerCertificate {
    pub(crate) fn make(name: &str) -> Self {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let key = rcgen::KeyPair::generate().unwrap();
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let certificate =
            rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        Self { authority_pem, certificate, key }
    }

    pub(crate) fn acceptor(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> tokio_rustls::TlsAcceptor {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = rustls::pki_types::PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .unwrap();
        tokio_rustls::TlsAcceptor::from(Arc::new(config))
    }
}

/// A server that is its own identity provider, and nurse Amara's credentials; `answer` gets the FHIR requests only.
pub(crate) async fn signed_in(
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (TestServer, Credentials) {
    let server = TestServer::plain(move |request| match request.target.as_str() {
        "/fhir/.well-known/smart-configuration" => {
            let host = request.header("host").unwrap();
            json(200, &format!(
                r#"{{"issuer":"x","authorization_endpoint":"http://{host}/a","token_endpoint":"http://{host}/t","jwks_uri":"http://{host}/k"}}"#
            ))
        }
        "/t" => json(200, r#"{"access_token":"amaras","token_type":"Bearer","expires_in":300}"#),
        _ => answer(request),
    })
    .await;
    let refresh = Secret::new(String::from("r"));
    let credentials = Credentials::new(&server.server(), "amara", refresh, Arc::new(|_| true));
    (server, credentials)
}
