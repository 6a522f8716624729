//! One small request that may save a pass.

use super::newer::NewerRows;
use super::prefetch::{Prefetched, rows_probe};
use super::puller::Puller;
use super::state::{NextRequest, PullState};
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, MatchIds, parse_history, parse_search};
use crate::response_times::ResponseTimes;
use crate::scope::is_rare;
use keep_domain::UtcMillis;
use keep_store::CursorKey;

/// The result of a probe.
pub(super) enum ChangeProbe {
    /// Nothing was created, changed or deleted: the history since the last deletions is empty, or the type is.
    Unchanged(ResponseTimes),
    /// No row was created or changed; `history` is whether the history has entries, perhaps deletions.
    SameRows { times: ResponseTimes, history: bool },
    /// `count` rows were deleted and nothing else has changed; `newest` is the newest `lastUpdated` that is left.
    RowsDeleted { times: ResponseTimes, count: u64, newest: Option<UtcMillis> },
    /// Rows are newer than the newest known one.
    SomeNewer(NewerRows),
    /// Fetch the rows.
    Changed,
}

/// The server's rows from a time on.
struct RowCount {
    times: ResponseTimes,
    newest: Option<UtcMillis>,
    total: u64,
}

impl Puller {
    /// Finds out whether a pass is needed.
    pub(super) async fn probe(
        &self,
        key: &CursorKey,
        state: &PullState,
        prefetched: &mut Prefetched,
    ) -> Result<ChangeProbe, SyncError> {
        let Some(first) = self.first_probe(key, state) else { return Ok(ChangeProbe::Changed) };
        let page = self.probe_page(&first, prefetched).await?;
        if state.is_empty(is_rare(&key.resource_type)) {
            let hidden = state.shortfall.as_ref().and_then(|s| s.total).unwrap_or(0);
            let is_empty = page.total == Some(hidden) && page.entry_count == 0;
            return Ok(if is_empty {
                ChangeProbe::Unchanged(self.response_times(&page))
            } else {
                ChangeProbe::Changed
            });
        }
        let NextRequest::Probe { since, newest, rows } = state.plan_request() else {
            return self
                .changed_by_history(key, &page)
                .map(|times| times.map_or(ChangeProbe::Changed, ChangeProbe::Unchanged));
        };
        let second = rows_probe(&key.resource_type, since);
        let (page, history) = if first == second {
            (page, false)
        } else if let Some(times) = self.changed_by_history(key, &page)? {
            return Ok(ChangeProbe::Unchanged(times));
        } else {
            (self.probe_page(&second, prefetched).await?, true)
        };
        let Some(counted) = self.read_count(&key.resource_type, &page)? else { return Ok(ChangeProbe::Changed) };
        Ok(match rows.checked_sub(counted.total) {
            Some(0) if counted.newest == Some(newest) => ChangeProbe::SameRows { times: counted.times, history },
            _ if counted.newest > Some(newest) => {
                let RowCount { times, total, .. } = counted;
                ChangeProbe::SomeNewer(NewerRows { times, since, newest, known: rows, total, history })
            }
            // Nothing is newer, but there are fewer: rows were deleted.
            Some(count) if count > 0 && counted.newest <= Some(newest) && self.has_history(key) => {
                ChangeProbe::RowsDeleted { times: counted.times, count, newest: counted.newest }
            }
            _ => ChangeProbe::Changed,
        })
    }

    /// The times of a page of history that is empty; `None` where something has changed.
    fn changed_by_history(&self, key: &CursorKey, page: &BundlePage) -> Result<Option<ResponseTimes>, SyncError> {
        // EXPOSE: only validated as a history.
        let entries = parse_history(page.text.expose(), &key.resource_type)?;
        let is_empty = entries.is_empty() && page.entry_count == 0 && !page.has_next() && !page.is_cut;
        Ok(is_empty.then(|| self.response_times(page)))
    }

    /// The server's rows from a time on; `None` where it does not count.
    fn read_count(&self, resource_type: &str, page: &BundlePage) -> Result<Option<RowCount>, SyncError> {
        let Some(total) = page.total else { return Ok(None) };
        // EXPOSE: only the `lastUpdated` of the newest row is read.
        let entries = parse_search(page.text.expose(), resource_type, MatchIds::Optional)?;
        let newest = entries.iter().find(|entry| entry.is_match).and_then(|entry| entry.last_updated);
        Ok(Some(RowCount { times: self.response_times(page), newest, total }))
    }
}
