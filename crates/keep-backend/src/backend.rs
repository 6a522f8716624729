//! One running backend and the HTTP around its parts.

use crate::faults::Faults;
use crate::fhir::{self, Call, Pages, Refusal, Reply};
use crate::identity::Identity;
use crate::listener::CutSwitch;
use crate::storage::Storage;
use crate::upstream::Upstream;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use keep_domain::{Clock, UtcMillis};
use std::io::{Read, Write};
use std::sync::Arc;

/// Largest body that is read, packed and unpacked.
const MAX_BODY: usize = 64 << 20;
/// Below the FHIR base: where to sign in (SMART App Launch 2).
const SMART: &str = "/.well-known/smart-configuration";
/// Answers below this are not worth packing.
const MIN_PACKED: usize = 600;

/// Everything that answers requests.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) storage: Storage,
    pub(crate) pages: Pages,
    pub(crate) identity: Identity,
    /// The server that answers FHIR instead of this one's own storage.
    pub(crate) upstream: Option<Upstream>,
    /// Only with `--test-faults`.
    pub(crate) faults: Option<Faults>,
    pub(crate) clock: Arc<dyn Clock>,
    /// `https://127.0.0.1:PORT`
    pub(crate) origin: String,
}

impl Backend {
    /// Base of FHIR addresses, without a slash at its end.
    pub(crate) fn fhir_base(&self) -> String {
        format!("{}/fhir", self.origin)
    }

    /// The issuer of tokens.
    pub(crate) fn issuer(&self) -> String {
        self.origin.clone()
    }
}

/// The one handler: every path of the backend.
pub(crate) async fn answer(State(backend): State<Arc<Backend>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let started = backend.clock.now();
    let cut = parts.extensions.get::<axum::extract::ConnectInfo<CutSwitch>>().map(|c| c.0.clone()).unwrap_or_default();
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return finish(Refusal::too_large().reply(), false, started);
    };
    let packs = accepts_gzip(&parts.headers);
    let path = parts.uri.path().to_owned();
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    if path.starts_with("/_test/") {
        return finish(crate::faults::control(&backend, parts.method.as_str(), &path, &bytes), false, started);
    }
    let fhir_path = path.strip_prefix("/fhir").filter(|p| p.is_empty() || p.starts_with('/')).map(String::from);
    let named = fhir_path.as_deref().unwrap_or(&path);
    let fault = backend.faults.as_ref().and_then(|faults| faults.take(parts.method.as_str(), named));
    if let Some(fault) = &fault
        && let Some(answer) = fault.before(&cut, started).await
    {
        return answer;
    }
    if let (Some(upstream), Some(below)) = (&backend.upstream, &fhir_path)
        && below != SMART
    {
        let response = ask_upstream(&backend, upstream, &parts, below, bytes.to_vec(), started).await;
        return match fault {
            Some(fault) => fault.after(response, &cut).await,
            None => response,
        };
    }
    let work = tokio::task::spawn_blocking(move || {
        let reply = match fhir_path {
            Some(path) => answer_fhir(&backend, &parts.method, path, query, &parts.headers, &bytes, started)
                .unwrap_or_else(|r| r.reply()),
            None => {
                let body = String::from_utf8_lossy(&bytes);
                crate::identity::answer(&backend, parts.method.as_str(), &path, &query, &parts.headers, &body)
            }
        };
        finish(reply, packs, started)
    });
    let response = work.await.unwrap_or_else(|_| finish(Refusal::internal().reply(), false, started));
    match fault {
        Some(fault) => fault.after(response, &cut).await,
        None => response,
    }
}

/// Another server's answer, for whoever may ask at all; what it lets whom see is its own affair.
async fn ask_upstream(
    backend: &Backend,
    upstream: &Upstream,
    parts: &axum::http::request::Parts,
    below: &str,
    body: Vec<u8>,
    started: UtcMillis,
) -> Response<Body> {
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if below != "/metadata"
        && let Err(refusal) = backend.identity.roles_of_bearer(backend, bearer, started)
    {
        return finish(refusal.reply(), false, started);
    }
    let answer = upstream.ask(parts.method.clone(), below, parts.uri.query(), &parts.headers, body).await;
    answer.unwrap_or_else(|| finish(Refusal::bad_gateway().reply(), false, started))
}

fn answer_fhir(
    backend: &Backend,
    method: &axum::http::Method,
    path: String,
    query: Vec<(String, String)>,
    headers: &HeaderMap,
    bytes: &[u8],
    started: UtcMillis,
) -> Result<Reply, Refusal> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(String::from);
    if method == "GET" && path == SMART {
        return Ok(Reply { body: fhir::smart_configuration(backend).to_string(), ..Reply::json(200, String::new()) });
    }
    let open = method == "GET" && path == "/metadata";
    let roles = if open {
        Vec::new()
    } else {
        backend.identity.roles_of_bearer(backend, text(header::AUTHORIZATION).as_deref(), started)?
    };
    let prefer = headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split([',', ';']));
    let call = Call {
        method: method.as_str().to_owned(),
        path,
        query,
        body: unpack(bytes, text(header::CONTENT_ENCODING).as_deref())?,
        is_form: text(header::CONTENT_TYPE).is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")),
        if_match: text(header::IF_MATCH),
        if_none_match: text(header::IF_NONE_MATCH),
        if_none_exist: text(header::HeaderName::from_static("if-none-exist")),
        prefer: prefer.filter_map(|p| p.trim().strip_prefix("return=")).map(String::from).next(),
        roles,
        started,
    };
    fhir::answer(backend, &call)
}

fn unpack(bytes: &[u8], encoding: Option<&str>) -> Result<String, Refusal> {
    let unpacked = match encoding {
        None | Some("identity") => bytes.to_vec(),
        Some("gzip") => {
            let mut out = Vec::new();
            let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
            GzDecoder::new(bytes)
                .take(limit + 1)
                .read_to_end(&mut out)
                .map_err(|_| Refusal::invalid("the body is not gzip"))?;
            if out.len() > MAX_BODY {
                return Err(Refusal::too_large());
            }
            out
        }
        Some(_) => return Err(Refusal { status: 415, ..Refusal::invalid("this content encoding is not taken") }),
    };
    String::from_utf8(unpacked).map_err(|_| Refusal::invalid("the body is not UTF-8"))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).any(|v| {
        v.split(',').any(|part| {
            let mut fields = part.split(';').map(str::trim);
            fields.next() == Some("gzip") && fields.next() != Some("q=0")
        })
    })
}

/// Turns a reply into HTTP, packed where that is wanted and worth it.
pub(crate) fn finish(reply: Reply, pack: bool, started: UtcMillis) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(*name, value);
        }
    }
    if let Ok(date) = HeaderValue::from_str(&fhir::http_date(started)) {
        headers.insert(header::DATE, date);
    }
    let mut body = reply.body.into_bytes();
    if pack && body.len() >= MIN_PACKED {
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
        if let Ok(packed) = encoder.write_all(&body).and_then(|()| encoder.finish()) {
            body = packed;
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    *response.body_mut() = Body::from(body);
    response
}

#[cfg(test)]
pub(crate) mod fixture;
