//! The HTTP server: routes requests to FHIR, sign-in, the upstream server or fault injection.

use crate::behaviour::{Behaviour, Feature, PackedForms};
use crate::fault_injection::{FaultInjector, cut_body};
use crate::fhir::{self, FhirApi, FhirRequest};
use crate::fhir_error::FhirError;
use crate::identity::{self, IdentityProvider};
use crate::listener::ResetHandle;
use crate::reply::Reply;
use crate::storage::{IncomingResource, WriteRequest};
use crate::upstream::Upstream;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, header};
use flate2::read::GzDecoder;
use keep_domain::{Clock, Role, UtcMillis};
use std::io::Read;
use std::sync::Arc;

/// Largest request body, compressed or not, bytes.
const MAX_BODY: usize = 64 << 20;
/// Where to sign in, below the FHIR base (SMART App Launch 2).
const SMART_CONFIGURATION: &str = "/.well-known/smart-configuration";

/// State of the server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) fhir: FhirApi,
    pub(crate) identity: IdentityProvider,
    /// Another server that answers FHIR requests.
    pub(crate) upstream: Option<Upstream>,
    /// Only with `--test-faults`.
    pub(crate) faults: Option<FaultInjector>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Answers a request to any path.
pub(crate) async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let started = server.clock.now();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return FhirError::too_large().reply().into_response(false, started);
    };
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    if path.starts_with("/_test/") {
        let reply = match &server.faults {
            Some(_) if path == "/_test/record" => restore(&server.fhir, parts.uri.query(), &body),
            Some(_) if path == "/_test/behaviour" => set_behaviour(&server.fhir, &body),
            Some(faults) => faults.control(method, path, &body),
            None => FhirError::not_found("not found").reply(),
        };
        return reply.into_response(false, started);
    }
    let fhir_path = path.strip_prefix("/fhir").filter(|p| p.is_empty() || p.starts_with('/')).map(String::from);
    let rule = server.faults.as_ref().and_then(|f| f.next_fault(method, fhir_path.as_deref().unwrap_or(path)));
    let connection = parts.extensions.get::<ConnectInfo<ResetHandle>>().map(|c| c.0.clone()).unwrap_or_default();
    let Some(rule) = rule else {
        let cut = server.fhir.behaviour().cut_pages.filter(|_| fhir_path.as_deref().is_some_and(is_page));
        let response = handle(server, parts, fhir_path, body, started).await;
        return match cut {
            Some(bytes) => cut_body(response, bytes, &connection).await,
            None => response,
        };
    };
    if let Some(response) = rule.before_request(&connection, started).await {
        return response;
    }
    rule.after_request(handle(server, parts, fhir_path, body, started).await, &connection).await
}

/// `fhir_path` is the path below the FHIR base, if it is below it.
async fn handle(
    server: Arc<Server>,
    parts: Parts,
    fhir_path: Option<String>,
    body: Bytes,
    started: UtcMillis,
) -> Response<Body> {
    if let (Some(upstream), Some(path)) = (&server.upstream, &fhir_path)
        && path != SMART_CONFIGURATION
    {
        let forwarded = match authenticate(&server.identity, &parts, path, started) {
            Ok(_) => upstream.forward(&parts, path, body.to_vec()).await.ok_or_else(FhirError::bad_gateway),
            Err(error) => Err(error),
        };
        return forwarded.unwrap_or_else(|error| error.reply().into_response(false, started));
    }
    let date = started.plus_millis(server.fhir.behaviour().date_ahead * 1000);
    let work = tokio::task::spawn_blocking(move || {
        let gzip = accepts_gzip(&parts.headers);
        let reply = match fhir_path {
            Some(path) => answer_fhir(&server, parts, path, &body, started).unwrap_or_else(|error| error.reply()),
            None => identity::answer(&server.identity, &parts, &body, started),
        };
        reply.into_response(gzip, date)
    });
    work.await.unwrap_or_else(|_| FhirError::internal().reply().into_response(false, started))
}

/// The roles of the access token; none for the public path `/metadata`.
fn authenticate(
    identity: &IdentityProvider,
    parts: &Parts,
    path: &str,
    now: UtcMillis,
) -> Result<Vec<Role>, FhirError> {
    if parts.method == "GET" && path == "/metadata" {
        return Ok(Vec::new());
    }
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    identity.roles_of_bearer(header, now)
}

fn answer_fhir(
    server: &Server,
    parts: Parts,
    path: String,
    body: &[u8],
    started: UtcMillis,
) -> Result<Reply, FhirError> {
    let behaviour = server.fhir.behaviour();
    if parts.method == "GET" && path == SMART_CONFIGURATION && behaviour.has(Feature::SmartConfiguration) {
        return Ok(Reply::fhir(200, fhir::smart_configuration(&server.identity.origin).to_string()));
    }
    let query = parts.uri.query().unwrap_or_default();
    let request = FhirRequest {
        roles: authenticate(&server.identity, &parts, &path, started)?,
        body: decode_body(body, &parts.headers, behaviour.packed_forms)?,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        method: parts.method,
        path,
        headers: parts.headers,
        started,
        own_base: server.fhir.base.clone(),
        behaviour,
    };
    fhir::answer(&server.fhir, &request)
}

/// The body as text, decompressed.
fn decode_body(bytes: &[u8], headers: &HeaderMap, packed_forms: PackedForms) -> Result<String, FhirError> {
    let decoded = match headers.get(header::CONTENT_ENCODING).and_then(|v| v.to_str().ok()) {
        None | Some("identity") => bytes.to_vec(),
        Some(_) if fhir::is_form(headers) && packed_forms == PackedForms::Ignored => Vec::new(),
        Some("gzip") if !(fhir::is_form(headers) && packed_forms == PackedForms::Refused) => {
            let mut out = Vec::new();
            let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
            GzDecoder::new(bytes)
                .take(limit + 1)
                .read_to_end(&mut out)
                .map_err(|_| FhirError::invalid("the body is not gzip"))?;
            if out.len() > MAX_BODY {
                return Err(FhirError::too_large());
            }
            out
        }
        Some(_) => {
            return Err(FhirError { status: 415, ..FhirError::invalid("this content encoding is not supported") });
        }
    };
    String::from_utf8(decoded).map_err(|_| FhirError::invalid("the body is not UTF-8"))
}

/// Whether a path below the FHIR base is that of a bundle with records.
fn is_page(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    matches!(segments.as_slice(), [] | [_, "_search" | "_history"])
        || matches!(segments.as_slice(), [kind] if *kind != "metadata")
}

/// `POST /_test/record?updated=TIME`: stores a resource as of that time, as a restored backup or a late commit would.
fn restore(fhir: &FhirApi, query: Option<&str>, body: &[u8]) -> Reply {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let updated = pairs.into_owned().find(|(n, _)| n == "updated").and_then(|(_, v)| UtcMillis::from_rfc3339(&v));
    let text = std::str::from_utf8(body).unwrap_or_default();
    let stored = updated.ok_or_else(|| FhirError::invalid("updated is not a time")).and_then(|updated| {
        let resource = IncomingResource::parse(text)?;
        let id = resource.id.clone().ok_or_else(|| FhirError::invalid("the resource has no id"))?;
        let write = WriteRequest::new(&resource.resource_type, &id, Some(&resource), updated);
        fhir.storage.write(|t| write.apply(t))
    });
    stored.map_or_else(|error| error.reply(), |_| Reply::empty(204))
}

/// `POST /_test/behaviour`: the switches that are not in the body get their defaults.
fn set_behaviour(fhir: &FhirApi, body: &[u8]) -> Reply {
    match serde_json::from_slice::<Behaviour>(body) {
        Ok(behaviour) => {
            fhir.set_behaviour(behaviour);
            Reply::empty(204)
        }
        Err(error) => FhirError::invalid(&error.to_string()).reply(),
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).any(|v| {
        v.split(',').any(|part| {
            let mut fields = part.split(';').map(str::trim);
            fields.next() == Some("gzip") && fields.next() != Some("q=0")
        })
    })
}

#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
