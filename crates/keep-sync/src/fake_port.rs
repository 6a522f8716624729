//! A store in memory for tests of the sync itself.

use crate::SyncError;
use crate::port::{
    ApplyReport, Backlog, Contested, CursorKey, CursorState, Operation, OutgoingEntry, OutgoingEvent, OutgoingSet,
    PulledPage, PushOutcome, SyncPort,
};
use keep_domain::{ErrorCode, Phi, Rank, ResourceId, ResourceKey, Segment, UserId};
use keep_fhir::extract;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) records: BTreeMap<String, String>,
    pub(crate) cursors: BTreeMap<String, CursorState>,
    pub(crate) sets: BTreeMap<u64, OutgoingSet>,
    pub(crate) settled: Vec<(u64, PushOutcome)>,
    pub(crate) taken_back: Vec<u64>,
    pub(crate) events: Vec<OutgoingEvent>,
    pub(crate) delivered: Vec<u64>,
    pub(crate) notes: BTreeMap<String, String>,
    pub(crate) pages: usize,
    /// Sets with an entry that waits for a person.
    pub(crate) parked: Vec<u64>,
    /// Cursors of other views of Patient.
    pub(crate) others: Vec<CursorState>,
    /// The next page finds the disk full.
    pub(crate) full_once: bool,
}

#[derive(Debug, Default)]
pub(crate) struct FakePort {
    kept: Mutex<Kept>,
    rank: Option<Segment>,
}

impl FakePort {
    pub(crate) fn holding(rank: Segment) -> Self {
        Self { rank: Some(rank), ..Self::default() }
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    /// Saves a put of one resource as a change set of its own.
    pub(crate) fn save(&self, sequence: u64, author: UserId, text: &str, base: Option<(&str, &str)>) {
        let entry = OutgoingEntry {
            key: extract(text).unwrap().key,
            intent: Operation::Put,
            text: Phi::new(text.to_owned()),
            base_version: base.map(|(v, _)| v.to_owned()),
            base_text: base.map(|(_, t)| Phi::new(t.to_owned())),
            sent: false,
        };
        self.kept()
            .sets
            .entry(sequence)
            .or_insert(OutgoingSet { sequence, author, entries: Vec::new() })
            .entries
            .push(entry);
    }
}

impl SyncPort for FakePort {
    fn rank(&self) -> Rank {
        self.rank.map_or(Rank::NONE, Rank::up_to)
    }

    fn cursor(&self, key: &CursorKey) -> Result<CursorState, SyncError> {
        // "*" is a cursor of the last server of a test, whose port was another.
        let kept = self.kept();
        let own = kept.cursors.get(&format!("{key:?}"));
        let carried = kept.cursors.get("*").filter(|_| key.resource_type == "Patient");
        Ok(own.or(carried).cloned().unwrap_or_default())
    }

    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<CursorState>, SyncError> {
        let others = self.kept().others.clone();
        Ok(others.into_iter().filter(|_| key.resource_type == "Patient").collect())
    }

    fn integrate(&self, page: PulledPage) -> Result<ApplyReport, SyncError> {
        let mut kept = self.kept();
        let mut done = ApplyReport::default();
        kept.pages += 1;
        if std::mem::take(&mut kept.full_once) {
            return Err(SyncError::Store(ErrorCode::DiskFull));
        }
        for text in page.records {
            let text = text.into_exposed();
            let Ok(found) = extract(&text) else { continue };
            let pending = kept
                .sets
                .values()
                .find_map(|s| Some((s.sequence, s.entries.iter().find(|e| e.key == found.key)?.clone())));
            if let Some((sequence, entry)) = pending {
                done.contested.push(Contested { sequence, entry, theirs: Some(Phi::new(text)) });
            } else if kept.records.insert(found.key.to_string(), text.clone()).as_ref() != Some(&text) {
                done.changed += 1;
            }
        }
        for key in page.deleted {
            done.changed += u64::from(kept.records.remove(&key.to_string()).is_some());
        }
        if let Some((key, state)) = page.cursor {
            kept.cursors.insert(format!("{key:?}"), state);
        }
        Ok(done)
    }

    fn ids_of(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError> {
        let keys = self.kept().records.keys().filter_map(|k| k.parse::<ResourceKey>().ok()).collect::<Vec<_>>();
        Ok(keys.into_iter().filter(|k| k.resource_type == resource_type).map(|k| k.id).collect())
    }

    fn outgoing(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        let kept = self.kept();
        Ok(kept.sets.values().filter(|s| !kept.parked.contains(&s.sequence)).cloned().collect())
    }

    fn mark_sent(&self, sequence: u64) -> Result<Option<OutgoingSet>, SyncError> {
        let mut kept = self.kept();
        let set = kept.sets.get_mut(&sequence);
        Ok(set.map(|set| {
            set.entries.iter_mut().for_each(|e| e.sent = true);
            set.clone()
        }))
    }

    fn take_back(&self, sequence: u64) -> Result<(), SyncError> {
        let mut kept = self.kept();
        kept.taken_back.push(sequence);
        if let Some(set) = kept.sets.get_mut(&sequence) {
            set.entries.iter_mut().for_each(|e| e.sent = false);
        }
        Ok(())
    }

    fn settle(&self, sequence: u64, outcomes: &[PushOutcome]) -> Result<(), SyncError> {
        let mut kept = self.kept();
        for outcome in outcomes {
            kept.settled.push((sequence, outcome.clone()));
            let mut empty = false;
            if let Some(set) = kept.sets.get_mut(&sequence) {
                match outcome {
                    PushOutcome::Confirmed { key, .. } => set.entries.retain(|e| e.key != *key),
                    PushOutcome::Merged { theirs, merged } => {
                        let index = extract(theirs.expose()).unwrap();
                        for e in set.entries.iter_mut().filter(|e| e.key == index.key) {
                            (e.text, e.base_text, e.sent) = (merged.clone(), Some(theirs.clone()), false);
                            e.base_version.clone_from(&index.version_id);
                        }
                    }
                    PushOutcome::Conflict { .. } | PushOutcome::Refused { .. } => {}
                }
                empty = set.entries.is_empty();
            }
            if empty {
                kept.sets.remove(&sequence);
            } else if matches!(outcome, PushOutcome::Conflict { .. } | PushOutcome::Refused { .. }) {
                kept.parked.push(sequence);
            }
        }
        Ok(())
    }

    fn backlog(&self) -> Result<Backlog, SyncError> {
        let kept = self.kept();
        let count =
            |f: fn(&PushOutcome) -> bool| u64::try_from(kept.settled.iter().filter(|(_, s)| f(s)).count()).unwrap();
        Ok(Backlog {
            pending: u64::try_from(kept.sets.len()).unwrap(),
            failed: count(|s| matches!(s, PushOutcome::Refused { .. })),
            conflicts: count(|s| matches!(s, PushOutcome::Conflict { .. })),
        })
    }

    fn undelivered(&self, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError> {
        let kept = self.kept();
        let waiting = kept.events.iter().filter(|e| !kept.delivered.contains(&e.sequence));
        Ok(waiting.take(usize::try_from(limit).unwrap()).cloned().collect())
    }

    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError> {
        self.kept().delivered.extend(sequences);
        Ok(())
    }

    fn note(&self, name: &str) -> Result<Option<String>, SyncError> {
        Ok(self.kept().notes.get(name).cloned())
    }

    fn keep_note(&self, name: &str, text: &str) -> Result<(), SyncError> {
        self.kept().notes.insert(name.to_owned(), text.to_owned());
        Ok(())
    }
}
