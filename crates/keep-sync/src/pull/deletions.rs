//! Deletions: from a type's history where the server offers it, else by comparing lists of ids.

use super::puller::Puller;
use super::state::PullState;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, MatchIds, PaginationGuard, ReadResponse, Search, parse_history, parse_search};
use crate::response_times::ResponseTimes;
use keep_domain::{ResourceKey, UtcMillis};
use keep_store::CursorKey;
use std::collections::HashSet;

/// Longest time between two checks of a type's history, milliseconds.
const HISTORY_INTERVAL_MILLIS: i64 = 600_000;
/// Time between two comparisons of ids where there is no history, milliseconds.
const COMPARISON_INTERVAL_MILLIS: i64 = 3_600_000;
/// Most missing ids that are read one by one per comparison.
const MAX_READS: usize = 200;

/// The result of a check for deletions.
struct DeletionCheck {
    /// The times of its first page; `None` where it was not exhaustive.
    exhaustive: Option<ResponseTimes>,
    /// Records of this device that the server no longer has.
    deleted: Vec<ResourceKey>,
    /// The newest time that the history showed.
    newest: Option<UtcMillis>,
}

impl Puller {
    /// Whether the last check was so long ago that another is due although no row has changed.
    pub(super) fn deletions_are_due(&self, key: &CursorKey, state: &PullState) -> bool {
        let (Some(now), Some(since)) = (state.complete_as_of, state.deletions_since) else {
            return false;
        };
        let age = now.0.saturating_sub(state.deletions_checked.unwrap_or(since).0);
        age >= if self.has_history(key) { HISTORY_INTERVAL_MILLIS } else { COMPARISON_INTERVAL_MILLIS }
    }

    /// Removes what the server has deleted since the last check; `expected` is the number of deletions, where known.
    pub(super) async fn pull_deletions(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        expected: Option<u64>,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        let check = match state.deletions_since {
            // A history of all time may be many times as large as all records.
            Some(since) if self.has_history(key) && since > UtcMillis(0) => {
                self.deletions_from_history(key, since, expected).await?
            }
            _ if !self.deletions_are_due(key, state) => {
                // No check is due, so what the pass withheld until now is saved.
                return if self.has_history(key) {
                    self.save(key, state, Vec::new()).await.map(|_| ())
                } else {
                    Ok(())
                };
            }
            _ => self.deletions_by_comparison(key).await?,
        };
        if !check.deleted.is_empty() {
            // The server no longer counts deleted rows; only deletions that were counted can be subtracted.
            let count = u64::try_from(check.deleted.len()).unwrap_or(u64::MAX);
            state.recent = state.recent.filter(|_| expected == Some(count)).map(|rows| rows.saturating_sub(count));
        }
        if let Some(times) = check.exhaustive {
            state.mark_deletions_checked(times, check.newest);
        }
        *changed = changed.saturating_add(self.save(key, state, check.deleted).await?);
        Ok(())
    }

    /// The history is newest first: only the newest entry of an id counts, since an id may have been created again.
    async fn deletions_from_history(
        &self,
        key: &CursorKey,
        since: UtcMillis,
        expected: Option<u64>,
    ) -> Result<DeletionCheck, SyncError> {
        let search = Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "200");
        let mut page = self.cancel.race(self.client.search(&search)).await?;
        let times = self.response_times(&page);
        let (mut judged, mut deleted, mut newest) = (HashSet::new(), Vec::new(), None);
        let mut guard = PaginationGuard::default();
        let exhaustive = loop {
            guard.check_page(&page)?;
            // EXPOSE: only ids and interactions are read.
            let entries = parse_history(page.text.expose(), &key.resource_type)?;
            guard.check_items(entries.iter().map(|e| (e.key.id.to_string(), e.last_updated, e.is_deletion)))?;
            for entry in entries {
                newest = newest.max(entry.last_updated.filter(|time| *time <= times.as_of));
                if judged.insert(entry.key.id.to_string()) && entry.is_deletion {
                    deleted.push(entry.key);
                }
            }
            if expected.is_some_and(|expected| u64::try_from(deleted.len()).is_ok_and(|found| found >= expected)) {
                // All expected deletions are found; whether older ones follow is unknown before the last page.
                break (!page.has_next()).then_some(times);
            }
            page = match self.next_page(&guard, &page).await? {
                Some(next) => next,
                None => break Some(times),
            };
        };
        // A record that was removed here before is listed again for as long as nothing newer is.
        let stored = if deleted.is_empty() { HashSet::new() } else { self.stored_ids(key).await? };
        deleted.retain(|key| stored.contains(key.id.as_str()));
        Ok(DeletionCheck { exhaustive, deleted, newest })
    }

    /// Stored ids that are not in the server's list, each confirmed by a read that answers 410. A 404 also counts where
    /// no other user's view of this type is stored: some servers answer 404 for what only this user may not see.
    async fn deletions_by_comparison(&self, key: &CursorKey) -> Result<DeletionCheck, SyncError> {
        let mut listed = HashSet::new();
        let times = self
            .list_ids(key, None, |id| {
                listed.insert(id.to_owned());
            })
            .await?;
        let mut missing: Vec<String> =
            self.stored_ids(key).await?.into_iter().filter(|id| !listed.contains(id)).collect();
        missing.sort_unstable();
        let exhaustive = missing.len() <= MAX_READS;
        // Each comparison starts at another id, so that ids that stay hidden do not keep the others from being read.
        let turn = usize::try_from(times.as_of.0 / COMPARISON_INTERVAL_MILLIS).unwrap_or(0);
        if let Some(from) = turn.saturating_mul(MAX_READS).checked_rem(missing.len()) {
            missing.rotate_left(from);
        }
        let own_key = key.clone();
        let only_view = with_store(&self.store, move |store| Ok(store.other_cursors(&own_key)?.is_empty())).await?;
        let mut deleted = Vec::new();
        for id in missing.into_iter().take(MAX_READS) {
            let Ok(id) = id.parse() else { continue };
            let key = ResourceKey::new(&key.resource_type, id);
            // INVARIANT: a 403 is never a deletion; it only says that this user may not see the record.
            match self.cancel.race(self.client.read(&key, None)).await? {
                ReadResponse::Gone => deleted.push(key),
                ReadResponse::NotFound if only_view => deleted.push(key),
                _ => {}
            }
        }
        // Where not all were read, the next comparison starts from the same time.
        Ok(DeletionCheck { exhaustive: Some(times).filter(|_| exhaustive), deleted, newest: None })
    }

    /// Whether `guard` has seen every id that the server lists from `from` on.
    pub(super) async fn all_received(
        &self,
        key: &CursorKey,
        from: Option<UtcMillis>,
        guard: &PaginationGuard,
    ) -> Result<bool, SyncError> {
        let mut all = true;
        self.list_ids(key, from, |id| all &= guard.has_seen(&id)).await?;
        Ok(all)
    }

    /// Calls `each` with every id that the server lists from `from` on; returns the times of the first page.
    async fn list_ids(
        &self,
        key: &CursorKey,
        from: Option<UtcMillis>,
        mut each: impl FnMut(&str),
    ) -> Result<ResponseTimes, SyncError> {
        let mut search = Search::of_type(&key.resource_type).with("_elements", "id,meta").with("_count", "1000");
        if let Some(from) = from {
            search = search.with("_lastUpdated", format!("ge{from}"));
        }
        let mut page = self.cancel.race(self.client.search(&search)).await?;
        let times = self.response_times(&page);
        let mut guard = PaginationGuard::default();
        loop {
            guard.check_page(&page)?;
            // EXPOSE: only ids are read.
            let entries = parse_search(page.text.expose(), &key.resource_type, MatchIds::Required)?;
            guard.check_items(entries.iter().filter_map(|entry| entry.id.as_deref()))?;
            for id in entries.iter().filter_map(|entry| entry.id.as_deref()) {
                each(id);
            }
            page = match self.next_page(&guard, &page).await? {
                Some(next) => next,
                None => return Ok(times),
            };
        }
    }

    /// The page after `page`; too many pages are malformed.
    async fn next_page(&self, guard: &PaginationGuard, page: &BundlePage) -> Result<Option<BundlePage>, SyncError> {
        if guard.is_at_limit() && page.has_next() {
            return Err(SyncError::InvalidResponse);
        }
        self.cancel.race(self.client.next(page)).await
    }

    async fn stored_ids(&self, key: &CursorKey) -> Result<HashSet<String>, SyncError> {
        let resource_type = key.resource_type.clone();
        let ids = with_store(&self.store, move |store| store.synced_ids(&resource_type)).await?;
        Ok(ids.into_iter().map(|id| id.to_string()).collect())
    }
}
