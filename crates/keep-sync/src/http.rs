//! One HTTP exchange: bytes counted, size limited, decompressed, errors reduced to their kind.

use crate::error::SyncError;
use crate::response_times::plausible;
use crate::settings::ServerSettings;
use crate::tls::{MAX_REDIRECTS, USER_AGENT, make_client, transport_error};
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

/// A frame of HTTP/2 (RFC 9113, 4.1) or a chunk of HTTP/1.1, and the TLS record around it (RFC 8446, 5.2).
const FRAME: usize = 9 + 22;
/// What surrounds the address or the status in HTTP/1.1, line ends included.
const FIRST_LINE: usize = 20;
/// About how many header fields fit into an HTTP/2 dynamic table of 4,096 bytes.
const TABLE_FIELDS: usize = 60;
/// Longest time for one request and its response.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The same for the small responses of a sign-in, for which the user waits.
pub(crate) const SMALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Bytes transferred on open connections: bodies as sent, header fields, and the frames and TLS records around them.
/// Over HTTP/2 a field is packed (RFC 7541, 5.2), and one that a request repeats counts the size of its index (6.1); the
/// token goes out with every request, since the library never indexes it. Handshakes are not counted.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    up: AtomicU64,
    down: AtomicU64,
    fields: Mutex<HashSet<u64>>,
}

impl Meter {
    /// Bytes sent so far.
    pub(crate) fn up(&self) -> u64 {
        self.up.load(Ordering::Relaxed)
    }

    /// Bytes received so far.
    pub(crate) fn down(&self) -> u64 {
        self.down.load(Ordering::Relaxed)
    }

    fn add_up(&self, bytes: usize) {
        self.up.fetch_add(wide(bytes), Ordering::Relaxed);
    }

    fn add_down(&self, bytes: usize) {
        self.down.fetch_add(wide(bytes), Ordering::Relaxed);
    }

    /// Bytes of a response's header: servers seldom index fields.
    fn response_head(headers: &HeaderMap, http2: bool) -> usize {
        let plain: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        FRAME + if http2 { packed(plain) } else { FIRST_LINE + plain }
    }

    /// Bytes of a request's first line, by its `text`, and of its header fields.
    fn request_head(&self, text: usize, headers: &HeaderMap, http2: bool) -> usize {
        let mut seen = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > TABLE_FIELDS {
            seen.clear();
        }
        let mut cost = |name: &HeaderName, value: &HeaderValue| {
            let mut hasher = DefaultHasher::new();
            (name, value).hash(&mut hasher);
            // Four bytes for ": " and the line end of HTTP/1.1.
            let plain = name.as_str().len() + value.len() + 4;
            match http2 {
                false => plain,
                true if *name == header::AUTHORIZATION => packed(value.len()) + 4,
                true if seen.insert(hasher.finish()) => packed(plain),
                true => 1,
            }
        };
        let fields: usize = headers.iter().map(|(name, value)| cost(name, value)).sum();
        let first = if http2 { packed(text) + 4 } else { text + FIRST_LINE };
        FRAME + fields + first
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
    /// Largest acceptable body, bytes uncompressed.
    pub(crate) max_body: usize,
    /// Longest time until the last byte.
    pub(crate) timeout: Duration,
    /// Whether the beginning of a success whose end is lost is a response, too.
    pub(crate) keep_partial: bool,
}

impl<'a> HttpRequest<'a> {
    pub(crate) fn new(method: Method, url: &'a Url, max_body: usize) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            content_type: "",
            body: None,
            bearer: None,
            max_body,
            timeout: TIMEOUT,
            keep_partial: false,
        }
    }
}

/// A response, whatever its status.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether the end of the body is lost.
    pub(crate) is_cut: bool,
    /// Time by the `Date` header of the server or of a gateway, whole seconds; their clock may be wrong.
    pub(crate) server_time: Option<UtcMillis>,
    /// From sending to the last byte.
    pub(crate) elapsed: Duration,
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body and some headers may hold health information or tokens.
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl HttpResponse {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The body as text; of one that is cut, the characters that arrived whole.
    pub(crate) fn text(mut self) -> Result<String, SyncError> {
        if self.is_cut {
            let whole = std::str::from_utf8(&self.body).map_or_else(|e| e.valid_up_to(), str::len);
            self.body.truncate(whole);
        }
        String::from_utf8(self.body).map_err(|_| SyncError::InvalidResponse)
    }

    /// `Retry-After` in seconds (RFC 9110, 10.2.3: seconds or a date).
    pub(crate) fn retry_after(&self) -> Option<u64> {
        let text = self.header(&header::RETRY_AFTER)?;
        text.trim().parse::<u64>().ok().or_else(|| {
            let at = http_date(text)?;
            // Both times are from the same clock, so it need not be right.
            let from = self.server_time?;
            u64::try_from(at.0.saturating_sub(from.0) / 1000).ok()
        })
    }

    /// Where a redirect of a read leads.
    fn redirect_from(&self, url: &Url) -> Option<Url> {
        let location = self.header(&header::LOCATION).filter(|_| matches!(self.status, 301..=303))?;
        url.join(location).ok()
    }

    /// The status as an error.
    pub(crate) fn failure(&self) -> SyncError {
        SyncError::Failed { status: self.status, retry_after: self.retry_after() }
    }
}

/// The client with its meter and clock; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    meter: Arc<Meter>,
    clock: Arc<dyn Clock>,
    /// The newest plausible `Date` received over TLS, milliseconds; 0 before the first.
    newest_date: Arc<AtomicI64>,
}

impl HttpClient {
    pub(crate) fn open(settings: &ServerSettings, clock: Arc<dyn Clock>) -> Result<Self, SyncError> {
        Ok(Self { client: make_client(settings)?, meter: Arc::default(), clock, newest_date: Arc::default() })
    }

    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The newest time received from a server over TLS that agrees with trusted time.
    pub(crate) fn server_time(&self) -> Option<UtcMillis> {
        Some(UtcMillis(self.newest_date.load(Ordering::Relaxed))).filter(|t| t.0 > 0)
    }

    /// Sends a request and reads the whole response. A read follows redirects on its origin; a write only those that
    /// repeat it.
    ///
    /// # Errors
    /// Unreachable, untrusted or an invalid response; an error status is a response, not an error.
    pub(crate) async fn send(&self, outgoing: HttpRequest<'_>) -> Result<HttpResponse, SyncError> {
        let (origin, is_read) = (outgoing.url.origin(), outgoing.method == Method::GET);
        let (bearer, max_body, timeout) = (outgoing.bearer, outgoing.max_body, outgoing.timeout);
        let (headers, mut url) = (outgoing.headers.clone(), outgoing.url.clone());
        let mut response = self.send_once(outgoing).await?;
        for _ in 0..MAX_REDIRECTS {
            let target = response.redirect_from(&url).filter(|target| is_read && target.origin() == origin);
            let Some(target) = target else { break };
            url = target;
            let again = HttpRequest {
                headers: headers.clone(),
                bearer,
                timeout,
                ..HttpRequest::new(Method::GET, &url, max_body)
            };
            response = self.send_once(again).await?;
        }
        Ok(response)
    }

    async fn send_once(&self, outgoing: HttpRequest<'_>) -> Result<HttpResponse, SyncError> {
        let started = self.clock.monotonic();
        let mut request = self.client.request(outgoing.method, outgoing.url.clone()).timeout(outgoing.timeout);
        request = request.header(header::ACCEPT_ENCODING, "gzip");
        for (name, value) in outgoing.headers {
            request = request.header(name, value);
        }
        if let Some(token) = outgoing.bearer {
            // No header is printed.
            // EXPOSE: the access token authorizes the request.
            let text = token.expose();
            let value = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| SyncError::SignInNeeded)?;
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(body) = outgoing.body {
            request = request.header(header::CONTENT_TYPE, outgoing.content_type).body(body);
        }
        let request = request.build().map_err(|_| SyncError::Internal("request"))?;
        let sent = request.body().and_then(reqwest::Body::as_bytes).map_or(0, |body| FRAME + body.len());
        let address = outgoing.url.path().len() + outgoing.url.query().map_or(0, str::len);
        let mut request_headers = request.headers().clone();
        for (name, value) in added_fields(outgoing.url, sent) {
            request_headers.insert(name, value);
        }
        let result = self.client.execute(request).await;
        let http2 = result.as_ref().is_ok_and(|r| r.version() == reqwest::Version::HTTP_2);
        self.meter.add_up(sent.saturating_add(self.meter.request_head(address, &request_headers, http2)));
        let mut response = result.map_err(|e| transport_error(&e))?;
        self.meter.add_down(Meter::response_head(response.headers(), http2));
        let (mut received, mut is_cut) = (Vec::new(), false);
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(_) if outgoing.keep_partial && response.status().is_success() && !received.is_empty() => {
                    is_cut = true;
                    break;
                }
                Err(error) => return Err(body_error(&error)),
            };
            self.meter.add_down(FRAME + chunk.len());
            if received.len().saturating_add(chunk.len()) > outgoing.max_body {
                return Err(SyncError::TooLarge);
            }
            received.extend_from_slice(&chunk);
        }
        let headers = response.headers().clone();
        let body = match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => received,
            Some(b"gzip" | b"x-gzip") => gunzip(&received, outgoing.max_body, is_cut)?,
            Some(_) => return Err(SyncError::InvalidResponse),
        };
        let server_time = headers.get(header::DATE).and_then(|v| v.to_str().ok()).and_then(http_date);
        // INVARIANT: a wrong time in one response does not become the time by which others are judged.
        if let Some(time) = plausible(self.clock.now(), server_time).filter(|_| outgoing.url.scheme() == "https") {
            self.newest_date.fetch_max(time.0, Ordering::Relaxed);
        }
        Ok(HttpResponse {
            status: response.status().as_u16(),
            server_time,
            headers,
            body,
            is_cut,
            elapsed: self.clock.monotonic().saturating_sub(started),
        })
    }
}

/// A body that ends early is truncated; one that stalls means that the server cannot be reached.
fn body_error(error: &reqwest::Error) -> SyncError {
    match transport_error(error) {
        SyncError::Unreachable | SyncError::InvalidResponse if !error.is_timeout() => SyncError::Truncated,
        other => other,
    }
}

/// The fields that the library adds: where to, from which program, and the length of the body.
fn added_fields(url: &Url, body: usize) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let host = HeaderValue::try_from(url.authority()).ok().map(|host| (header::HOST, host));
    let length = (body > 0).then(|| (header::CONTENT_LENGTH, HeaderValue::from(body)));
    let program = HeaderValue::from_static(USER_AGENT);
    [host, Some((header::USER_AGENT, program)), length].into_iter().flatten()
}

/// About the size of a text in the code of HTTP/2 headers: letters and digits take five to seven bits of eight.
const fn packed(text: usize) -> usize {
    text.saturating_mul(4).div_ceil(5)
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn http_date(text: &str) -> Option<UtcMillis> {
    let since = httpdate::parse_http_date(text.trim()).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(UtcMillis)
}

/// Decompresses at most `limit` bytes: a small response must not exhaust memory. What follows a cut is lost.
fn gunzip(compressed: &[u8], limit: usize, is_cut: bool) -> Result<Vec<u8>, SyncError> {
    let mut out = Vec::with_capacity(compressed.len().saturating_mul(6).min(limit));
    let mut reader = flate2::read::MultiGzDecoder::new(compressed).take(wide(limit).saturating_add(1));
    match reader.read_to_end(&mut out) {
        Err(error) if !(is_cut && error.kind() == std::io::ErrorKind::UnexpectedEof) => {
            return Err(SyncError::InvalidResponse);
        }
        _ => {}
    }
    if out.len() > limit { Err(SyncError::TooLarge) } else { Ok(out) }
}

/// Compresses a request body.
pub(crate) fn gzip(body: &[u8]) -> Result<Vec<u8>, SyncError> {
    let mut writer = flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::new(6));
    writer.write_all(body).map_err(|_| SyncError::Internal("gzip"))?;
    writer.finish().map_err(|_| SyncError::Internal("gzip"))
}

/// One parameter of a search, escaped.
pub(crate) fn form_pair(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// `base` with `path` appended after exactly one slash.
pub(crate) fn join_path(base: &Url, path: &str) -> Result<Url, SyncError> {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let joined = format!("{}/{path}", url.as_str().trim_end_matches('/'));
    joined.parse().map_err(|_| SyncError::Settings("address"))
}

#[cfg(test)]
mod tests;
