//! One small question that may save a pass.

use super::Puller;
use crate::SyncError;
use crate::answer_time::AnswerTime;
use crate::cursor::{Cursor, Question};
use crate::fhir_client::{Ids, Page, Search, changes, rows};
use crate::port::CursorKey;
use keep_domain::UtcMillis;

/// What a small question has shown.
pub(super) enum ChangeProbe {
    /// Nothing was made, changed or deleted: the history since the last deletions is empty.
    Unchanged(AnswerTime),
    /// No row was made or changed; whether the history has something to say of deletions.
    SameRows { at: AnswerTime, deletions: bool },
    /// So many rows are gone and nothing else has changed; the newest that is left has that stamp.
    Gone { at: AnswerTime, fewer: u64, newest: Option<UtcMillis> },
    /// Ask for the rows.
    Changed,
}

/// What the server says of the rows from a stamp on.
struct Counted {
    at: AnswerTime,
    newest: Option<UtcMillis>,
    total: u64,
}

impl Puller {
    /// Asks what the cursor plans to ask.
    pub(super) async fn look(&self, key: &CursorKey, cursor: &Cursor) -> Result<ChangeProbe, SyncError> {
        let mut deletions = false;
        if let Some(since) = cursor.deletions_since.filter(|_| cursor.is_quiet() && self.has_history(key)) {
            let search = Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "1");
            let page = self.cancel.guard(self.client.search(&search)).await?;
            // EXPOSE: only checked for being a history.
            if changes(page.text.expose(), &key.resource_type)?.is_empty() && page.entries == 0 && !page.has_next() {
                return Ok(ChangeProbe::Unchanged(self.answered(&page)));
            }
            deletions = true;
        }
        let Question::Changed { since, newest, rows } = cursor.plan() else { return Ok(ChangeProbe::Changed) };
        let Some(there) = self.ask_whether_changed(&key.resource_type, since).await? else {
            return Ok(ChangeProbe::Changed);
        };
        Ok(match rows.checked_sub(there.total) {
            Some(0) if there.newest == Some(newest) => ChangeProbe::SameRows { at: there.at, deletions },
            // Nothing is newer, but there are fewer: rows were deleted.
            Some(fewer) if fewer > 0 && there.newest <= Some(newest) && self.has_history(key) => {
                ChangeProbe::Gone { at: there.at, fewer, newest: there.newest }
            }
            _ => ChangeProbe::Changed,
        })
    }

    /// What the server has from `since` on; `None` where it does not count.
    async fn ask_whether_changed(&self, resource_type: &str, since: UtcMillis) -> Result<Option<Counted>, SyncError> {
        let search = Search::of_type(resource_type)
            .with("_lastUpdated", format!("ge{since}"))
            .with("_sort", "-_lastUpdated")
            .with("_count", "1")
            .with("_elements", "id,meta")
            .with("_total", "accurate");
        let page = self.cancel.guard(self.client.search(&search)).await?;
        let Some(total) = page.total else { return Ok(None) };
        // EXPOSE: only the stamp of the newest row is read from it.
        let shown = rows(page.text.expose(), resource_type, Ids::Optional)?;
        let newest = shown.iter().find(|row| row.is_match).and_then(|row| row.stamp);
        Ok(Some(Counted { at: self.answered(&page), newest, total }))
    }

    /// When `page` was answered, as far as that can be believed.
    pub(super) fn answered(&self, page: &Page) -> AnswerTime {
        AnswerTime::of(self.trusted_now(), page.server_time, page.bundle_time)
    }

    /// Trusted time, which the clock of the connection tells.
    pub(super) fn trusted_now(&self) -> UtcMillis {
        self.client.credentials().server().http().clock().now()
    }
}
