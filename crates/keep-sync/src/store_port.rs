//! The port over the real store, for one run of a sync.

use crate::SyncError;
use crate::port::{
    ApplyReport, Backlog, Contested, CursorKey, CursorState, Operation, OutgoingEntry, OutgoingEvent, OutgoingSet,
    PulledPage, PushOutcome, SyncPort,
};
use crate::settings::PushForOthers;
use keep_audit::{Actor, EntryBody, EventClass, EventDraft, LedgerEntry, Opener, Outcome, seal_info};
use keep_domain::{Clock, LogId, Phi, Rank, ResourceId, ResourceKey};
use keep_store::{self as store, AuditTicket, ChangeSetId, EntryState, SetState, Store, StoreError};
use std::sync::{Arc, OnceLock};

/// How many change sets are looked at in one go.
const SETS: usize = 500;

/// What one run needs of the session's store. It is dropped with the run.
pub struct StorePort {
    store: Arc<Store>,
    run: OnceLock<AuditTicket>,
    actor: Actor,
    others: PushForOthers,
    opener: Option<Arc<dyn Opener>>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for StorePort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StorePort").finish_non_exhaustive()
    }
}

impl StorePort {
    /// Over `store`, for `actor`. The event that covers what the sync reads is written before its first read, so that
    /// a run that finds nothing to do leaves nothing behind. `opener` is the private
    /// half of the audit key, where the session holds it: without it sealed events wait for somebody who does.
    #[must_use]
    pub fn new(
        store: Arc<Store>,
        actor: Actor,
        others: PushForOthers,
        opener: Option<Arc<dyn Opener>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, run: OnceLock::new(), actor, others, opener, clock }
    }

    /// The durable event of this run.
    fn run(&self) -> Result<&AuditTicket, SyncError> {
        if let Some(ticket) = self.run.get() {
            return Ok(ticket);
        }
        let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).caused_by("run");
        let ticket = self.store.ledger().append(event).map_err(|e| failed(&e))?;
        Ok(self.run.get_or_init(|| ticket))
    }

    fn sets(&self) -> Result<Vec<store::OutgoingSet>, SyncError> {
        // Counts say nothing of any patient.
        if self.store.backlog().map_err(|e| failed(&e))?.is_empty() {
            return Ok(Vec::new());
        }
        self.store.next_change_sets(self.run()?, SETS).map_err(|e| failed(&e))
    }

    fn set(&self, sequence: u64) -> Result<Option<store::OutgoingSet>, SyncError> {
        Ok(self.sets()?.into_iter().find(|s| s.id.0 == sequence))
    }

    fn event(&self, class: EventClass, key: &ResourceKey) -> EventDraft {
        EventDraft::new(class).by(self.actor.clone()).ended(Outcome::MinorFailure).touching([key])
    }
}

impl SyncPort for StorePort {
    fn rank(&self) -> Rank {
        self.store.rank()
    }

    fn cursor(&self, key: &CursorKey) -> Result<CursorState, SyncError> {
        self.store.cursor(&key_of(key)).map(state_of).map_err(|e| failed(&e))
    }

    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<CursorState>, SyncError> {
        let kept = self.store.other_cursors(&key_of(key)).map_err(|e| failed(&e))?;
        Ok(kept.into_iter().map(state_of).collect())
    }

    fn integrate(&self, page: PulledPage) -> Result<ApplyReport, SyncError> {
        let base = page.cursor.as_ref().map(|(key, _)| key.server.clone());
        let cursor = page.cursor.map(|(key, state)| {
            let cursor = store::Cursor {
                position: state.text,
                complete_as_of: state.complete_as_of,
                ..store::Cursor::default()
            };
            (key_of(&key), cursor)
        });
        if page.records.is_empty() && page.deleted.is_empty() {
            // Nothing but how far the pull has come.
            if let Some((key, cursor)) = cursor {
                self.store.write(|tx| tx.save_cursor(&key, &cursor)).map_err(|e| failed(&e))?;
            }
            return Ok(ApplyReport { changed: 0, contested: Vec::new() });
        }
        let page = store::Page { base, records: page.records, deleted: page.deleted, cursor };
        let done = self.store.apply_page(self.run()?, page).map_err(|e| failed(&e))?;
        let flawed = u64::try_from(done.unreadable.saturating_add(done.malformed)).unwrap_or(u64::MAX);
        if flawed > 0 {
            let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).caused_by("malformed");
            let event = event.ended(Outcome::MinorFailure).counting(flawed);
            self.store.ledger().append(event).map_err(|e| failed(&e))?;
        }
        let changed = done.stored.saturating_add(done.deleted).saturating_add(done.sealed);
        let contested = if done.contested.is_empty() { Vec::new() } else { self.contested(done.contested)? };
        Ok(ApplyReport { changed: u64::try_from(changed).unwrap_or(u64::MAX), contested })
    }

    fn ids_of(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError> {
        self.store.synced_ids(resource_type).map_err(|e| failed(&e))
    }

    fn outgoing(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        let mine = |s: &store::OutgoingSet| self.others == PushForOthers::SameRank || s.author == self.actor.user;
        let ready = self.sets()?.into_iter().filter(|s| s.state == SetState::Ready && mine(s));
        Ok(ready.map(outgoing_set).collect())
    }

    fn mark_sent(&self, sequence: u64) -> Result<Option<OutgoingSet>, SyncError> {
        match self.store.write(|tx| tx.mark_in_flight(ChangeSetId(sequence))) {
            Ok(()) => {}
            Err(StoreError::NotAvailable) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        }
        // What is frozen may have become more than what was listed, or wait for a person by now.
        Ok(self.set(sequence)?.filter(|s| s.state == SetState::Ready).map(outgoing_set))
    }

    fn take_back(&self, sequence: u64) -> Result<(), SyncError> {
        self.store.write(|tx| tx.take_back(ChangeSetId(sequence))).map_err(|e| failed(&e))
    }

    fn settle(&self, sequence: u64, outcomes: &[PushOutcome]) -> Result<(), SyncError> {
        let set = ChangeSetId(sequence);
        let before = self.set(sequence)?;
        let in_conflict = |key: &ResourceKey| {
            before.iter().flat_map(|s| &s.entries).any(|e| e.key == *key && e.state == EntryState::Conflict)
        };
        let write = self.store.write(|tx| {
            for outcome in outcomes {
                match outcome {
                    PushOutcome::Confirmed { key, version, updated } => tx.confirm(set, key, version, *updated)?,
                    PushOutcome::Merged { theirs, merged } => {
                        // EXPOSE: only type and id are read.
                        let text = merged.expose();
                        let index = keep_fhir::extract(text).map_err(|_| StoreError::Invalid("merged text"))?;
                        // INVARIANT: what a person was asked is not decided behind their back.
                        if in_conflict(&index.key) {
                            tx.open_conflict(set, &index.key, Some(theirs))?;
                        } else {
                            tx.apply_merged(set, theirs, merged)?;
                        }
                    }
                    PushOutcome::Conflict { key, theirs } => {
                        tx.open_conflict(set, key, theirs.as_ref())?;
                        if !in_conflict(key) {
                            let _written = tx.append(&self.event(EventClass::ConflictFound, key))?;
                        }
                    }
                    PushOutcome::Refused { key, reason } => {
                        tx.reject(set, key, reason)?;
                        let _written = tx.append(&self.event(EventClass::Quarantine, key))?;
                    }
                }
            }
            Ok(())
        });
        write.map_err(|e| failed(&e))
    }

    fn backlog(&self) -> Result<Backlog, SyncError> {
        let by_author = self.store.backlog().map_err(|e| failed(&e))?;
        let sum = |f: fn(&store::AuthorBacklog) -> u32| by_author.iter().map(|a| u64::from(f(a))).sum::<u64>();
        let (failed_sets, conflicts) = (sum(|a| a.rejected), sum(|a| a.conflicts));
        let waiting = sum(|a| a.pending).saturating_sub(failed_sets).saturating_sub(conflicts);
        Ok(Backlog { pending: waiting, failed: failed_sets, conflicts })
    }

    fn undelivered(&self, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError> {
        let ledger = self.store.ledger();
        let log = ledger.state().map_err(|e| failed(&e))?.log();
        // Sealed events of others may lie before the first one that this session can read.
        let entries = ledger.undelivered(500).map_err(|e| failed(&e))?;
        let readable = entries.iter().filter_map(|e| self.readable(log, e));
        Ok(readable.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }

    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError> {
        self.store.ledger().mark_delivered(sequences, self.clock.now()).map_err(|e| failed(&e))
    }

    fn note(&self, name: &str) -> Result<Option<String>, SyncError> {
        match self.store.personal().and_then(|p| p.preference(name)) {
            Ok(found) => Ok(found),
            Err(StoreError::NotAvailable) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn keep_note(&self, name: &str, text: &str) -> Result<(), SyncError> {
        match self.store.personal().and_then(|p| p.set_preference(name, text)) {
            Ok(()) | Err(StoreError::NotAvailable) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}

impl StorePort {
    fn contested(&self, found: Vec<store::Contested>) -> Result<Vec<Contested>, SyncError> {
        let sets = self.sets()?;
        let is_listed = |c: &store::Contested| {
            let set = sets.iter().find(|s| s.id == c.set);
            set.is_some_and(|s| s.entries.iter().any(|e| e.key == c.entry.key))
        };
        let listed = found.into_iter().filter(is_listed);
        Ok(listed
            .map(|c| Contested { sequence: c.set.0, entry: outgoing_entry(c.entry), theirs: c.theirs })
            .collect())
    }

    fn readable(&self, log: LogId, entry: &LedgerEntry) -> Option<OutgoingEvent> {
        let header = &entry.header;
        let bytes = match &entry.body {
            EntryBody::Clear(bytes) => bytes.clone(),
            EntryBody::Sealed(sealed) => {
                self.opener.as_ref()?.open(&seal_info(log, header.sequence, header.event), sealed)?
            }
        };
        let json = Phi::new(String::from_utf8(bytes).ok()?);
        Some(OutgoingEvent { sequence: header.sequence, event: header.event, json })
    }
}

fn failed(error: &StoreError) -> SyncError {
    SyncError::Store(error.code())
}

fn key_of(key: &CursorKey) -> store::CursorKey {
    store::CursorKey {
        server: key.server.clone(),
        resource_type: key.resource_type.clone(),
        visibility: key.visibility.clone(),
    }
}

fn state_of(cursor: store::Cursor) -> CursorState {
    CursorState { text: cursor.position, complete_as_of: cursor.complete_as_of }
}

fn outgoing_set(set: store::OutgoingSet) -> OutgoingSet {
    OutgoingSet {
        sequence: set.id.0,
        author: set.author,
        entries: set.entries.into_iter().map(outgoing_entry).collect(),
    }
}

fn outgoing_entry(entry: store::OutgoingEntry) -> OutgoingEntry {
    OutgoingEntry {
        key: entry.key,
        intent: if entry.operation == store::Operation::Delete { Operation::Delete } else { Operation::Put },
        text: entry.raw,
        base_version: entry.base_version,
        base_text: entry.base,
        sent: entry.state == EntryState::InFlight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::{Segment, SystemClock};
    use keep_store::{HeaderFilter, TestClinic};

    fn runs(store: &Store) -> usize {
        let filter = HeaderFilter { class: Some(EventClass::Sync), ..HeaderFilter::default() };
        store.ledger().headers(&filter, 50).unwrap().headers.len()
    }

    fn page(records: &[&str]) -> PulledPage {
        let key = CursorKey {
            server: String::from("https://fhir.example/r4"),
            resource_type: String::from("Patient"),
            visibility: String::from("subject amara"),
        };
        let state = CursorState { text: String::from("at noon"), complete_as_of: None };
        let records = records.iter().map(|r| Phi::new((*r).to_owned())).collect();
        PulledPage { records, deleted: Vec::new(), cursor: Some((key, state)) }
    }

    #[test]
    fn a_run_that_finds_nothing_to_do_leaves_no_event() {
        let clinic = TestClinic::new();
        let store = Arc::new(clinic.open(Segment::Clinical));
        let amara = TestClinic::nurse_amara();
        let port =
            || StorePort::new(Arc::clone(&store), amara.clone(), PushForOthers::SameRank, None, Arc::new(SystemClock));
        let idle = port();
        assert!(idle.outgoing().unwrap().is_empty());
        let cursor = page(&[]);
        let (key, state) = cursor.cursor.clone().unwrap();
        assert_eq!(idle.integrate(cursor).unwrap().changed, 0);
        assert_eq!((idle.cursor(&key).unwrap(), runs(&store)), (state, 0));
        let busy = port();
        for id in ["ada", "baraka"] {
            let record = format!(r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"1"}}}}"#);
            assert_eq!(busy.integrate(page(&[&record])).unwrap().changed, 1);
        }
        assert_eq!(runs(&store), 1, "one event for the run, before its first record");
    }
}
