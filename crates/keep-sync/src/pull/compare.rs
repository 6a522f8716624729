//! Comparison with what the server has now: counts once a day, and lists of ids where they differ.
//!
//! It finds what no search by time shows: records that were restored, moved here, newly permitted, or committed late,
//! and those that were deleted where there is no history.

use super::intervals::{Interval, MAX_LISTED};
use super::paging::Paging;
use super::pass::FirstCount;
use super::puller::Puller;
use super::state::PullState;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, MatchIds, PaginationGuard, ReadResponse, Search, parse_search};
use crate::response_times::{MAX_CLOCK_SKEW_MILLIS, ResponseTimes};
use crate::sync_store::SyncedVersion;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::Raw;
use keep_store::CursorKey;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Time between two comparisons of counts, milliseconds.
const COUNT_INTERVAL_MILLIS: i64 = 24 * 3_600_000;
/// Time between two comparisons of ids although the counts agree, milliseconds.
const LIST_INTERVAL_MILLIS: i64 = 30 * 24 * 3_600_000;
/// Most missing ids that are read one by one per comparison.
pub(super) const MAX_READS: usize = 200;
/// Ids per page of a list.
const LIST_PAGE: usize = 1_000;

/// What a comparison of ids found.
pub(super) struct Comparison {
    /// The times of its first page.
    pub(super) times: ResponseTimes,
    /// Whether everything was compared and nothing is left to do.
    pub(super) is_whole: bool,
    /// Records of this device that the server no longer has.
    pub(super) deleted: Vec<ResourceKey>,
}

/// A list of ids that was read.
struct IdList {
    times: ResponseTimes,
    /// Whether it is all that the server counts.
    is_whole: bool,
}

impl Puller {
    /// Whether a type was not compared with the server for a day.
    pub(super) fn compare_is_due(state: &PullState) -> bool {
        let Some(now) = state.complete_as_of.filter(|_| state.pass.is_none()) else { return false };
        // A type without records has nothing to compare.
        let has_rows = state.since.is_some();
        let last = state.compared.max(state.compare_tried);
        has_rows && last.is_none_or(|at| now.0.saturating_sub(at.0) >= COUNT_INTERVAL_MILLIS)
    }

    /// Compares a type with the server, where that is due.
    pub(super) async fn compare_if_due(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        paging: &Paging,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        let Some(now) = state.complete_as_of.filter(|_| Self::compare_is_due(state)) else { return Ok(()) };
        let is_older = |at: Option<UtcMillis>, age| at.is_none_or(|at| now.0.saturating_sub(at.0) >= age);
        state.compare_tried = Some(now);
        if let Some((total, times)) = self.count_all(key).await? {
            let local = self.stored_count(key).await?;
            let agrees = signed(total).saturating_sub(signed(local)) == state.hidden;
            let lists_all = state.compared.is_some() && is_older(state.listed.or(state.compared), LIST_INTERVAL_MILLIS);
            // Counts by time also show a record that came where another one has gone.
            let counts_parts = state.hidden == 0 && paging.takes_batch && total > MAX_LISTED;
            if !agrees || lists_all || counts_parts {
                let stored = self.stored_versions(key).await?;
                let intervals = if lists_all {
                    vec![Interval::default()]
                } else {
                    let mut updates: Vec<UtcMillis> = stored.iter().filter_map(|v| v.last_updated).collect();
                    updates.sort_unstable();
                    self.differing_intervals(key, total, &updates, paging).await?
                };
                if intervals.is_empty() {
                    (state.shortfall, state.compared) = (None, Some(times.as_of));
                    return self.save(key, state, Vec::new()).await.map(|_| ());
                }
                let found = self.compare_lists(key, state, (stored, &intervals), changed).await?;
                if found.is_whole {
                    state.shortfall = None;
                    state.hidden = signed(total).saturating_sub(signed(self.stored_count(key).await?));
                    state.compared = Some(found.times.as_of);
                    if intervals == [Interval::default()] {
                        state.listed = state.compared;
                    }
                }
                *changed = changed.saturating_add(self.save(key, state, found.deleted).await?);
                return Ok(());
            }
            state.shortfall = None;
            state.compared = Some(times.as_of);
        }
        self.save(key, state, Vec::new()).await.map(|_| ())
    }

    /// After a first pass: compares the number of records that were received with the server's own count, unless its
    /// last page said it.
    pub(super) async fn confirm_count(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        count: &FirstCount,
    ) -> Result<(), SyncError> {
        let total = match count.total {
            Some(total) => total,
            None => {
                let Some((total, times)) = self.count_all(key).await? else { return Ok(()) };
                state.compared = Some(times.as_of).filter(|_| total == count.received).or(state.compared);
                total
            }
        };
        let hidden = signed(total).saturating_sub(signed(self.stored_count(key).await?));
        if total != count.received || hidden == state.hidden && count.total.is_some() {
            return Ok(());
        }
        state.hidden = hidden;
        self.save(key, state, Vec::new()).await.map(|_| ())
    }

    /// The times of a count that is as at the last comparison, where there is no history to show deletions: nothing was
    /// deleted that is stored here. `None` where ids must be listed.
    pub(super) async fn counts_agree(
        &self,
        key: &CursorKey,
        state: &PullState,
    ) -> Result<Option<ResponseTimes>, SyncError> {
        if state.compared.is_none() || self.has_history(key) {
            return Ok(None);
        }
        let Some((total, times)) = self.count_all(key).await? else { return Ok(None) };
        let more = signed(total).saturating_sub(signed(self.stored_count(key).await?));
        Ok(Some(times).filter(|_| more == state.hidden))
    }

    /// The server's own count of a type; `None` where it does not count.
    async fn count_all(&self, key: &CursorKey) -> Result<Option<(u64, ResponseTimes)>, SyncError> {
        let search = Search::of_type(&key.resource_type).with("_summary", "count");
        match self.cancel.race(self.client.search(&search)).await {
            Ok(page) => Ok(page.total.map(|total| (total, self.response_times(&page)))),
            Err(SyncError::Failed { status: 400..=499 | 501, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Compares ids and versions of `stored` records in `intervals`, fetches what differs, and finds what was deleted: stored ids that are not in the
    /// server's list, each confirmed by a read that answers 410. A 404 also counts where no other user's view of this
    /// type is stored: some servers answer 404 for what only this user may not see.
    pub(super) async fn compare_lists(
        &self,
        key: &CursorKey,
        state: &mut PullState,
        (stored, intervals): (Vec<SyncedVersion>, &[Interval]),
        changed: &mut u64,
    ) -> Result<Comparison, SyncError> {
        let is_asked = |v: &SyncedVersion| intervals.iter().any(|interval| interval.contains(v.last_updated));
        let stored = stored.into_iter().filter(is_asked);
        let mut left: HashMap<String, SyncedVersion> = stored.map(|v| (v.id.to_string(), v)).collect();
        let recently = self.trusted_now().plus_millis(-MAX_CLOCK_SKEW_MILLIS);
        let (mut wanted, mut print) = (BTreeSet::new(), 0_u64);
        let mut list = IdList { times: ResponseTimes::new(self.trusted_now(), None, None), is_whole: true };
        for (n, interval) in intervals.iter().enumerate() {
            let part = self
                .list_ids(key, *interval, |listed| {
                    let differs = left.remove(listed.id).is_none_or(|known| listed.differs_from(&known, recently));
                    if differs && wanted.insert(listed.id.to_owned()) {
                        print = print.wrapping_add(hash_of(&(listed.id, listed.version)));
                    }
                })
                .await?;
            let times = if n == 0 { part.times } else { list.times };
            list = IdList { times, is_whole: list.is_whole && part.is_whole };
        }
        let mut missing: Vec<String> = left.into_keys().collect();
        missing.sort_unstable();
        let deleted = self.confirm_deletions(key, &missing, list.times).await?;
        // What was fetched before and is not stored here is above this session's rank, or has unsent changes.
        let mut oversized = Vec::new();
        if !wanted.is_empty() && state.unstored != print {
            let fetched = self.fetch_by_id(key, wanted.into_iter().collect()).await?;
            *changed = changed.saturating_add(fetched.changed);
            (oversized, state.unstored) = (fetched.oversized, print);
        }
        let is_whole = list.is_whole && missing.len() <= MAX_READS && oversized.is_empty();
        Ok(Comparison { times: list.times, is_whole, deleted })
    }

    pub(super) async fn confirm_deletions(
        &self,
        key: &CursorKey,
        missing: &[String],
        times: ResponseTimes,
    ) -> Result<Vec<ResourceKey>, SyncError> {
        // Each comparison starts at another id, so that ids that stay hidden do not keep the others from being read.
        let turn = usize::try_from(times.as_of.0 / 3_600_000).unwrap_or(0);
        let from = turn.saturating_mul(MAX_READS).checked_rem(missing.len()).unwrap_or(0);
        let own_key = key.clone();
        let only_view = with_store(&self.store, move |store| Ok(store.other_cursors(&own_key)?.is_empty())).await?;
        let mut deleted = Vec::new();
        for id in missing.iter().cycle().skip(from).take(MAX_READS.min(missing.len())) {
            let Ok(id) = id.parse() else { continue };
            let key = ResourceKey::new(&key.resource_type, id);
            // INVARIANT: a 403 is never a deletion; it only says that this user may not see the record.
            match self.cancel.race(self.client.read(&key, None)).await? {
                ReadResponse::Gone => deleted.push(key),
                ReadResponse::NotFound if only_view => deleted.push(key),
                _ => {}
            }
        }
        Ok(deleted)
    }

    /// Whether `guard` has seen every id that the server lists from `from` on.
    pub(super) async fn all_received(
        &self,
        key: &CursorKey,
        from: Option<UtcMillis>,
        guard: &PaginationGuard,
    ) -> Result<bool, SyncError> {
        let mut all = true;
        let list = self.list_ids(key, Interval::since(from), |listed| all &= guard.has_seen(&listed.id)).await?;
        Ok(all && list.is_whole)
    }

    /// Calls `each` with every record that the server lists in `interval`.
    async fn list_ids(
        &self,
        key: &CursorKey,
        interval: Interval,
        mut each: impl FnMut(&Listed<'_>),
    ) -> Result<IdList, SyncError> {
        let search =
            Search::of_type(&key.resource_type).with("_elements", "id,meta").with("_count", LIST_PAGE.to_string());
        let search = interval.limit(search);
        let mut page = self.cancel.race(self.client.search(&search)).await?;
        let times = self.response_times(&page);
        let (mut guard, mut has_linked) = (PaginationGuard::default(), false);
        loop {
            guard.check_whole_page(&page)?;
            // EXPOSE: only ids and versions are read.
            let entries = parse_search(page.text.expose(), &key.resource_type, MatchIds::Required)?;
            guard.check_items(entries.iter().filter_map(|entry| entry.id.as_deref()))?;
            for entry in &entries {
                let Some(id) = entry.id.as_deref() else { continue };
                let raw = Raw::parse(entry.text).map_err(|_| SyncError::InvalidResponse)?;
                let version = raw.node().at(&["meta", "versionId"]).and_then(keep_fhir::Node::text);
                each(&Listed { id, version: version.as_deref(), last_updated: entry.last_updated });
            }
            has_linked |= page.has_next();
            let (counted, is_full) = (page.total, page.entry_count >= LIST_PAGE);
            page = match self.next_page(&guard, &page).await {
                Ok(Some(next)) => next,
                // A link that leads nowhere.
                Err(SyncError::Failed { .. } | SyncError::InvalidResponse) if page.next_elsewhere().is_some() => {
                    return Ok(IdList { times, is_whole: false });
                }
                Err(error) => return Err(error),
                Ok(None) => {
                    // Some servers count what this user may not see; one that links pages would have linked the next.
                    let is_whole = counted.map_or(!is_full, |total| guard.seen_count() >= total) || has_linked;
                    return Ok(IdList { times, is_whole });
                }
            };
        }
    }

    /// The page after `page`; too many pages are malformed.
    pub(super) async fn next_page(
        &self,
        guard: &PaginationGuard,
        page: &BundlePage,
    ) -> Result<Option<BundlePage>, SyncError> {
        if guard.is_at_limit() && page.has_next() {
            return Err(SyncError::InvalidResponse);
        }
        self.cancel.race(self.client.next(page)).await
    }

    pub(super) async fn stored_versions(&self, key: &CursorKey) -> Result<Vec<SyncedVersion>, SyncError> {
        let resource_type = key.resource_type.clone();
        with_store(&self.store, move |store| store.synced_versions(&resource_type)).await
    }

    async fn stored_count(&self, key: &CursorKey) -> Result<u64, SyncError> {
        let resource_type = key.resource_type.clone();
        with_store(&self.store, move |store| store.record_count(&resource_type)).await
    }
}

/// One record of a list.
struct Listed<'a> {
    id: &'a str,
    version: Option<&'a str>,
    last_updated: Option<UtcMillis>,
}

impl Listed<'_> {
    /// Whether the server has another version than `known`. A time that is `recent` may be that of the list itself; a
    /// change then arrives by itself.
    fn differs_from(&self, known: &SyncedVersion, recent: UtcMillis) -> bool {
        let same_version = self.version.is_none_or(|version| version == known.version);
        let other_time = match (self.last_updated, known.last_updated) {
            (Some(listed), Some(stored)) => listed != stored && listed < recent,
            _ => false,
        };
        !same_version || other_time
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn hash_of<T: Hash>(item: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    hasher.finish()
}
