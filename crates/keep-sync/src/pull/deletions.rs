//! Deletions: from a type's history where that is offered, else by comparing lists of ids.

use super::Puller;
use super::pass::began;
use crate::SyncError;
use crate::cursor::{Cursor, OVERLAP_MILLIS};
use crate::fhir_client::{Found, Search};
use crate::port::CursorKey;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::{Bundle, extract_at};
use std::collections::HashSet;

/// How long deletions of a type that nobody acts on may go unseen, milliseconds.
const UNHURRIED_MILLIS: i64 = 600_000;
/// How often ids are compared where there is no history, milliseconds.
const COMPARE_MILLIS: i64 = 3_600_000;
/// Most ids that are asked about one by one in a pass.
const ASK_AT_MOST: usize = 200;

impl Puller {
    pub(super) fn has_history(&self, key: &CursorKey) -> bool {
        self.abilities.type_history.contains(&key.resource_type)
    }

    /// Whether deletions were last looked for so long ago that it has to be done although no row has changed.
    pub(super) fn deletions_are_due(&self, key: &CursorKey, cursor: &Cursor) -> bool {
        let (Some(now), Some(seen)) = (cursor.complete_as_of, cursor.deletions_since) else {
            return false;
        };
        let age = now.0.saturating_sub(seen.0).saturating_sub(OVERLAP_MILLIS);
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
        let (at, gone) = match cursor.deletions_since {
            Some(since) if self.has_history(key) => self.deleted_by_history(key, since, at_most).await?,
            _ if !self.deletions_are_due(key, cursor) => return Ok(()),
            _ => self.deleted_by_comparison(key).await?,
        };
        if !gone.is_empty() {
            // What is gone is no longer counted by the server; only deletions that were counted can be taken off.
            let fewer = u64::try_from(gone.len()).unwrap_or(u64::MAX);
            cursor.recent = cursor.recent.filter(|_| at_most == Some(fewer)).map(|rows| rows.saturating_sub(fewer));
        }
        cursor.deletions_since = cursor.deletions_since.max(at.map(|t| t.plus_millis(-OVERLAP_MILLIS)));
        *changed = changed.saturating_add(self.save(key, cursor, gone).await?);
        Ok(())
    }

    /// The history is newest first: only what is deleted *now* counts, an id that was made again is not gone.
    async fn deleted_by_history(
        &self,
        key: &CursorKey,
        since: UtcMillis,
        at_most: Option<u64>,
    ) -> Result<(Option<UtcMillis>, Vec<ResourceKey>), SyncError> {
        let search = Search::history_of(&key.resource_type).with("_since", since.to_rfc3339()).with("_count", "200");
        let mut page = self.cancel.guard(self.client.search(&search)).await?;
        let at = began(&page);
        let (mut judged, mut gone) = (HashSet::new(), Vec::new());
        loop {
            // EXPOSE: only ids and what was done to them are read.
            let bundle = Bundle::parse(page.text.expose()).map_err(|_| SyncError::Garbled)?;
            for entry in bundle.entries() {
                let (method, url) = entry.request().map_or((None, None), |(m, u)| (Some(m), Some(u)));
                let named =
                    url.and_then(|u| key_of_url(&u)).or_else(|| Some(extract_at(entry.resource()?, None).ok()?.key));
                let Some(named) = named.filter(|n| n.resource_type == key.resource_type) else { continue };
                if judged.insert(named.id.to_string()) && method.as_deref() == Some("DELETE") {
                    gone.push(named);
                }
            }
            if at_most.is_some_and(|most| u64::try_from(gone.len()).is_ok_and(|found| found >= most)) {
                // What was expected is found; whether older ones follow is not known before the last page.
                return Ok((at.filter(|_| !page.has_next()), gone));
            }
            match self.cancel.guard(self.client.next(&page)).await? {
                Some(next) => page = next,
                None => return Ok((at, gone)),
            }
        }
    }

    /// Ids that are here and not in the server's list, each confirmed by 410 before it counts, or by 404 where nobody
    /// else's view of this type is on this device: some servers answer so for what only this person may not see.
    async fn deleted_by_comparison(&self, key: &CursorKey) -> Result<(Option<UtcMillis>, Vec<ResourceKey>), SyncError> {
        let search = Search::of_type(&key.resource_type).with("_elements", "id,meta").with("_count", "1000");
        let mut page = self.cancel.guard(self.client.search(&search)).await?;
        let at = began(&page);
        let mut there = HashSet::new();
        loop {
            // EXPOSE: only ids are read.
            let bundle = Bundle::parse(page.text.expose()).map_err(|_| SyncError::Garbled)?;
            there.extend(
                bundle.entries().filter_map(|e| Some(extract_at(e.resource()?, None).ok()?.key.id.to_string())),
            );
            match self.cancel.guard(self.client.next(&page)).await? {
                Some(next) => page = next,
                None => break,
            }
        }
        let resource_type = key.resource_type.clone();
        let here = self.store(move |port| port.ids_of(&resource_type)).await?;
        let mut missing: Vec<_> = here.into_iter().filter(|id| !there.contains(id.as_str())).collect();
        // Ids that stay hidden must not keep the others from being asked about: each time begins elsewhere.
        let turn = at.and_then(|t| usize::try_from(t.0 / COMPARE_MILLIS).ok()).unwrap_or(0);
        if let Some(from) = turn.saturating_mul(ASK_AT_MOST).checked_rem(missing.len()) {
            missing.rotate_left(from);
        }
        let asked_by = key.clone();
        let alone = self.store(move |port| Ok(port.other_cursors(&asked_by)?.is_empty())).await?;
        let mut gone = Vec::new();
        for id in missing.into_iter().take(ASK_AT_MOST) {
            let asked = ResourceKey::new(&key.resource_type, id);
            // INVARIANT: a 403 is never a deletion; it only says that this person may not look.
            match self.cancel.guard(self.client.read(&asked, None)).await? {
                Found::Deleted => gone.push(asked),
                Found::Missing if alone => gone.push(asked),
                _ => {}
            }
        }
        Ok((at, gone))
    }
}

/// `Type/id` at the end of a relative or absolute address, its version left out.
fn key_of_url(url: &str) -> Option<ResourceKey> {
    let path = url.split("/_history").next()?;
    let mut parts = path.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    format!("{kind}/{id}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::key_of_url;

    #[test]
    fn addresses_of_a_history_are_read() {
        for url in ["Patient/p1", "Patient/p1/_history/3", "https://ehr.example/fhir/Patient/p1/_history/3"] {
            assert_eq!(key_of_url(url).map(|k| k.to_string()).as_deref(), Some("Patient/p1"), "{url}");
        }
        for url in ["", "Patient", "Patient?identifier=9"] {
            assert_eq!(key_of_url(url), None, "{url}");
        }
    }
}
