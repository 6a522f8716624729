//! A response as the handlers produce it, and its conversion to HTTP.

use crate::behaviour::Etags;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use keep_domain::UtcMillis;
use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

/// Smaller bodies are not worth compressing, bytes.
const MIN_COMPRESSED: usize = 600;

/// A response before compression.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// A body with its media type.
    pub(crate) fn new(status: u16, content_type: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body }
    }

    /// FHIR JSON.
    pub(crate) fn fhir(status: u16, body: String) -> Self {
        Self::new(status, "application/fhir+json;charset=UTF-8", body)
    }

    /// Plain JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// JSON error of an OAuth endpoint (RFC 6749 5.2).
    pub(crate) fn oauth_error(status: u16, error: &str) -> Self {
        Self::json(status, &serde_json::json!({"error": error}))
    }

    /// No body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// Adds the `ETag` and `Last-Modified` of a version.
    pub(crate) fn versioned(mut self, etags: Etags, version: i64, updated: i64) -> Self {
        if let Some(tag) = etags.header(&version.to_string()) {
            self.headers.push(("etag", tag));
        }
        self.headers.push(("last-modified", http_date(UtcMillis(updated))));
        self
    }

    /// The HTTP response, with `now` as its `Date`; compressed if `gzip` and large enough.
    pub(crate) fn into_response(self, gzip: bool, now: UtcMillis) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(*name, value);
            }
        }
        if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
            headers.insert(header::DATE, date);
        }
        let mut body = self.body.into_bytes();
        if gzip && body.len() >= MIN_COMPRESSED {
            let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
            if let Ok(compressed) = encoder.write_all(&body).and_then(|()| encoder.finish()) {
                body = compressed;
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        *response.body_mut() = Body::from(body);
        response
    }
}

/// RFC 9110 date, in whole seconds.
fn http_date(at: UtcMillis) -> String {
    let seconds = u64::try_from(at.seconds()).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}
