//! Deletions: from a type's history where that is offered, else by comparing lists of ids.

use super::Puller;
use crate::SyncError;
use crate::answer_time::AnswerTime;
use crate::cursor::Cursor;
use crate::fhir_client::{Chain, Found, Ids, Page, Search, changes, rows};
use crate::port::CursorKey;
use keep_domain::{ResourceKey, UtcMillis};
use std::collections::HashSet;

/// How long deletions of a type that nobody acts on may go unseen, milliseconds.
const UNHURRIED_MILLIS: i64 = 600_000;
/// How often ids are compared where there is no history, milliseconds.
const COMPARE_MILLIS: i64 = 3_600_000;
/// Most ids that are asked about one by one in a pass.
const ASK_AT_MOST: usize = 200;

/// What a look for deletions found.
struct Deleted {
    /// When it began; `None` where it did not see all.
    all_seen: Option<AnswerTime>,
    /// Records of this device that the server no longer has.
    gone: Vec<ResourceKey>,
    /// The newest stamp that the history showed.
    newest: Option<UtcMillis>,
}

impl Puller {
    pub(super) fn has_history(&self, key: &CursorKey) -> bool {
        self.abilities.type_history.contains(&key.resource_type)
    }

    /// Whether deletions were last looked for so long ago that it has to be done although no row has changed.
    pub(super) fn deletions_are_due(&self, key: &CursorKey, cursor: &Cursor) -> bool {
        let (Some(now), Some(since)) = (cursor.complete_as_of, cursor.deletions_since) else {
            return false;
        };
        let age = now.0.saturating_sub(cursor.deletions_looked.unwrap_or(since).0);
        age >= if self.has_history(key) { UNHURRIED_MILLIS } else { COMPARE_MILLIS }
    }

    /// Removes what the server has deleted since the last time; `at_most` so many, where that is known.
    pub(super) async fn pull_deletions(
        &self,
        key: &CursorKey,
        cursor: &mut Cursor,
        at_most: Option<u64>,
        changed: &mut u64,
    ) -> Result<(), SyncError> {
        let found = match cursor.deletions_since {
            // A history of all time may be many times as large as all records.
            Some(since) if self.has_history(key) && since > UtcMillis(0) => {
                self.deleted_by_history(key, since, at_most).await?
            }
            _ if !self.deletions_are_due(key, cursor) => {
                // What a pass held back until now counts without them.
                return if self.has_history(key) {
                    self.save(key, cursor, Vec::new()).await.map(|_| ())
                } else {
                    Ok(())
                };
            }
            _ => self.deleted_by_comparison(key).await?,
        };
        if !found.gone.is_empty() {
            // What is gone is no longer counted by the server; only deletions that were counted can be taken off.
            let fewer = u64::try_from(found.gone.len()).unwrap_or(u64::MAX);
            cursor.recent = cursor.recent.filter(|_| at_most == Some(fewer)).map(|rows| rows.saturating_sub(fewer));
        }
        if let Some(at) = found.all_seen {
            cursor.deletions_were_seen(at, found.newest);
        }
        *changed = changed.saturating_add(self.save(key, cursor, found.gone).await?);
        Ok(())
    }

    /// The history is newest first: only what is deleted *now* counts, an id that was made again is not gone.
    async fn deleted_by_history(
        &self,
        key: &CursorKey,
        since: UtcMillis,
        at_most: Option<u64>,
    ) -> Result<Deleted, SyncError> {
        let search = Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "200");
        let mut page = self.cancel.guard(self.client.search(&search)).await?;
        let at = self.answered(&page);
        let (mut judged, mut gone, mut newest) = (HashSet::new(), Vec::new(), None);
        let mut chain = Chain::default();
        let all_seen = loop {
            chain.follow(&page)?;
            // EXPOSE: only ids and what was done to them are read.
            let changes = changes(page.text.expose(), &key.resource_type)?;
            chain.show(changes.iter().map(|c| (c.key.id.to_string(), c.stamp, c.is_deletion)))?;
            for change in changes {
                newest = newest.max(change.stamp.filter(|stamp| *stamp <= at.claim));
                if judged.insert(change.key.id.to_string()) && change.is_deletion {
                    gone.push(change.key);
                }
            }
            if at_most.is_some_and(|most| u64::try_from(gone.len()).is_ok_and(|found| found >= most)) {
                // What was expected is found; whether older ones follow is not known before the last page.
                break (!page.has_next()).then_some(at);
            }
            page = match self.next_of(&chain, &page).await? {
                Some(next) => next,
                None => break Some(at),
            };
        };
        // What was removed here before is listed again for as long as nothing newer is.
        let here = if gone.is_empty() { HashSet::new() } else { self.ids_here(key).await? };
        gone.retain(|gone| here.contains(gone.id.as_str()));
        Ok(Deleted { all_seen, gone, newest })
    }

    /// Ids that are here and not in the server's list, each confirmed by 410 before it counts, or by 404 where nobody
    /// else's view of this type is on this device: some servers answer so for what only this person may not see.
    async fn deleted_by_comparison(&self, key: &CursorKey) -> Result<Deleted, SyncError> {
        let mut there = HashSet::new();
        let at = self
            .list_ids(key, None, |id| {
                there.insert(id.to_owned());
            })
            .await?;
        let mut missing: Vec<String> = self.ids_here(key).await?.into_iter().filter(|id| !there.contains(id)).collect();
        missing.sort_unstable();
        let all = missing.len() <= ASK_AT_MOST;
        // Ids that stay hidden must not keep the others from being asked about: each time begins elsewhere.
        let turn = usize::try_from(at.claim.0 / COMPARE_MILLIS).unwrap_or(0);
        if let Some(from) = turn.saturating_mul(ASK_AT_MOST).checked_rem(missing.len()) {
            missing.rotate_left(from);
        }
        let asked_by = key.clone();
        let alone = self.store(move |port| Ok(port.other_cursors(&asked_by)?.is_empty())).await?;
        let mut gone = Vec::new();
        for id in missing.into_iter().take(ASK_AT_MOST) {
            let Ok(id) = id.parse() else { continue };
            let asked = ResourceKey::new(&key.resource_type, id);
            // INVARIANT: a 403 is never a deletion; it only says that this person may not look.
            match self.cancel.guard(self.client.read(&asked, None)).await? {
                Found::Deleted => gone.push(asked),
                Found::Missing if alone => gone.push(asked),
                _ => {}
            }
        }
        // Where some could not be asked about, the next comparison goes on from the same time.
        Ok(Deleted { all_seen: Some(at).filter(|_| all), gone, newest: None })
    }

    /// Whether `chain` has shown every id that the server lists from `from` on.
    pub(super) async fn all_came(
        &self,
        key: &CursorKey,
        from: Option<UtcMillis>,
        chain: &Chain,
    ) -> Result<bool, SyncError> {
        let mut all = true;
        self.list_ids(key, from, |id| all &= chain.has_shown(&id)).await?;
        Ok(all)
    }

    /// Names each id that the server lists from `from` on, and says when the list began.
    async fn list_ids(
        &self,
        key: &CursorKey,
        from: Option<UtcMillis>,
        mut each: impl FnMut(&str),
    ) -> Result<AnswerTime, SyncError> {
        let mut search = Search::of_type(&key.resource_type).with("_elements", "id,meta").with("_count", "1000");
        if let Some(at) = from {
            search = search.with("_lastUpdated", format!("ge{at}"));
        }
        let mut page = self.cancel.guard(self.client.search(&search)).await?;
        let at = self.answered(&page);
        let mut chain = Chain::default();
        loop {
            chain.follow(&page)?;
            // EXPOSE: only ids are read.
            let listed = rows(page.text.expose(), &key.resource_type, Ids::Needed)?;
            chain.show(listed.iter().filter_map(|row| row.id.as_deref()))?;
            for id in listed.iter().filter_map(|row| row.id.as_deref()) {
                each(id);
            }
            page = match self.next_of(&chain, &page).await? {
                Some(next) => next,
                None => return Ok(at),
            };
        }
    }

    /// The page after `page`; a chain that is too long is garbled.
    async fn next_of(&self, chain: &Chain, page: &Page) -> Result<Option<Page>, SyncError> {
        if chain.is_full() && page.has_next() {
            return Err(SyncError::Garbled);
        }
        self.cancel.guard(self.client.next(page)).await
    }

    async fn ids_here(&self, key: &CursorKey) -> Result<HashSet<String>, SyncError> {
        let resource_type = key.resource_type.clone();
        let here = self.store(move |port| port.ids_of(&resource_type)).await?;
        Ok(here.into_iter().map(|id| id.to_string()).collect())
    }
}
