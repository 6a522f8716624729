//! One request, one answer: bytes counted, size limited, compression undone, errors reduced to their kind.

use crate::SyncError;
use crate::answer_time::believable;
use crate::settings::ServerSettings;
use crate::tls::{make_client, transport_kind};
use keep_domain::{Clock, Secret, UtcMillis};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// About how many header fields an HTTP/2 table of 4,096 bytes remembers.
const FIELDS_KEPT: usize = 60;
/// Longest time for one request and its answer.
const WHOLE_LIMIT: Duration = Duration::from_secs(300);
/// The same for the small answers of a sign-in, which somebody waits for.
pub(crate) const SMALL_LIMIT: Duration = Duration::from_secs(60);

/// Bytes that went over the line: bodies as sent, plus header fields. Over HTTP/2 a field that was sent before counts
/// two bytes, as its table makes it (RFC 7541, 6.1); handshakes and frames are not counted.
#[derive(Debug, Default)]
pub struct Meter {
    up: AtomicU64,
    down: AtomicU64,
    fields: Mutex<HashSet<u64>>,
}

impl Meter {
    /// Bytes sent so far.
    #[must_use]
    pub fn up(&self) -> u64 {
        self.up.load(Ordering::Relaxed)
    }

    /// Bytes received so far.
    #[must_use]
    pub fn down(&self) -> u64 {
        self.down.load(Ordering::Relaxed)
    }

    fn add_up(&self, bytes: usize) {
        self.up.fetch_add(wide(bytes), Ordering::Relaxed);
    }

    fn add_down(&self, bytes: usize) {
        self.down.fetch_add(wide(bytes), Ordering::Relaxed);
    }

    fn field_bytes(&self, headers: &HeaderMap, packed: bool) -> usize {
        let mut seen = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > FIELDS_KEPT {
            seen.clear();
        }
        let mut cost = |name: &HeaderName, value: &HeaderValue| {
            let mut hasher = DefaultHasher::new();
            (name, value).hash(&mut hasher);
            // Four bytes for ": " and the line end of HTTP/1.1.
            if packed && !seen.insert(hasher.finish()) { 2 } else { name.as_str().len() + value.len() + 4 }
        };
        headers.iter().map(|(name, value)| cost(name, value)).sum()
    }
}

/// A request to be sent.
#[derive(Debug)]
pub(crate) struct HttpRequest<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) bearer: Option<&'a Secret<String>>,
    /// Largest acceptable unpacked body, bytes.
    pub(crate) limit: usize,
    /// Longest time until the last byte.
    pub(crate) within: Duration,
}

impl<'a> HttpRequest<'a> {
    pub(crate) fn of(method: Method, url: &'a Url, limit: usize) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            content_type: "",
            body: None,
            bearer: None,
            limit,
            within: WHOLE_LIMIT,
        }
    }
}

/// What came back, whatever its status.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Time by the `Date` header of the server or of a gateway, whole seconds. It is not ours: see [`HttpClient::believed`].
    pub(crate) server_time: Option<UtcMillis>,
    /// From sending to the last byte.
    pub(crate) took: Duration,
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body and some headers may hold health information or tokens.
        f.debug_struct("Answer").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl HttpResponse {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The body as text, or garbled.
    pub(crate) fn text(self) -> Result<String, SyncError> {
        String::from_utf8(self.body).map_err(|_| SyncError::Garbled)
    }

    /// The status as an error, with what `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date).
    pub(crate) fn failure(&self) -> SyncError {
        let retry_after = self.header(&header::RETRY_AFTER).and_then(|text| {
            text.trim().parse::<u64>().ok().or_else(|| {
                let at = http_date(text)?;
                // Both times are of one clock, so it does not matter whether that is right.
                let from = self.server_time?;
                u64::try_from(at.0.saturating_sub(from.0) / 1000).ok()
            })
        });
        SyncError::Failed { status: self.status, retry_after }
    }
}

/// The client with its meter and clock; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    meter: Arc<Meter>,
    clock: Arc<dyn Clock>,
    /// The newest believable `Date` of an answer that came over TLS, milliseconds; 0 before the first.
    told: Arc<AtomicI64>,
}

impl HttpClient {
    pub(crate) fn open(settings: &ServerSettings, clock: Arc<dyn Clock>) -> Result<Self, SyncError> {
        Ok(Self { client: make_client(settings)?, meter: Arc::default(), clock, told: Arc::default() })
    }

    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A `Date` that agrees with trusted time, which is what the clock of a connection tells.
    pub(crate) fn believed(&self, date: Option<UtcMillis>) -> Option<UtcMillis> {
        believable(self.clock.now(), date)
    }

    /// The newest time that a server told over TLS, as far as it agrees with trusted time.
    pub(crate) fn server_time(&self) -> Option<UtcMillis> {
        Some(UtcMillis(self.told.load(Ordering::Relaxed))).filter(|t| t.0 > 0)
    }

    /// Sends and reads the whole answer.
    ///
    /// # Errors
    /// Unreachable, untrusted or garbled; an error status is an answer, not an error.
    pub(crate) async fn send(&self, ask: HttpRequest<'_>) -> Result<HttpResponse, SyncError> {
        let started = self.clock.monotonic();
        let mut request = self.client.request(ask.method, ask.url.clone()).timeout(ask.within);
        request = request.header(header::ACCEPT_ENCODING, "gzip");
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if let Some(token) = ask.bearer {
            // It is not marked as sensitive, since HTTP/2 would then send its thousand bytes again with every request;
            // nothing here prints a header.
            // EXPOSE: the access token is what the server asks for.
            let text = token.expose();
            let value = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| SyncError::SignInNeeded)?;
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(body) = ask.body {
            request = request.header(header::CONTENT_TYPE, ask.content_type).body(body);
        }
        let request = request.build().map_err(|_| SyncError::Internal("request"))?;
        let sent = request.body().and_then(reqwest::Body::as_bytes).map_or(0, <[u8]>::len)
            + ask.url.path().len()
            + ask.url.query().map_or(0, str::len);
        let asked = request.headers().clone();
        let answered = self.client.execute(request).await;
        let packed = answered.as_ref().is_ok_and(|r| r.version() == reqwest::Version::HTTP_2);
        self.meter.add_up(sent.saturating_add(self.meter.field_bytes(&asked, packed)));
        let mut response = answered.map_err(|e| transport_kind(&e))?;
        self.meter.add_down(self.meter.field_bytes(response.headers(), packed));
        let mut raw = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| body_kind(&e))? {
            self.meter.add_down(chunk.len());
            if raw.len().saturating_add(chunk.len()) > ask.limit {
                return Err(SyncError::Garbled);
            }
            raw.extend_from_slice(&chunk);
        }
        let headers = response.headers().clone();
        let body = match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => raw,
            Some(b"gzip" | b"x-gzip") => unpack(&raw, ask.limit)?,
            Some(_) => return Err(SyncError::Garbled),
        };
        let server_time = headers.get(header::DATE).and_then(|v| v.to_str().ok()).and_then(http_date);
        // INVARIANT: one answer with a wrong time does not become the time that all others are judged by.
        if let Some(time) = self.believed(server_time).filter(|_| ask.url.scheme() == "https") {
            self.told.fetch_max(time.0, Ordering::Relaxed);
        }
        Ok(HttpResponse {
            status: response.status().as_u16(),
            server_time,
            headers,
            body,
            took: self.clock.monotonic().saturating_sub(started),
        })
    }
}

/// A body that ends early is garbled; one that stalls is a server that cannot be reached.
fn body_kind(error: &reqwest::Error) -> SyncError {
    match transport_kind(error) {
        SyncError::Unreachable if !error.is_timeout() => SyncError::Garbled,
        other => other,
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn http_date(text: &str) -> Option<UtcMillis> {
    let since = httpdate::parse_http_date(text.trim()).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(UtcMillis)
}

/// Gzip, at most `limit` bytes unpacked: a small answer must not fill the memory.
fn unpack(raw: &[u8], limit: usize) -> Result<Vec<u8>, SyncError> {
    let mut out = Vec::with_capacity(raw.len().saturating_mul(6).min(limit));
    let mut reader = flate2::read::MultiGzDecoder::new(raw).take(wide(limit).saturating_add(1));
    reader.read_to_end(&mut out).map_err(|_| SyncError::Garbled)?;
    if out.len() > limit { Err(SyncError::Garbled) } else { Ok(out) }
}

/// Gzip of a request body.
pub(crate) fn pack(body: &[u8]) -> Result<Vec<u8>, SyncError> {
    let mut writer = flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::new(6));
    writer.write_all(body).map_err(|_| SyncError::Internal("gzip"))?;
    writer.finish().map_err(|_| SyncError::Internal("gzip"))
}

#[cfg(test)]
mod tests;
