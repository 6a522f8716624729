//! Deletions: from a type's history where the server offers it, else by comparing lists of ids.

use super::compare::MAX_READS;
use super::intervals::Interval;
use super::prefetch::{Prefetched, history_since, recent_history};
use super::puller::Puller;
use super::state::PullState;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, HistoryEntry, PaginationGuard, parse_history};
use crate::response_times::ResponseTimes;
use keep_domain::{ResourceKey, UtcMillis};
use keep_store::CursorKey;
use std::collections::HashSet;

/// Longest time between two checks of a type's history, milliseconds.
const HISTORY_INTERVAL_MILLIS: i64 = 600_000;
/// Time between two comparisons of ids where there is no history, milliseconds.
const COMPARISON_INTERVAL_MILLIS: i64 = 3_600_000;

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
        prefetched: &mut Prefetched,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        let check = match state.deletions_since {
            // A history of all time may be many times as large as all records.
            Some(since) if self.has_history(key) && since > UtcMillis(0) => {
                let first = prefetched.take(&history_since(&key.resource_type, since));
                let is_prefetched = first.is_some();
                let check = self.deletions_from_history(key, since, expected, first).await?;
                // INVARIANT: a history that was read before the rows removes nothing: a record may have been created
                // again in between.
                if is_prefetched && !check.deleted.is_empty() {
                    self.deletions_from_history(key, since, expected, None).await?
                } else {
                    check
                }
            }
            _ if !self.deletions_are_due(key, state) => {
                // No check is due, so what the pass withheld until now is saved.
                return if self.has_history(key) {
                    self.save(key, state, Vec::new()).await.map(|_| ())
                } else {
                    Ok(())
                };
            }
            _ if let Some(times) = self.counts_agree(key, state).await? => {
                state.compared = Some(times.as_of);
                DeletionCheck { exhaustive: Some(times), deleted: Vec::new(), newest: None }
            }
            _ => {
                let stored = self.stored_versions(key).await?;
                let found = self.compare_lists(key, state, (stored, &[Interval::default()]), changed).await?;
                if found.is_whole {
                    (state.compared, state.listed) = (Some(found.times.as_of), Some(found.times.as_of));
                }
                // Where not all were compared, the next comparison starts from the same time.
                let exhaustive = Some(found.times).filter(|_| found.is_whole);
                DeletionCheck { exhaustive, deleted: found.deleted, newest: None }
            }
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

    /// Removes what was deleted after the newest known row, by the beginning of the history: all of it would repeat a
    /// load that has just ended. What becomes visible late is left to [`Self::pull_deletions`].
    pub(super) async fn pull_recent_deletions(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        known: UtcMillis,
        prefetched: &mut Prefetched,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        if !self.has_history(key) {
            return self.save(key, state, Vec::new()).await.map(|_| ());
        }
        let mut page = match self.probe_page(&recent_history(&key.resource_type, known), prefetched).await {
            // It is checked when it is due.
            Err(SyncError::Failed { .. }) => return self.save(key, state, Vec::new()).await.map(|_| ()),
            other => other?,
        };
        let (times, mut guard) = (self.response_times(&page), PaginationGuard::default());
        let (mut judged, mut deleted) = (HashSet::new(), Vec::new());
        loop {
            guard.check_whole_page(&page)?;
            // EXPOSE: only ids and interactions are read.
            let entries = parse_history(page.text.expose(), &key.resource_type)?;
            guard.check_items(entries.iter().map(|e| (e.key.id.to_string(), e.last_updated, e.is_deletion)))?;
            let is_known = |e: &HistoryEntry| !e.is_deletion && e.last_updated.is_some_and(|at| at <= known);
            let has_known = entries.iter().any(is_known);
            for entry in entries.into_iter().take_while(|e| !is_known(e)) {
                if judged.insert(entry.key.id.to_string()) && entry.is_deletion {
                    deleted.push(entry.key);
                }
            }
            if has_known {
                break;
            }
            let Some(next) = self.next_page(&guard, &page).await? else { break };
            page = next;
        }
        state.deletions_checked = state.deletions_checked.max(Some(times.as_of));
        let deleted = self.retain_stored(key, deleted).await?;
        *changed = changed.saturating_add(self.save(key, state, deleted).await?);
        Ok(())
    }

    /// Where records have no time, each pass shows all of them: what it did not show may have been deleted. `missing` is
    /// `None` where the pass was interrupted, `before` the claim until then.
    pub(super) async fn remove_missing(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        (missing, before): (Option<Vec<String>>, UtcMillis),
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        // INVARIANT: the claim stays where not all was looked up that may have been deleted.
        if missing.as_ref().is_none_or(|missing| missing.len() > MAX_READS) {
            state.complete_as_of = Some(before);
        }
        let times = ResponseTimes::new(self.trusted_now(), None, None);
        let deleted = self.confirm_deletions(key, &missing.unwrap_or_default(), times).await?;
        *changed = changed.saturating_add(self.save(key, state, deleted).await?);
        Ok(())
    }

    /// Those of the records that are stored: what was removed here before is listed again for as long as nothing newer
    /// is.
    async fn retain_stored(&self, key: &CursorKey, mut keys: Vec<ResourceKey>) -> Result<Vec<ResourceKey>, SyncError> {
        if !keys.is_empty() {
            let stored = self.stored_ids(key).await?;
            keys.retain(|key| stored.contains(key.id.as_str()));
        }
        Ok(keys)
    }

    /// The history is newest first: only the newest entry of an id counts, since an id may have been created again.
    async fn deletions_from_history(
        &self,
        key: &CursorKey,
        since: UtcMillis,
        expected: Option<u64>,
        first: Option<BundlePage>,
    ) -> Result<DeletionCheck, SyncError> {
        let mut page = match first {
            Some(page) => page,
            None => self.cancel.race(self.client.search(&history_since(&key.resource_type, since))).await?,
        };
        let times = self.response_times(&page);
        let (mut judged, mut deleted, mut newest) = (HashSet::new(), Vec::new(), None);
        let mut guard = PaginationGuard::default();
        let exhaustive = loop {
            guard.check_whole_page(&page)?;
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
        let deleted = self.retain_stored(key, deleted).await?;
        Ok(DeletionCheck { exhaustive, deleted, newest })
    }

    pub(super) async fn stored_ids(&self, key: &CursorKey) -> Result<HashSet<String>, SyncError> {
        let resource_type = key.resource_type.clone();
        let ids = with_store(&self.store, move |store| store.synced_ids(&resource_type)).await?;
        Ok(ids.into_iter().map(|id| id.to_string()).collect())
    }
}
