//! One pass over one type.

use super::paging::Paging;
use super::prefetch::Prefetched;
use super::probe::ChangeProbe;
use super::puller::{Puller, apply_and_merge, cursor_of, page_of};
use super::recent_rows::RecentRows;
use super::state::PullState;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, PaginationGuard};
use crate::sync_store::ApplyReport;
use keep_domain::{Phi, UtcMillis};
use keep_store::{CursorKey, Page};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A user whose last sync is this much older than the latest one has left; colleagues have since checked what they
/// pulled.
const ACTIVE_MILLIS: i64 = 90 * 24 * 3_600_000;

/// A pass in progress.
pub(super) struct RunningPass<'a> {
    pub(super) key: &'a CursorKey,
    pub(super) state: PullState,
    /// Rows near the newest `lastUpdated`, each counted once however often it is repeated.
    pub(super) recent: RecentRows,
    /// The pages of the current search.
    pub(super) guard: PaginationGuard,
    /// The newest time of the current search so far.
    pub(super) newest_in_order: Option<UtcMillis>,
    /// The items of the searches before.
    pub(super) seen_before: HashSet<u64>,
    /// The records of a pass that was not interrupted.
    pub(super) count: Option<FirstCount>,
    /// All rows, where they were requested together with the probes.
    pub(super) prefetched: Option<BundlePage>,
    /// Whether the first page of this run was received.
    pub(super) begun: bool,
    pub(super) batch: Batch<'a>,
}

/// The number of records of a whole pass.
pub(super) struct FirstCount {
    pub(super) received: u64,
    /// The server's own number, where it was said.
    pub(super) total: Option<u64>,
    /// Stored records that it did not show, of a pass that shows all that there is.
    pub(super) missing: Vec<String>,
}

/// Records that were received and are not stored yet.
pub(super) struct Batch<'a> {
    pub(super) records: Vec<Phi<String>>,
    pub(super) since: Duration,
    /// The previous batch, stored while further pages arrive.
    storing: Option<JoinHandle<Result<ApplyReport, SyncError>>>,
    /// A batch could not be stored.
    failed: bool,
    /// Counts records that were new, newer or deleted.
    pub(super) changed: &'a mut u64,
}

impl Puller {
    /// Updates one type and returns its state.
    pub(super) async fn pull_type(
        &self,
        resource_type: &str,
        paging: &mut Paging,
        prefetched: &mut Prefetched,
        changed: &mut u64,
    ) -> Result<PullState, SyncError> {
        let key = self.cursor_key(resource_type);
        let own_key = key.clone();
        let stored = with_store(&self.store, move |store| store.cursor(&own_key)).await?;
        let mut state = self.load_state(&key, &stored.position).await?;
        // A server that does not understand the probe gets the search for the rows.
        let probe = match self.probe(&key, &state, prefetched).await {
            Err(SyncError::Failed { status: 400 | 404 | 405 | 410 | 501, .. }) => ChangeProbe::Changed,
            other => other?,
        };
        match probe {
            ChangeProbe::Unchanged(times) => {
                state.mark_unchanged(times);
                state.mark_deletions_checked(times, None);
                if state.newest.is_none() && state.shortfall.is_none() {
                    // The server counts none, and none is here.
                    state.compared = Some(times.as_of);
                }
                if !Self::compare_is_due(&state) && !self.deletions_are_due(&key, &state) {
                    prefetched.unchanged.push((key.clone(), cursor_of(&state)?));
                    return Ok(state);
                }
                self.save(&key, &state, Vec::new()).await?;
            }
            ChangeProbe::SameRows { times, history } => {
                state.mark_unchanged(times);
                match state.newest {
                    Some(newest) if !history => {
                        self.pull_recent_deletions(&key, &mut state, newest, prefetched, changed).await?;
                    }
                    _ => self.pull_deletions(&key, &mut state, None, prefetched, changed).await?,
                }
            }
            ChangeProbe::RowsDeleted { times, count, newest } => {
                state.mark_unchanged(times);
                state.newest = newest;
                self.pull_deletions(&key, &mut state, Some(count), prefetched, changed).await?;
            }
            ChangeProbe::SomeNewer(found) => {
                if !self.pull_newer(&key, &mut state, found, changed).await? {
                    state = self.pull_rows(&key, state, paging, prefetched, changed).await?;
                } else if found.history {
                    self.pull_deletions(&key, &mut state, None, prefetched, changed).await?;
                } else {
                    self.pull_recent_deletions(&key, &mut state, found.newest, prefetched, changed).await?;
                }
            }
            ChangeProbe::Changed => state = self.pull_rows(&key, state, paging, prefetched, changed).await?,
        }
        if self.deletions_are_due(&key, &state) {
            self.pull_deletions(&key, &mut state, None, prefetched, changed).await?;
        }
        self.compare_if_due(&key, &mut state, paging, changed).await?;
        Ok(state)
    }

    /// Fetches all rows since the last pass, then what was deleted since.
    async fn pull_rows(
        &self,
        key: &CursorKey,
        state: PullState,
        paging: &mut Paging,
        prefetched: &mut Prefetched,
        changed: &mut u64,
    ) -> Result<PullState, SyncError> {
        let (first, was_complete) = (state.since.is_none(), state.complete_as_of);
        let rows = Self::prefetched_rows(&key.resource_type, state.plan_request().fetch_from(), prefetched);
        let (mut state, count) = self.run_pass(key, (state, rows), paging, changed).await?;
        if let Some(count) = count.as_ref().filter(|_| first) {
            self.confirm_count(key, &mut state, count).await?;
        }
        if let Some(before) = was_complete.filter(|_| state.since.is_none()) {
            let missing = count.map(|count| count.missing);
            self.remove_missing(key, &mut state, (missing, before), changed).await?;
            return Ok(state);
        }
        // The first pass needs no deletions: what was deleted before it was never stored here, unless another user had
        // pulled it.
        let others = state.deletions_since.is_some_and(|d| state.since.is_none_or(|since| d < since));
        if !first || others {
            self.pull_deletions(key, &mut state, None, prefetched, changed).await?;
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
        (state, prefetched): (PullState, Option<BundlePage>),
        paging: &mut Paging,
        changed: &mut u64,
    ) -> Result<(PullState, Option<FirstCount>), SyncError> {
        // Every pass but the first is followed by a check for deletions.
        let deletions_follow = state.since.is_some() && self.has_history(key);
        let claim_before = state.complete_as_of;
        let since = self.monotonic();
        let mut run = RunningPass {
            key,
            state,
            recent: RecentRows::default(),
            guard: PaginationGuard::default(),
            newest_in_order: None,
            seen_before: HashSet::new(),
            count: None,
            prefetched,
            begun: false,
            batch: Batch { records: Vec::new(), since, storing: None, failed: false, changed },
        };
        let fetched = self.fetch_all(&mut run, paging).await;
        if fetched.is_ok() {
            run.state.end_pass(&run.recent);
        }
        // INVARIANT: the row count is saved only after the check for deletions: the server no longer counts what is
        // deleted, so after a sync that ends here the same count would look as if nothing had been deleted.
        // The claim is withheld, too: a type with unapplied deletions is not complete here.
        let (counted, claim) = (run.state.recent, run.state.complete_as_of);
        let shows_all = run.state.since.is_none() && claim_before.is_some();
        if deletions_follow || shows_all {
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
        stored.and(last)?;
        if let Some(count) = run.count.as_mut().filter(|_| shows_all) {
            let is_missing = |id: &String| !run.guard.has_seen_with(id, &run.seen_before);
            count.missing = self.stored_ids(key).await?.into_iter().filter(is_missing).collect();
        }
        Ok((run.state, run.count))
    }

    /// Starts storing the batch with the cursor that holds then; only one batch is stored at a time.
    pub(super) async fn flush(&self, run: &mut RunningPass<'_>) -> Result<(), SyncError> {
        run.batch.wait().await?;
        let records = std::mem::take(&mut run.batch.records);
        let page = page_of(run.key, &run.state, Page { records, ..Page::default() })?;
        run.batch.since = self.monotonic();
        let store = Arc::clone(&self.store);
        run.batch.storing = Some(tokio::task::spawn_blocking(move || apply_and_merge(store.as_ref(), page)));
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
