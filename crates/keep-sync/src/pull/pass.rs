//! One pass over one type.

use super::look::ChangeProbe;
use super::{Pacing, Puller, blocking};
use crate::cursor::{Cursor, Question};
use crate::fhir_client::{Chain, Ids, Page, Search, rows};
use crate::port::{ApplyReport, Contested, CursorKey, CursorState, PulledPage, SyncPort};
use crate::recent_rows::RecentRows;
use crate::{SyncError, merge};
use keep_domain::{Phi, ResourceKey, UtcMillis};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often a forgotten search is asked anew without coming forward.
const RESTARTS: u32 = 3;

/// From this many records on a batch is stored; a first load in large batches is sorted by chart.
const BATCH: usize = 20_000;
/// What has waited this long is stored, however little it is: a slow line must not lose it.
const WAIT: Duration = Duration::from_secs(5);

/// Whose last sync lies this long before the last of all has left; what they brought others have looked after since.
const LATELY_MILLIS: i64 = 90 * 24 * 3_600_000;

/// What the last page of a chain says of the whole.
struct LastPage {
    total: Option<u64>,
    entries: usize,
}

/// A pass under way: what has come and is not stored yet.
struct Running {
    cursor: Cursor,
    /// Rows near the newest stamp, each counted once however often it is repeated.
    recent: RecentRows,
    /// The pages of the search that is followed.
    chain: Chain,
    /// The first page of this run has come.
    begun: bool,
    waiting: Vec<Phi<String>>,
    waiting_since: Duration,
    /// A batch that is being stored while the next pages come.
    storing: Option<JoinHandle<Result<ApplyReport, SyncError>>>,
    /// A batch could not be stored.
    store_failed: bool,
}

impl Puller {
    /// Brings one type up to date and says of when it is complete.
    pub(super) async fn pull_type(
        &self,
        resource_type: &str,
        pacing: &mut Pacing,
        changed: &mut u64,
    ) -> Result<Option<UtcMillis>, SyncError> {
        let key = self.cursor_key(resource_type);
        let asked = key.clone();
        let kept = self.store(move |port| port.cursor(&asked)).await?;
        let mut cursor = self.cursor_of(&key, &kept.text).await?;
        let first = cursor.since.is_none();
        // A server that does not understand the question is asked for the rows.
        let look = match self.look(&key, &cursor).await {
            Err(SyncError::Failed { status: 400 | 404 | 405 | 410 | 501, .. }) => ChangeProbe::Changed,
            other => other?,
        };
        match look {
            ChangeProbe::Unchanged(at) => {
                cursor.unchanged(at);
                cursor.deletions_were_seen(at, None);
                self.save(&key, &cursor, Vec::new()).await?;
            }
            ChangeProbe::SameRows { at, deletions } => {
                cursor.unchanged(at);
                if deletions {
                    self.pull_deletions(&key, &mut cursor, None, changed).await?;
                } else {
                    self.save(&key, &cursor, Vec::new()).await?;
                }
            }
            ChangeProbe::Gone { at, fewer, newest } => {
                cursor.unchanged(at);
                cursor.newest = newest;
                self.pull_deletions(&key, &mut cursor, Some(fewer), changed).await?;
            }
            ChangeProbe::Changed => {
                cursor = self.pass(&key, cursor, pacing, changed).await?;
                // The first pass needs no deletions: what was deleted before it never came here, unless somebody else
                // had brought it.
                let others = cursor.deletions_since.is_some_and(|d| cursor.since.is_none_or(|since| d < since));
                if !first || others {
                    self.pull_deletions(&key, &mut cursor, None, changed).await?;
                }
            }
        }
        if self.deletions_are_due(&key, &cursor) {
            self.pull_deletions(&key, &mut cursor, None, changed).await?;
        }
        Ok(cursor.complete_as_of)
    }

    /// The cursor as it was kept. A new one looks for deletions from where the records of others on this device stand:
    /// what they brought may have been deleted since.
    async fn cursor_of(&self, key: &CursorKey, text: &str) -> Result<Cursor, SyncError> {
        let trusted = self.trusted_now();
        if let Some(kept) = Cursor::read(text, trusted) {
            return Ok(kept);
        }
        // One that cannot be read or used is begun anew: repeats are harmless, and deletions may be of any time.
        if !text.is_empty() {
            return Ok(Cursor::begin_anew());
        }
        let asked = key.clone();
        let others = self.store(move |port| port.other_cursors(&asked)).await?;
        let seen: Vec<UtcMillis> = others
            .iter()
            .map(|c| Cursor::read(&c.text, trusted).and_then(|c| c.deletions_seen()))
            .map(|seen| seen.unwrap_or(UtcMillis(0)))
            .collect();
        let newest = seen.iter().max().copied();
        let lately = |at: &UtcMillis| newest.is_some_and(|n| n.0.saturating_sub(at.0) <= LATELY_MILLIS);
        Ok(Cursor { deletions_since: seen.into_iter().filter(lately).min(), ..Cursor::default() })
    }

    async fn pass(
        &self,
        key: &CursorKey,
        cursor: Cursor,
        pacing: &mut Pacing,
        changed: &mut u64,
    ) -> Result<Cursor, SyncError> {
        // Deletions are looked for behind this pass, but for a first one.
        let deletions_follow = cursor.since.is_some() && self.has_history(key);
        let claim_before = cursor.complete_as_of;
        let mut run = Running {
            cursor,
            recent: RecentRows::default(),
            chain: Chain::default(),
            begun: false,
            waiting: Vec::new(),
            waiting_since: self.monotonic(),
            storing: None,
            store_failed: false,
        };
        let done = self.ask_until_the_end(key, &mut run, pacing, changed).await;
        if done.is_ok() {
            run.cursor.end(&run.recent);
        }
        // INVARIANT: rows are saved as counted only once deletions were looked for: the server no longer counts what is
        // deleted, so after a sync that ends here the same count would look as if nothing had been.
        // The claim waits for them, too: what is deleted on the server is not complete here.
        let (counted, claim) = (run.cursor.recent, run.cursor.complete_as_of);
        if deletions_follow {
            (run.cursor.recent, run.cursor.complete_as_of) = (None, claim_before);
        }
        // What has come is stored even when the line is gone; the cursor then says how far it reaches.
        // INVARIANT: nothing is stored behind a batch that was not: its cursor would skip that batch for good.
        let stored = match self.cancel.is_cancelled() || run.store_failed {
            true => Ok(()),
            false => self.flush(key, &mut run, changed).await,
        };
        let last = self.await_stored(&mut run, changed).await;
        done?;
        (run.cursor.recent, run.cursor.complete_as_of) = (counted, claim);
        stored.and(last).map(|()| run.cursor)
    }

    async fn ask_until_the_end(
        &self,
        key: &CursorKey,
        run: &mut Running,
        pacing: &mut Pacing,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        let mut stuck = 0;
        loop {
            let from = match run.cursor.plan() {
                Question::From(from) => from,
                Question::Changed { since, .. } => Some(since),
            };
            let count = pacing.count();
            let mut search =
                Search::of_type(&key.resource_type).with("_sort", "_lastUpdated").with("_count", count.to_string());
            if let Some(at) = from {
                search = search.with("_lastUpdated", format!("ge{at}"));
            }
            run.chain = Chain::default();
            let first = self.cancel.guard(self.client.search(&search)).await.inspect_err(|_| pacing.shrink())?;
            if !std::mem::replace(&mut run.begun, true) {
                run.cursor.begin(self.answered(&first));
            }
            let last = self.follow(key, first, run, pacing, changed).await?;
            let reached = run.cursor.pass.as_ref().and_then(|p| p.reached);
            match last {
                Some(last) if self.came_whole(&last, run, count) => return Ok(()),
                // The server says that there are more and names no next page: it is asked from the last stamp on.
                // Where that is no way forward, a list of ids decides, and without it nothing is claimed.
                Some(_) if reached <= from => {
                    return if self.all_came(key, from, &run.chain).await? { Ok(()) } else { Err(SyncError::Garbled) };
                }
                // The search was forgotten or given up: it is asked again from the last stamp, which must move on.
                _ => {}
            }
            stuck = if reached > from { 0 } else { stuck + 1 };
            if stuck > RESTARTS {
                return Err(SyncError::Garbled);
            }
        }
    }

    /// Whether the chain that ended with `last` showed all that the server counts, as far as it counts.
    fn came_whole(&self, last: &LastPage, run: &Running, asked: u32) -> bool {
        match last.total {
            Some(total) => run.chain.count() >= total,
            // A full page without a next one may have been cut.
            None => last.entries < usize::try_from(asked).unwrap_or(usize::MAX),
        }
    }

    /// Follows `next` from `page` on; each page is read while the following one is on its way. `None` where the end was
    /// not reached.
    async fn follow(
        &self,
        key: &CursorKey,
        mut page: Page,
        run: &mut Running,
        pacing: &mut Pacing,
        changed: &mut u64,
    ) -> Result<Option<LastPage>, SyncError> {
        loop {
            run.chain.follow(&page)?;
            let last = LastPage { total: page.total, entries: page.entries };
            let give_up = (pacing.steer(page.entries, page.took) || run.chain.is_full()) && page.has_next();
            let reading = self.read_page(key, page.clone(), run);
            let (read, next) = if give_up {
                (reading.await, Ok(None))
            } else {
                tokio::join!(reading, self.cancel.guard(self.client.next(&page)))
            };
            read?;
            if run.waiting.len() >= BATCH || self.monotonic().saturating_sub(run.waiting_since) >= WAIT {
                self.flush(key, run, changed).await?;
            }
            match next {
                Ok(Some(following)) => page = following,
                Ok(None) => return Ok((!give_up).then_some(last)),
                // The server has forgotten the search.
                Err(SyncError::Failed { status: 404 | 410, .. }) => return Ok(None),
                Err(error) => {
                    pacing.shrink();
                    return Err(error);
                }
            }
        }
    }

    /// Splits a page into records that wait to be stored.
    async fn read_page(&self, key: &CursorKey, page: Page, run: &mut Running) -> Result<(), SyncError> {
        let resource_type = key.resource_type.clone();
        let (records, matches) = blocking(move || {
            // EXPOSE: the page is split into records that are Phi again.
            let rows = rows(page.text.expose(), &resource_type, Ids::Needed)?;
            let matches: Vec<(String, Option<UtcMillis>)> =
                rows.iter().filter_map(|row| Some((row.id.as_ref()?.to_string(), row.stamp))).collect();
            let records: Vec<_> = rows.iter().map(|row| Phi::new(row.text.to_owned())).collect();
            Ok((records, matches))
        })
        .await?;
        run.chain.show(matches.iter().map(|(id, _)| id.as_str()))?;
        run.cursor.advance(matches.iter().filter_map(|(_, stamp)| *stamp));
        for (id, stamp) in &matches {
            if let Some(stamp) = stamp {
                run.recent.add(id, *stamp);
            }
        }
        run.recent.forget_before(run.cursor.recent_from().max(run.cursor.since));
        run.waiting.extend(records);
        Ok(())
    }

    /// Hands what waits to the store, with the cursor that holds then, and goes on at once; only one batch is on its way.
    async fn flush(&self, key: &CursorKey, run: &mut Running, changed: &mut u64) -> Result<(), SyncError> {
        self.await_stored(run, changed).await?;
        let cursor = Some((key.clone(), state_of(&run.cursor)?));
        let page = PulledPage { records: std::mem::take(&mut run.waiting), deleted: Vec::new(), cursor };
        run.waiting_since = self.monotonic();
        let port = Arc::clone(&self.port);
        run.storing = Some(tokio::task::spawn_blocking(move || {
            let mut done = port.integrate(page)?;
            merge_contested(port.as_ref(), std::mem::take(&mut done.contested))?;
            Ok(done)
        }));
        Ok(())
    }

    async fn await_stored(&self, run: &mut Running, changed: &mut u64) -> Result<(), SyncError> {
        if let Some(task) = run.storing.take() {
            let done = task.await.unwrap_or(Err(SyncError::Internal("store call")));
            run.store_failed |= done.is_err();
            *changed = changed.saturating_add(done?.changed);
        }
        Ok(())
    }

    /// Saves the cursor, and removes what was deleted before it.
    pub(super) async fn save(
        &self,
        key: &CursorKey,
        cursor: &Cursor,
        deleted: Vec<ResourceKey>,
    ) -> Result<u64, SyncError> {
        let page = PulledPage { records: Vec::new(), deleted, cursor: Some((key.clone(), state_of(cursor)?)) };
        self.store(move |port| {
            let done = port.integrate(page)?;
            merge_contested(port, done.contested)?;
            Ok(done.changed)
        })
        .await
    }

    fn monotonic(&self) -> Duration {
        self.client.credentials().server().http().clock().monotonic()
    }
}

fn merge_contested(port: &dyn SyncPort, contested: Vec<Contested>) -> Result<(), SyncError> {
    for one in contested {
        port.settle(one.sequence, &[merge::reconcile(&one.entry, one.theirs.as_ref())])?;
    }
    Ok(())
}

fn state_of(cursor: &Cursor) -> Result<CursorState, SyncError> {
    let text = serde_json::to_string(cursor).map_err(|_| SyncError::Internal("cursor"))?;
    Ok(CursorState { text, complete_as_of: cursor.complete_as_of })
}
