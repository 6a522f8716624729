//! A [`SyncStore`] in memory, for tests of the sync itself.

use crate::error::SyncError;
use crate::sync_store::{ApplyReport, BacklogTotals, OutgoingEvent, PushOutcome, SyncStore, SyncedVersion};
use keep_domain::{ErrorCode, Phi, Rank, ResourceId, ResourceKey, Segment, UserId, UtcMillis};
use keep_fhir::extract;
use keep_store::{
    ChangeSetId, Contested, Cursor, CursorKey, EntryState, Operation, OutgoingEntry, OutgoingSet, Page, SetState,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) records: BTreeMap<String, String>,
    pub(crate) cursors: BTreeMap<String, Cursor>,
    pub(crate) sets: BTreeMap<ChangeSetId, OutgoingSet>,
    pub(crate) outcomes: Vec<(ChangeSetId, PushOutcome)>,
    pub(crate) returned: Vec<ChangeSetId>,
    pub(crate) events: Vec<OutgoingEvent>,
    pub(crate) delivered: Vec<u64>,
    pub(crate) preferences: BTreeMap<String, String>,
    pub(crate) pages: usize,
    /// Sets with a rejected or conflicting entry.
    pub(crate) blocked: Vec<ChangeSetId>,
    /// What the server has created under ids of its own.
    pub(crate) server_ids: Vec<(ResourceKey, ResourceKey)>,
    /// Cursors of other users' views of Patient.
    pub(crate) other_cursors: Vec<Cursor>,
    /// Storing the next page fails with a full disk.
    pub(crate) disk_full_once: bool,
}

impl Contents {
    /// Makes the cursors those of the next test server, which listens on another port.
    pub(crate) fn carry_all(&mut self) {
        let cursors = std::mem::take(&mut self.cursors);
        // A carried cursor that the last server has replaced is out of date.
        let (carried, own): (Vec<_>, Vec<_>) = cursors.into_iter().partition(|(key, _)| key.starts_with('*'));
        self.cursors.extend(carried);
        for (key, cursor) in own {
            let name =
                key.split("resource_type: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            self.cursors.insert(format!("*{name}"), cursor);
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    contents: Mutex<Contents>,
    rank: Option<Segment>,
}

/// A waiting put of `text`, based on (version, text) of the server.
pub(crate) fn outgoing(text: &str, base: Option<(&str, &str)>) -> OutgoingEntry {
    OutgoingEntry {
        key: extract(text).unwrap().key,
        segment: Segment::Clinical,
        operation: if base.is_some() { Operation::Update } else { Operation::Create },
        base_version: base.map(|(version, _)| version.to_owned()),
        base: base.map(|(_, text)| Phi::new(text.to_owned())),
        raw: Phi::new(text.to_owned()),
        state: EntryState::Waiting,
        idempotency: String::new(),
        outcome: None,
        fields: Vec::new(),
        conflict: None,
    }
}

impl MemoryStore {
    pub(crate) fn holding(rank: Segment) -> Self {
        Self { rank: Some(rank), ..Self::default() }
    }

    pub(crate) fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap()
    }

    /// Adds a put of one resource to a change set.
    pub(crate) fn save(&self, sequence: u64, author: UserId, text: &str, base: Option<(&str, &str)>) {
        let new_set = OutgoingSet {
            id: ChangeSetId(sequence),
            author,
            saved: UtcMillis(0),
            depends_on: Vec::new(),
            state: SetState::Ready,
            entries: Vec::new(),
            damaged: Vec::new(),
        };
        self.contents().sets.entry(new_set.id).or_insert(new_set).entries.push(outgoing(text, base));
    }
}

impl SyncStore for MemoryStore {
    fn rank(&self) -> Rank {
        self.rank.map_or(Rank::NONE, Rank::up_to)
    }

    fn cursor(&self, key: &CursorKey) -> Result<Cursor, SyncError> {
        // "*" is carried over from a previous test server, which listened on another TCP port.
        let contents = self.contents();
        let own = contents.cursors.get(&format!("{key:?}"));
        let carried = contents.cursors.get(&format!("*{}", key.resource_type));
        let carried = carried.or_else(|| contents.cursors.get("*").filter(|_| key.resource_type == "Patient"));
        Ok(own.or(carried).cloned().unwrap_or_default())
    }

    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<Cursor>, SyncError> {
        let others = self.contents().other_cursors.clone();
        Ok(others.into_iter().filter(|_| key.resource_type == "Patient").collect())
    }

    fn apply_page(&self, page: Page) -> Result<ApplyReport, SyncError> {
        let mut contents = self.contents();
        let mut report = ApplyReport::default();
        contents.pages += 1;
        if std::mem::take(&mut contents.disk_full_once) {
            return Err(SyncError::Store(ErrorCode::DiskFull));
        }
        for text in page.records {
            let text = text.into_exposed();
            let Ok(found) = extract(&text) else { continue };
            let pending = contents
                .sets
                .values()
                .find_map(|s| Some((s.id, s.entries.iter().find(|e| e.key == found.key)?.clone())));
            if let Some((set, entry)) = pending {
                report.contested.push(Contested { set, entry, theirs: Some(Phi::new(text)) });
            } else if contents.records.insert(found.key.to_string(), text.clone()).as_ref() != Some(&text) {
                report.changed += 1;
            }
        }
        for key in page.deleted {
            report.changed += u64::from(contents.records.remove(&key.to_string()).is_some());
        }
        if let Some((key, cursor)) = page.cursor {
            contents.cursors.insert(format!("{key:?}"), cursor);
        }
        Ok(report)
    }

    fn save_cursors(&self, cursors: &[(CursorKey, Cursor)]) -> Result<(), SyncError> {
        let mut contents = self.contents();
        contents.pages += 1;
        contents.cursors.extend(cursors.iter().map(|(key, cursor)| (format!("{key:?}"), cursor.clone())));
        Ok(())
    }

    fn synced_ids(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError> {
        let keys = self.contents().records.keys().filter_map(|k| k.parse::<ResourceKey>().ok()).collect::<Vec<_>>();
        Ok(keys.into_iter().filter(|k| k.resource_type == resource_type).map(|k| k.id).collect())
    }

    fn synced_versions(&self, resource_type: &str) -> Result<Vec<SyncedVersion>, SyncError> {
        let records = self.contents().records.clone();
        let found = records.values().filter_map(|text| extract(text).ok());
        let of_type = found.filter(|index| index.key.resource_type == resource_type);
        Ok(of_type
            .map(|index| SyncedVersion {
                id: index.key.id,
                version: index.version_id.unwrap_or_default(),
                last_updated: index.last_updated,
            })
            .collect())
    }

    fn updates(&self, keys: &[ResourceKey]) -> Result<Vec<Option<UtcMillis>>, SyncError> {
        let records = self.contents().records.clone();
        Ok(keys.iter().map(|key| extract(records.get(&key.to_string())?).ok()?.last_updated).collect())
    }

    fn record_count(&self, resource_type: &str) -> Result<u64, SyncError> {
        Ok(u64::try_from(self.synced_ids(resource_type)?.len()).unwrap())
    }

    fn ready_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        let contents = self.contents();
        Ok(contents.sets.values().filter(|s| !contents.blocked.contains(&s.id)).cloned().collect())
    }

    fn mark_in_flight(&self, set: ChangeSetId) -> Result<Option<OutgoingSet>, SyncError> {
        let mut contents = self.contents();
        if contents.blocked.contains(&set) {
            return Ok(None);
        }
        Ok(contents.sets.get_mut(&set).map(|set| {
            set.entries.iter_mut().for_each(|e| e.state = EntryState::InFlight);
            set.clone()
        }))
    }

    fn return_to_queue(&self, set: ChangeSetId) -> Result<(), SyncError> {
        let mut contents = self.contents();
        contents.returned.push(set);
        if let Some(set) = contents.sets.get_mut(&set) {
            set.entries.iter_mut().for_each(|e| e.state = EntryState::Waiting);
        }
        Ok(())
    }

    fn record_outcomes(&self, id: ChangeSetId, outcomes: &[PushOutcome]) -> Result<(), SyncError> {
        let mut guard = self.contents();
        let contents = &mut *guard;
        for outcome in outcomes {
            contents.outcomes.push((id, outcome.clone()));
            let mut empty = false;
            if let Some(set) = contents.sets.get_mut(&id) {
                match outcome {
                    PushOutcome::Confirmed { key, .. } => set.entries.retain(|e| e.key != *key),
                    PushOutcome::Created { key, there } => {
                        set.entries.retain(|e| e.key != *key);
                        contents.server_ids.push((key.clone(), extract(there.text.expose()).unwrap().key));
                    }
                    PushOutcome::Arrived { theirs, .. } => {
                        let key = extract(theirs.expose()).unwrap().key;
                        set.entries.retain(|e| e.key != key);
                    }
                    PushOutcome::Merged { theirs, merged } => {
                        let index = extract(theirs.expose()).unwrap();
                        for e in set.entries.iter_mut().filter(|e| e.key == index.key) {
                            (e.raw, e.base, e.state) = (merged.clone(), Some(theirs.clone()), EntryState::Waiting);
                            e.base_version.clone_from(&index.version_id);
                        }
                    }
                    PushOutcome::Conflict { .. } | PushOutcome::Rejected { .. } => {}
                }
                empty = set.entries.is_empty();
            }
            if empty {
                contents.sets.remove(&id);
            } else if matches!(outcome, PushOutcome::Conflict { .. } | PushOutcome::Rejected { .. }) {
                contents.blocked.push(id);
            }
        }
        Ok(())
    }

    fn rejected_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        let contents = self.contents();
        Ok(contents.sets.values().filter(|s| contents.blocked.contains(&s.id)).cloned().collect())
    }

    fn retry(&self, set: ChangeSetId) -> Result<(), SyncError> {
        self.contents().blocked.retain(|blocked| *blocked != set);
        Ok(())
    }

    fn rewrite(&self, set: ChangeSetId, texts: &[(ResourceKey, Phi<String>)]) -> Result<(), SyncError> {
        let mut contents = self.contents();
        for (key, text) in texts {
            let entries = &mut contents.sets.get_mut(&set).unwrap().entries;
            entries.iter_mut().filter(|e| e.key == *key).for_each(|e| e.raw = text.clone());
        }
        Ok(())
    }

    fn server_ids(&self, keys: &[ResourceKey]) -> Result<Vec<(ResourceKey, ResourceKey)>, SyncError> {
        Ok(self.contents().server_ids.iter().filter(|(key, _)| keys.contains(key)).cloned().collect())
    }

    fn practitioner(&self, subject: &str) -> Result<Option<ResourceKey>, SyncError> {
        let contents = self.contents();
        let found =
            contents.records.iter().find(|(key, text)| key.starts_with("Practitioner/") && text.contains(subject));
        Ok(found.map(|(key, _)| key.parse().unwrap()))
    }

    fn backlog(&self) -> Result<BacklogTotals, SyncError> {
        let contents = self.contents();
        let count = |f: fn(&PushOutcome) -> bool| {
            u64::try_from(contents.outcomes.iter().filter(|(_, o)| f(o)).count()).unwrap()
        };
        Ok(BacklogTotals {
            pending: u64::try_from(contents.sets.len()).unwrap(),
            rejected: count(|o| matches!(o, PushOutcome::Rejected { .. })),
            conflicts: count(|o| matches!(o, PushOutcome::Conflict { .. })),
        })
    }

    fn undelivered_events(&self, from: u64, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError> {
        let contents = self.contents();
        let waiting =
            contents.events.iter().filter(|e| e.sequence >= from && !contents.delivered.contains(&e.sequence));
        Ok(waiting.take(usize::try_from(limit).unwrap()).cloned().collect())
    }

    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError> {
        self.contents().delivered.extend(sequences);
        Ok(())
    }

    fn preference(&self, name: &str) -> Result<Option<String>, SyncError> {
        Ok(self.contents().preferences.get(name).cloned())
    }

    fn set_preference(&self, name: &str, text: &str) -> Result<(), SyncError> {
        self.contents().preferences.insert(name.to_owned(), text.to_owned());
        Ok(())
    }
}
