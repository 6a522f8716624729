//! What becomes of entries that the server rejects, rewrites or renames.

use super::outbox::{create, sets, states};
use super::*;
use crate::{EntryState, RecordState, SetState, StoreError, StoredThere};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{Phi, UtcMillis};

fn rejected(store: &Store, set: ChangeSetId, reference: &str) {
    let rejected = store.write(|tx| {
        tx.mark_in_flight(set)?;
        tx.reject(set, &key(reference), &Phi::new(String::from("no such code")), &[String::from("Observation.code")])?;
        tx.return_to_queue(set)
    });
    rejected.expect("rejected");
}

fn give_up(store: &Store, set: ChangeSetId) -> Result<(), StoreError> {
    store.write(|tx| {
        let ticket = tx.append(&EventDraft::new(EventClass::Sync))?;
        tx.give_up(&ticket, set)
    })
}

#[test]
fn a_given_up_set_leaves_the_server_version_and_its_texts_stay() {
    let (_clinic, store) = two_patients();
    let before = record(&store, "Observation/o1").raw.into_exposed();
    let pulse = observation("n1", "101", "70", None);
    let changed = observation("o1", "101", "75", Some(1));
    let set = TestClinic::save(&store, &[(Operation::Create, None, &pulse), (Operation::Update, Some("1"), &changed)])
        .expect("saved");
    assert_eq!(give_up(&store, set), Err(StoreError::Stale), "nothing was rejected");
    rejected(&store, set, "Observation/o1");
    let entry = sets(&store)[0].entries.iter().find(|e| e.state == EntryState::Rejected).expect("an entry").clone();
    assert_eq!(
        (entry.fields, entry.outcome),
        (vec![String::from("Observation.code")], Some(Phi::new("no such code".into())))
    );
    give_up(&store, set).expect("given up");
    assert!(sets(&store).is_empty() && store.backlog().expect("backlog").is_empty());
    let after = record(&store, "Observation/o1");
    assert_eq!(
        (after.raw.into_exposed(), after.state, after.version.as_deref()),
        (before, RecordState::Synced, Some("1"))
    );
    assert_eq!(store.versions(&[key("Observation/n1")]), Ok(vec![None]), "what was created is removed");
    clean(&store);
}

#[test]
fn a_set_that_another_depends_on_or_that_may_have_arrived_is_not_given_up() {
    let (_clinic, store) = two_patients();
    let visit =
        r#"{"resourceType":"Encounter","id":"v1","status":"in-progress","subject":{"reference":"Patient/101"}}"#;
    let first = save(&store, Operation::Create, None, visit);
    let child = observation("n2", "101", "70", None)
        .replace("\"status\"", "\"encounter\":{\"reference\":\"Encounter/v1\"},\"status\"");
    let second = save(&store, Operation::Create, None, &child);
    rejected(&store, first, "Encounter/v1");
    assert_eq!(give_up(&store, first), Err(StoreError::Stale));
    store.write(|tx| tx.retry(first).and_then(|()| tx.mark_in_flight(first))).expect("in flight");
    assert_eq!(give_up(&store, first), Err(StoreError::Stale));
    assert_eq!(states(&store).len(), 2, "nothing was lost: {second:?}");
    clean(&store);
}

#[test]
fn the_servers_text_becomes_the_record_where_ours_has_arrived_and_was_amended() {
    let (_clinic, store) = two_patients();
    let set = create(&store, "n1", "70");
    let theirs = Phi::new(observation("n1", "101", "71", Some(2)));
    store.write(|tx| tx.mark_in_flight(set).and_then(|()| tx.accept_theirs(set, &theirs, "2"))).expect("accepted");
    let now = record(&store, "Observation/n1");
    assert_eq!((&now.raw, now.version.as_deref(), now.state), (&theirs, Some("2"), RecordState::Synced));
    assert!(sets(&store).is_empty());
    // A later edit stays the record, and is based on the server's text.
    let first = create(&store, "n2", "70");
    store.write(|tx| tx.mark_in_flight(first)).expect("in flight");
    let later = observation("n2", "101", "72", None);
    save(&store, Operation::Update, None, &later);
    let theirs = Phi::new(observation("n2", "101", "71", Some(2)));
    store.write(|tx| tx.accept_theirs(first, &theirs, "2")).expect("accepted");
    let entry = sets(&store)[0].entries[0].clone();
    assert_eq!((entry.base_version.as_deref(), entry.base, entry.raw), (Some("2"), Some(theirs), Phi::new(later)));
    clean(&store);
}

#[test]
fn a_rewritten_text_is_the_record_and_what_is_sent() {
    let (_clinic, store) = two_patients();
    let set = create(&store, "n1", "70");
    let text = Phi::new(observation("n1", "101", "70", None).replace("\"status\"", "\"note\":[],\"status\""));
    let rewrite = |text: &Phi<String>| store.write(|tx| tx.rewrite_unsent(set, &key("Observation/n1"), text));
    rewrite(&text).expect("waiting");
    assert_eq!((&sets(&store)[0].entries[0].raw, &record(&store, "Observation/n1").raw), (&text, &text));
    // Frozen, with a later edit: that one stays the record.
    store.write(|tx| tx.mark_in_flight(set)).expect("in flight");
    let later = observation("n1", "101", "72", None);
    save(&store, Operation::Update, None, &later);
    let again = Phi::new(observation("n1", "101", "71", None));
    rewrite(&again).expect("frozen");
    assert_eq!((&sets(&store)[0].entries[0].raw, record(&store, "Observation/n1").raw), (&again, Phi::new(later)));
    let other = Phi::new(observation("n9", "101", "71", None));
    assert!(matches!(rewrite(&other), Err(StoreError::Invalid(_))));
    clean(&store);
}

#[test]
fn a_record_takes_the_id_that_the_server_made_and_later_edits_go_with_it() {
    let (_clinic, store) = two_patients();
    let there = |id: &str| StoredThere {
        text: Phi::new(observation(id, "101", "70", None)),
        version: String::from("1"),
        last_updated: Some(UtcMillis(5)),
    };
    let first = create(&store, "n1", "70");
    store.write(|tx| tx.mark_in_flight(first)).expect("in flight");
    store.write(|tx| tx.confirm_as(first, &key("Observation/n1"), &there("900"))).expect("confirmed");
    assert_eq!(store.versions(&[key("Observation/n1")]), Ok(vec![None]));
    let now = record(&store, "Observation/900");
    assert_eq!((now.state, now.version.as_deref()), (RecordState::Synced, Some("1")));
    assert!(sets(&store).is_empty());
    let second = create(&store, "n2", "70");
    store.write(|tx| tx.mark_in_flight(second)).expect("in flight");
    let edit = save(&store, Operation::Update, None, &observation("n2", "101", "72", None));
    store.write(|tx| tx.confirm_as(second, &key("Observation/n2"), &there("901"))).expect("confirmed");
    assert_eq!(states(&store), [(edit, SetState::Ready)]);
    let entry = sets(&store)[0].entries[0].clone();
    assert_eq!((entry.key, entry.base_version.as_deref()), (key("Observation/901"), Some("1")));
    assert_eq!(entry.raw, Phi::new(observation("901", "101", "72", None)));
    let known = store.server_ids(&[key("Observation/n1"), key("Observation/n2"), key("Observation/o1")]);
    let pair = |a: &str, b: &str| (key(a), key(b));
    assert_eq!(known, Ok(vec![pair("Observation/n1", "Observation/900"), pair("Observation/n2", "Observation/901")]));
    clean(&store);
}
