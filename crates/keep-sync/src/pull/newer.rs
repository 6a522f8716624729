//! A few rows that are newer than the newest known one, without the rows before them.

use super::puller::{Puller, apply_and_merge, page_of};
use super::state::PullState;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{MatchIds, Search, parse_search};
use crate::response_times::ResponseTimes;
use keep_domain::{Phi, ResourceKey, UtcMillis};
use keep_store::{CursorKey, Page};

/// From this many newer rows on, all recent rows are fetched again.
const MAX_NEWER: usize = 100;

/// The server's rows from `since` on, of which some are newer than the newest known one.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewerRows {
    pub(super) times: ResponseTimes,
    pub(super) since: UtcMillis,
    /// The newest known row.
    pub(super) newest: UtcMillis,
    /// The number of known rows.
    pub(super) known: u64,
    /// The number of rows now.
    pub(super) total: u64,
    /// Whether the history has entries, perhaps deletions.
    pub(super) history: bool,
}

impl Puller {
    /// Fetches the newer rows only. Returns whether the server's count proves that nothing else has changed: rows that
    /// were changed leave their old place, and those that are new add to the count.
    pub(super) async fn pull_newer(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        found: NewerRows,
        changed: &mut u64,
    ) -> Result<bool, SyncError> {
        let search = Search::of_type(&key.resource_type)
            .with("_sort", "_lastUpdated")
            .with("_lastUpdated", format!("gt{}", found.newest))
            .with("_count", MAX_NEWER.to_string());
        let page = match self.cancel.race(self.client.search(&search)).await {
            Err(SyncError::Failed { .. }) => return Ok(false),
            other => other?,
        };
        if page.has_next() || page.is_cut || page.entry_count >= MAX_NEWER {
            return Ok(false);
        }
        // EXPOSE: the page is split into records that are Phi again.
        let entries = parse_search(page.text.expose(), &key.resource_type, MatchIds::Required)?;
        let (mut keys, mut newest) = (Vec::new(), found.newest);
        for entry in entries.iter().filter(|entry| entry.is_match) {
            let id = entry.id.as_deref().and_then(|id| id.parse().ok());
            let (Some(id), Some(at)) = (id, entry.last_updated) else { return Ok(false) };
            // A server that ignores the time, or one whose clock is ahead.
            if at <= found.newest || at > found.times.as_of {
                return Ok(false);
            }
            newest = newest.max(at);
            keys.push(ResourceKey::new(&key.resource_type, id));
        }
        let records = entries.iter().map(|entry| Phi::new(entry.text.to_owned())).collect();
        drop(entries);
        let rows = u64::try_from(keys.len()).unwrap_or(u64::MAX);
        let before = with_store(&self.store, move |store| store.updates(&keys)).await?;
        let moved = before.iter().flatten().filter(|at| (found.since..=found.newest).contains(*at)).count();
        let expected = found.known.saturating_add(rows).checked_sub(u64::try_from(moved).unwrap_or(u64::MAX));
        if expected != Some(found.total) {
            return Ok(false);
        }
        (state.newest, state.recent, state.stable) = (Some(newest), Some(found.total), false);
        state.mark_unchanged(found.times);
        let content = page_of(key, state, Page { records, ..Page::default() })?;
        let report = with_store(&self.store, move |store| apply_and_merge(store, content)).await?;
        *changed = changed.saturating_add(report.changed);
        Ok(true)
    }
}
