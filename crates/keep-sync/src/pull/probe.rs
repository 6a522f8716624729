//! One small request that may save a pass.

use super::puller::Puller;
use super::state::{NextRequest, PullState};
use crate::error::SyncError;
use crate::fhir_client::{MatchIds, Search, parse_history, parse_search};
use crate::response_times::ResponseTimes;
use keep_domain::UtcMillis;
use keep_store::CursorKey;

/// The result of a probe.
pub(super) enum ChangeProbe {
    /// Nothing was created, changed or deleted: the history since the last deletions is empty.
    Unchanged(ResponseTimes),
    /// No row was created or changed; `history` is whether the history has entries, perhaps deletions.
    SameRows { times: ResponseTimes, history: bool },
    /// `count` rows were deleted and nothing else has changed; `newest` is the newest `lastUpdated` that is left.
    RowsDeleted { times: ResponseTimes, count: u64, newest: Option<UtcMillis> },
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
    pub(super) async fn probe(&self, key: &CursorKey, state: &PullState) -> Result<ChangeProbe, SyncError> {
        let mut history = false;
        if let Some(since) = state.deletions_since.filter(|_| state.is_stable() && self.has_history(key)) {
            let search = Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "1");
            let page = self.cancel.race(self.client.search(&search)).await?;
            // EXPOSE: only validated as a history.
            let entries = parse_history(page.text.expose(), &key.resource_type)?;
            if entries.is_empty() && page.entry_count == 0 && !page.has_next() {
                return Ok(ChangeProbe::Unchanged(self.response_times(&page)));
            }
            history = true;
        }
        let NextRequest::Probe { since, newest, rows } = state.plan_request() else { return Ok(ChangeProbe::Changed) };
        let Some(counted) = self.count_rows(&key.resource_type, since).await? else { return Ok(ChangeProbe::Changed) };
        Ok(match rows.checked_sub(counted.total) {
            Some(0) if counted.newest == Some(newest) => ChangeProbe::SameRows { times: counted.times, history },
            // Nothing is newer, but there are fewer: rows were deleted.
            Some(count) if count > 0 && counted.newest <= Some(newest) && self.has_history(key) => {
                ChangeProbe::RowsDeleted { times: counted.times, count, newest: counted.newest }
            }
            _ => ChangeProbe::Changed,
        })
    }

    /// The server's rows from `since` on; `None` where it does not count.
    async fn count_rows(&self, resource_type: &str, since: UtcMillis) -> Result<Option<RowCount>, SyncError> {
        let search = Search::of_type(resource_type)
            .with("_lastUpdated", format!("ge{since}"))
            .with("_sort", "-_lastUpdated")
            .with("_count", "1")
            .with("_elements", "id,meta")
            .with("_total", "accurate");
        let page = self.cancel.race(self.client.search(&search)).await?;
        let Some(total) = page.total else { return Ok(None) };
        // EXPOSE: only the `lastUpdated` of the newest row is read.
        let entries = parse_search(page.text.expose(), resource_type, MatchIds::Optional)?;
        let newest = entries.iter().find(|entry| entry.is_match).and_then(|entry| entry.last_updated);
        Ok(Some(RowCount { times: self.response_times(&page), newest, total }))
    }
}
