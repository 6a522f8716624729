//! The first probes of all types at once: as one batch, or a few requests side by side.

use super::paging::Paging;
use super::puller::Puller;
use super::state::{NextRequest, PullState};
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, Search};
use crate::scope::{TypePlan, is_rare};
use keep_domain::UtcMillis;
use keep_store::{Cursor, CursorKey};
use std::collections::HashMap;
use tokio::task::JoinSet;

/// Searches of a first batch.
const TRIAL: usize = 2;
/// Most requests side by side.
const MAX_PARALLEL: usize = 6;
/// Most rows that are requested together with the probes.
pub(super) const FEW_ROWS: u32 = 100;
/// A type that was complete so recently has few new rows, milliseconds.
const RECENTLY_MILLIS: i64 = 30 * 60_000;
/// After this long a server that took no batch is offered one again, milliseconds.
const BATCH_AGAIN_MILLIS: i64 = 24 * 3_600_000;

/// Responses that were received before the types that they are about are pulled, and what these showed.
#[derive(Debug, Default)]
pub(super) struct Prefetched {
    /// The cursors of types that have not changed, to be saved together.
    pub(super) unchanged: Vec<(CursorKey, Cursor)>,
    /// Types that the server asked not to request yet.
    pub(super) waiting: HashMap<String, Cursor>,
    pages: HashMap<Search, BundlePage>,
}

impl Prefetched {
    /// The page of a search, once.
    pub(super) fn take(&mut self, search: &Search) -> Option<BundlePage> {
        self.pages.remove(search)
    }
}

impl Puller {
    /// Sends the first probe of every type that was pulled before. What cannot be prefetched is requested in turn.
    pub(super) async fn prefetch(&self, plan: &TypePlan, paging: &mut Paging) -> Result<Prefetched, SyncError> {
        let keys: Vec<CursorKey> = plan.offered.iter().map(|name| self.cursor_key(name)).collect();
        let asked = keys.clone();
        let cursors = with_store(&self.store, move |store| {
            asked.iter().map(|key| store.cursor(key)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
        let trusted = self.trusted_now();
        let state_of = |key: &CursorKey, text: &str| match text {
            "" => is_rare(&key.resource_type).then(PullState::default),
            stored => PullState::parse(stored, trusted),
        };
        let is_waiting = |cursor: &Cursor| cursor.retry_at.is_some_and(|at| at > trusted);
        let waits = keys.iter().zip(&cursors).filter(|(_, cursor)| is_waiting(cursor));
        let waiting = waits.map(|(key, cursor)| (key.resource_type.clone(), cursor.clone())).collect();
        let mut found = Prefetched { waiting, ..Prefetched::default() };
        let due = keys.iter().zip(&cursors).filter(|(_, cursor)| !is_waiting(cursor));
        let known = due.filter_map(|(key, c)| Some((key, state_of(key, &c.position)?)));
        let searches: Vec<Search> = known.flat_map(|(key, state)| self.first_probes(key, &state)).collect();
        if searches.len() < 2 {
            return Ok(found);
        }
        let may_batch = paging.batch_refused.is_none_or(|at| trusted.0.saturating_sub(at.0) > BATCH_AGAIN_MILLIS);
        if !may_batch {
            found.pages = self.cancel.race(self.search_side_by_side(searches)).await?;
            return Ok(found);
        }
        // A server that was never seen to take a batch of searches is offered a small one first.
        let trial = if paging.takes_batch { 0 } else { TRIAL };
        let (first, rest) = searches.split_at(trial.min(searches.len()));
        for part in [first, rest].into_iter().filter(|part| !part.is_empty()) {
            match self.cancel.race(self.client.search_batch(part)).await {
                Ok(pages) if pages.iter().any(Option::is_some) => {
                    (paging.takes_batch, paging.batch_refused) = (true, None);
                    let received = part.iter().cloned().zip(pages);
                    found.pages.extend(received.filter_map(|(search, page)| Some((search, page?))));
                }
                // The server as a whole is busy.
                Err(error @ SyncError::Failed { status: 429 | 503, .. }) => return Err(error),
                Ok(_) | Err(SyncError::Failed { .. } | SyncError::InvalidResponse) => {
                    (paging.takes_batch, paging.batch_refused) = (false, Some(trusted));
                    let all = searches.clone();
                    found.pages = self.cancel.race(self.search_side_by_side(all)).await?;
                    return Ok(found);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// The first pages of searches, as one batch where the server takes that, else side by side.
    pub(super) async fn search_all(
        &self,
        searches: Vec<Search>,
        paging: &Paging,
    ) -> Result<Vec<Option<BundlePage>>, SyncError> {
        if paging.takes_batch
            && let Ok(pages) = self.cancel.race(self.client.search_batch(&searches)).await
        {
            return Ok(pages);
        }
        let mut found = self.cancel.race(self.search_side_by_side(searches.clone())).await?;
        Ok(searches.iter().map(|search| found.remove(search)).collect())
    }

    async fn search_side_by_side(&self, searches: Vec<Search>) -> Result<HashMap<Search, BundlePage>, SyncError> {
        let (mut found, mut running) = (HashMap::new(), JoinSet::new());
        let mut waiting = searches.into_iter();
        loop {
            while running.len() < MAX_PARALLEL
                && let Some(search) = waiting.next()
            {
                let client = self.client.clone();
                running.spawn(async move { (client.search(&search).await, search) });
            }
            match running.join_next().await {
                None => return Ok(found),
                Some(Ok((Ok(page), search))) => {
                    found.insert(search, page);
                }
                Some(Ok((Err(SyncError::SignInNeeded), _))) => return Err(SyncError::SignInNeeded),
                // The type meets the error again in its turn.
                Some(_) => {}
            }
        }
    }

    /// Saves the claims of types that have not changed.
    pub(super) async fn save_unchanged(&self, prefetched: &mut Prefetched) -> Result<(), SyncError> {
        let cursors = std::mem::take(&mut prefetched.unchanged);
        if cursors.is_empty() {
            return Ok(());
        }
        with_store(&self.store, move |store| store.save_cursors(&cursors)).await
    }

    /// The page of a probe, prefetched or requested now.
    pub(super) async fn probe_page(
        &self,
        search: &Search,
        prefetched: &mut Prefetched,
    ) -> Result<BundlePage, SyncError> {
        match prefetched.take(search) {
            Some(page) => Ok(page),
            None => self.cancel.race(self.client.search(search)).await,
        }
    }

    /// The requests for the probe of a type: where it only counts rows, also what may have been deleted; where rows are
    /// fetched anyway, these and what was deleted, as far as they are few.
    fn first_probes(&self, key: &CursorKey, state: &PullState) -> Vec<Search> {
        let name = &key.resource_type;
        let (first, next) = (self.first_probe(key, state), state.plan_request());
        let was_complete = state.complete_as_of.filter(|_| state.pass.is_none() && state.recent.is_some());
        let recently = was_complete.is_some_and(|at| self.trusted_now().0.saturating_sub(at.0) <= RECENTLY_MILLIS);
        let second = match next {
            NextRequest::Probe { newest, .. } if !state.is_stable() => Some(recent_history(name, newest)),
            NextRequest::Fetch(Some(_)) if first.is_none() && recently => {
                state.deletions_since.map(|since| history_since(name, since))
            }
            _ => None,
        };
        let second = second.filter(|_| self.has_history(key));
        let rows = next.fetch_from().filter(|_| first.is_none() && recently).map(|from| few_rows(name, from));
        first.into_iter().chain(rows).chain(second).collect()
    }

    /// The rows from `from` on, where they were prefetched, as far as these are all.
    pub(super) fn prefetched_rows(
        resource_type: &str,
        from: Option<UtcMillis>,
        prefetched: &mut Prefetched,
    ) -> Option<BundlePage> {
        let page = prefetched.take(&few_rows(resource_type, from?))?;
        let is_short = page.entry_count < usize::try_from(FEW_ROWS).unwrap_or(usize::MAX);
        let is_all = is_short && !page.has_next() && !page.is_cut && page.sort_is_honoured != Some(false);
        Some(page).filter(|_| is_all)
    }

    /// The request that shows whether a type has changed at all; `None` where its rows are fetched anyway.
    pub(super) fn first_probe(&self, key: &CursorKey, state: &PullState) -> Option<Search> {
        if let Some(since) = state.deletions_since.filter(|_| state.is_stable() && self.has_history(key)) {
            return Some(history_probe(&key.resource_type, since));
        }
        match state.plan_request() {
            NextRequest::Probe { since, .. } => Some(rows_probe(&key.resource_type, since)),
            NextRequest::Fetch(None) if state.is_empty(is_rare(&key.resource_type)) => {
                Some(Search::of_type(&key.resource_type).with("_summary", "count"))
            }
            NextRequest::Fetch(_) => None,
        }
    }
}

/// Asks for one entry of the history since `since`.
fn history_probe(resource_type: &str, since: UtcMillis) -> Search {
    Search::history_of(resource_type).with("_since", since.to_rfc3339()).with("_count", "1")
}

/// Entries of a recent history.
const RECENT_ENTRIES: &str = "5";

/// Asks for the history after the newest known row, which is not repeated. What was deleted at the time of that row was
/// found when the row was.
pub(super) fn recent_history(resource_type: &str, known: UtcMillis) -> Search {
    let after = known.plus_millis(1);
    Search::history_of(resource_type).with("_since", after.to_rfc3339()).with("_count", RECENT_ENTRIES)
}

/// Asks for the history since the last deletions.
pub(super) fn history_since(resource_type: &str, since: UtcMillis) -> Search {
    Search::history_of(resource_type).with("_since", since.to_rfc3339()).with("_count", "200")
}

/// Asks for the rows from `from` on, oldest first, where they are few.
fn few_rows(resource_type: &str, from: UtcMillis) -> Search {
    Search::of_type(resource_type)
        .with("_sort", "_lastUpdated")
        .with("_count", FEW_ROWS.to_string())
        .with("_lastUpdated", format!("ge{from}"))
}

/// Asks for the number of rows from `since` on and for the newest of them.
pub(super) fn rows_probe(resource_type: &str, since: UtcMillis) -> Search {
    Search::of_type(resource_type)
        .with("_lastUpdated", format!("ge{since}"))
        .with("_sort", "-_lastUpdated")
        .with("_count", "1")
        .with("_elements", "id,meta")
        .with("_total", "accurate")
}
