//! Another FHIR server behind this one's TLS and sign-in: tests run the client against a real server that way.

use axum::body::Body;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, HeaderName, Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A FHIR base on this machine, over plain HTTP/1.1.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    authority: Authority,
    base: String,
}

/// What concerns one connection only (RFC 9110, 7.6.1), or is for this server and not for that one.
const OURS: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::HOST,
    header::CONTENT_LENGTH,
    header::UPGRADE,
];

impl Upstream {
    /// Reads an address such as `http://127.0.0.1:8080/fhir`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn read(address: &str) -> Result<Self, String> {
        let uri: Uri = address.parse().map_err(|_| String::from("not an address"))?;
        let authority = uri.authority().cloned().ok_or("no host")?;
        let local = authority.host().parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if uri.scheme_str() != Some("http") || !local || authority.port().is_none() {
            return Err(String::from("http to a loopback address and port only"));
        }
        Ok(Self { authority, base: uri.path().trim_end_matches('/').to_owned() })
    }

    /// Sends a request on; `path` is below the FHIR base. `None` where no answer comes.
    pub(crate) async fn ask(
        &self,
        method: axum::http::Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Option<Response<Body>> {
        let target = format!("{}{path}{}", self.base, query.map(|q| format!("?{q}")).unwrap_or_default());
        let mut request = Request::builder().method(method).uri(target.parse::<PathAndQuery>().ok()?.as_str());
        for (name, value) in headers.iter().filter(|(name, _)| !OURS.contains(name)) {
            request = request.header(name, value);
        }
        let request = request.header(header::HOST, self.authority.as_str()).body(Body::from(body)).ok()?;
        let stream = TcpStream::connect(self.authority.as_str()).await.ok()?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        let (mut parts, body) = sender.send_request(request).await.ok()?.into_parts();
        for name in OURS {
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
        assert_eq!(Upstream::read(address).is_ok(), expected, "{address}");
    }

    #[test]
    fn only_this_machine_is_behind() {
        check("http://127.0.0.1:8080/fhir", true);
        check("http://127.0.0.1/fhir", false);
        check("https://127.0.0.1:8080/fhir", false);
        check("http://ehr.example:8080/fhir", false);
        check("not an address", false);
    }
}
