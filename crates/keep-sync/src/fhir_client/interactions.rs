//! Reads and writes of single resources, and transactions.

use super::client::{FhirClient, RequestBody, resource_text};
use super::entries::{is_resource, key_of_url};
use crate::error::SyncError;
use crate::http::{HttpResponse, join_path};
use keep_domain::{Phi, ResourceKey};
use keep_fhir::{version_of_etag, version_of_location};
use reqwest::Method;
use reqwest::header::{self, HeaderName};

const PREFER: HeaderName = HeaderName::from_static("prefer");
const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// The server's response to a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadResponse {
    /// The resource (200).
    Resource {
        /// As received.
        text: Phi<String>,
        /// From the `ETag`, where given.
        version_id: Option<String>,
    },
    /// Unchanged since the known version (304).
    NotModified,
    /// Deleted (410).
    Gone,
    /// Unknown (404).
    NotFound,
    /// Not permitted for this user (403); never treated as a deletion.
    Forbidden,
}

/// The server's response to a transaction, a batch or a single write, whatever its status.
#[derive(Debug)]
pub struct WriteResponse {
    /// HTTP status.
    pub status: u16,
    /// The body as received: a bundle, an OperationOutcome, or nothing.
    pub text: Phi<String>,
    /// `Retry-After`, seconds.
    pub(crate) retry_after: Option<u64>,
    /// The version of a single write, from `ETag` or `Location`.
    pub(crate) version_id: Option<String>,
    /// The resource that a single write names in its `Location`.
    pub(crate) created: Option<ResourceKey>,
}

impl FhirClient {
    /// Reads one resource, unless it still has version `known_version`.
    ///
    /// # Errors
    /// Any status but 200, 304, 403, 404 and 410, and transport errors.
    pub async fn read(&self, key: &ResourceKey, known_version: Option<&str>) -> Result<ReadResponse, SyncError> {
        let mut headers = Vec::new();
        if let Some(version) = known_version {
            headers.push((header::IF_NONE_MATCH, format!("W/\"{version}\"")));
        }
        let url = join_path(self.base(), &key.to_string())?;
        let response = self.send(Method::GET, &url, headers, None).await?;
        let version_id = response.header(&header::ETAG).and_then(version_of_etag);
        match response.status {
            200 => {
                let text = resource_text(response)?;
                // INVARIANT: another record in its place is rejected; it would be taken for a newer version.
                if !is_resource(&text, key) {
                    return Err(SyncError::InvalidResponse);
                }
                Ok(ReadResponse::Resource { text: Phi::new(text), version_id })
            }
            304 => Ok(ReadResponse::NotModified),
            410 => Ok(ReadResponse::Gone),
            404 => Ok(ReadResponse::NotFound),
            403 => Ok(ReadResponse::Forbidden),
            _ => Err(response.failure()),
        }
    }

    /// Reads one version of a resource; `None` where the server does not give it.
    ///
    /// # Errors
    /// Transport errors.
    pub(crate) async fn read_version(
        &self,
        key: &ResourceKey,
        version: &str,
    ) -> Result<Option<Phi<String>>, SyncError> {
        let url = join_path(self.base(), &format!("{key}/_history/{version}"))?;
        let response = self.send(Method::GET, &url, Vec::new(), None).await?;
        let text = if response.status == 200 { resource_text(response).ok() } else { None };
        Ok(text.filter(|text| is_resource(text, key)).map(Phi::new))
    }

    /// Posts a transaction or batch bundle to the base.
    ///
    /// # Errors
    /// Transport errors, after which it is unknown whether the bundle was applied.
    pub async fn transact(&self, bundle: &str) -> Result<WriteResponse, SyncError> {
        let headers = vec![(PREFER, String::from("return=minimal"))];
        self.send(Method::POST, self.base(), headers, Some(RequestBody::fhir(bundle))).await?.try_into()
    }

    /// Creates one resource under the client's own id, unless there is one already.
    ///
    /// # Errors
    /// Transport errors, after which it is unknown whether it was applied.
    pub(crate) async fn create_as(&self, key: &ResourceKey, text: &str) -> Result<WriteResponse, SyncError> {
        let headers = vec![(PREFER, String::from("return=minimal")), (header::IF_NONE_MATCH, String::from("*"))];
        let url = join_path(self.base(), &key.to_string())?;
        self.send(Method::PUT, &url, headers, Some(RequestBody::fhir(text))).await?.try_into()
    }

    /// Creates one resource, whose id the server makes, unless one matches `if_none_exist`, a search.
    ///
    /// # Errors
    /// Transport errors, after which it is unknown whether it was applied.
    pub(crate) async fn create(
        &self,
        resource_type: &str,
        text: &str,
        if_none_exist: &str,
    ) -> Result<WriteResponse, SyncError> {
        let headers = vec![(PREFER, String::from("return=minimal")), (IF_NONE_EXIST, if_none_exist.to_owned())];
        let url = join_path(self.base(), resource_type)?;
        self.send(Method::POST, &url, headers, Some(RequestBody::fhir(text))).await?.try_into()
    }

    /// Deletes one resource, conditional on the version that it has.
    ///
    /// # Errors
    /// Transport errors, after which it is unknown whether it was applied.
    pub(crate) async fn delete(&self, key: &ResourceKey, version: Option<&str>) -> Result<WriteResponse, SyncError> {
        let headers = version.map(|v| (header::IF_MATCH, format!("W/\"{v}\""))).into_iter().collect();
        let url = join_path(self.base(), &key.to_string())?;
        self.send(Method::DELETE, &url, headers, None).await?.try_into()
    }

    /// Puts one resource, conditional on the version that it is based on.
    ///
    /// # Errors
    /// Transport errors, after which it is unknown whether it was applied.
    pub async fn update(
        &self,
        key: &ResourceKey,
        text: &str,
        base_version: Option<&str>,
    ) -> Result<WriteResponse, SyncError> {
        let mut headers = vec![(PREFER, String::from("return=minimal"))];
        if let Some(version) = base_version {
            headers.push((header::IF_MATCH, format!("W/\"{version}\"")));
        }
        let url = join_path(self.base(), &key.to_string())?;
        self.send(Method::PUT, &url, headers, Some(RequestBody::fhir(text))).await?.try_into()
    }
}

impl TryFrom<HttpResponse> for WriteResponse {
    type Error = SyncError;
    fn try_from(response: HttpResponse) -> Result<Self, SyncError> {
        let (status, retry_after) = (response.status, response.retry_after());
        let location = response.header(&header::LOCATION);
        let (created, version) = (location.and_then(key_of_url), location.and_then(version_of_location));
        let version_id = response.header(&header::ETAG).and_then(version_of_etag).or(version);
        // Only the status of a gateway's error page matters; a success must be FHIR or empty.
        let text = if response.is_success() && !response.body.is_empty() {
            resource_text(response)?
        } else {
            response.text().unwrap_or_default()
        };
        Ok(Self { status, text: Phi::new(text), retry_after, version_id, created })
    }
}
