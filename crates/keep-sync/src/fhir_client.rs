//! The FHIR R4 RESTful interactions that the client uses (FHIR R4, 3.1), authorized, limited and counted.

mod abilities;
mod chain;
mod entries;
mod search;

pub use abilities::Abilities;
pub(crate) use chain::Chain;
pub(crate) use entries::{Ids, changes, is_resource, responses, rows};
pub use search::{Page, Search};

use crate::SyncError;
use crate::credentials::Credentials;
use crate::discovery::below;
use crate::http::{HttpRequest, HttpResponse, Meter, pack};
use keep_domain::{ResourceKey, UtcMillis};
use reqwest::Method;
use reqwest::header::{self, HeaderName};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use url::Url;

/// Largest page or resource that is read, bytes unpacked.
pub const PAGE_LIMIT: usize = keep_fhir::MAX_BUNDLE_BYTES;

const FHIR_JSON: &str = "application/fhir+json";
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// A request body below this is not worth packing, bytes.
const PACK_FROM: usize = 600;

/// The server as one signed-in person sees it; cheap to clone.
#[derive(Debug, Clone)]
pub struct FhirClient {
    credentials: Credentials,
    abilities: Arc<RwLock<Option<Arc<Abilities>>>>,
}

/// One resource as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Here it is.
    Resource {
        /// As received.
        text: FhirText,
        /// From the `ETag`, where given.
        version_id: Option<String>,
    },
    /// Unchanged since the version that was named (304).
    NotModified,
    /// There was one, it has been deleted (410).
    Deleted,
    /// There is none (404).
    Missing,
    /// Not for this person (403); never to be taken for a deletion.
    Forbidden,
}

/// A resource's text. Debug shows its length only.
pub type FhirText = keep_domain::Phi<String>;

/// What a server said to a transaction, a batch or a single write.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body as received: a bundle, an OperationOutcome, or nothing.
    pub text: FhirText,
    /// What `Retry-After` asks for, seconds.
    pub retry_after: Option<u64>,
    /// Time by the `Date` header.
    pub server_time: Option<UtcMillis>,
    /// From sending to the last byte.
    pub took: Duration,
}

impl FhirClient {
    /// The server of `credentials`, as their person sees it.
    #[must_use]
    pub fn open(credentials: Credentials) -> Self {
        Self { credentials, abilities: Arc::default() }
    }

    /// Whose tokens are used.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The FHIR base as it names the server in cursors.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.credentials.server().settings().fhir_base
    }

    /// Bytes sent and received.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        self.credentials.server().meter()
    }

    /// What the server can do, as far as it was asked in this session.
    #[must_use]
    pub fn known_abilities(&self) -> Option<Arc<Abilities>> {
        self.abilities.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads one resource, unless it still is at `known_version`.
    ///
    /// # Errors
    /// Anything but 200, 304, 403, 404 and 410.
    pub async fn read(&self, key: &ResourceKey, known_version: Option<&str>) -> Result<Found, SyncError> {
        let mut headers = Vec::new();
        if let Some(version) = known_version {
            headers.push((header::IF_NONE_MATCH, format!("W/\"{version}\"")));
        }
        self.fetch_one(key, &below(self.base(), &key.to_string())?, headers).await
    }

    /// Reads one version of one resource.
    ///
    /// # Errors
    /// As [`FhirClient::read`]; [`SyncError::Settings`] for a version id that is not one.
    pub async fn vread(&self, key: &ResourceKey, version: &str) -> Result<Found, SyncError> {
        // A version id is opaque, but it is a FHIR id (R4, 2.24.0.1) and must not steer the path.
        let version: keep_domain::ResourceId = version.parse().map_err(|_| SyncError::Settings("version id"))?;
        self.fetch_one(key, &below(self.base(), &format!("{key}/_history/{version}"))?, Vec::new()).await
    }

    async fn fetch_one(
        &self,
        key: &ResourceKey,
        url: &Url,
        headers: Vec<(HeaderName, String)>,
    ) -> Result<Found, SyncError> {
        let answer = self.send(Method::GET, url, headers, None).await?;
        let version_id =
            answer.header(&header::ETAG).map(|e| e.strip_prefix("W/").unwrap_or(e).trim_matches('"').to_owned());
        match answer.status {
            200 => {
                let text = fhir_text(answer)?;
                // INVARIANT: another record in its place is no answer; it would be taken for a newer version of it.
                if !is_resource(&text, key) {
                    return Err(SyncError::Garbled);
                }
                Ok(Found::Resource { text: FhirText::new(text), version_id })
            }
            304 => Ok(Found::NotModified),
            410 => Ok(Found::Deleted),
            404 => Ok(Found::Missing),
            403 => Ok(Found::Forbidden),
            _ => Err(answer.failure()),
        }
    }

    /// Posts a transaction or batch bundle to the base; every status comes back as a [`Reply`].
    ///
    /// # Errors
    /// Transport errors, after which it is not known whether the bundle was taken.
    pub async fn transact(&self, bundle: &str) -> Result<Reply, SyncError> {
        let headers = vec![(PREFER, String::from("return=minimal"))];
        let base = self.base().clone();
        self.send(Method::POST, &base, headers, Some(Content::fhir(bundle))).await?.try_into()
    }

    /// Puts one resource, guarded by the version it was based on.
    ///
    /// # Errors
    /// Transport errors, after which it is not known whether it was taken.
    pub async fn update(&self, key: &ResourceKey, text: &str, based_on: Option<&str>) -> Result<Reply, SyncError> {
        let mut headers = vec![(PREFER, String::from("return=minimal"))];
        if let Some(version) = based_on {
            headers.push((header::IF_MATCH, format!("W/\"{version}\"")));
        }
        let url = below(self.base(), &key.to_string())?;
        self.send(Method::PUT, &url, headers, Some(Content::fhir(text))).await?.try_into()
    }

    /// Sends with a token; a 401 brings one refresh and one repeat.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: Vec<(HeaderName, String)>,
        content: Option<Content>,
    ) -> Result<HttpResponse, SyncError> {
        let token = self.credentials.access().await?;
        let first = self.send_once(method.clone(), url, headers.clone(), content.as_ref(), &token).await?;
        if first.status != 401 {
            return Ok(first);
        }
        let token = self.credentials.after_refusal(&token).await?;
        let second = self.send_once(method, url, headers, content.as_ref(), &token).await?;
        if second.status == 401 { Err(SyncError::SignInNeeded) } else { Ok(second) }
    }

    async fn send_once(
        &self,
        method: Method,
        url: &Url,
        mut headers: Vec<(HeaderName, String)>,
        content: Option<&Content>,
        token: &Arc<keep_domain::Secret<String>>,
    ) -> Result<HttpResponse, SyncError> {
        let server = self.credentials.server();
        server.settings().check_address(url)?;
        // INVARIANT: the token goes to the origin of the FHIR base and to no other.
        if url.origin() != self.base().origin() {
            return Err(SyncError::Garbled);
        }
        headers.push((header::ACCEPT, String::from(FHIR_JSON)));
        let mut ask = HttpRequest::of(method, url, PAGE_LIMIT);
        if let Some(content) = content {
            ask.content_type = content.kind;
            let packs = self.known_abilities().is_some_and(|a| a.gzip_requests) || content.packed;
            if packs && (content.packed || content.bytes.len() >= PACK_FROM) {
                headers.push((header::CONTENT_ENCODING, String::from("gzip")));
                ask.body = Some(pack(&content.bytes)?);
            } else {
                ask.body = Some(content.bytes.clone());
            }
        }
        ask.headers = headers;
        ask.bearer = Some(token);
        server.http().send(ask).await
    }
}

/// A request body with its media type.
struct Content {
    kind: &'static str,
    bytes: Vec<u8>,
    /// Packed in any case, to find out whether the server unpacks it.
    packed: bool,
}

impl Content {
    fn fhir(text: &str) -> Self {
        Self { kind: FHIR_JSON, bytes: text.as_bytes().to_vec(), packed: false }
    }

    fn form(text: String) -> Self {
        Self { kind: "application/x-www-form-urlencoded", bytes: text.into_bytes(), packed: false }
    }
}

impl TryFrom<HttpResponse> for Reply {
    type Error = SyncError;
    fn try_from(answer: HttpResponse) -> Result<Self, SyncError> {
        let retry_after = match answer.failure() {
            SyncError::Failed { retry_after, .. } => retry_after,
            _ => None,
        };
        let (status, server_time, took) = (answer.status, answer.server_time, answer.took);
        // An error page of a gateway says nothing but its status; a success must be FHIR or empty.
        let text = if answer.is_success() && !answer.body.is_empty() {
            fhir_text(answer)?
        } else {
            answer.text().unwrap_or_default()
        };
        Ok(Self { status, text: FhirText::new(text), retry_after, server_time, took })
    }
}

/// The body of a success: text that looks like a resource, else garbled (a captive portal answers 200 with HTML).
fn fhir_text(answer: HttpResponse) -> Result<String, SyncError> {
    let text = answer.text()?;
    if text.trim_ascii_start().starts_with('{') { Ok(text) } else { Err(SyncError::Garbled) }
}

#[cfg(test)]
mod tests;
