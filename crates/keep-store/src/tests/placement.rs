//! Older profiles: Flags in the directory move to their present segment.

use super::alerts::{count, flag};
use super::*;
use crate::change_set::{ChangeSetRow, EntryRef, EntryRow, entry_key, set_key};
use crate::journal::JournalKind;
use crate::record::StateBits;
use crate::write_tx::NewText;
use crate::{ConflictId, EntryState, RecordState, SetState, codec, segment_path};
use rusqlite::MAIN_DB;

/// Stores a text in the directory as version 1 of the routing table did, and removes the record of finished moves.
fn as_before(store: &Store, text: &str, version: &str, state: RecordState) {
    let mut facts = keep_fhir::extract(text).expect("facts");
    facts.segment = Segment::Directory;
    store
        .write(|tx| {
            let text = NewText { raw: text, version, updated: 5, state: StateBits::of(state) };
            tx.put_resource(&facts, Segment::Directory, &text)?;
            Segment::ALL
                .into_iter()
                .try_for_each(|s| tx.drop_journal(Segment::Directory, JournalKind::Placement, s.name().as_bytes()))
        })
        .expect("stored");
}

/// All bytes of directory.db, deciphered: free pages and what is left over in used ones as well.
fn pages(clinic: &TestClinic) -> Vec<u8> {
    let path = segment_path(clinic.profile(), Segment::Directory);
    let key = TestClinic::key(Segment::Directory).database_key();
    let mut conn = crate::open_cipher(&path, &key, crate::OpenMode::Read).expect("opened");
    conn.serialize(MAIN_DB).expect("pages").to_vec()
}

/// Whether the stored form of a text is anywhere in these pages.
fn holds(pages: &[u8], text: &str) -> bool {
    let body = codec::compress(text.as_bytes()).expect("compressed");
    // Its head and its end, since the middle may be on another page.
    let (head, end) = (&body[..24], &body[body.len() - 24..]);
    pages.windows(24).any(|w| w == head || w == end)
}

#[test]
fn a_clinical_session_moves_them_and_overwrites_the_old_bytes() {
    let (clinic, store) = two_patients();
    let old = flag("f1", "101", "safety", "active", 1);
    let labelled = flag("f2", "102", "safety", "active", 1)
        .replace(r#""versionId""#, r#""security":[{"code":"HIV"}],"versionId""#);
    let contact = flag("f3", "102", "contact", "active", 1);
    for text in [&old, &labelled, &contact] {
        as_before(&store, text, "1", RecordState::Synced);
    }
    assert_eq!((record(&store, "Flag/f1").segment, count(&store, "101")), (Segment::Directory, 0));
    drop(store);
    assert!(holds(&pages(&clinic), &old), "the search finds nothing even where it is");

    let store = clinic.open(Segment::Restricted);
    let segments = ["f1", "f2", "f3"].map(|id| record(&store, &format!("Flag/{id}")).segment);
    assert_eq!(segments, [Segment::Clinical, Segment::Restricted, Segment::Directory]);
    assert_eq!(record(&store, "Flag/f1").version.as_deref(), Some("1"));
    assert_eq!((count(&store, "101"), count(&store, "102")), (1, 1));
    clean(&store);
    drop(store);
    let pages = pages(&clinic);
    assert!(!holds(&pages, &old) && !holds(&pages, &labelled) && holds(&pages, &contact));
}

#[test]
fn a_clinical_session_seals_what_is_restricted() {
    let (clinic, store) = two_patients();
    let labelled = flag("f2", "102", "safety", "active", 1)
        .replace(r#""versionId""#, r#""security":[{"code":"HIV"}],"versionId""#);
    as_before(&store, &labelled, "1", RecordState::Synced);
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(store.record(&key("Flag/f2")).err(), Some(crate::StoreError::NotAvailable));
    assert_eq!(count(&store, "102"), 1);
    drop(store);
    let store = clinic.open(Segment::Restricted);
    assert_eq!((record(&store, "Flag/f2").segment, count(&store, "102")), (Segment::Restricted, 1));
    clean(&store);
}

#[test]
fn the_front_desk_seals_them_and_deletes_its_copy() {
    let (clinic, store) = two_patients();
    // Written on this device: the text does not say its version, and its patient only with the server's address.
    let old =
        flag("f1", "101", "safety", "active", 1).replace(r#""versionId":"1","lastUpdated":"2026-11-21T06:00:00Z""#, "");
    as_before(&store, &old, "7", RecordState::Synced);
    drop(store);
    let front_desk = clinic.open(Segment::Directory);
    assert_eq!(count(&front_desk, "101"), 1);
    assert_eq!(front_desk.record(&key("Flag/f1")).err(), Some(crate::StoreError::NotAvailable));
    drop(front_desk);
    assert!(!holds(&pages(&clinic), &old));
    // Killed between sealing and deleting, the same happens once more and changes nothing.
    let front_desk = clinic.open(Segment::Directory);
    as_before(&front_desk, &old, "7", RecordState::Synced);
    drop(front_desk);
    drop(clinic.open(Segment::Directory));
    let store = clinic.open(Segment::Clinical);
    let flag = record(&store, "Flag/f1");
    assert_eq!((flag.segment, flag.version.as_deref(), count(&store, "101")), (Segment::Clinical, Some("7"), 1));
    assert_eq!(chart(&store, "101").iter().filter(|r| r.key.resource_type == "Flag").count(), 1);
    clean(&store);
}

#[test]
fn a_device_without_the_clinical_segment_stores_only_that_one_exists() {
    let clinic = TestClinic::new();
    let front_desk = clinic.open(Segment::Directory);
    TestClinic::pull(&front_desk, &[&patient("101", "González", "Ada", "1958-03-14", 1)]);
    let old = flag("f1", "101", "safety", "active", 1);
    as_before(&front_desk, &old, "1", RecordState::Synced);
    drop(front_desk);
    let front_desk = clinic.open(Segment::Directory);
    assert_eq!((count(&front_desk, "101"), chart(&front_desk, "101").len()), (1, 1));
    drop(front_desk);
    assert!(!holds(&pages(&clinic), &old));
}

/// An edit of a Flag and a visit in one change set, when both were in the directory.
fn unsent(store: &Store) -> String {
    let appointment = r#"{"resourceType":"Appointment","id":"ap1","status":"booked","participant":[{"actor":{"reference":"Patient/101"},"status":"accepted"}]}"#;
    let old = flag("f1", "101", "safety", "active", 1);
    as_before(store, &old, "1", RecordState::Pending);
    let author = TestClinic::nurse_amara().user;
    let set = save(store, Operation::Create, None, appointment);
    store
        .write(|tx| {
            let entry = EntryRow {
                key: key("Flag/f1"),
                sequence: set.0,
                author,
                operation: Operation::Update,
                base_version: Some(String::from("1")),
                base: Some(old.replace("active", "inactive")),
                sent: None,
                state: EntryState::Waiting,
                idempotency: String::from("x"),
                outcome: None,
                fields: Vec::new(),
                conflict: None,
                before: None,
            };
            let refs = [key("Appointment/ap1"), key("Flag/f1")];
            let row = ChangeSetRow {
                author,
                saved: 1,
                depends_on: Vec::new(),
                entries: refs.map(|key| EntryRef { segment: Segment::Directory, key }).into(),
            };
            let writer = tx.writer(Segment::Directory)?;
            writer.put_journal(&entry_key(&entry.key, set.0), &entry)?;
            writer.put_journal(&set_key(set.0), &row)
        })
        .expect("stored");
    old
}

#[test]
fn unsent_entries_move_along_and_are_sent() {
    let (clinic, store) = two_patients();
    let old = unsent(&store);
    drop(store);
    // The front desk can neither send it nor seal it: it stays, and the clerk learns that there is an alert.
    let front_desk = clinic.open(Segment::Directory);
    assert_eq!(count(&front_desk, "101"), 1);
    drop(front_desk);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(
        (record(&store, "Flag/f1").segment, record(&store, "Flag/f1").state),
        (Segment::Clinical, RecordState::Pending)
    );
    let sets = store.next_change_sets(&TestClinic::ticket(&store), 5).expect("sets");
    assert_eq!((sets.len(), sets[0].state, sets[0].entries.len()), (1, SetState::Ready, 2));
    assert_eq!(sets[0].entries[1].segment, Segment::Clinical);
    let (set, base) = (sets[0].id, sets[0].entries[1].base.clone());
    // EXPOSE: a made-up flag.
    assert!(base.is_some_and(|b| b.expose().contains("inactive")));
    drop(store);
    let pages = pages(&clinic);
    assert!(!holds(&pages, &old));
    // The rest of the set waits for a session that can send all of it.
    let front_desk = clinic.open(Segment::Directory);
    assert!(front_desk.next_change_sets(&TestClinic::ticket(&front_desk), 5).expect("sets").is_empty());
    let checked_in = r#"{"resourceType":"Appointment","id":"ap1","status":"arrived","participant":[{"actor":{"reference":"Patient/101"},"status":"accepted"}]}"#;
    save(&front_desk, Operation::Update, None, checked_in);
    drop(front_desk);
    let store = clinic.open(Segment::Clinical);
    store
        .write(|tx| {
            tx.mark_in_flight(set)?;
            tx.confirm(set, &key("Flag/f1"), "2", None)?;
            tx.confirm(set, &key("Appointment/ap1"), "1", None)
        })
        .expect("confirmed");
    assert_eq!(record(&store, "Flag/f1").state, RecordState::Synced);
    clean(&store);
}

#[test]
fn a_conflict_moves_along_and_can_be_decided() {
    let (clinic, store) = two_patients();
    let old = unsent(&store);
    let theirs = keep_domain::Phi::new(flag("f1", "101", "safety", "inactive", 3));
    let set = store.next_change_sets(&TestClinic::ticket(&store), 5).expect("sets")[0].id;
    let id: ConflictId = store.write(|tx| tx.open_conflict(set, &key("Flag/f1"), Some(&theirs))).expect("conflict");
    drop(store);
    let store = clinic.open(Segment::Clinical);
    let conflict = store.conflict(id).expect("conflict").release(TestClinic::ticket(&store));
    // EXPOSE: a made-up flag.
    assert_eq!(conflict.ours.expose(), &old);
    drop(store);
    assert!(!holds(&pages(&clinic), &old));
    assert_eq!(clinic.open(Segment::Directory).conflict(id).err(), Some(crate::StoreError::NotAvailable));
    let store = clinic.open(Segment::Clinical);
    store
        .write(|tx| {
            let ticket = tx.append(&keep_audit::EventDraft::new(keep_audit::EventClass::ConflictDecided))?;
            tx.decide_conflict(&ticket, id, Some(&theirs))
        })
        .expect("decided");
    assert_eq!((record(&store, "Flag/f1").state, count(&store, "101")), (RecordState::Synced, 0));
    clean(&store);
}

#[test]
fn a_damaged_row_does_not_prevent_unlocking() {
    let (clinic, store) = two_patients();
    as_before(&store, &flag("f1", "101", "safety", "active", 1), "1", RecordState::Synced);
    as_before(&store, &flag("f2", "102", "safety", "active", 1), "1", RecordState::Synced);
    drop(store);
    let conn = writable_file(&clinic, Segment::Directory);
    let code = crate::resource_type::code_of("Flag").expect("code");
    let changed = conn.execute("UPDATE resource SET version = '9' WHERE type = ?1 AND rowid = (SELECT min(place) FROM resource WHERE type = ?1)", [code]);
    assert_eq!(changed, Ok(1));
    drop(conn);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(record(&store, "Flag/f2").segment, Segment::Clinical);
    assert!(store.record(&key("Flag/f1")).is_err());
}
