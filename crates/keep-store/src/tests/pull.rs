use super::*;
use crate::{Cursor, CursorKey, HeaderFilter, Page, RecordState, UNREADABLE};
use keep_audit::EventClass;
use keep_domain::{Phi, UtcMillis};

#[test]
fn repeats_and_older_versions_change_nothing() {
    let (_clinic, store) = two_patients();
    let newer = observation("o1", "101", "75", Some(3));
    let older = observation("o1", "101", "74", Some(2));
    assert_eq!(TestClinic::pull(&store, &[&newer]).stored, 1);
    let again = TestClinic::pull(&store, &[&newer, &older]);
    assert_eq!((again.stored, again.unchanged), (0, 2));
    assert_eq!(record(&store, "Observation/o1").raw, Phi::new(newer));
    assert_eq!(chart(&store, "101").len(), 3);
    clean(&store);
}

#[test]
fn where_a_version_stays_the_content_decides() {
    let (_clinic, store) = two_patients();
    let first = observation("o1", "101", "75", Some(3));
    TestClinic::pull(&store, &[&first]);
    // Another time and another content; then another time only, which is stored, too.
    let corrected = first.replace("T06:00:00Z", "T07:00:00Z").replace(":75}", ":57}");
    let touched = corrected.replace("T07:00:00Z", "T08:00:00Z");
    let counts = |text: &String| {
        let report = TestClinic::pull(&store, &[text]);
        (report.stored, report.unchanged)
    };
    assert_eq!((counts(&corrected), counts(&touched)), ((1, 0), (0, 1)));
    assert_eq!(record(&store, "Observation/o1").raw, Phi::new(touched.clone()));
    // What a comparison found on the server replaces what is newer here, for example after a backup was restored.
    let before = first.replace("\"3\"", "\"2\"");
    assert_eq!(counts(&before), (0, 1));
    let page = Page { records: vec![Phi::new(before.clone())], replaces_newer: true, ..Page::default() };
    assert_eq!(store.apply_page(&TestClinic::ticket(&store), page).expect("page").stored, 1);
    assert_eq!(record(&store, "Observation/o1").raw, Phi::new(before));
    clean(&store);
}

#[test]
fn the_cursor_is_saved_in_the_pages_transaction() {
    let (clinic, store) = two_patients();
    let key = CursorKey {
        server: "https://fhir.example/r4".into(),
        resource_type: "Observation".into(),
        visibility: "amara".into(),
    };
    let other = CursorKey { visibility: "bo".into(), ..key.clone() };
    let cursor = Cursor {
        position: "2026-11-22T06:00:00Z".into(),
        complete_as_of: Some(UtcMillis(1_795_327_200_000)),
        ..Cursor::default()
    };
    let page = Page {
        records: vec![Phi::new(observation("o5", "102", "1", Some(1)))],
        cursor: Some((key.clone(), cursor.clone())),
        ..Page::default()
    };
    store.apply_page(&TestClinic::ticket(&store), page).expect("page");
    assert_eq!(store.cursor(&key).expect("cursor"), cursor);
    assert_eq!(store.cursor(&other).expect("cursor"), Cursor::default());
    let complete = store.completeness("https://fhir.example/r4", "amara").expect("list");
    assert_eq!((complete.len(), complete[0].complete_as_of), (1, Some(UtcMillis(1_795_327_200_000))));
    drop(store);
    assert_eq!(clinic.open(Segment::Restricted).cursor(&key).expect("cursor"), cursor);
}

#[test]
fn deletions_remove_records_and_contest_unsent_work() {
    let (_clinic, store) = two_patients();
    let ours = observation("o2", "102", "81", Some(1));
    save(&store, Operation::Update, Some("1"), &ours);
    let page = Page {
        deleted: vec![key("Observation/o1"), key("Observation/o2"), key("Observation/none")],
        ..Page::default()
    };
    let report = store.apply_page(&TestClinic::ticket(&store), page).expect("page");
    assert_eq!((report.deleted, report.contested.len()), (1, 1));
    assert!(report.contested[0].theirs.is_none() && report.contested[0].entry.raw == Phi::new(ours));
    assert_eq!(chart(&store, "101").len(), 2);
    clean(&store);
}

#[test]
fn a_pulled_record_with_unsent_changes_is_handed_back() {
    let (_clinic, store) = two_patients();
    let base = observation("o2", "102", "80", Some(1));
    let ours = observation("o2", "102", "81", Some(1));
    let theirs = observation("o2", "102", "82", Some(2));
    save(&store, Operation::Update, Some("1"), &ours);
    let report = TestClinic::pull(&store, &[&theirs]);
    let [c] = report.contested.as_slice() else { panic!("one") };
    assert_eq!(
        (&c.entry.base, &c.entry.raw, &c.theirs),
        (&Some(Phi::new(base)), &Phi::new(ours.clone()), &Some(Phi::new(theirs)))
    );
    let mine = record(&store, "Observation/o2");
    assert_eq!((mine.state, mine.raw), (RecordState::Pending, Phi::new(ours)));
}

#[test]
fn unreadable_texts_are_stored_and_flagged_once() {
    let (_clinic, store) = two_patients();
    for _ in 0..2 {
        TestClinic::pull(&store, &["{\"resourceType\":\"Observation\",\"id\":"]);
    }
    assert_eq!(store.type_counts().expect("counts").get(UNREADABLE), Some(&1));
    let rows = store.shared_records(UNREADABLE, 10).expect("rows").release(TestClinic::ticket(&store));
    assert!(rows[0].unreadable && rows[0].raw == Phi::new("{\"resourceType\":\"Observation\",\"id\":".into()));
    clean(&store);
}

#[test]
fn a_text_that_cannot_be_read_is_in_the_chart_of_the_patient_whom_it_names() {
    let (_clinic, store) = two_patients();
    let bad_id = r#"{"resourceType":"AllergyIntolerance","id":"a_1","patient":{"reference":"Patient/101"}}"#;
    let cut_off =
        r#"{"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/102"},"valueQuantity":{"val"#;
    TestClinic::pull(&store, &[bad_id, cut_off]);
    let unreadable = |patient: &str| -> Vec<String> {
        let patient: PatientId = patient.parse().expect("id");
        let found = store.open_chart(&patient, &["Patient"]).expect("chart").release(TestClinic::ticket(&store));
        // EXPOSE: compared with what was stored.
        found.records.into_iter().filter(|r| r.unreadable).map(|r| r.raw.into_exposed()).collect()
    };
    assert_eq!((unreadable("101"), unreadable("102")), (vec![bad_id.to_owned()], vec![cut_off.to_owned()]));
    clean(&store);
}

#[test]
fn a_record_of_an_unknown_type_is_stored() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(
        &store,
        &[r#"{"resourceType":"Gadget","id":"g1","meta":{"versionId":"1"},"subject":{"reference":"Patient/101"}}"#],
    );
    assert_eq!(record(&store, "Gadget/g1").segment, Segment::Clinical);
    assert_eq!(chart(&store, "101").len(), 4);
    clean(&store);
}

#[test]
fn a_record_above_the_rank_waits_sealed_for_a_session_with_the_key() {
    let clinic = closed_profile();
    let store = clinic.open(Segment::Directory);
    let report = TestClinic::pull(&store, &[&observation("o7", "101", "99", Some(1))]);
    assert_eq!((report.stored, report.sealed, report.no_segment), (0, 1, 0));
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(record(&store, "Observation/o7").segment, Segment::Clinical);
    let left =
        std::fs::read_dir(crate::segment_file::inbox_path(clinic.profile(), Segment::Clinical)).expect("inbox").count();
    assert_eq!(left, 0);
    clean(&store);
}

#[test]
fn no_file_in_an_inbox_prevents_unlocking() {
    let clinic = closed_profile();
    let store = clinic.open(Segment::Directory);
    TestClinic::pull(&store, &[&observation("o7", "101", "99", Some(1))]);
    drop(store);
    let inbox = crate::segment_file::inbox_path(clinic.profile(), Segment::Clinical);
    std::fs::create_dir(inbox.join("folder.sealed")).expect("made");
    std::fs::write(inbox.join("garbage.sealed"), b"no parcel").expect("written");
    std::fs::write(inbox.join("notes.txt"), b"left by somebody").expect("written");
    std::fs::write(
        crate::segment_file::inbox_path(clinic.profile(), Segment::Encounters),
        b"a file where a folder should be",
    )
    .expect("written");
    let store = clinic.open(Segment::Clinical);
    assert_eq!(record(&store, "Observation/o7").segment, Segment::Clinical);
    assert_eq!(std::fs::read_dir(&inbox).expect("inbox").count(), 3, "what is no parcel stays");
    let filter = HeaderFilter { class: Some(EventClass::IntegrityFinding), ..HeaderFilter::default() };
    assert_eq!(store.ledger().headers(&filter, 10).expect("headers").headers.len(), 1, "and is one event");
    clean(&store);
}

#[test]
fn a_label_moves_a_record_up_and_leaves_no_copy() {
    let (clinic, store) = two_patients();
    let labelled = observation("o1", "101", "72", Some(2))
        .replace("\"versionId\"", "\"security\":[{\"code\":\"R\"}],\"versionId\"");
    TestClinic::pull(&store, &[&labelled]);
    assert_eq!(record(&store, "Observation/o1").segment, Segment::Restricted);
    assert_eq!(chart(&store, "101").len(), 3);
    clean(&store);
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(chart(&store, "101").len(), 2);
    let again = labelled.replace("\"versionId\":\"2\"", "\"versionId\":\"3\"").replace("2T06", "3T06");
    assert_eq!(TestClinic::pull(&store, &[&again]).sealed, 1);
}

#[test]
fn an_allergy_above_the_rank_is_known_until_it_is_removed() {
    let clinic = closed_profile();
    let maria = "101".parse().expect("id");
    let allergy = |label: &str, version: u32| {
        format!(
            r#"{{"resourceType":"AllergyIntolerance","id":"a9","meta":{{{label}"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"code":{{"text":"Nevirapine"}},"patient":{{"reference":"Patient/101"}}}}"#
        )
    };
    let restricted_allergy = allergy(r#""security":[{"code":"R"}],"#, 2);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(store.has_restricted_allergy(&maria), Ok(false));
    assert_eq!(TestClinic::pull(&store, &[&restricted_allergy]).sealed, 1);
    assert_eq!(store.has_restricted_allergy(&maria), Ok(true));
    assert_eq!(store.has_restricted_allergy(&"102".parse().expect("id")), Ok(false));
    clean(&store);
    drop(store);
    // Who opens it reads it, and drains it without the note going.
    let store = clinic.open(Segment::Restricted);
    assert_eq!(store.has_restricted_allergy(&maria), Ok(false));
    assert_eq!(record(&store, "AllergyIntolerance/a9").segment, Segment::Restricted);
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert_eq!(store.has_restricted_allergy(&maria), Ok(true));
    TestClinic::pull(&store, &[&allergy("", 3)]);
    assert_eq!(store.has_restricted_allergy(&maria), Ok(false));
    assert_eq!(record(&store, "AllergyIntolerance/a9").segment, Segment::Clinical);
    clean(&store);
}

#[test]
fn a_record_moves_with_its_patient() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[&observation("o1", "102", "72", Some(2))]);
    assert_eq!((chart(&store, "101").len(), chart(&store, "102").len()), (2, 3));
    clean(&store);
}
