//! The pages of one search, one after the other: a chain of links that does not end is found.

use super::Page;
use crate::SyncError;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many pages in a row may show nothing new: some servers filter after they have cut their pages.
const BARREN_AT_MOST: usize = 20;
/// Longest chain; a real one is asked for anew from the last stamp long before.
const PAGES_AT_MOST: usize = 10_000;

/// What a chain of pages has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// Addresses of pages, hashed.
    links: HashSet<u64>,
    /// What the pages have shown, hashed.
    shown: HashSet<u64>,
    pages: usize,
    barren: usize,
}

impl Chain {
    /// `page` came, which names its next.
    ///
    /// # Errors
    /// [`SyncError::Garbled`] where it names one that was there already: its own, or one before.
    pub(crate) fn follow(&mut self, page: &Page) -> Result<(), SyncError> {
        self.links.insert(hash_of(page.address.as_str()));
        self.pages = self.pages.saturating_add(1);
        match &page.next {
            Some(next) if self.links.contains(&hash_of(next.as_str())) => Err(SyncError::Garbled),
            _ => Ok(()),
        }
    }

    /// The page that came last showed these.
    ///
    /// # Errors
    /// [`SyncError::Garbled`] where page after page shows nothing that is new.
    pub(crate) fn show<T: Hash>(&mut self, items: impl IntoIterator<Item = T>) -> Result<(), SyncError> {
        let before = self.shown.len();
        self.shown.extend(items.into_iter().map(|item| hash_of(&item)));
        self.barren = if self.shown.len() > before { 0 } else { self.barren.saturating_add(1) };
        if self.barren > BARREN_AT_MOST { Err(SyncError::Garbled) } else { Ok(()) }
    }

    /// Whether it is as long as a chain may be.
    pub(crate) const fn is_full(&self) -> bool {
        self.pages >= PAGES_AT_MOST
    }

    /// Whether it has shown `item`.
    pub(crate) fn has_shown<T: Hash>(&self, item: &T) -> bool {
        self.shown.contains(&hash_of(item))
    }

    /// How many different things it has shown.
    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.shown.len()).unwrap_or(u64::MAX)
    }
}

/// Fixed keys: whoever makes two addresses collide only ends their own search.
fn hash_of<T: Hash + ?Sized>(item: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}
