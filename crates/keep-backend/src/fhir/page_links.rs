//! Opaque `next` links. Their searches are stored here, so that no search criteria appear in a URL.

use super::query::SearchRequest;
use crate::fhir_error::FhirError;
use crate::mutex::acquire;
use crate::random_token::make_token;
use crate::storage::HistoryQuery;
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

/// Number of links that are valid; older ones answer 410, as HAPI's do after some time.
const MAX_LINKS: usize = 20_000;

/// The next page of a search or a history, with the bundle time of its first page.
#[derive(Debug, Clone)]
pub(crate) enum NextPage {
    Search(Box<SearchRequest>, String),
    History(HistoryQuery, String),
}

/// All valid links.
#[derive(Debug, Default)]
pub(crate) struct PageLinks(Mutex<Links>);

#[derive(Debug, Default)]
struct Links {
    pages: HashMap<String, NextPage>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl PageLinks {
    /// Stores a page and returns the token of its link.
    pub(crate) fn insert(&self, page: NextPage) -> Result<String, FhirError> {
        let token = make_token().map_err(|_| FhirError::internal())?;
        let mut links = acquire(&self.0);
        if links.order.len() >= MAX_LINKS
            && let Some(oldest) = links.order.pop_front()
        {
            links.pages.remove(&oldest);
        }
        links.order.push_back(token.clone());
        links.pages.insert(token.clone(), page);
        Ok(token)
    }

    /// The page of a link, which can be followed again after a lost response; 410 if it is unknown or expired.
    pub(crate) fn find(&self, token: &str) -> Result<NextPage, FhirError> {
        let page = acquire(&self.0).pages.get(token).cloned();
        page.ok_or_else(|| FhirError::gone("this page link has expired: start the search again"))
    }
}
