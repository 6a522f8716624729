use super::*;
use crate::{ChangeSetDraft, EntryDraft, OutgoingSet, RecordState, StoreError};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Phi, UserId, UtcMillis};

fn amara() -> UserId {
    TestClinic::nurse_amara().user
}

fn in_error(text: &str) -> String {
    text.replace("\"final\"", "\"entered-in-error\"")
}

fn provenance(id: &str, of: &str) -> String {
    format!(r#"{{"resourceType":"Provenance","id":"{id}","target":[{{"reference":"{of}"}}]}}"#)
}

/// Marks a record as entered in error, with Provenance/p1.
fn mark(store: &Store, base: Option<&str>, text: &str) -> ChangeSetId {
    mark_by(store, amara(), base, text).expect("marked")
}

fn mark_by(store: &Store, author: UserId, base: Option<&str>, text: &str) -> Result<ChangeSetId, StoreError> {
    let entry = |operation, base: Option<&str>, raw: String| EntryDraft {
        operation,
        base_version: base.map(str::to_owned),
        raw: Phi::new(raw),
    };
    let of = keep_fhir::extract(text).expect("readable").key.to_string();
    let entries =
        vec![entry(Operation::Update, base, in_error(text)), entry(Operation::Create, None, provenance("p1", &of))];
    store.write(|tx| {
        let ticket = tx.append(&EventDraft::new(EventClass::MarkedInError))?;
        tx.save_undoable(&ticket, ChangeSetDraft { author, entries })
    })
}

fn undo(store: &Store, reference: &str) -> Result<(), StoreError> {
    undo_by(store, amara(), reference)
}

fn undo_by(store: &Store, author: UserId, reference: &str) -> Result<(), StoreError> {
    store.write(|tx| {
        let ticket = tx.append(&EventDraft::new(EventClass::MarkingUndone))?;
        tx.undo_save(&ticket, &key(reference), author)
    })
}

fn can_undo(store: &Store, reference: &str) -> bool {
    store.can_undo(&key(reference), amara()).expect("read")
}

/// Everything that the outbox would send: change set, reference, operation, base version, base, text, state, idempotency key.
fn outbox(store: &Store) -> Vec<String> {
    let sets: Vec<OutgoingSet> = store.next_change_sets(&TestClinic::ticket(store), 50).expect("sets");
    let said = |set: &OutgoingSet| {
        let entries = set.entries.iter().map(|e| {
            let texts = [Some(&e.raw), e.base.as_ref(), e.outcome.as_ref()].map(|t| t.map(|t| t.expose().clone()));
            format!("{} {:?} {:?} {:?} {texts:?} {}", e.key, e.operation, e.base_version, e.state, e.idempotency)
        });
        format!("{:?} {:?} {:?}", set.id, set.depends_on, entries.collect::<Vec<_>>())
    };
    sets.iter().map(said).collect()
}

/// What is stored of a record: text, state, version and the server's time.
fn stored(store: &Store, reference: &str) -> (Phi<String>, RecordState, Option<String>, Option<UtcMillis>) {
    let found = record(store, reference);
    (found.raw, found.state, found.version, found.updated)
}

/// Marks a record and undoes it; everything must be as before.
fn marked_and_undone(store: &Store, reference: &str, base: Option<&str>) {
    let (before, waiting) = (stored(store, reference), outbox(store));
    let text = before.0.expose().clone();
    assert!(!can_undo(store, reference), "nothing was marked yet");
    mark(store, base, &text);
    let marked = stored(store, reference);
    assert_eq!((marked.0, marked.1), (Phi::new(in_error(&text)), RecordState::Pending));
    assert!(can_undo(store, reference));
    undo(store, reference).expect("undone");
    assert_eq!((stored(store, reference), outbox(store)), (before, waiting));
    assert_eq!(store.record(&key("Provenance/p1")).err(), Some(StoreError::NotAvailable));
    assert!(!can_undo(store, reference));
    assert_eq!(undo(store, reference).err(), Some(StoreError::Stale));
    clean(store);
}

#[test]
fn a_record_of_the_server_is_as_it_was() {
    let (_clinic, store) = two_patients();
    marked_and_undone(&store, "Observation/o1", Some("1"));
    marked_and_undone(&store, "Observation/o1", Some("1"));
    assert!(outbox(&store).is_empty());
}

#[test]
fn a_record_that_was_never_sent_waits_again_as_it_was_recorded() {
    let (_clinic, store) = two_patients();
    save(&store, Operation::Create, None, &observation("n1", "101", "203", None));
    marked_and_undone(&store, "Observation/n1", None);
    save(&store, Operation::Update, None, &observation("n1", "101", "103", None));
    marked_and_undone(&store, "Observation/n1", None);
    assert_eq!(outbox(&store).len(), 1);
}

#[test]
fn an_unsent_or_rejected_edit_waits_again() {
    let (_clinic, store) = two_patients();
    let set = save(&store, Operation::Update, Some("1"), &observation("o1", "101", "75", Some(1)));
    marked_and_undone(&store, "Observation/o1", Some("1"));
    let outcome = Phi::new(String::from("{\"resourceType\":\"OperationOutcome\"}"));
    let rejected = store.write(|tx| {
        tx.mark_in_flight(set)?;
        tx.reject(set, &key("Observation/o1"), &outcome, &[])
    });
    rejected.expect("rejected");
    marked_and_undone(&store, "Observation/o1", Some("1"));
    assert_eq!(record(&store, "Observation/o1").state, RecordState::Rejected);
}

#[test]
fn an_edit_on_its_way_becomes_the_record_again() {
    let (_clinic, store) = two_patients();
    let edited = observation("o1", "101", "75", Some(1));
    let set = save(&store, Operation::Update, Some("1"), &edited);
    store.write(|tx| tx.mark_in_flight(set)).expect("in flight");
    marked_and_undone(&store, "Observation/o1", Some("1"));
    mark(&store, Some("1"), &edited);
    store.write(|tx| tx.confirm(set, &key("Observation/o1"), "2", Some(UtcMillis(5)))).expect("confirmed");
    undo(&store, "Observation/o1").expect("undone");
    let now = stored(&store, "Observation/o1");
    assert_eq!(now, (Phi::new(edited), RecordState::Synced, Some(String::from("2")), Some(UtcMillis(5))));
    assert!(outbox(&store).is_empty());
    clean(&store);
}

#[test]
fn what_is_being_sent_or_was_sent_is_not_undone() {
    let (_clinic, store) = two_patients();
    let text = observation("o1", "101", "72", Some(1));
    let set = mark(&store, Some("1"), &text);
    store.write(|tx| tx.mark_in_flight(set)).expect("in flight");
    assert!(!can_undo(&store, "Observation/o1"));
    assert_eq!(undo(&store, "Observation/o1").err(), Some(StoreError::Stale));
    // The server was out of reach: nothing was sent.
    store.write(|tx| tx.return_to_queue(set)).expect("waits");
    assert!(can_undo(&store, "Observation/o1"));
    let done = store.write(|tx| {
        tx.mark_in_flight(set)?;
        tx.confirm(set, &key("Provenance/p1"), "1", None)?;
        tx.return_to_queue(set)
    });
    done.expect("half of it was confirmed");
    assert!(!can_undo(&store, "Observation/o1"), "its Provenance is on the server");
    assert_eq!(undo(&store, "Observation/o1").err(), Some(StoreError::Stale));
    clean(&store);
}

#[test]
fn a_record_that_changed_since_is_not_undone() {
    let (_clinic, store) = two_patients();
    let text = observation("o1", "101", "72", Some(1));
    let set = mark(&store, Some("1"), &text);
    let (theirs, merged) =
        (observation("o1", "101", "72", Some(2)), in_error(&observation("o1", "101", "72", Some(2))));
    store.write(|tx| tx.apply_merged(set, &Phi::new(theirs), &Phi::new(merged.clone()))).expect("merged");
    assert!(!can_undo(&store, "Observation/o1"), "the server has changed it");
    save(&store, Operation::Update, Some("2"), &merged);
    assert!(!can_undo(&store, "Observation/o1"), "a later save");
    assert_eq!(undo(&store, "Observation/o1").err(), Some(StoreError::Stale));
}

#[test]
fn only_the_author_of_the_marking_undoes_it() {
    let (_clinic, store) = two_patients();
    let jonas = UserId::of("https://id.example", "jonas");
    let text = observation("n1", "101", "203", None);
    save(&store, Operation::Create, None, &text);
    let before = (stored(&store, "Observation/n1"), outbox(&store));
    mark_by(&store, jonas, None, &text).expect("marked");
    assert!(!can_undo(&store, "Observation/n1"));
    assert_eq!(undo(&store, "Observation/n1").err(), Some(StoreError::Stale));
    undo_by(&store, jonas, "Observation/n1").expect("undone");
    assert_eq!((stored(&store, "Observation/n1"), outbox(&store)), before);
    clean(&store);
}

#[test]
fn an_undo_that_is_cut_off_has_not_happened() {
    let (clinic, store) = two_patients();
    save(&store, Operation::Create, None, &observation("n1", "101", "203", None));
    mark(&store, None, &observation("n1", "101", "203", None));
    let before = (stored(&store, "Observation/n1"), outbox(&store));
    let cut = store.write(|tx| {
        let ticket = tx.append(&EventDraft::new(EventClass::MarkingUndone))?;
        tx.undo_save(&ticket, &key("Observation/n1"), amara())?;
        Err::<(), _>(StoreError::Interrupted)
    });
    assert_eq!(cut.err(), Some(StoreError::Interrupted));
    drop(store);
    let store = clinic.open(Segment::Restricted);
    assert_eq!((stored(&store, "Observation/n1"), outbox(&store)), before);

    assert!(can_undo(&store, "Observation/n1"));
    clean(&store);
}
