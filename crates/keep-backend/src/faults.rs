//! Fault injection for tests: `POST /_test/fault`, `POST /_test/clear`, `GET /_test/stats`. Off unless asked for.

use crate::backend::{Backend, finish};
use crate::fhir::{Refusal, Reply};
use crate::listener::{CutSwitch, WireBytes};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, StatusCode, header};
use keep_domain::UtcMillis;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum FaultKind {
    /// The connection drops before anything is done.
    #[serde(rename = "cut")]
    Cut,
    /// The request is done and committed, then the connection drops.
    #[serde(rename = "lost_answer")]
    LostAnswer,
    #[serde(rename = "401")]
    Unauthorized,
    #[serde(rename = "403")]
    Forbidden,
    #[serde(rename = "409")]
    Conflict,
    #[serde(rename = "410")]
    Gone,
    #[serde(rename = "412")]
    Precondition,
    #[serde(rename = "422")]
    Unprocessable,
    #[serde(rename = "429")]
    TooMany,
    #[serde(rename = "500")]
    Internal,
    #[serde(rename = "503")]
    Unavailable,
    /// 200 with bytes that are not JSON.
    #[serde(rename = "garbage")]
    Garbage,
    /// 200 with a web page, as a captive portal gives.
    #[serde(rename = "html")]
    Html,
    /// 200 with FHIR as XML, which nobody asked for.
    #[serde(rename = "xml")]
    Xml,
    /// The first half of the true answer, then the connection drops.
    #[serde(rename = "half_body")]
    HalfBody,
    /// The true answer, late.
    #[serde(rename = "slow")]
    Slow,
}

/// A fault that waits for its requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    kind: FaultKind,
    /// How many matching requests it hits.
    #[serde(default = "once")]
    times: u32,
    /// Below the FHIR base, for example `/Observation`; or one of the sign-in paths, whole.
    #[serde(default)]
    path_prefix: Option<String>,
    /// Only requests with this method.
    #[serde(default)]
    method: Option<String>,
    /// Of 429 and 503, s.
    #[serde(default)]
    retry_after: Option<u32>,
    /// Of `slow`, ms.
    #[serde(default = "slowness")]
    delay_ms: u64,
}

const fn once() -> u32 {
    1
}

const fn slowness() -> u64 {
    3000
}

/// Paths outside the FHIR base that a fault can name, so that a lost answer to a refresh can be tested.
const SIGN_IN_PATHS: [&str; 4] = ["/token", "/jwks", "/revoke", "/.well-known/openid-configuration"];

/// Waiting faults and what was counted.
#[derive(Debug)]
pub(crate) struct Faults {
    waiting: Mutex<Vec<Fault>>,
    requests: Mutex<BTreeMap<String, u64>>,
    bytes: Arc<WireBytes>,
}

impl Faults {
    /// None waiting.
    pub(crate) fn watching(bytes: Arc<WireBytes>) -> Self {
        Self { waiting: Mutex::default(), requests: Mutex::default(), bytes }
    }

    /// Counts a request and takes the fault that hits it.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let kind = path.split('/').find(|s| !s.is_empty()).unwrap_or("bundle");
        let special = if path.contains("/_history") { " history" } else { "" };
        *self
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(format!("{method} {kind}{special}"))
            .or_default() += 1;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let sign_in = SIGN_IN_PATHS.contains(&path);
        let hit = waiting.iter_mut().find(|f| {
            // Sign-in is hit only where it is named.
            let here =
                f.path_prefix.as_deref().map_or(!sign_in, |p| if sign_in { p == path } else { path.starts_with(p) });
            here && f.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
        })?;
        let fault = hit.clone();
        hit.times = hit.times.saturating_sub(1);
        waiting.retain(|f| f.times > 0);
        Some(fault)
    }
}

impl Fault {
    /// What happens instead of the request; `None` lets it through.
    pub(crate) async fn before(&self, cut: &CutSwitch, now: UtcMillis) -> Option<Response<Body>> {
        let (status, issue) = match self.kind {
            FaultKind::Cut => {
                cut.cut();
                return Some(Response::new(Body::empty()));
            }
            FaultKind::Garbage => return Some(page("application/fhir+json", "\u{1}{\"resourceType\":\"Bund\u{0}%%%")),
            FaultKind::Html => {
                return Some(page("text/html", "<!doctype html><title>Sign in to the guest network</title>"));
            }
            FaultKind::Xml => {
                return Some(page("application/fhir+xml", "<Bundle xmlns=\"http://hl7.org/fhir\"></Bundle>"));
            }
            FaultKind::Slow => {
                tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
                return None;
            }
            FaultKind::LostAnswer | FaultKind::HalfBody => return None,
            FaultKind::Unauthorized => (401, "login"),
            FaultKind::Forbidden => (403, "forbidden"),
            FaultKind::Conflict => (409, "conflict"),
            FaultKind::Gone => (410, "deleted"),
            FaultKind::Precondition => (412, "conflict"),
            FaultKind::Unprocessable => (422, "processing"),
            FaultKind::TooMany => (429, "throttled"),
            FaultKind::Internal => (500, "exception"),
            FaultKind::Unavailable => (503, "transient"),
        };
        let mut reply = Refusal::injected(status, issue).reply();
        if let Some(seconds) = self.retry_after {
            reply.headers.push(("retry-after", seconds.to_string()));
        }
        Some(finish(reply, false, now))
    }

    /// What happens to the answer of a request that was done.
    pub(crate) async fn after(&self, response: Response<Body>, cut: &CutSwitch) -> Response<Body> {
        match self.kind {
            FaultKind::LostAnswer => {
                cut.cut();
                response
            }
            FaultKind::HalfBody => {
                let (parts, body) = response.into_parts();
                let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                let half = whole.slice(..whole.len() / 2);
                let mut halved = Response::from_parts(parts, Body::new(Half { half: Some(half), cut: cut.clone() }));
                halved.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
                halved
            }
            _ => response,
        }
    }
}

fn page(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Gives its bytes, lets them be sent, and then cuts the connection.
struct Half {
    half: Option<Bytes>,
    cut: CutSwitch,
}

impl HttpBody for Half {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(hyper::body::Frame::data(half))));
        }
        let (cut, waker) = (self.cut.clone(), context.waker().clone());
        if !cut.is_cut() {
            tokio::spawn(async move {
                // The half that was given must be on its way before the connection drops.
                tokio::time::sleep(Duration::from_millis(30)).await;
                cut.cut();
                waker.wake();
            });
        }
        Poll::Pending
    }
}

/// `/_test/…`
pub(crate) fn control(backend: &Backend, method: &str, path: &str, body: &[u8]) -> Reply {
    let Some(faults) = &backend.faults else { return Refusal::not_found("not here").reply() };
    match (method, path) {
        ("POST", "/_test/fault") => match serde_json::from_slice::<Fault>(body) {
            Ok(fault) => {
                faults.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
                Reply::empty(204)
            }
            Err(_) => Refusal::invalid("not a fault").reply(),
        },
        ("POST", "/_test/clear") => {
            faults.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
            faults.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
            faults.bytes.received.store(0, Ordering::SeqCst);
            faults.bytes.sent.store(0, Ordering::SeqCst);
            Reply::empty(204)
        }
        ("GET", "/_test/stats") => {
            let stats = json!({
                "requests": *faults.requests.lock().unwrap_or_else(PoisonError::into_inner),
                "bytes_in": faults.bytes.received.load(Ordering::SeqCst),
                "bytes_out": faults.bytes.sent.load(Ordering::SeqCst),
                "waiting": faults.waiting.lock().unwrap_or_else(PoisonError::into_inner).len(),
            });
            Reply::json(200, stats.to_string())
        }
        _ => Refusal::not_found("not here").reply(),
    }
}
