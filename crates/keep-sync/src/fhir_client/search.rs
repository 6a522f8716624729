//! Searches and histories, page by page.

use super::client::{FhirClient, resource_text};
use crate::error::SyncError;
use crate::http::{HttpResponse, join_path};
use keep_domain::{Phi, UtcMillis};
use keep_fhir::Bundle;
use reqwest::Method;
use std::time::Duration;
use url::Url;

/// A search or history request, for example of `Patient` or `Patient/_history`.
///
/// Its parameters are in the address, so it must not search by names or identifiers of people.
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    path: String,
    parameters: Vec<(&'static str, String)>,
}

impl Search {
    /// A search of one type, without parameters yet.
    #[must_use]
    pub fn of_type(resource_type: &str) -> Self {
        Self { path: resource_type.to_owned(), parameters: Vec::new() }
    }

    /// The type's history (newest first on most servers).
    #[must_use]
    pub fn history_of(resource_type: &str) -> Self {
        Self { path: format!("{resource_type}/_history"), parameters: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameter values could identify a person.
        f.debug_struct("Search")
            .field("path", &self.path)
            .field("parameters", &self.parameters.len())
            .finish_non_exhaustive()
    }
}

/// One page of a search or history.
#[derive(Clone)]
pub struct BundlePage {
    /// The bundle as received.
    pub text: Phi<String>,
    /// Number of its entries.
    pub(crate) entry_count: usize,
    /// Number of all matches, where the server counts them.
    pub(crate) total: Option<u64>,
    /// `Bundle.meta.lastUpdated`.
    pub(crate) bundle_time: Option<UtcMillis>,
    /// Time by the `Date` header.
    pub(crate) server_time: Option<UtcMillis>,
    /// From sending the request to the last byte.
    pub(crate) elapsed: Duration,
    /// The address of this page.
    pub(super) address: Url,
    pub(super) next: Option<Url>,
}

impl std::fmt::Debug for BundlePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BundlePage").field("entry_count", &self.entry_count).finish_non_exhaustive()
    }
}

impl BundlePage {
    /// Whether the server has more. The link is used within the run that received it and never stored.
    pub(crate) const fn has_next(&self) -> bool {
        self.next.is_some()
    }

    fn parse(response: HttpResponse, address: Url, base: &Url) -> Result<Self, SyncError> {
        if !response.is_success() {
            return Err(response.failure());
        }
        let (server_time, elapsed) = (response.server_time, response.elapsed);
        let text = resource_text(response)?;
        let bundle = Bundle::parse(&text).map_err(|_| SyncError::InvalidResponse)?;
        let next =
            bundle.next.as_ref().map(|link| base.join(link).map_err(|_| SyncError::InvalidResponse)).transpose()?;
        // INVARIANT: a server cannot send the client elsewhere: `next` stays on the origin of the base.
        if next.as_ref().is_some_and(|n| n.origin() != base.origin()) {
            return Err(SyncError::InvalidResponse);
        }
        let (entry_count, total, bundle_time) = (bundle.entries().len(), bundle.total, bundle.last_updated);
        drop(bundle);
        Ok(Self { text: Phi::new(text), entry_count, total, bundle_time, server_time, elapsed, address, next })
    }
}

impl FhirClient {
    /// The first page of a search or history.
    ///
    /// # Errors
    /// Transport errors, an error status, or a body that is not a bundle.
    pub async fn search(&self, search: &Search) -> Result<BundlePage, SyncError> {
        let mut url = join_path(self.base(), &search.path)?;
        if !search.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(&search.parameters);
        }
        let response = self.send_for_page(Method::GET, &url, Vec::new(), None).await?;
        BundlePage::parse(response, url, self.base())
    }

    /// The page after `page`, or `None` after the last.
    ///
    /// # Errors
    /// As [`FhirClient::search`]; 410 and 404 mean that the server has forgotten the search: start again from the
    /// cursor.
    pub async fn next(&self, page: &BundlePage) -> Result<Option<BundlePage>, SyncError> {
        let Some(url) = &page.next else { return Ok(None) };
        let response = self.send_for_page(Method::GET, url, Vec::new(), None).await?;
        BundlePage::parse(response, url.clone(), self.base()).map(Some)
    }
}
