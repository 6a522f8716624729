//! [`SyncStore`] over the session's real store, for one run of a sync.

use crate::error::SyncError;
use crate::settings::PushForOthers;
use crate::sync_store::{ApplyReport, BacklogTotals, OutgoingEvent, PushOutcome, SyncStore, SyncedVersion};
use keep_audit::{Actor, EntryBody, EventClass, EventDraft, LedgerEntry, Opener, Outcome, seal_info};
use keep_domain::{Clock, LogId, Phi, Rank, ResourceId, ResourceKey, UtcMillis};
use keep_fhir::{Raw, lens};
use keep_store::{
    AuditTicket, AuthorBacklog, ChangeSetId, Contested, Cursor, CursorKey, EntryState, OutgoingSet, Page, Record,
    SetState, Store, StoreError,
};
use std::sync::{Arc, OnceLock};

/// The most Practitioners that are searched for an author.
const MAX_STAFF: usize = 2_000;
/// Audit events that are read at once.
const EVENTS_AT_ONCE: u32 = 500;
/// Most ready change sets that are read at once.
const MAX_SETS: usize = 500;

/// The session's store during one run.
pub struct LocalStore {
    store: Arc<Store>,
    event_ticket: OnceLock<AuditTicket>,
    actor: Actor,
    push_for_others: PushForOthers,
    opener: Option<Arc<dyn Opener>>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for LocalStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalStore").finish_non_exhaustive()
    }
}

impl LocalStore {
    /// Wraps `store` for a run by `actor`. The audit event that covers the run is written before its first read of
    /// records, so a run that finds nothing to do writes none. `opener` is the private half of the audit key, where the
    /// session holds it: without it sealed events wait for a session that does.
    #[must_use]
    pub fn new(
        store: Arc<Store>,
        actor: Actor,
        push_for_others: PushForOthers,
        opener: Option<Arc<dyn Opener>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, event_ticket: OnceLock::new(), actor, push_for_others, opener, clock }
    }

    /// The ticket of this run's event, which is written on first use.
    fn event_ticket(&self) -> Result<&AuditTicket, SyncError> {
        if let Some(ticket) = self.event_ticket.get() {
            return Ok(ticket);
        }
        let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).with_cause("run");
        let ticket = self.store.ledger().append(event).map_err(|e| failed(&e))?;
        Ok(self.event_ticket.get_or_init(|| ticket))
    }

    fn change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        // Counting needs no audit event: counts identify no patient.
        if self.store.backlog().map_err(|e| failed(&e))?.is_empty() {
            return Ok(Vec::new());
        }
        self.store.next_change_sets(self.event_ticket()?, MAX_SETS).map_err(|e| failed(&e))
    }

    fn may_push(&self, set: &OutgoingSet) -> bool {
        self.push_for_others == PushForOthers::SameRank || set.author == self.actor.user
    }

    fn change_set(&self, id: ChangeSetId) -> Result<Option<OutgoingSet>, SyncError> {
        Ok(self.change_sets()?.into_iter().find(|s| s.id == id))
    }

    fn event(&self, class: EventClass, key: &ResourceKey) -> EventDraft {
        EventDraft::new(class).by(self.actor.clone()).ended(Outcome::MinorFailure).with_resources([key])
    }
}

impl SyncStore for LocalStore {
    fn rank(&self) -> Rank {
        self.store.rank()
    }

    fn cursor(&self, key: &CursorKey) -> Result<Cursor, SyncError> {
        self.store.cursor(key).map_err(|e| failed(&e))
    }

    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<Cursor>, SyncError> {
        self.store.other_cursors(key).map_err(|e| failed(&e))
    }

    fn apply_page(&self, page: Page) -> Result<ApplyReport, SyncError> {
        if page.records.is_empty() && page.deleted.is_empty() {
            // No record is touched, so no audit event is needed.
            if let Some((key, cursor)) = page.cursor {
                self.store.write(|tx| tx.save_cursor(&key, &cursor)).map_err(|e| failed(&e))?;
            }
            return Ok(ApplyReport::default());
        }
        let mut report = self.store.apply_page(self.event_ticket()?, page).map_err(|e| failed(&e))?;
        let malformed = u64::try_from(report.unreadable.saturating_add(report.malformed)).unwrap_or(u64::MAX);
        if malformed > 0 {
            let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).with_cause("malformed");
            let event = event.ended(Outcome::MinorFailure).counting(malformed);
            self.store.ledger().append(event).map_err(|e| failed(&e))?;
        }
        let changed = report.stored.saturating_add(report.deleted).saturating_add(report.sealed);
        if !report.contested.is_empty() {
            self.retain_listed(&mut report.contested)?;
        }
        Ok(ApplyReport { changed: u64::try_from(changed).unwrap_or(u64::MAX), contested: report.contested })
    }

    fn save_cursors(&self, cursors: &[(CursorKey, Cursor)]) -> Result<(), SyncError> {
        let write = self.store.write(|tx| cursors.iter().try_for_each(|(key, cursor)| tx.save_cursor(key, cursor)));
        write.map_err(|e| failed(&e))
    }

    fn synced_ids(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError> {
        self.store.synced_ids(resource_type).map_err(|e| failed(&e))
    }

    fn synced_versions(&self, resource_type: &str) -> Result<Vec<SyncedVersion>, SyncError> {
        self.store.synced_versions(resource_type).map_err(|e| failed(&e))
    }

    fn updates(&self, keys: &[ResourceKey]) -> Result<Vec<Option<UtcMillis>>, SyncError> {
        self.store.updates(keys).map_err(|e| failed(&e))
    }

    fn record_count(&self, resource_type: &str) -> Result<u64, SyncError> {
        let counts = self.store.type_counts().map_err(|e| failed(&e))?;
        Ok(counts.get(resource_type).copied().unwrap_or_default())
    }

    fn ready_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        Ok(self.change_sets()?.into_iter().filter(|s| s.state == SetState::Ready && self.may_push(s)).collect())
    }

    fn mark_in_flight(&self, set: ChangeSetId) -> Result<Option<OutgoingSet>, SyncError> {
        match self.store.write(|tx| tx.mark_in_flight(set)) {
            Ok(()) => {}
            Err(StoreError::NotAvailable) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        }
        // Since it was listed, the set may have grown or run into a conflict.
        Ok(self.change_set(set)?.filter(|s| s.state == SetState::Ready))
    }

    fn return_to_queue(&self, set: ChangeSetId) -> Result<(), SyncError> {
        self.store.write(|tx| tx.return_to_queue(set)).map_err(|e| failed(&e))
    }

    fn record_outcomes(&self, set: ChangeSetId, outcomes: &[PushOutcome]) -> Result<(), SyncError> {
        let before = self.change_set(set)?;
        let in_conflict = |key: &ResourceKey| {
            before.iter().flat_map(|s| &s.entries).any(|e| e.key == *key && e.state == EntryState::Conflict)
        };
        let write = self.store.write(|tx| {
            for outcome in outcomes {
                match outcome {
                    PushOutcome::Confirmed { key, version, last_updated } => {
                        tx.confirm(set, key, version, *last_updated)?
                    }
                    PushOutcome::Merged { theirs, merged } => {
                        // EXPOSE: only type and id are read.
                        let text = merged.expose();
                        let index = keep_fhir::extract(text).map_err(|_| StoreError::Invalid("merged text"))?;
                        // INVARIANT: a conflict that was shown to a person is resolved by a person.
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
                    PushOutcome::Created { key, there } => tx.confirm_as(set, key, there)?,
                    PushOutcome::Arrived { theirs, version } => tx.accept_theirs(set, theirs, version)?,
                    PushOutcome::Rejected { key, reason, fields } => {
                        tx.reject(set, key, reason, fields)?;
                        let _written = tx.append(&self.event(EventClass::WriteRejected, key))?;
                    }
                }
            }
            Ok(())
        });
        write.map_err(|e| failed(&e))
    }

    fn rejected_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError> {
        Ok(self.change_sets()?.into_iter().filter(|s| s.state == SetState::Rejected && self.may_push(s)).collect())
    }

    fn retry(&self, set: ChangeSetId) -> Result<(), SyncError> {
        let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).with_cause("retry");
        let retried = self.store.write(|tx| {
            let _written = tx.append(&event)?;
            tx.retry(set)
        });
        retried.map_err(|e| failed(&e))
    }

    fn rewrite(&self, set: ChangeSetId, texts: &[(ResourceKey, Phi<String>)]) -> Result<(), SyncError> {
        let keys: Vec<&ResourceKey> = texts.iter().map(|(key, _)| key).collect();
        let event = EventDraft::new(EventClass::Sync).by(self.actor.clone()).with_cause("references_settled");
        let event = event.with_resources(keys);
        let written = self.store.write(|tx| {
            let _written = tx.append(&event)?;
            texts.iter().try_for_each(|(key, text)| tx.rewrite_unsent(set, key, text))
        });
        written.map_err(|e| failed(&e))
    }

    fn server_ids(&self, keys: &[ResourceKey]) -> Result<Vec<(ResourceKey, ResourceKey)>, SyncError> {
        self.store.server_ids(keys).map_err(|e| failed(&e))
    }

    fn practitioner(&self, subject: &str) -> Result<Option<ResourceKey>, SyncError> {
        let staff = self.store.shared_records("Practitioner", MAX_STAFF).map_err(|e| failed(&e))?;
        let is_theirs = |record: &Record| {
            // EXPOSE: a colleague's record, read for its identifiers.
            let raw = || Raw::parse(record.raw.expose().as_str()).ok();
            record.key.id.as_str() == subject || raw().is_some_and(|raw| lens::has_identifier(&raw, subject))
        };
        Ok(staff.release_under(self.event_ticket()?).into_iter().find(is_theirs).map(|record| record.key))
    }

    fn backlog(&self) -> Result<BacklogTotals, SyncError> {
        let by_author = self.store.backlog().map_err(|e| failed(&e))?;
        let sum = |f: fn(&AuthorBacklog) -> u32| by_author.iter().map(|a| u64::from(f(a))).sum::<u64>();
        let (rejected, conflicts) = (sum(|a| a.rejected), sum(|a| a.conflicts));
        let pending = sum(|a| a.pending).saturating_sub(rejected).saturating_sub(conflicts);
        Ok(BacklogTotals { pending, rejected, conflicts })
    }

    fn undelivered_events(&self, mut from: u64, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError> {
        let ledger = self.store.ledger();
        let log = ledger.state().map_err(|e| failed(&e))?.log();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        // Any number of sealed events that this session cannot read may precede those that it can.
        loop {
            let entries = ledger.undelivered(from, EVENTS_AT_ONCE).map_err(|e| failed(&e))?;
            let Some(last) = entries.last() else { return Ok(found) };
            from = last.header.sequence.saturating_add(1);
            let readable = entries.iter().filter_map(|e| self.readable(log, e));
            found.extend(readable.take(limit.saturating_sub(found.len())));
            if found.len() == limit {
                return Ok(found);
            }
        }
    }

    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError> {
        self.store.ledger().mark_delivered(sequences, self.clock.now()).map_err(|e| failed(&e))
    }

    fn preference(&self, name: &str) -> Result<Option<String>, SyncError> {
        match self.store.personal().and_then(|p| p.preference(name)) {
            Ok(found) => Ok(found),
            Err(StoreError::NotAvailable) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn set_preference(&self, name: &str, text: &str) -> Result<(), SyncError> {
        match self.store.personal().and_then(|p| p.set_preference(name, text)) {
            Ok(()) | Err(StoreError::NotAvailable) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}

impl LocalStore {
    /// Drops contested entries whose set is not among those that are read at once: the push resolves them later.
    fn retain_listed(&self, contested: &mut Vec<Contested>) -> Result<(), SyncError> {
        let sets = self.change_sets()?;
        let is_listed = |c: &Contested| {
            let set = sets.iter().find(|s| s.id == c.set);
            set.is_some_and(|s| s.entries.iter().any(|e| e.key == c.entry.key))
        };
        contested.retain(is_listed);
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::{Segment, SystemClock};
    use keep_store::{HeaderFilter, TestClinic};

    fn sync_events(store: &Store) -> usize {
        let filter = HeaderFilter { class: Some(EventClass::Sync), ..HeaderFilter::default() };
        store.ledger().headers(&filter, 50).unwrap().headers.len()
    }

    fn page(records: &[&str]) -> Page {
        let key = CursorKey {
            server: String::from("https://fhir.example/r4"),
            resource_type: String::from("Patient"),
            visibility: String::from("subject amara"),
        };
        let cursor = Cursor { position: String::from("at noon"), ..Cursor::default() };
        let records = records.iter().map(|r| Phi::new((*r).to_owned())).collect();
        Page {
            base: Some(key.server.clone()),
            records,
            deleted: Vec::new(),
            cursor: Some((key, cursor)),
            replaces_newer: false,
        }
    }

    #[test]
    fn a_run_without_changes_writes_no_event() {
        let clinic = TestClinic::new();
        let store = Arc::new(clinic.open(Segment::Clinical));
        let amara = TestClinic::nurse_amara();
        let open =
            || LocalStore::new(Arc::clone(&store), amara.clone(), PushForOthers::SameRank, None, Arc::new(SystemClock));
        let idle = open();
        assert!(idle.ready_change_sets().unwrap().is_empty());
        let page_without_records = page(&[]);
        let (key, cursor) = page_without_records.cursor.clone().unwrap();
        assert_eq!(idle.apply_page(page_without_records).unwrap().changed, 0);
        assert_eq!((idle.cursor(&key).unwrap(), sync_events(&store)), (cursor, 0));
        let busy = open();
        for id in ["ada", "baraka"] {
            let record = format!(r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"1"}}}}"#);
            assert_eq!(busy.apply_page(page(&[&record])).unwrap().changed, 1);
        }
        assert_eq!(sync_events(&store), 1, "one event for the run, before its first record");
    }
}
