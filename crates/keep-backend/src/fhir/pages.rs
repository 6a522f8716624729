//! What the opaque `next` links stand for. They are kept here, so that no search criteria appear in an address.

use super::Refusal;
use super::query::Wanted;
use crate::storage::HistoryQuery;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Links that are remembered; older ones answer 410, as HAPI's do after a while.
const REMEMBERED: usize = 20_000;

/// The continuation of a search or a history.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    /// With the bundle time of the first page.
    Search(Box<Wanted>, String),
    History(HistoryQuery, String),
}

/// All remembered links.
#[derive(Debug, Default)]
pub(crate) struct Pages(Mutex<Links>);

#[derive(Debug, Default)]
struct Links {
    pages: HashMap<String, Page>,
    order: VecDeque<String>,
}

impl Pages {
    /// Remembers a continuation and gives its handle.
    ///
    /// # Errors
    /// 500 without randomness.
    pub(crate) fn remember(&self, page: Page) -> Result<String, Refusal> {
        let handle = crate::random::make_token().map_err(|_| Refusal::internal())?;
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if links.order.len() >= REMEMBERED
            && let Some(oldest) = links.order.pop_front()
        {
            links.pages.remove(&oldest);
        }
        links.order.push_back(handle.clone());
        links.pages.insert(handle.clone(), page);
        Ok(handle)
    }

    /// The continuation; a link may be followed again after a lost answer.
    ///
    /// # Errors
    /// 410 when it is not known (any more).
    pub(crate) fn find(&self, handle: &str) -> Result<Page, Refusal> {
        let links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links
            .pages
            .get(handle)
            .cloned()
            .ok_or_else(|| Refusal::gone("this page is no longer known: start the search again"))
    }
}
