//! How pages are requested from this server: what a run learns about it, and what the next run remembers.

use super::page_size::PageSize;
use super::puller::Puller;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::BundlePage;
use keep_domain::UtcMillis;
use serde::{Deserialize, Serialize};
use url::Url;

/// The name of the preference that stores the page size.
const PREFERENCE: &str = "sync.paging";

/// How pages are requested in one run.
#[derive(Debug, Default)]
pub(super) struct Paging {
    pub(super) size: PageSize,
    /// Whether the server has linked a next page, so that the absence of a link is the end.
    pub(super) has_linked: bool,
    /// Whether its links lead nowhere, so that each page is a new search from the last time on.
    pub(super) by_time_only: bool,
    /// Scheme, host and port of its links where they are not those of the configured address.
    pub(super) links_elsewhere: Option<String>,
    /// Whether the server has taken a batch of searches.
    pub(super) takes_batch: bool,
    /// When the server last refused a batch of searches.
    pub(super) batch_refused: Option<UtcMillis>,
}

impl Paging {
    /// What the next run remembers.
    pub(super) fn stored(&self, base: &Url) -> Stored {
        let (takes_batch, batch_refused) = (self.takes_batch, self.batch_refused);
        Stored { base: base.to_string(), size: self.size.count(), takes_batch, batch_refused }
    }

    /// Notes what the links of a page say.
    pub(super) fn note_links(&mut self, page: &BundlePage) {
        self.has_linked |= page.has_next();
        if let Some(origin) = page.next_elsewhere() {
            self.links_elsewhere = Some(origin.to_owned());
        }
    }
}

/// The stored part.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The server.
    base: String,
    size: u32,
    #[serde(default)]
    takes_batch: bool,
    #[serde(default)]
    batch_refused: Option<UtcMillis>,
}

impl Puller {
    /// The paging of a new run, with the page size of the last one.
    pub(super) async fn load_paging(&self) -> Result<Paging, SyncError> {
        let stored = with_store(&self.store, |store| store.preference(PREFERENCE)).await?;
        let stored: Option<Stored> = stored.and_then(|text| serde_json::from_str(&text).ok());
        Ok(match stored.filter(|s| s.base == self.client.base().as_str()) {
            Some(stored) => Paging {
                size: PageSize::starting(stored.size),
                takes_batch: stored.takes_batch,
                batch_refused: stored.batch_refused,
                ..Paging::default()
            },
            None => Paging::default(),
        })
    }

    /// Stores what the next run remembers, if it has changed.
    pub(super) async fn save_paging(&self, before: &Stored, paging: &Paging) -> Result<(), SyncError> {
        let stored = paging.stored(self.client.base());
        if stored == *before {
            return Ok(());
        }
        let text = serde_json::to_string(&stored).map_err(|_| SyncError::Internal("paging"))?;
        with_store(&self.store, move |store| store.set_preference(PREFERENCE, &text)).await
    }
}
