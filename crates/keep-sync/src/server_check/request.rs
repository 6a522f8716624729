//! Requests of the checks, and what comes back.

use crate::error::SyncError;
use crate::http::{HttpRequest, SMALL_TIMEOUT, gzip, join_path};
use crate::server::Server;
use keep_domain::{Secret, UtcMillis};
use reqwest::Method;
use reqwest::header::{self, HeaderName};
use serde_json::Value;
use url::Url;

/// Largest answer that is read, bytes.
const MAX_BODY: usize = 32 << 20;

/// Sends the requests of the checks.
#[derive(Clone, Copy)]
pub(super) struct Requests<'a> {
    pub(super) server: &'a Server,
    pub(super) token: Option<&'a Secret<String>>,
}

/// An answer, whatever its status.
pub(super) struct Given {
    pub(super) status: u16,
    pub(super) text: String,
    /// The body; null where it is not JSON.
    pub(super) value: Value,
    pub(super) etag: Option<String>,
    pub(super) location: Option<String>,
    pub(super) time: Option<UtcMillis>,
}

impl Given {
    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    pub(super) fn status_text(&self) -> String {
        let what = self.text_at("/resourceType");
        let what = if what.is_empty() { "not FHIR" } else { what };
        if self.is_success() { format!("HTTP {}, {what}", self.status) } else { format!("HTTP {}", self.status) }
    }

    pub(super) fn text_at(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is a bundle of this kind.
    pub(super) fn is_bundle(&self, kind: &str) -> bool {
        self.is_success() && self.text_at("/resourceType") == "Bundle" && self.text_at("/type") == kind
    }

    /// The resources of a bundle.
    pub(super) fn resources(&self) -> Vec<&Value> {
        let entries = self.value.get("entry").and_then(Value::as_array);
        entries.into_iter().flatten().filter_map(|entry| entry.get("resource")).collect()
    }

    pub(super) fn total(&self) -> Option<u64> {
        self.value.get("total").and_then(Value::as_u64)
    }

    pub(super) fn next(&self) -> Option<&str> {
        let links = self.value.get("link").and_then(Value::as_array)?;
        let next = links.iter().find(|link| link.get("relation").and_then(Value::as_str) == Some("next"))?;
        next.get("url").and_then(Value::as_str)
    }
}

impl<'a> Requests<'a> {
    pub(super) fn base(&self) -> &'a Url {
        &self.server.settings().fhir_base
    }

    pub(super) fn base_scheme(&self) -> &'a str {
        self.base().scheme()
    }

    pub(super) fn now(&self) -> UtcMillis {
        self.server.http().clock().now()
    }

    pub(super) async fn get(&self, path: &str) -> Result<Given, SyncError> {
        self.send(Method::GET, path, Vec::new(), None).await
    }

    /// Posts a bundle to the base.
    pub(super) async fn post_bundle(&self, bundle: &str, packed: bool) -> Result<Given, SyncError> {
        let (mut headers, mut body) = (Vec::new(), bundle.as_bytes().to_vec());
        if packed {
            headers.push((header::CONTENT_ENCODING, String::from("gzip")));
            body = gzip(&body)?;
        }
        self.send(Method::POST, "", headers, Some(body)).await
    }

    pub(super) async fn write(
        &self,
        method: Method,
        path: &str,
        condition: Option<(HeaderName, String)>,
        body: &Value,
    ) -> Result<Given, SyncError> {
        let body = (!body.is_null()).then(|| body.to_string().into_bytes());
        self.send(method, path, condition.into_iter().collect(), body).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(HeaderName, String)>,
        body: Option<Vec<u8>>,
    ) -> Result<Given, SyncError> {
        // INVARIANT: the token goes to the origin of the FHIR base: every address is a path below it.
        let url = if path.is_empty() { self.base().clone() } else { join_path(self.base(), path)? };
        headers.push((header::ACCEPT, String::from("application/fhir+json")));
        headers.push((header::CACHE_CONTROL, String::from("no-cache")));
        let request = HttpRequest {
            headers,
            content_type: "application/fhir+json",
            body,
            bearer: self.token,
            timeout: SMALL_TIMEOUT,
            ..HttpRequest::new(method, &url, MAX_BODY)
        };
        let response = self.server.http().send(request).await?;
        let named = |name: &HeaderName| response.header(name).map(str::to_owned);
        let (etag, location) = (named(&header::ETAG), named(&header::LOCATION));
        let (status, time) = (response.status, response.server_time);
        let text = response.text().unwrap_or_default();
        let value = serde_json::from_str(&text).unwrap_or_default();
        Ok(Given { status, text, value, etag, location, time })
    }
}
