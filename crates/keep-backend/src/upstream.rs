//! Forwards FHIR requests to another server, so that tests can run the client against a real server.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderName, Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The FHIR base of a server on this machine, over plain HTTP/1.1.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    authority: Authority,
    base: String,
}

/// Headers that are not forwarded: those of one connection (RFC 9110 7.6.1) and those meant for this server.
const NOT_FORWARDED: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::HOST,
    header::CONTENT_LENGTH,
    header::UPGRADE,
];

impl Upstream {
    /// Parses a URL such as `http://127.0.0.1:8080/fhir`.
    ///
    /// # Errors
    /// A message for the command line.
    pub(crate) fn parse(address: &str) -> Result<Self, String> {
        let uri: Uri = address.parse().map_err(|_| String::from("not a URL"))?;
        let authority = uri.authority().cloned().ok_or("the URL has no host")?;
        let is_loopback = authority.host().parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if uri.scheme_str() != Some("http") || !is_loopback || authority.port().is_none() {
            return Err(String::from("must be http with a loopback address and a port"));
        }
        Ok(Self { authority, base: uri.path().trim_end_matches('/').to_owned() })
    }

    /// Forwards a request; `path` is below the FHIR base. `None` if the server does not respond.
    pub(crate) async fn forward(&self, parts: &Parts, path: &str, body: Vec<u8>) -> Option<Response<Body>> {
        let query = parts.uri.query().map(|q| format!("?{q}")).unwrap_or_default();
        let target: PathAndQuery = format!("{}{path}{query}", self.base).parse().ok()?;
        let mut request = Request::builder().method(&parts.method).uri(target.as_str());
        for (name, value) in parts.headers.iter().filter(|(name, _)| !NOT_FORWARDED.contains(name)) {
            request = request.header(name, value);
        }
        let request = request.header(header::HOST, self.authority.as_str()).body(Body::from(body)).ok()?;
        let stream = TcpStream::connect(self.authority.as_str()).await.ok()?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        let (mut parts, body) = sender.send_request(request).await.ok()?.into_parts();
        for name in NOT_FORWARDED {
            parts.headers.remove(name);
        }
        Some(Response::from_parts(parts, Body::new(body)))
    }
}

#[cfg(test)]
mod tests {
    use super::Upstream;

    #[track_caller]
    fn check(address: &str, expected: bool) {
        assert_eq!(Upstream::parse(address).is_ok(), expected, "{address}");
    }

    #[test]
    fn only_a_loopback_address_is_accepted() {
        check("http://127.0.0.1:8080/fhir", true);
        check("http://127.0.0.1/fhir", false);
        check("https://127.0.0.1:8080/fhir", false);
        check("http://ehr.example:8080/fhir", false);
        check("not an address", false);
    }
}
