use super::*;
use crate::{ConflictId, EntryState, OutgoingSet, RecordState, SetState, StoreError, WriteTx};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Phi, UtcMillis};

pub(super) fn sets(store: &Store) -> Vec<OutgoingSet> {
    store.next_change_sets(&TestClinic::ticket(store), 50).expect("sets")
}

pub(super) fn states(store: &Store) -> Vec<(ChangeSetId, SetState)> {
    sets(store).iter().map(|s| (s.id, s.state)).collect()
}

pub(super) fn create(store: &Store, id: &str, value: &str) -> ChangeSetId {
    save(store, Operation::Create, None, &observation(id, "101", value, None))
}

/// An unsent edit of the pulse, which the server has changed meanwhile: the set, our text and theirs.
fn edited_on_both_sides(store: &Store) -> (ChangeSetId, String, String) {
    let (ours, theirs) = (observation("o1", "101", "75", Some(1)), observation("o1", "101", "76", Some(2)));
    (save(store, Operation::Update, Some("1"), &ours), ours, theirs)
}

/// Sends a set of one record, which the server accepts.
fn send(store: &Store, set: ChangeSetId, reference: &str, version: &str) {
    let sent = store.write(|tx| {
        tx.mark_in_flight(set)?;
        tx.confirm(set, &key(reference), version, None)
    });
    sent.expect("confirmed");
}

fn decide(tx: &mut WriteTx<'_>, id: ConflictId, chosen: Option<&str>) -> Result<(), StoreError> {
    let ticket = tx.append(&EventDraft::new(EventClass::ConflictDecided))?;
    tx.decide_conflict(&ticket, id, chosen.map(|c| Phi::new(c.to_owned())).as_ref())
}

#[test]
fn edits_squash_until_sent_and_queue_behind_it_afterwards() {
    let (_clinic, store) = two_patients();
    let first = create(&store, "n1", "70");
    let edited = observation("n1", "101", "71", None);
    save(&store, Operation::Update, None, &edited);
    let waiting = sets(&store);
    assert_eq!((waiting.len(), waiting[0].id, waiting[0].state), (1, first, SetState::Ready));
    assert_eq!(
        (waiting[0].entries[0].operation, &waiting[0].entries[0].raw),
        (Operation::Create, &Phi::new(edited.clone()))
    );
    store.write(|tx| tx.mark_in_flight(first)).expect("in flight");
    let later = observation("n1", "101", "72", None);
    let second = save(&store, Operation::Update, None, &later);
    let queue = sets(&store);
    assert_eq!(states(&store), [(first, SetState::Ready), (second, SetState::WaitsForSet)]);
    assert_eq!(
        (queue[0].entries[0].state, &queue[0].entries[0].raw),
        (EntryState::InFlight, &Phi::new(edited.clone()))
    );
    store.write(|tx| tx.confirm(first, &key("Observation/n1"), "1", Some(UtcMillis(5)))).expect("confirmed");
    let queue = sets(&store);
    assert_eq!((queue.len(), queue[0].state), (1, SetState::Ready));
    let entry = &queue[0].entries[0];
    assert_eq!(
        (entry.base_version.as_deref(), &entry.base, &entry.raw),
        (Some("1"), &Some(Phi::new(edited)), &Phi::new(later))
    );
    store.write(|tx| tx.confirm(second, &key("Observation/n1"), "2", None)).expect("confirmed");
    assert!(sets(&store).is_empty());
    let done = record(&store, "Observation/n1");
    assert_eq!((done.state, done.version.as_deref()), (RecordState::Synced, Some("2")));
    clean(&store);
}

#[test]
fn a_rejected_entry_has_its_reason_and_dependent_sets_wait() {
    let (_clinic, store) = two_patients();
    let visit =
        r#"{"resourceType":"Encounter","id":"v1","status":"in-progress","subject":{"reference":"Patient/101"}}"#;
    let first = save(&store, Operation::Create, None, visit);
    let child = observation("n2", "101", "70", None)
        .replace("\"status\"", "\"encounter\":{\"reference\":\"Encounter/v1\"},\"status\"");
    let second = save(&store, Operation::Create, None, &child);
    let third = create(&store, "n3", "60");
    store
        .write(|tx| {
            tx.mark_in_flight(first)?;
            tx.reject(first, &key("Encounter/v1"), &Phi::new("{\"resourceType\":\"OperationOutcome\"}".into()), &[])
        })
        .expect("rejected");
    assert_eq!(
        states(&store),
        [(first, SetState::Rejected), (second, SetState::WaitsForSet), (third, SetState::Ready)]
    );
    assert_eq!(record(&store, "Encounter/v1").state, RecordState::Rejected);
    let backlog = store.backlog().expect("backlog");
    assert_eq!((backlog[0].pending, backlog[0].rejected, backlog[0].conflicts), (3, 1, 0));
    store.write(|tx| tx.retry(first)).expect("retried");
    assert_eq!(sets(&store)[0].state, SetState::Ready);
    clean(&store);
}

#[test]
fn a_lower_rank_neither_sees_nor_overtakes_a_higher_change_set() {
    let (clinic, store) = two_patients();
    let renamed = patient("101", "González-Ruiz", "Ada", "1958-03-14", 1);
    let pulse = observation("n1", "101", "70", None);
    let high = TestClinic::save(&store, &[(Operation::Update, Some("1"), &renamed), (Operation::Create, None, &pulse)])
        .expect("saved");
    store.write(|tx| tx.mark_in_flight(high)).expect("in flight");
    drop(store);
    let store = clinic.open(Segment::Directory);
    assert!(sets(&store).is_empty());
    let again = patient("101", "González Ruiz", "Ada", "1958-03-14", 1);
    let low = save(&store, Operation::Update, Some("1"), &again);
    assert_eq!(states(&store), [(low, SetState::WaitsForRank)]);
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(states(&store), [(high, SetState::Ready), (low, SetState::WaitsForSet)]);
    clean(&store);
}

#[test]
fn both_versions_of_a_conflict_are_stored_permanently() {
    let (_clinic, store) = two_patients();
    let (set, ours, theirs) = edited_on_both_sides(&store);
    let id = store
        .write(|tx| {
            tx.mark_in_flight(set)?;
            tx.open_conflict(set, &key("Observation/o1"), Some(&Phi::new(theirs.clone())))
        })
        .expect("conflict");
    assert_eq!(record(&store, "Observation/o1").state, RecordState::Conflict);
    assert_eq!(sets(&store)[0].state, SetState::Conflict);
    let open = store.open_conflicts().expect("list").release(TestClinic::ticket(&store));
    assert_eq!(
        (open.len(), &open[0].ours, &open[0].theirs),
        (1, &Phi::new(ours.clone()), &Some(Phi::new(theirs.clone())))
    );
    let blocked = TestClinic::save(&store, &[(Operation::Update, Some("1"), &ours)]);
    assert_eq!(blocked.err(), Some(StoreError::Stale));
    store.write(|tx| decide(tx, id, Some(&ours))).expect("decided");
    assert_eq!(store.write(|tx| decide(tx, id, Some(&theirs))).err(), Some(StoreError::Stale));
    let entry = &sets(&store)[0].entries[0];
    assert_eq!((entry.base_version.as_deref(), entry.state), (Some("2"), EntryState::Waiting));
    send(&store, set, "Observation/o1", "3");
    let kept = store.conflict(id).expect("kept").release(TestClinic::ticket(&store));
    assert!(kept.decided.is_some() && kept.theirs == Some(Phi::new(theirs)));
    assert_eq!(store.open_conflicts().expect("conflicts").release(TestClinic::ticket(&store)).len(), 0);
    clean(&store);
}

#[test]
fn choosing_the_servers_version_sends_nothing() {
    let (_clinic, store) = two_patients();
    let (set, _, theirs) = edited_on_both_sides(&store);
    store
        .write(|tx| {
            let id = tx.open_conflict(set, &key("Observation/o1"), Some(&Phi::new(theirs.clone())))?;
            decide(tx, id, Some(&theirs))
        })
        .expect("decided");
    assert!(sets(&store).is_empty());
    let now = record(&store, "Observation/o1");
    assert_eq!((now.state, now.version.as_deref(), now.raw), (RecordState::Synced, Some("2"), Phi::new(theirs)));
    clean(&store);
}

#[test]
fn a_deletion_on_the_server_can_be_accepted_and_ours_stays_in_the_conflict() {
    let (_clinic, store) = two_patients();
    let ours = observation("o1", "101", "75", Some(1));
    let set = save(&store, Operation::Update, Some("1"), &ours);
    let id = store.write(|tx| tx.open_conflict(set, &key("Observation/o1"), None)).expect("conflict");
    store.write(|tx| decide(tx, id, None)).expect("decided");
    assert!(sets(&store).is_empty());
    assert_eq!(store.record(&key("Observation/o1")).err(), Some(StoreError::NotAvailable));
    let kept = store.conflict(id).expect("kept").release(TestClinic::ticket(&store));
    assert_eq!((kept.decided.is_some(), kept.ours, kept.theirs), (true, Phi::new(ours), None));
    clean(&store);
}

#[test]
fn what_the_server_still_has_cannot_be_accepted_as_deleted() {
    let (_clinic, store) = two_patients();
    let (set, _, theirs) = edited_on_both_sides(&store);
    let decided = store.write(|tx| {
        let id = tx.open_conflict(set, &key("Observation/o1"), Some(&Phi::new(theirs.clone())))?;
        decide(tx, id, None)
    });
    assert_eq!(decided.err(), Some(StoreError::Invalid("not deleted")));
}

#[test]
fn a_merge_waits_on_top_of_the_servers_version() {
    let (_clinic, store) = two_patients();
    let set = save(&store, Operation::Update, Some("1"), &observation("o1", "101", "75", Some(1)));
    let (theirs, merged) = (observation("o1", "101", "72", Some(2)), observation("o1", "101", "75", Some(2)));
    store.write(|tx| tx.apply_merged(set, &Phi::new(theirs.clone()), &Phi::new(merged.clone()))).expect("merged");
    let entry = &sets(&store)[0].entries[0];
    assert_eq!(
        (entry.base_version.as_deref(), &entry.base, &entry.raw),
        (Some("2"), &Some(Phi::new(theirs)), &Phi::new(merged))
    );
    clean(&store);
}

#[test]
fn a_deleted_record_disappears_and_goes_when_confirmed() {
    let (_clinic, store) = two_patients();
    let set = save(&store, Operation::Delete, Some("1"), &observation("o1", "101", "72", Some(1)));
    assert_eq!(chart(&store, "101").len(), 2);
    send(&store, set, "Observation/o1", "2");
    assert_eq!(store.record(&key("Observation/o1")).err(), Some(StoreError::NotAvailable));
    clean(&store);
}

/// The attack of the review: a value is marked as entered in error, and the row from before that is put back with its
/// old tag.
#[test]
fn an_old_row_is_reported_and_never_sent() {
    let (clinic, store) = two_patients();
    let set = create(&store, "n1", "203");
    let file = || writable_file(&clinic, Segment::Clinical);
    let pending = "state = 1 AND type = (SELECT type FROM resource WHERE state = 1)";
    let old: (i64, i64, Vec<u8>, Vec<u8>) = file()
        .query_row(&format!("SELECT place, revision, body, tag FROM resource WHERE {pending}"), [], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
        })
        .expect("as it was");
    let changed = observation("n1", "101", "203", None).replace("\"final\"", "\"entered-in-error\"");
    save(&store, Operation::Update, None, &changed);
    let other = save(&store, Operation::Create, None, &observation("n2", "102", "70", None));
    drop(store);
    let changed = file().execute("UPDATE resource SET revision = ?2, body = ?3, tag = ?4 WHERE place = ?1", old);
    assert_eq!(changed, Ok(1));
    let store = clinic.open(Segment::Clinical);
    let queue = sets(&store);
    assert_eq!(states(&store), [(set, SetState::Damaged), (other, SetState::Ready)]);
    assert_eq!((queue[0].entries.len(), &queue[0].damaged), (0, &vec![key("Observation/n1")]));
    let sent = store.write(|tx| tx.mark_in_flight(set));
    assert!(matches!(sent, Err(StoreError::Damaged(_))), "{sent:?}");
    assert_eq!(store.backlog().expect("backlog")[0].pending, 2);
    assert!(store.take_findings().iter().any(|f| f.segment == Segment::Clinical && f.chart.is_some()));
}
