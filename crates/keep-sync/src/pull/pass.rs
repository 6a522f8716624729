//! One pass over one type.

use super::{Pacing, Puller, blocking};
use crate::cursor::{Cursor, OVERLAP_MILLIS, Question};
use crate::fhir_client::{Page, Search};
use crate::port::{Contested, CursorKey, CursorState, Integrated, PulledPage, SyncPort};
use crate::{SyncError, merge};
use keep_domain::{Phi, ResourceKey, UtcMillis};
use keep_fhir::{Bundle, extract_at};
use std::collections::HashSet;
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

/// What a small question has shown.
enum Look {
    /// Nothing was made, changed or deleted.
    Unchanged(UtcMillis),
    /// So many rows are gone and nothing else has changed.
    Gone { at: UtcMillis, fewer: u64 },
    /// Ask for the rows.
    Changed,
}

/// A pass under way: what has come and is not stored yet.
struct Running {
    cursor: Cursor,
    /// Ids of rows inside the overlap, each counted once however often it is repeated.
    recent: HashSet<String>,
    waiting: Vec<Phi<String>>,
    waiting_since: Duration,
    /// A batch that is being stored while the next pages come.
    storing: Option<JoinHandle<Result<Integrated, SyncError>>>,
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
            Err(SyncError::Failed { status: 400 | 404 | 405 | 410 | 501, .. }) => Look::Changed,
            other => other?,
        };
        match look {
            Look::Unchanged(at) => {
                cursor.unchanged(at);
                self.save(&key, &cursor, Vec::new()).await?;
            }
            Look::Gone { at, fewer } => {
                cursor.unchanged(at);
                self.pull_deletions(&key, &mut cursor, Some(fewer), changed).await?;
            }
            Look::Changed => {
                cursor = self.pass(&key, cursor, pacing, changed).await?;
                // The first pass needs no deletions: what was deleted before it never came here, unless somebody else
                // had brought it.
                if !first || cursor.deletions_since < cursor.since {
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
        if let Ok(kept) = serde_json::from_str(text) {
            return Ok(kept);
        }
        // One that cannot be read is begun anew: repeats are harmless, and deletions may be of any time.
        if !text.is_empty() {
            return Ok(Cursor { deletions_since: Some(UtcMillis(0)), ..Cursor::default() });
        }
        let asked = key.clone();
        let others = self.store(move |port| port.other_cursors(&asked)).await?;
        let seen: Vec<UtcMillis> = others
            .iter()
            .map(|c| serde_json::from_str::<Cursor>(&c.text).ok().and_then(|c| c.deletions_seen()))
            .map(|seen| seen.unwrap_or(UtcMillis(0)))
            .collect();
        let newest = seen.iter().max().copied();
        let lately = |at: &UtcMillis| newest.is_some_and(|n| n.0.saturating_sub(at.0) <= LATELY_MILLIS);
        Ok(Cursor { deletions_since: seen.into_iter().filter(lately).min(), ..Cursor::default() })
    }

    /// One small question that may save a pass.
    async fn look(&self, key: &CursorKey, cursor: &Cursor) -> Result<Look, SyncError> {
        match cursor.plan() {
            Question::Changed { since, newest, rows } => {
                let Some((at, top, total)) = self.ask_whether_changed(&key.resource_type, since).await? else {
                    return Ok(Look::Changed);
                };
                Ok(match rows.checked_sub(total) {
                    Some(0) if top == Some(newest) => Look::Unchanged(at),
                    // Nothing is newer, but there are fewer: rows were deleted.
                    Some(fewer) if fewer > 0 && top <= Some(newest) && self.has_history(key) => {
                        Look::Gone { at, fewer }
                    }
                    _ => Look::Changed,
                })
            }
            // Nothing lies in the overlap: an empty history since then says that nothing was made, changed or deleted.
            Question::From(Some(since)) if cursor.is_quiet() && self.has_history(key) => {
                let since = cursor.deletions_since.map_or(since, |d| d.min(since));
                let search =
                    Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "1");
                let page = self.cancel.guard(self.client.search(&search)).await?;
                Ok(match began(&page) {
                    Some(at) if page.entries == 0 => Look::Unchanged(at),
                    _ => Look::Changed,
                })
            }
            Question::From(_) => Ok(Look::Changed),
        }
    }

    /// (server time, newest stamp, number of rows) from `since` on; `None` where the server does not count.
    async fn ask_whether_changed(
        &self,
        resource_type: &str,
        since: UtcMillis,
    ) -> Result<Option<(UtcMillis, Option<UtcMillis>, u64)>, SyncError> {
        let search = Search::of_type(resource_type)
            .with("_lastUpdated", format!("ge{since}"))
            .with("_sort", "-_lastUpdated")
            .with("_count", "1")
            .with("_elements", "meta")
            .with("_total", "accurate");
        let page = self.cancel.guard(self.client.search(&search)).await?;
        let (Some(at), Some(total)) = (began(&page), page.total) else { return Ok(None) };
        // EXPOSE: only the stamp of the newest row is read from it.
        let bundle = Bundle::parse(page.text.expose()).map_err(|_| SyncError::Garbled)?;
        let top = bundle.entries().find_map(|e| extract_at(e.resource()?, None).ok()?.last_updated);
        Ok(Some((at, top, total)))
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
        let mut run = Running {
            cursor,
            recent: HashSet::new(),
            waiting: Vec::new(),
            waiting_since: self.monotonic(),
            storing: None,
            store_failed: false,
        };
        let done = self.ask_until_the_end(key, &mut run, pacing, changed).await;
        if done.is_ok() {
            run.cursor.end(u64::try_from(run.recent.len()).unwrap_or(u64::MAX));
        }
        // INVARIANT: rows are saved as counted only once deletions were looked for: the server no longer counts what is
        // deleted, so after a sync that ends here the same count would look as if nothing had been.
        let counted = if deletions_follow { run.cursor.recent.take() } else { run.cursor.recent };
        // What has come is stored even when the line is gone; the cursor then says how far it reaches.
        // INVARIANT: nothing is stored behind a batch that was not: its cursor would skip that batch for good.
        let stored = match self.cancel.is_cancelled() || run.store_failed {
            true => Ok(()),
            false => self.flush(key, &mut run, changed).await,
        };
        let last = self.await_stored(&mut run, changed).await;
        done?;
        run.cursor.recent = counted;
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
            let mut search = Search::of_type(&key.resource_type)
                .with("_sort", "_lastUpdated")
                .with("_count", pacing.count().to_string());
            if let Some(at) = from {
                search = search.with("_lastUpdated", format!("ge{at}"));
            }
            let first = self.cancel.guard(self.client.search(&search)).await.inspect_err(|_| pacing.shrink())?;
            run.cursor.begin(began(&first).unwrap_or_else(|| self.client.credentials().server().wire().clock().now()));
            if self.follow(key, first, run, pacing, changed).await? {
                return Ok(());
            }
            // The search was forgotten or given up: it is asked again from the last stamp, which must move on.
            let reached = run.cursor.pass.as_ref().and_then(|p| p.reached);
            stuck = if reached > from { 0 } else { stuck + 1 };
            if stuck > RESTARTS {
                return Err(SyncError::Garbled);
            }
        }
    }

    /// Follows `next` from `page` on; each page is read while the following one is on its way. Says whether the end
    /// was reached.
    async fn follow(
        &self,
        key: &CursorKey,
        mut page: Page,
        run: &mut Running,
        pacing: &mut Pacing,
        changed: &mut u64,
    ) -> Result<bool, SyncError> {
        loop {
            let give_up = pacing.steer(page.entries, page.took) && page.has_next();
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
                Ok(None) => return Ok(!give_up),
                // The server has forgotten the search.
                Err(SyncError::Failed { status: 404 | 410, .. }) => return Ok(false),
                Err(error) => {
                    pacing.shrink();
                    return Err(error);
                }
            }
        }
    }

    /// Splits a page into records that wait to be stored.
    async fn read_page(&self, key: &CursorKey, page: Page, run: &mut Running) -> Result<(), SyncError> {
        let recent_from = run.cursor.recent_from();
        let resource_type = key.resource_type.clone();
        let (records, last, recent) = blocking(move || {
            // EXPOSE: the page is split into records that are Phi again.
            let bundle = Bundle::parse(page.text.expose()).map_err(|_| SyncError::Garbled)?;
            let (mut records, mut last, mut recent) = (Vec::with_capacity(page.entries), None, Vec::new());
            for entry in bundle.entries() {
                // An outcome is the server's remark, not a record.
                let Some(text) = entry.resource().filter(|_| entry.search_mode().as_deref() != Some("outcome")) else {
                    continue;
                };
                if let Ok(found) = extract_at(text, None)
                    && found.key.resource_type == resource_type
                {
                    last = last.max(found.last_updated);
                    if found.last_updated >= recent_from {
                        recent.push(found.key.id.to_string());
                    }
                }
                records.push(Phi::new(text.to_owned()));
            }
            Ok((records, last, recent))
        })
        .await?;
        run.waiting.extend(records);
        run.recent.extend(recent);
        run.cursor.advance(last);
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
        self.client.credentials().server().wire().clock().monotonic()
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

/// The earlier of the `Date` header and the bundle's own time.
pub(super) fn began(page: &Page) -> Option<UtcMillis> {
    match (page.server_time, page.bundle_time) {
        // A bundle's time that is far off the answer's is a copy from elsewhere or a defect; the Date counts then.
        (Some(date), Some(bundle)) if date.0.saturating_sub(bundle.0) < OVERLAP_MILLIS * 10 => Some(date.min(bundle)),
        (Some(date), _) => Some(date),
        (None, bundle) => bundle,
    }
}
