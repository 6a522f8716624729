//! Fault injection for tests: `POST /_test/fault`, `POST /_test/clear`, `GET /_test/stats`. Off by default.

use crate::fhir_error::FhirError;
use crate::listener::{ResetHandle, TrafficCounter};
use crate::mutex::acquire;
use crate::reply::Reply;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, header};
use keep_domain::UtcMillis;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

/// The fault that a matching request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InjectedFault {
    /// The connection drops before the request is handled.
    Reset,
    /// The request is handled and committed, then the connection drops.
    LostResponse,
    /// The first half of the actual response, then the connection drops.
    TruncatedBody,
    /// The actual response, delayed.
    Delay,
    /// 200 with a media type and a body that the client did not ask for.
    WrongBody(&'static str, &'static str),
    /// An error status with its OperationOutcome issue code.
    Status(u16, &'static str),
}

impl InjectedFault {
    fn from_kind(kind: &str) -> Option<Self> {
        Some(match kind {
            "cut" => Self::Reset,
            "lost_answer" => Self::LostResponse,
            "half_body" => Self::TruncatedBody,
            "slow" => Self::Delay,
            "garbage" => Self::WrongBody("application/fhir+json", "\u{1}{\"resourceType\":\"Bund\u{0}%%%"),
            // As from a captive portal.
            "html" => Self::WrongBody("text/html", "<!doctype html><title>Sign in to the guest network</title>"),
            "xml" => Self::WrongBody("application/fhir+xml", "<Bundle xmlns=\"http://hl7.org/fhir\"></Bundle>"),
            "400" => Self::Status(400, "invalid"),
            "401" => Self::Status(401, "login"),
            "403" => Self::Status(403, "forbidden"),
            "404" => Self::Status(404, "not-found"),
            "409" => Self::Status(409, "conflict"),
            "410" => Self::Status(410, "deleted"),
            "412" => Self::Status(412, "conflict"),
            "413" => Self::Status(413, "too-long"),
            "422" => Self::Status(422, "processing"),
            "429" => Self::Status(429, "throttled"),
            "500" => Self::Status(500, "exception"),
            "502" => Self::Status(502, "transient"),
            "503" => Self::Status(503, "transient"),
            _ => return None,
        })
    }
}

/// A fault and the requests that it applies to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRule {
    #[serde(rename = "kind", deserialize_with = "deserialize_kind")]
    fault: InjectedFault,
    /// Number of matching requests that it still applies to.
    #[serde(default = "default_times")]
    times: u32,
    /// Below the FHIR base, for example `/Observation`; or a whole sign-in path.
    #[serde(default)]
    path_prefix: Option<String>,
    /// `None`: any method.
    #[serde(default)]
    method: Option<String>,
    /// `Retry-After` of a status, s.
    #[serde(default)]
    retry_after: Option<u32>,
    /// Of `slow`, ms.
    #[serde(default = "default_delay_ms")]
    delay_ms: u64,
}

fn deserialize_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<InjectedFault, D::Error> {
    InjectedFault::from_kind(&String::deserialize(deserializer)?)
        .ok_or_else(|| D::Error::custom("unknown kind of fault"))
}

const fn default_times() -> u32 {
    1
}

const fn default_delay_ms() -> u64 {
    3000
}

/// Paths outside the FHIR base that a rule can name, for example to test a lost response to a refresh.
const SIGN_IN_PATHS: [&str; 4] = ["/token", "/jwks", "/revoke", "/.well-known/openid-configuration"];

/// Active rules, and counts of requests and bytes.
#[derive(Debug)]
pub(crate) struct FaultInjector {
    rules: Mutex<Vec<FaultRule>>,
    requests: Mutex<BTreeMap<String, u64>>,
    traffic: Arc<TrafficCounter>,
}

impl FaultInjector {
    /// No rules; reports the bytes in `traffic`.
    pub(crate) fn new(traffic: Arc<TrafficCounter>) -> Self {
        Self { rules: Mutex::default(), requests: Mutex::default(), traffic }
    }

    /// Counts a request and returns the rule that applies to it; `path` is below the FHIR base or a sign-in path.
    pub(crate) fn next_fault(&self, method: &str, path: &str) -> Option<FaultRule> {
        let kind = path.split('/').find(|s| !s.is_empty()).unwrap_or("bundle");
        let suffix = if path.contains("/_history") { " history" } else { "" };
        *acquire(&self.requests).entry(format!("{method} {kind}{suffix}")).or_default() += 1;
        let mut rules = acquire(&self.rules);
        let rule = rules.iter_mut().find(|rule| rule.matches(method, path))?;
        let found = rule.clone();
        rule.times = rule.times.saturating_sub(1);
        rules.retain(|rule| rule.times > 0);
        Some(found)
    }

    /// Answers `/_test/…`.
    pub(crate) fn control(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        match (method, path) {
            ("POST", "/_test/fault") => match serde_json::from_slice::<FaultRule>(body) {
                Ok(rule) => {
                    acquire(&self.rules).push(rule);
                    Reply::empty(204)
                }
                Err(_) => FhirError::invalid("not a valid fault").reply(),
            },
            ("POST", "/_test/clear") => {
                acquire(&self.rules).clear();
                acquire(&self.requests).clear();
                self.traffic.received.store(0, Ordering::SeqCst);
                self.traffic.sent.store(0, Ordering::SeqCst);
                Reply::empty(204)
            }
            ("GET", "/_test/stats") => {
                let stats = json!({
                    "requests": *acquire(&self.requests),
                    "bytes_in": self.traffic.received.load(Ordering::SeqCst),
                    "bytes_out": self.traffic.sent.load(Ordering::SeqCst),
                    "waiting": acquire(&self.rules).len(),
                });
                Reply::fhir(200, stats.to_string())
            }
            _ => FhirError::not_found("not found").reply(),
        }
    }
}

impl FaultRule {
    fn matches(&self, method: &str, path: &str) -> bool {
        let is_sign_in = SIGN_IN_PATHS.contains(&path);
        let path_matches = match self.path_prefix.as_deref() {
            // Without a path, a rule does not apply to sign-in.
            None => !is_sign_in,
            Some(prefix) if is_sign_in => prefix == path,
            Some(prefix) => path.starts_with(prefix),
        };
        path_matches && self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
    }

    /// The response that replaces the handling of the request; `None` if the request is handled.
    pub(crate) async fn before_request(&self, connection: &ResetHandle, now: UtcMillis) -> Option<Response<Body>> {
        match self.fault {
            InjectedFault::Reset => {
                connection.reset();
                Some(Response::new(Body::empty()))
            }
            InjectedFault::WrongBody(content_type, text) => {
                let mut response = Response::new(Body::from(text));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                Some(response)
            }
            InjectedFault::Status(status, issue) => {
                let mut reply = FhirError::injected(status, issue).reply();
                if let Some(seconds) = self.retry_after {
                    reply.headers.push(("retry-after", seconds.to_string()));
                }
                Some(reply.into_response(false, now))
            }
            InjectedFault::Delay => {
                tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
                None
            }
            InjectedFault::LostResponse | InjectedFault::TruncatedBody => None,
        }
    }

    /// Changes the response to a request that was handled.
    pub(crate) async fn after_request(&self, response: Response<Body>, connection: &ResetHandle) -> Response<Body> {
        match self.fault {
            InjectedFault::LostResponse => {
                connection.reset();
                response
            }
            InjectedFault::TruncatedBody => {
                let (parts, body) = response.into_parts();
                let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                let half = whole.len() / 2;
                cut_body(Response::from_parts(parts, Body::from(whole)), half, connection).await
            }
            _ => response,
        }
    }
}

/// A response whose connection drops after so many bytes of its body, if it has more.
pub(crate) async fn cut_body(response: Response<Body>, bytes: usize, connection: &ResetHandle) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    if whole.len() <= bytes {
        return Response::from_parts(parts, Body::from(whole));
    }
    let body = TruncatedBody { start: Some(whole.slice(..bytes)), connection: connection.clone() };
    let mut truncated = Response::from_parts(parts, Body::new(body));
    truncated.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    truncated
}

/// Yields its bytes, waits until they are sent, and then resets the connection.
struct TruncatedBody {
    start: Option<Bytes>,
    connection: ResetHandle,
}

impl HttpBody for TruncatedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(hyper::body::Frame::data(start))));
        }
        let (connection, waker) = (self.connection.clone(), context.waker().clone());
        if !connection.is_reset() {
            tokio::spawn(async move {
                // The bytes must be sent before the connection drops.
                tokio::time::sleep(Duration::from_millis(30)).await;
                connection.reset();
                waker.wake();
            });
        }
        Poll::Pending
    }
}
