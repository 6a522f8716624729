//! Detects `next` links that do not end.

use super::search::BundlePage;
use crate::error::SyncError;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Most pages in a row without a new item: some servers filter after they have cut their pages.
const MAX_PAGES_WITHOUT_NEWS: usize = 20;
/// Most pages of one search; a real search is restarted from the last `lastUpdated` long before.
const MAX_PAGES: usize = 10_000;

/// The pages of one search or history so far.
#[derive(Debug, Default)]
pub(crate) struct PaginationGuard {
    /// Hashes of the pages' addresses.
    addresses: HashSet<u64>,
    /// Hashes of the pages' items.
    items: HashSet<u64>,
    pages: usize,
    pages_without_news: usize,
}

impl PaginationGuard {
    /// Records a page.
    ///
    /// # Errors
    /// [`SyncError::InvalidResponse`] where its `next` link is its own address or an earlier one.
    pub(crate) fn check_page(&mut self, page: &BundlePage) -> Result<(), SyncError> {
        self.addresses.insert(hash_of(page.address.as_str()));
        self.pages = self.pages.saturating_add(1);
        match &page.next {
            Some(next) if self.addresses.contains(&hash_of(next.url.as_str())) => Err(SyncError::InvalidResponse),
            _ => Ok(()),
        }
    }

    /// Records a page of which every entry matters.
    ///
    /// # Errors
    /// As [`Self::check_page`]; [`SyncError::Truncated`] where the rest of it did not arrive.
    pub(crate) fn check_whole_page(&mut self, page: &BundlePage) -> Result<(), SyncError> {
        self.check_page(page)?;
        if page.is_cut { Err(SyncError::Truncated) } else { Ok(()) }
    }

    /// Records the items of the last page.
    ///
    /// # Errors
    /// [`SyncError::InvalidResponse`] where page after page shows nothing new.
    pub(crate) fn check_items<T: Hash>(&mut self, items: impl IntoIterator<Item = T>) -> Result<(), SyncError> {
        let before = self.items.len();
        self.items.extend(items.into_iter().map(|item| hash_of(&item)));
        self.pages_without_news = if self.items.len() > before { 0 } else { self.pages_without_news.saturating_add(1) };
        if self.pages_without_news > MAX_PAGES_WITHOUT_NEWS { Err(SyncError::InvalidResponse) } else { Ok(()) }
    }

    /// Whether no further page should be requested.
    pub(crate) const fn is_at_limit(&self) -> bool {
        self.pages >= MAX_PAGES
    }

    /// Whether a page contained `item`.
    pub(crate) fn has_seen<T: Hash>(&self, item: &T) -> bool {
        self.items.contains(&hash_of(item))
    }

    /// The same, also among the items of searches before.
    pub(crate) fn has_seen_with<T: Hash>(&self, item: &T, before: &HashSet<u64>) -> bool {
        self.has_seen(item) || before.contains(&hash_of(item))
    }

    /// The hashes of its items.
    pub(crate) fn into_items(self) -> HashSet<u64> {
        self.items
    }

    /// Number of different items so far, with those of searches before.
    pub(crate) fn seen_with(&self, before: &HashSet<u64>) -> u64 {
        let new = self.items.iter().filter(|item| !before.contains(item)).count();
        u64::try_from(new.saturating_add(before.len())).unwrap_or(u64::MAX)
    }

    /// Number of different items so far.
    pub(crate) fn seen_count(&self) -> u64 {
        u64::try_from(self.items.len()).unwrap_or(u64::MAX)
    }
}

/// The hash keys are fixed: a server that makes two addresses collide only ends its own search.
fn hash_of<T: Hash + ?Sized>(item: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}
