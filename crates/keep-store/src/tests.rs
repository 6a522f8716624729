//! Tests of the open store as a whole.

mod alerts;
mod by_target;
mod damage;
mod first_load;
mod old_pages;
mod outbox;
mod placement;
mod pull;
mod reading;
mod repair;
mod undo;
mod unsent;

use crate::{ChangeSetId, Operation, Record, Store, TestClinic, segment_path};
use keep_domain::{PatientId, ResourceKey, Segment};
use rusqlite::Connection;

fn patient(id: &str, family: &str, given: &str, born: &str, version: u32) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"identifier":[{{"system":"urn:clinic","value":"CH-{id}"}}],"name":[{{"family":"{family}","given":["{given}"]}}],"telecom":[{{"system":"phone","value":"555-010-{id}"}}],"birthDate":"{born}"}}"#
    )
}

fn observation(id: &str, patient: &str, value: &str, version: Option<u32>) -> String {
    let meta = version
        .map(|v| format!(r#""meta":{{"versionId":"{v}","lastUpdated":"2026-11-2{v}T06:00:00Z"}},"#))
        .unwrap_or_default();
    format!(
        r#"{{"resourceType":"Observation","id":"{id}",{meta}"status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":"Patient/{patient}"}},"valueQuantity":{{"value":{value}}}}}"#
    )
}

fn allergy(id: &str, patient: &str, text: &str) -> String {
    format!(
        r#"{{"resourceType":"AllergyIntolerance","id":"{id}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"patient":{{"reference":"Patient/{patient}"}},"code":{{"text":"{text}"}}}}"#
    )
}

fn chart(store: &Store, id: &str) -> Vec<Record> {
    let patient: PatientId = id.parse().expect("id");
    let held = store.open_chart(&patient, &[]).expect("chart");
    held.release(TestClinic::ticket(store)).records
}

fn key(reference: &str) -> ResourceKey {
    reference.parse().expect("reference")
}

fn record(store: &Store, reference: &str) -> Record {
    store.record(&key(reference)).expect("record").release(TestClinic::ticket(store))
}

fn clean(store: &Store) {
    let scrub = store.scrub_all().expect("scrub");
    assert_eq!(scrub.findings, []);
}

/// Two patients in all segments, and the store open over them.
fn two_patients() -> (TestClinic, Store) {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Restricted);
    let texts = [
        patient("101", "González", "Ada", "1958-03-14", 1),
        patient("102", "Okafor", "Chidi", "1990-11-02", 1),
        observation("o1", "101", "72", Some(1)),
        observation("o2", "102", "80", Some(1)),
        allergy("a1", "101", "PENICILLIN ANAPHYLAXIS"),
    ];
    let report = TestClinic::pull(&store, &texts.each_ref().map(String::as_str));
    assert_eq!((report.stored, report.unchanged), (5, 0));
    (clinic, store)
}

/// The profile of [`two_patients`] with no store open.
fn closed_profile() -> TestClinic {
    two_patients().0
}

/// A segment's file, opened with its key as by someone who has both.
fn writable_file(clinic: &TestClinic, segment: Segment) -> Connection {
    let path = segment_path(clinic.profile(), segment);
    let key = TestClinic::key(segment).database_key();
    crate::open_cipher(&path, &key, crate::OpenMode::Write).expect("with the key")
}

/// Deletes the damaged files that were set aside.
fn remove_set_aside(clinic: &TestClinic) {
    for entry in std::fs::read_dir(clinic.profile().join("segments")).expect("folder") {
        let entry = entry.expect("entry").path();
        if entry.to_string_lossy().contains(".damaged-") {
            std::fs::remove_file(entry).expect("removed");
        }
    }
}

fn save(store: &Store, operation: Operation, base: Option<&str>, text: &str) -> ChangeSetId {
    TestClinic::save(store, &[(operation, base, text)]).expect("saved")
}

#[test]
fn a_save_and_its_event_commit_or_roll_back_together() {
    let (_clinic, store) = two_patients();
    let before = store.ledger().event_count().expect("count");
    let bad = TestClinic::save(
        &store,
        &[
            (Operation::Create, None, &observation("n1", "101", "70", None)),
            (Operation::Update, Some("9"), &observation("o1", "101", "71", None)),
        ],
    );
    assert_eq!(bad.err(), Some(crate::StoreError::Stale));
    assert_eq!(store.ledger().event_count().expect("count"), before);
    assert_eq!(chart(&store, "101").len(), 3);
    let set = save(&store, Operation::Create, None, &observation("n1", "101", "70", None));
    let count = store.ledger().event_count().expect("count");
    assert!(count > before && set.0 < count);
    assert_eq!(chart(&store, "101").len(), 4);
    clean(&store);
}

#[test]
fn everything_is_stored_after_closing() {
    let clinic = closed_profile();
    let (store, reports) = clinic.try_open(keep_domain::Rank::up_to(Segment::Restricted), false).expect("opened");
    assert!(reports.iter().all(|r| r.condition == crate::SegmentCondition::Ready), "{reports:?}");
    assert_eq!(chart(&store, "101").len(), 3);
    assert_eq!(store.type_counts().expect("counts").get("Observation"), Some(&2));
    clean(&store);
}

#[test]
fn the_clerks_keys_open_the_directory_and_nothing_else() {
    let clinic = closed_profile();
    let secrets = TestClinic::keys(keep_domain::Rank::up_to(Segment::Directory), TestClinic::clerk_bo().user);
    let keys: Vec<_> = secrets
        .segments
        .iter()
        .map(keep_keys::SegmentKey::database_key)
        .chain([secrets.ledger, secrets.personal.expect("personal").1])
        .collect();
    for segment in Segment::ALL {
        let path = segment_path(clinic.profile(), segment);
        let opens = keys.iter().any(|k| crate::open_cipher(&path, k, crate::OpenMode::Read).is_ok());
        assert_eq!(opens, segment == Segment::Directory, "{segment:?}");
    }
    let store = clinic.open(Segment::Directory);
    assert_eq!(chart(&store, "101").len(), 1);
    assert_eq!(store.record(&key("AllergyIntolerance/a1")).err(), Some(crate::StoreError::NotAvailable));
    assert_eq!(store.record(&key("AllergyIntolerance/none")).err(), Some(crate::StoreError::NotAvailable));
}

#[test]
fn an_interrupted_store_refuses_everything() {
    let (_clinic, store) = two_patients();
    store.interrupt();
    assert_eq!(store.type_counts().err(), Some(crate::StoreError::Interrupted));
    assert!(TestClinic::save(&store, &[(Operation::Create, None, &observation("n1", "101", "70", None))]).is_err());
}

#[test]
fn no_name_reaches_the_disk_in_clear() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    TestClinic::pull(
        &store,
        &[patient("7", "Canarysson", "Zebulon", "1958-03-14", 1), "garbled Canarysson text".to_owned()],
    );
    drop(store);
    let mut folders = vec![clinic.profile().to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files += 1;
                let bytes = std::fs::read(&path).expect("bytes");
                assert!(!bytes.windows(10).any(|w| w.eq_ignore_ascii_case(b"canarysson")), "{path:?}");
            }
        }
    }
    assert!(files >= 4);
}
