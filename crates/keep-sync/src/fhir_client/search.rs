//! Searches and histories, page by page.

use super::{Content, FhirClient, FhirText, fhir_text};
use crate::SyncError;
use crate::discovery::below;
use crate::http::HttpResponse;
use keep_domain::UtcMillis;
use keep_fhir::Bundle;
use reqwest::Method;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::Serializer;

/// A search or history to be asked, for example of `Patient` or `Patient/_history`.
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    path: String,
    parameters: Vec<(&'static str, String)>,
    by_post: bool,
}

impl Search {
    /// Of one type, without parameters yet.
    #[must_use]
    pub fn of_type(resource_type: &str) -> Self {
        Self { path: resource_type.to_owned(), parameters: Vec::new(), by_post: false }
    }

    /// The type's history (newest first on most servers).
    #[must_use]
    pub fn history_of(resource_type: &str) -> Self {
        Self { path: format!("{resource_type}/_history"), parameters: Vec::new(), by_post: false }
    }

    /// `Patient/<id>/$everything`.
    #[must_use]
    pub fn everything_of(patient: &keep_domain::PatientId) -> Self {
        Self { path: format!("Patient/{patient}/$everything"), parameters: Vec::new(), by_post: false }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// As `POST _search`, so that names and identifiers are in no URL.
    #[must_use]
    pub const fn by_post(mut self) -> Self {
        self.by_post = true;
        self
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameters may name a person.
        f.debug_struct("Search")
            .field("path", &self.path)
            .field("parameters", &self.parameters.len())
            .finish_non_exhaustive()
    }
}

/// One page of a search or history.
#[derive(Clone)]
pub struct Page {
    /// The bundle as received.
    pub text: FhirText,
    /// How many entries it has.
    pub entries: usize,
    /// All matches, where the server counts them.
    pub total: Option<u64>,
    /// `Bundle.meta.lastUpdated`.
    pub bundle_time: Option<UtcMillis>,
    /// Time by the `Date` header.
    pub server_time: Option<UtcMillis>,
    /// From asking to the last byte.
    pub took: Duration,
    /// Where it was asked for.
    pub(super) address: Url,
    pub(super) next: Option<Url>,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Page {
    /// Whether the server has more. The link is used inside the run that got it and never kept.
    #[must_use]
    pub const fn has_next(&self) -> bool {
        self.next.is_some()
    }

    fn read(answer: HttpResponse, address: Url, base: &Url) -> Result<Self, SyncError> {
        if !answer.is_success() {
            return Err(answer.failure());
        }
        let (server_time, took) = (answer.server_time, answer.took);
        let text = fhir_text(answer)?;
        let bundle = Bundle::parse(&text).map_err(|_| SyncError::Garbled)?;
        let next = bundle.next.as_ref().map(|link| base.join(link).map_err(|_| SyncError::Garbled)).transpose()?;
        // INVARIANT: a server cannot send the client elsewhere: `next` stays on the origin of the base.
        if next.as_ref().is_some_and(|n| n.origin() != base.origin()) {
            return Err(SyncError::Garbled);
        }
        let (entries, total, bundle_time) = (bundle.entries().len(), bundle.total, bundle.last_updated);
        drop(bundle);
        Ok(Self { text: FhirText::new(text), entries, total, bundle_time, server_time, took, address, next })
    }
}

impl FhirClient {
    /// The first page of a search or history.
    ///
    /// # Errors
    /// Transport errors, an error status, or a body that is not a bundle.
    pub async fn search(&self, search: &Search) -> Result<Page, SyncError> {
        let mut url = below(self.base(), &search.path)?;
        if search.by_post {
            url = below(&url, "_search")?;
            let form = Serializer::new(String::new()).extend_pairs(&search.parameters).finish();
            let answer = self.send(Method::POST, &url, Vec::new(), Some(Content::form(form))).await?;
            return Page::read(answer, url, self.base());
        }
        if !search.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(&search.parameters);
        }
        let answer = self.send(Method::GET, &url, Vec::new(), None).await?;
        Page::read(answer, url, self.base())
    }

    /// The page after `page`, or `None` after the last.
    ///
    /// # Errors
    /// As [`FhirClient::search`]; 410 and 404 mean that the server has forgotten the search: start again from the cursor.
    pub async fn next(&self, page: &Page) -> Result<Option<Page>, SyncError> {
        let Some(url) = &page.next else { return Ok(None) };
        let answer = self.send(Method::GET, url, Vec::new(), None).await?;
        Page::read(answer, url.clone(), self.base()).map(Some)
    }
}
