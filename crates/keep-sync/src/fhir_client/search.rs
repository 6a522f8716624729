//! Searches and histories, page by page.

use super::client::{FhirClient, RequestBody, resource_text};
use super::entries::transaction_responses;
use super::next_link::NextLink;
use super::partial::whole_entries;
use crate::error::SyncError;
use crate::http::{HttpResponse, join_path};
use keep_domain::{Phi, UtcMillis};
use keep_fhir::{Bundle, Entry};
use reqwest::Method;
use reqwest::header;
use std::time::Duration;
use url::Url;

/// A search or history request, for example of `Patient` or `Patient/_history`.
///
/// Its parameters are in the address, so it must not search by names or identifiers of people.
#[derive(Clone, PartialEq, Eq, Hash)]
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

    /// Its address relative to the base.
    fn relative(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.parameters).finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
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
    /// Whether the server says that it sorts as requested; `None` where it does not say.
    pub(crate) sort_is_honoured: Option<bool>,
    /// The page size, where the server says it.
    pub(crate) count_is_honoured: Option<u32>,
    /// Whether only its beginning arrived.
    pub(crate) is_cut: bool,
    /// The address of this page.
    pub(super) address: Url,
    pub(super) next: Option<NextLink>,
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

    /// The scheme, host and port of the link to the next page, where they are not those of the configured base.
    pub(crate) fn next_elsewhere(&self) -> Option<&str> {
        self.next.as_ref()?.elsewhere.as_deref()
    }

    fn parse(response: HttpResponse, address: Url, base: &Url) -> Result<Self, SyncError> {
        if !response.is_success() {
            return Err(response.failure());
        }
        let received =
            Received { server_time: response.server_time, elapsed: response.elapsed, is_cut: response.is_cut };
        Self::of_text(resource_text(response)?, received, address, base)
    }

    fn of_text(mut text: String, received: Received, address: Url, base: &Url) -> Result<Self, SyncError> {
        let Received { server_time, elapsed, is_cut } = received;
        if is_cut {
            text = whole_entries(&text).ok_or(SyncError::Truncated)?;
        }
        let bundle = Bundle::parse(&text).map_err(|_| SyncError::InvalidResponse)?;
        let next = bundle.next.as_ref().filter(|_| !is_cut);
        let next = next.map(|link| NextLink::resolve(link, &address, base)).transpose()?;
        let (sort_is_honoured, count_is_honoured) = honoured(bundle.self_link.as_deref(), base);
        let (entry_count, total, bundle_time) = (bundle.entries().len(), bundle.total, bundle.last_updated);
        drop(bundle);
        Ok(Self {
            text: Phi::new(text),
            entry_count,
            total,
            bundle_time,
            server_time,
            elapsed,
            sort_is_honoured,
            count_is_honoured,
            is_cut,
            address,
            next,
        })
    }
}

/// How a page was received.
#[derive(Clone, Copy)]
struct Received {
    server_time: Option<UtcMillis>,
    elapsed: Duration,
    is_cut: bool,
}

/// Whether a server that repeats parameters in its `self` link sorts by time, and its page size.
fn honoured(self_link: Option<&str>, base: &Url) -> (Option<bool>, Option<u32>) {
    let Some(url) = self_link.and_then(|link| base.join(link).ok()) else { return (None, None) };
    let value = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
    // Some servers repeat no parameter, and those of a later page are the server's own.
    let repeats = ["_sort", "_count", "_lastUpdated"].iter().any(|name| value(name).is_some());
    let sort = repeats.then(|| value("_sort").is_some_and(|by| by.starts_with("_lastUpdated")));
    (sort, value("_count").and_then(|count| count.parse().ok()).filter(|count| *count > 0))
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
        let response = self.get_page(&url).await?;
        BundlePage::parse(response, url, self.base())
    }

    /// As [`Self::search`], where what is missing on the page would count as not there.
    ///
    /// # Errors
    /// As [`Self::search`]; [`SyncError::Truncated`] where only its beginning arrived.
    pub(crate) async fn search_whole(&self, search: &Search) -> Result<BundlePage, SyncError> {
        let page = self.search(search).await?;
        if page.is_cut { Err(SyncError::Truncated) } else { Ok(page) }
    }

    /// The first pages of several searches, requested as one batch; `None` for one that the server did not answer.
    ///
    /// # Errors
    /// Transport errors, an error status, or a body that is not the response to a batch.
    pub(crate) async fn search_batch(&self, searches: &[Search]) -> Result<Vec<Option<BundlePage>>, SyncError> {
        let entry = |search: &Search| serde_json::json!({"request": {"method": "GET", "url": search.relative()}});
        let entries: Vec<_> = searches.iter().map(entry).collect();
        let batch = serde_json::json!({"resourceType": "Bundle", "type": "batch", "entry": entries}).to_string();
        // A search that the server repeats from its cache proves nothing about what it has now.
        let headers = vec![(header::CACHE_CONTROL, String::from("no-cache"))];
        let response = self.send(Method::POST, self.base(), headers, Some(RequestBody::fhir(&batch))).await?;
        if !response.is_success() {
            return Err(response.failure());
        }
        let received = Received { server_time: response.server_time, elapsed: response.elapsed, is_cut: false };
        let text = resource_text(response)?;
        let answers = transaction_responses(&text, searches.len()).ok_or(SyncError::InvalidResponse)?;
        let page = |(search, answer): (&Search, Entry<'_>)| {
            let is_success = answer.status().is_some_and(|status| (200..300).contains(&status));
            let text = answer.resource().filter(|_| is_success)?.to_owned();
            let address = join_path(self.base(), &search.path).ok()?;
            BundlePage::of_text(text, received, address, self.base()).ok()
        };
        Ok(searches.iter().zip(answers.entries()).map(page).collect())
    }

    /// The page after `page`, or `None` after the last.
    ///
    /// # Errors
    /// As [`FhirClient::search`]; 410 and 404 mean that the server has forgotten the search: start again from the
    /// cursor.
    pub async fn next(&self, page: &BundlePage) -> Result<Option<BundlePage>, SyncError> {
        let Some(NextLink { url, .. }) = &page.next else { return Ok(None) };
        let response = self.get_page(url).await?;
        BundlePage::parse(response, url.clone(), self.base()).map(Some)
    }
}
