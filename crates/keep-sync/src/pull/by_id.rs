//! Records requested by their ids: what a comparison wants, and what comes with a record that is too large to receive.

use super::pass::RunningPass;
use super::puller::{Puller, apply_and_merge};
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{MatchIds, PaginationGuard, Search, parse_search};
use keep_domain::{Phi, UtcMillis};
use keep_store::{CursorKey, Page};

/// Records that are requested at once.
const IDS_PER_SEARCH: usize = 40;
/// Ids that are listed around a record that is too large.
const IDS_AROUND: usize = 200;

/// Records that were requested by their ids.
#[derive(Debug, Default)]
pub(super) struct FetchedById {
    /// Those that were new or different.
    pub(super) changed: u64,
    /// Those that are too large to receive.
    pub(super) oversized: Vec<String>,
}

impl Puller {
    /// Fetches records by their ids and stores them, whatever their age; one that is too large is left out.
    pub(super) async fn fetch_by_id(&self, key: &CursorKey, ids: Vec<String>) -> Result<FetchedById, SyncError> {
        let mut found = FetchedById::default();
        let mut open: Vec<&[String]> = ids.chunks(IDS_PER_SEARCH).rev().collect();
        while let Some(chunk) = open.pop() {
            match self.fetch_chunk(key, chunk).await {
                Ok(changed) => found.changed = found.changed.saturating_add(changed),
                Err(SyncError::TooLarge) if chunk.len() > 1 => {
                    let (first, second) = chunk.split_at(chunk.len() / 2);
                    open.extend([second, first]);
                }
                Err(SyncError::TooLarge) => found.oversized.extend(chunk.iter().cloned()),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn fetch_chunk(&self, key: &CursorKey, ids: &[String]) -> Result<u64, SyncError> {
        let search =
            Search::of_type(&key.resource_type).with("_id", ids.join(",")).with("_count", IDS_PER_SEARCH.to_string());
        let mut page = self.cancel.race(self.client.search(&search)).await?;
        let (mut guard, mut changed) = (PaginationGuard::default(), 0_u64);
        loop {
            guard.check_whole_page(&page)?;
            // EXPOSE: the page is split into records that are Phi again.
            let entries = parse_search(page.text.expose(), &key.resource_type, MatchIds::Required)?;
            guard.check_items(entries.iter().filter_map(|entry| entry.id.as_deref()))?;
            let asked = entries.iter().filter(|e| e.id.as_deref().is_some_and(|id| ids.iter().any(|i| i == id)));
            let records = asked.map(|e| Phi::new(e.text.to_owned())).collect();
            let base = Some(key.server.clone());
            let content = Page { base, records, replaces_newer: true, ..Page::default() };
            let report = with_store(&self.store, move |store| apply_and_merge(store, content)).await?;
            changed = changed.saturating_add(report.changed);
            page = match self.next_page(&guard, &page).await? {
                Some(next) => next,
                None => return Ok(changed),
            };
        }
    }

    /// Receives the next rows of a pass by their ids, since one of them is too large to receive. Returns whether these
    /// were all.
    pub(super) async fn pass_oversized(
        &self,
        run: &mut RunningPass<'_>,
        from: Option<UtcMillis>,
    ) -> Result<bool, SyncError> {
        let mut search = Search::of_type(&run.key.resource_type)
            .with("_sort", "_lastUpdated")
            .with("_elements", "id,meta")
            .with("_count", IDS_AROUND.to_string());
        if let Some(from) = from {
            search = search.with("_lastUpdated", format!("ge{from}"));
        }
        let page = self.cancel.race(self.client.search(&search)).await?;
        if page.is_cut || page.sort_is_honoured == Some(false) {
            return Err(SyncError::TooLarge);
        }
        // EXPOSE: only ids and times are read.
        let entries = parse_search(page.text.expose(), &run.key.resource_type, MatchIds::Required)?;
        let rows = entries.iter().filter_map(|e| Some((e.id.as_deref()?.to_owned(), e.last_updated)));
        let (ids, updates): (Vec<String>, Vec<Option<UtcMillis>>) = rows.unzip();
        drop(entries);
        run.begin(self.response_times(&page));
        let is_last = !page.has_next() && ids.len() < IDS_AROUND;
        let known = run.state.oversized();
        let asked = ids.into_iter().filter(|id| !known.contains(id)).collect();
        let fetched = self.fetch_by_id(run.key, asked).await?;
        run.add_changed(fetched.changed);
        run.state.advance(updates.into_iter().flatten());
        if !fetched.oversized.is_empty() {
            run.state.mark_oversized(fetched.oversized);
        }
        let has_advanced = run.state.pass.as_ref().and_then(|p| p.reached) > from;
        if is_last || has_advanced { Ok(is_last) } else { Err(SyncError::TooLarge) }
    }
}
