//! One pass over one type.

use super::page_size::PageSize;
use super::probe::ChangeProbe;
use super::puller::{Puller, apply_and_merge, page_of};
use super::recent_rows::RecentRows;
use super::state::PullState;
use crate::blocking::{blocking, with_store};
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, MatchIds, PaginationGuard, Search, parse_search};
use crate::sync_store::ApplyReport;
use keep_domain::{Phi, UtcMillis};
use keep_store::{CursorKey, Page};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often a search that the server has forgotten is repeated without progress.
const MAX_RESTARTS: u32 = 3;

/// A batch is stored from this many records on; a first load in large batches is sorted by chart.
const BATCH: usize = 20_000;
/// A batch is stored after this long, however small it is, so that a slow connection loses little.
const BATCH_INTERVAL: Duration = Duration::from_secs(5);

/// A user whose last sync is this much older than the latest one has left; colleagues have since checked what they
/// pulled.
const ACTIVE_MILLIS: i64 = 90 * 24 * 3_600_000;

/// What the last page of a search says about the whole.
struct LastPage {
    total: Option<u64>,
    entry_count: usize,
}

/// A pass in progress.
struct RunningPass<'a> {
    key: &'a CursorKey,
    state: PullState,
    /// Rows near the newest `lastUpdated`, each counted once however often it is repeated.
    recent: RecentRows,
    /// The pages of the current search.
    guard: PaginationGuard,
    /// Whether the first page of this run was received.
    begun: bool,
    batch: Batch<'a>,
}

/// Records that were received and are not stored yet.
struct Batch<'a> {
    records: Vec<Phi<String>>,
    since: Duration,
    /// The previous batch, stored while further pages arrive.
    storing: Option<JoinHandle<Result<ApplyReport, SyncError>>>,
    /// A batch could not be stored.
    failed: bool,
    /// Counts records that were new, newer or deleted.
    changed: &'a mut u64,
}

impl Puller {
    /// Updates one type and returns its state.
    pub(super) async fn pull_type(
        &self,
        resource_type: &str,
        page_size: &mut PageSize,
        changed: &mut u64,
    ) -> Result<PullState, SyncError> {
        let key = self.cursor_key(resource_type);
        let own_key = key.clone();
        let stored = with_store(&self.store, move |store| store.cursor(&own_key)).await?;
        let mut state = self.load_state(&key, &stored.position).await?;
        let first = state.since.is_none();
        // A server that does not understand the probe gets the search for the rows.
        let probe = match self.probe(&key, &state).await {
            Err(SyncError::Failed { status: 400 | 404 | 405 | 410 | 501, .. }) => ChangeProbe::Changed,
            other => other?,
        };
        match probe {
            ChangeProbe::Unchanged(times) => {
                state.mark_unchanged(times);
                state.mark_deletions_checked(times, None);
                self.save(&key, &state, Vec::new()).await?;
            }
            ChangeProbe::SameRows { times, history } => {
                state.mark_unchanged(times);
                if history {
                    self.pull_deletions(&key, &mut state, None, changed).await?;
                } else {
                    self.save(&key, &state, Vec::new()).await?;
                }
            }
            ChangeProbe::RowsDeleted { times, count, newest } => {
                state.mark_unchanged(times);
                state.newest = newest;
                self.pull_deletions(&key, &mut state, Some(count), changed).await?;
            }
            ChangeProbe::Changed => {
                state = self.run_pass(&key, state, page_size, changed).await?;
                // The first pass needs no deletions: what was deleted before it was never stored here, unless another
                // user had pulled it.
                let others = state.deletions_since.is_some_and(|d| state.since.is_none_or(|since| d < since));
                if !first || others {
                    self.pull_deletions(&key, &mut state, None, changed).await?;
                }
            }
        }
        if self.deletions_are_due(&key, &state) {
            self.pull_deletions(&key, &mut state, None, changed).await?;
        }
        Ok(state)
    }

    /// The stored state. A new one checks deletions from where other users' cursors on this device are: what they
    /// pulled may have been deleted since.
    async fn load_state(&self, key: &CursorKey, text: &str) -> Result<PullState, SyncError> {
        let trusted = self.trusted_now();
        if let Some(state) = PullState::parse(text, trusted) {
            return Ok(state);
        }
        // An unusable one is replaced: repeats are harmless, and deletions may be of any time.
        if !text.is_empty() {
            return Ok(PullState::restart());
        }
        let own_key = key.clone();
        let others = with_store(&self.store, move |store| store.other_cursors(&own_key)).await?;
        let known: Vec<UtcMillis> = others
            .iter()
            .map(|c| PullState::parse(&c.position, trusted).and_then(|state| state.deletions_known_until()))
            .map(|until| until.unwrap_or(UtcMillis(0)))
            .collect();
        let newest = known.iter().max().copied();
        let is_active = |at: &UtcMillis| newest.is_some_and(|n| n.0.saturating_sub(at.0) <= ACTIVE_MILLIS);
        Ok(PullState { deletions_since: known.into_iter().filter(is_active).min(), ..PullState::default() })
    }

    async fn run_pass(
        &self,
        key: &CursorKey,
        state: PullState,
        page_size: &mut PageSize,
        changed: &mut u64,
    ) -> Result<PullState, SyncError> {
        // Every pass but the first is followed by a check for deletions.
        let deletions_follow = state.since.is_some() && self.has_history(key);
        let claim_before = state.complete_as_of;
        let since = self.monotonic();
        let mut run = RunningPass {
            key,
            state,
            recent: RecentRows::default(),
            guard: PaginationGuard::default(),
            begun: false,
            batch: Batch { records: Vec::new(), since, storing: None, failed: false, changed },
        };
        let fetched = self.fetch_all(&mut run, page_size).await;
        if fetched.is_ok() {
            run.state.end_pass(&run.recent);
        }
        // INVARIANT: the row count is saved only after the check for deletions: the server no longer counts what is
        // deleted, so after a sync that ends here the same count would look as if nothing had been deleted.
        // The claim is withheld, too: a type with unapplied deletions is not complete here.
        let (counted, claim) = (run.state.recent, run.state.complete_as_of);
        if deletions_follow {
            (run.state.recent, run.state.complete_as_of) = (None, claim_before);
        }
        // What was received is stored even after the connection was lost; the state then says how far it reaches.
        // INVARIANT: nothing is stored after a batch that failed: the new cursor would skip that batch.
        let stored = match self.cancel.is_cancelled() || run.batch.failed {
            true => Ok(()),
            false => self.flush(&mut run).await,
        };
        let last = run.batch.wait().await;
        fetched?;
        (run.state.recent, run.state.complete_as_of) = (counted, claim);
        stored.and(last).map(|()| run.state)
    }

    /// Searches until all rows were received.
    async fn fetch_all(&self, run: &mut RunningPass<'_>, page_size: &mut PageSize) -> Result<(), SyncError> {
        let mut restarts = 0;
        loop {
            let from = run.state.plan_request().fetch_from();
            let count = page_size.count();
            let mut search =
                Search::of_type(&run.key.resource_type).with("_sort", "_lastUpdated").with("_count", count.to_string());
            if let Some(from) = from {
                search = search.with("_lastUpdated", format!("ge{from}"));
            }
            run.guard = PaginationGuard::default();
            let first = self.cancel.race(self.client.search(&search)).await.inspect_err(|_| page_size.shrink())?;
            if !std::mem::replace(&mut run.begun, true) {
                run.state.begin_pass(self.response_times(&first));
            }
            let last = self.follow(first, run, page_size).await?;
            let reached = run.state.pass.as_ref().and_then(|p| p.reached);
            match last {
                Some(last) if last.is_complete(run.guard.seen_count(), count) => return Ok(()),
                // The server counts more rows and links no next page: search again from the last time. Without
                // progress a list of ids decides; nothing is claimed that the list does not confirm.
                Some(_) if reached <= from => {
                    let all = self.all_received(run.key, from, &run.guard).await?;
                    return if all { Ok(()) } else { Err(SyncError::InvalidResponse) };
                }
                // The search was forgotten or abandoned: it is repeated from the last time, which must advance.
                _ => {}
            }
            restarts = if reached > from { 0 } else { restarts + 1 };
            if restarts > MAX_RESTARTS {
                return Err(SyncError::InvalidResponse);
            }
        }
    }

    /// Follows the `next` links from `page` on; each page is read while the next one is loading. `None` where the last
    /// page was not reached.
    async fn follow(
        &self,
        mut page: BundlePage,
        run: &mut RunningPass<'_>,
        page_size: &mut PageSize,
    ) -> Result<Option<LastPage>, SyncError> {
        loop {
            run.guard.check_page(&page)?;
            let last = LastPage { total: page.total, entry_count: page.entry_count };
            let too_slow = page_size.adjust(page.entry_count, page.elapsed);
            let abandon = (too_slow || run.guard.is_at_limit()) && page.has_next();
            let reading = run.read_page(page.clone());
            let (read, next) = if abandon {
                (reading.await, Ok(None))
            } else {
                tokio::join!(reading, self.cancel.race(self.client.next(&page)))
            };
            read?;
            let waited = self.monotonic().saturating_sub(run.batch.since);
            if run.batch.records.len() >= BATCH || waited >= BATCH_INTERVAL {
                self.flush(run).await?;
            }
            match next {
                Ok(Some(following)) => page = following,
                Ok(None) => return Ok((!abandon).then_some(last)),
                // The server has forgotten the search.
                Err(SyncError::Failed { status: 404 | 410, .. }) => return Ok(None),
                Err(error) => {
                    page_size.shrink();
                    return Err(error);
                }
            }
        }
    }

    /// Starts storing the batch with the cursor that holds then; only one batch is stored at a time.
    async fn flush(&self, run: &mut RunningPass<'_>) -> Result<(), SyncError> {
        run.batch.wait().await?;
        let records = std::mem::take(&mut run.batch.records);
        let page = page_of(run.key, &run.state, Page { records, ..Page::default() })?;
        run.batch.since = self.monotonic();
        let store = Arc::clone(&self.store);
        run.batch.storing = Some(tokio::task::spawn_blocking(move || apply_and_merge(store.as_ref(), page)));
        Ok(())
    }
}

impl LastPage {
    /// Whether a search that showed `seen` records in pages of `page_size` showed all, as far as the server counts.
    fn is_complete(&self, seen: u64, page_size: u32) -> bool {
        match self.total {
            Some(total) => seen >= total,
            // A full page without a next link may have been truncated.
            None => self.entry_count < usize::try_from(page_size).unwrap_or(usize::MAX),
        }
    }
}

impl RunningPass<'_> {
    /// Adds a page's records to the batch.
    async fn read_page(&mut self, page: BundlePage) -> Result<(), SyncError> {
        let resource_type = self.key.resource_type.clone();
        let (records, matches) = blocking(move || {
            // EXPOSE: the page is split into records that are Phi again.
            let entries = parse_search(page.text.expose(), &resource_type, MatchIds::Required)?;
            let matches: Vec<(String, Option<UtcMillis>)> =
                entries.iter().filter_map(|e| Some((e.id.as_ref()?.to_string(), e.last_updated))).collect();
            let records: Vec<_> = entries.iter().map(|e| Phi::new(e.text.to_owned())).collect();
            Ok((records, matches))
        })
        .await?;
        self.guard.check_items(matches.iter().map(|(id, _)| id.as_str()))?;
        self.state.advance(matches.iter().filter_map(|(_, last_updated)| *last_updated));
        for (id, last_updated) in &matches {
            if let Some(last_updated) = last_updated {
                self.recent.add(id, *last_updated);
            }
        }
        self.recent.prune_before(self.state.recent_from().max(self.state.since));
        self.batch.records.extend(records);
        Ok(())
    }
}

impl Batch<'_> {
    /// Waits for the batch that is being stored.
    async fn wait(&mut self) -> Result<(), SyncError> {
        if let Some(task) = self.storing.take() {
            let report = task.await.unwrap_or(Err(SyncError::Internal("store call")));
            self.failed |= report.is_err();
            *self.changed = self.changed.saturating_add(report?.changed);
        }
        Ok(())
    }
}
