//! Requests to the FHIR server on behalf of one signed-in user.

use super::capabilities::Capabilities;
use crate::credentials::Credentials;
use crate::error::SyncError;
use crate::http::{HttpRequest, HttpResponse, Meter, gzip};
use keep_domain::Secret;
use reqwest::Method;
use reqwest::header::{self, HeaderName};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use url::Url;

/// Largest page or resource that is read, bytes uncompressed.
const MAX_BODY: usize = keep_fhir::MAX_BUNDLE_BYTES;

const FHIR_JSON: &str = "application/fhir+json";

/// Smallest request body that is worth compressing, bytes.
const MIN_GZIP_BYTES: usize = 600;

/// The server as one signed-in user sees it; cheap to clone.
#[derive(Debug, Clone)]
pub struct FhirClient {
    credentials: Credentials,
    capabilities: Arc<RwLock<Option<Arc<Capabilities>>>>,
}

impl FhirClient {
    /// The server of `credentials`, as their user sees it.
    #[must_use]
    pub fn open(credentials: Credentials) -> Self {
        Self { credentials, capabilities: Arc::default() }
    }

    /// The credentials of every request.
    pub(crate) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The FHIR base, which is also the server's name in cursors.
    pub(crate) fn base(&self) -> &Url {
        &self.credentials.server().settings().fhir_base
    }

    /// Monotonic time, by the clock of the connection.
    pub(crate) fn monotonic(&self) -> Duration {
        self.credentials.server().http().clock().monotonic()
    }

    /// Bytes sent and received.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        self.credentials.server().meter()
    }

    /// The server's capabilities, once they were requested in this session.
    pub(super) fn known_capabilities(&self) -> Option<Arc<Capabilities>> {
        self.capabilities.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_capabilities(&self, capabilities: Arc<Capabilities>) {
        *self.capabilities.write().unwrap_or_else(PoisonError::into_inner) = Some(capabilities);
    }

    /// Sends with an access token; after a 401 refreshes it once and repeats the request once.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: Vec<(HeaderName, String)>,
        body: Option<RequestBody>,
    ) -> Result<HttpResponse, SyncError> {
        let request = FhirRequest { method, url, headers, body, keep_partial: false };
        // How exactly a response is unusable does not matter.
        self.authorize_and_send(request).await.map_err(|error| match error {
            SyncError::Truncated | SyncError::TooLarge => SyncError::InvalidResponse,
            other => other,
        })
    }

    /// Requests a page, of which the beginning is useful, too.
    pub(super) async fn get_page(&self, url: &Url) -> Result<HttpResponse, SyncError> {
        let request = FhirRequest { method: Method::GET, url, headers: Vec::new(), body: None, keep_partial: true };
        self.authorize_and_send(request).await
    }

    async fn authorize_and_send(&self, request: FhirRequest<'_>) -> Result<HttpResponse, SyncError> {
        let token = self.credentials.access_token().await?;
        let first = self.send_once(&request, &token).await?;
        if first.status != 401 {
            return Ok(first);
        }
        let token = self.credentials.renew_rejected(&token).await?;
        let second = self.send_once(&request, &token).await?;
        if second.status == 401 { Err(SyncError::SignInNeeded) } else { Ok(second) }
    }

    async fn send_once(&self, request: &FhirRequest<'_>, token: &Secret<String>) -> Result<HttpResponse, SyncError> {
        let server = self.credentials.server();
        server.settings().check_address(request.url)?;
        // INVARIANT: the token goes to the origin of the FHIR base and to no other.
        if request.url.origin() != self.base().origin() {
            return Err(SyncError::InvalidResponse);
        }
        let mut http = HttpRequest::new(request.method.clone(), request.url, MAX_BODY);
        http.headers.clone_from(&request.headers);
        http.headers.push((header::ACCEPT, String::from(FHIR_JSON)));
        http.keep_partial = request.keep_partial;
        if request.method == Method::GET {
            // A cached response proves nothing about what the server has now.
            http.headers.push((header::CACHE_CONTROL, String::from("no-cache")));
        }
        if let Some(body) = &request.body {
            http.content_type = FHIR_JSON;
            let accepts_gzip = self.known_capabilities().is_some_and(|c| c.gzip_requests);
            if body.force_gzip || (accepts_gzip && body.bytes.len() >= MIN_GZIP_BYTES) {
                http.headers.push((header::CONTENT_ENCODING, String::from("gzip")));
                http.body = Some(gzip(&body.bytes)?);
            } else {
                http.body = Some(body.bytes.clone());
            }
        }
        http.bearer = Some(token);
        server.http().send(http).await
    }
}

struct FhirRequest<'a> {
    method: Method,
    url: &'a Url,
    headers: Vec<(HeaderName, String)>,
    body: Option<RequestBody>,
    keep_partial: bool,
}

/// A request body with its media type.
pub(super) struct RequestBody {
    bytes: Vec<u8>,
    force_gzip: bool,
}

impl RequestBody {
    pub(super) fn fhir(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), force_gzip: false }
    }

    /// A resource that is compressed in any case, to find out whether the server accepts it.
    pub(super) fn gzip_fhir(text: &str) -> Self {
        Self { force_gzip: true, ..Self::fhir(text) }
    }
}

/// The body of a success: text that looks like a resource (a captive portal answers 200 with HTML).
pub(super) fn resource_text(response: HttpResponse) -> Result<String, SyncError> {
    let text = response.text()?;
    if text.trim_ascii_start().starts_with('{') { Ok(text) } else { Err(SyncError::InvalidResponse) }
}
