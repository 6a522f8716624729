//! Segments whose file is lost, damaged or older than expected: no other segment is affected, nothing counts as absent,
//! and unsent work continues.

use super::{allergy, chart, closed_profile, observation, save, two_patients, writable_file};
use crate::{
    CheckedSegments, Completeness, Cursor, CursorKey, Mirror, Opening, Operation, RepairCause, SegmentCondition,
    SegmentHealth, SetState, Store, StoreError, TestClinic, segment_path,
};
use keep_domain::{Clock, ManualClock, Rank, Segment, UtcMillis};
use keep_keys::SegmentKey;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const SERVER: &str = "https://fhir.example/r4";
const AMARA: &str = "subject amara";

fn next_key(segment: Segment) -> SegmentKey {
    SegmentKey::for_tests(segment, 2, 60 + segment.ordinal())
}

/// Opens as a session does: what is gone is replaced by the next generation.
fn open(clinic: &TestClinic, mirror: &Mirror, more: Vec<SegmentKey>) -> (Store, Vec<SegmentCondition>) {
    let rank = Rank::up_to(Segment::Restricted);
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clinic.clock);
    let mut keys = TestClinic::keys(rank, TestClinic::nurse_amara().user);
    keys.segments.extend(more);
    let mut checked = CheckedSegments::check(clinic.profile(), keys.segments, mirror, &*clock).expect("checked");
    let found = checked.reports().iter().map(|r| r.condition.clone()).collect();
    let gone: Vec<Segment> = checked.to_replace().map(|r| r.segment).collect();
    gone.into_iter().for_each(|segment| checked.plan_next_generation(next_key(segment)));
    let with = Opening {
        entitled: rank,
        ledger_key: keys.ledger,
        personal: keys.personal,
        had_personal: false,
        ledger: clinic.ledger(),
        clock: Arc::clone(&clock),
    };
    (Store::open_checked(clinic.profile(), checked, with).expect("opened"), found)
}

fn cursor_key(resource_type: &str) -> CursorKey {
    let [server, resource_type, visibility] = [SERVER, resource_type, AMARA].map(str::to_owned);
    CursorKey { server, resource_type, visibility }
}

fn complete(store: &Store, types: &[&str]) {
    let done = store.write(|tx| {
        types.iter().try_for_each(|name| {
            let position = String::from("somewhere");
            tx.save_cursor(
                &cursor_key(name),
                &Cursor { position, complete_as_of: Some(UtcMillis(1)), ..Cursor::default() },
            )
        })
    });
    done.expect("cursors");
}

fn is_complete(store: &Store, name: &str) -> bool {
    let is_done = |c: &Completeness| c.resource_type == name && c.complete_as_of.is_some();
    store.completeness(SERVER, AMARA).expect("completeness").iter().any(is_done)
}

/// A profile whose pulls of every type are complete.
fn completed_profile() -> TestClinic {
    let (clinic, store) = two_patients();
    complete(&store, &ALL_TYPES);
    clinic
}

const ALL_TYPES: [&str; 4] = ["Patient", "Encounter", "Observation", "AllergyIntolerance"];

#[test]
fn a_damaged_segment_affects_no_other_and_proves_no_absence() {
    let clinic = completed_profile();
    let path = segment_path(clinic.profile(), Segment::Encounters);
    let whole = fs::read(&path).expect("bytes");
    // Found in the review: damage here took the intact clinical segment away, without a word.
    let cut = whole[..whole.len() / 2].to_vec();
    let damages: [(&str, Option<&[u8]>); 3] = [("cut", Some(&cut)), ("deleted", None), ("empty", Some(b""))];
    for (name, bytes) in damages {
        match bytes {
            Some(bytes) => fs::write(&path, bytes).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
        let (store, reports) = clinic.try_open(Rank::up_to(Segment::Restricted), false).expect(name);
        assert!(reports[1].condition.may_be_replaced(), "{name}: {:?}", reports[1]);
        assert_eq!(chart(&store, "101").len(), 3, "{name}: the clinical segment is whole");
        assert!(store.may_hold("Encounter"), "{name}: decided by what the person is entitled to");
        assert!(!is_complete(&store, "Encounter") && is_complete(&store, "AllergyIntolerance"), "{name}");
        assert_eq!(store.unhealthy().len(), 1, "{name}");
        drop(store);
        fs::write(&path, &whole).expect("back");
    }
}

#[test]
fn the_next_generation_proves_no_absence_until_a_sync_has_filled_it() {
    let clinic = completed_profile();
    fs::remove_file(segment_path(clinic.profile(), Segment::Clinical)).expect("removed");
    let (store, _) = open(&clinic, &Mirror::new(), Vec::new());
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Rebuilding);
    assert_eq!(store.rank(), Rank::up_to(Segment::Restricted), "all are asked for at the next sync");
    assert!(!is_complete(&store, "AllergyIntolerance") && is_complete(&store, "Patient"));
    assert!(store.end_repairs(SERVER, AMARA).expect("asked").is_empty(), "nothing has come yet");
    // Saving continues meanwhile.
    save(&store, Operation::Create, None, &observation("n1", "101", "70", None));
    drop(store);
    let (store, found) = open(&clinic, &Mirror::new(), vec![next_key(Segment::Clinical)]);
    assert!(found.iter().all(|c| *c == SegmentCondition::Ready), "{found:?}");
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Rebuilding, "still, after a restart");
    TestClinic::pull(&store, &[&allergy("a1", "101", "PENICILLIN ANAPHYLAXIS")]);
    complete(&store, &["Observation", "AllergyIntolerance"]);
    assert!(!is_complete(&store, "AllergyIntolerance"), "the repair has not ended");
    let ended = store.end_repairs(SERVER, AMARA).expect("ended");
    assert_eq!(ended.iter().map(|r| r.segment).collect::<Vec<_>>(), [Segment::Clinical]);
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Whole);
    assert!(is_complete(&store, "AllergyIntolerance"));
    super::clean(&store);
}

#[test]
fn unsent_work_of_a_replaced_file_continues_or_waits_for_review() {
    let (clinic, store) = two_patients();
    save(&store, Operation::Create, None, &observation("n1", "101", "70", None));
    save(&store, Operation::Update, Some("1"), &observation("o2", "102", "81", None));
    drop(store);
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let mut grown = fs::read(&path).expect("bytes");
    let whole = grown.clone();
    let state = |store: &Store| -> Vec<(SetState, Option<String>)> {
        let sets = store.next_change_sets(&TestClinic::ticket(store), 10).expect("sets");
        let outcome = |s: &crate::OutgoingSet| s.entries[0].outcome.as_ref().map(|o| o.expose().clone());
        sets.iter().map(|s| (s.state, outcome(s))).collect()
    };
    // Damage in a table that is read at opening: its entries may have been sent before.
    let root: i64 = writable_file(&clinic, Segment::Clinical)
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'chart'", [], |r| r.get(0))
        .expect("root");
    let at = usize::try_from(root - 1).expect("page") * crate::PAGE_SIZE as usize + 300;
    grown[at] ^= 1;
    fs::write(&path, &grown).expect("flipped");
    let (store, found) = open(&clinic, &Mirror::new(), Vec::new());
    assert!(matches!(found[2], SegmentCondition::SetAside(_)), "{found:?}");
    let carried = store.carried_over();
    assert_eq!((carried[0].1.verified, carried[0].1.unverified, carried[0].1.lost), (0, 2, 0));
    let rejected = (SetState::Rejected, Some(crate::repair::UNVERIFIED.to_owned()));
    assert_eq!(state(&store), [rejected.clone(), rejected], "never sent by itself");
    drop(store);
    let (store, _) = open(&clinic, &Mirror::new(), vec![next_key(Segment::Clinical)]);
    assert!(store.carried_over().is_empty(), "taken over once");
    assert_eq!(state(&store).len(), 2);
    super::clean(&store);
    drop(store);
    // A file of a generation that was replaced and is whole is not what the device had last: as after the whole profile
    // was restored, it serves as an older copy.
    fs::write(&path, &whole).expect("back");
    let mark = crate::SegmentMark { generation: 2, issued: 3, epoch: 4, root: [1; 32] };
    assert_eq!(mark.next_generation(), 4);
    let (store, found) = open(&clinic, &Mirror::from([(Segment::Clinical, mark)]), Vec::new());
    assert!(matches!(found[2], SegmentCondition::Stale { .. }), "{found:?}");
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Stale);
    assert_eq!(state(&store).len(), 2, "its unsent work is sent as usual");
}

#[test]
fn an_older_copy_is_detected_by_its_mark_and_never_counts_as_complete() {
    let clinic = completed_profile();
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let old = fs::read(&path).expect("bytes");
    let (store, _) = open(&clinic, &Mirror::new(), Vec::new());
    save(&store, Operation::Create, None, &observation("n1", "101", "70", None));
    let seen = store.marks().expect("marks");
    drop(store);
    fs::write(&path, &old).expect("older");
    let (store, found) = open(&clinic, &seen, Vec::new());
    let SegmentCondition::Stale { copy, found, expected } = &found[2] else { panic!("{found:?}") };
    assert!(found.epoch < expected.epoch && fs::read(copy).expect("copy") == old);
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Stale);
    assert_eq!(chart(&store, "101").len(), 3, "care goes on with what is there");
    assert!(!is_complete(&store, "Observation") && store.is_stale("Observation"));
    assert_eq!(store.repairs()[0].cause, RepairCause::Stale);
    let again = store.marks().expect("marks");
    assert!(again[&Segment::Clinical].epoch > seen[&Segment::Clinical].epoch, "told from the copy from now on");
    save(&store, Operation::Create, None, &observation("n2", "101", "71", None));
    drop(store);
    // Its pulls start over; once they have finished it is whole.
    let (store, found) = open(&clinic, &again, Vec::new());
    assert!(found.iter().all(|c| *c == SegmentCondition::Ready), "{found:?}");
    let cursor = store.cursor(&cursor_key("Observation")).expect("cursor");
    assert_ne!(cursor.position, "somewhere", "the server is asked for everything again");
    complete(&store, &["Observation", "AllergyIntolerance"]);
    assert_eq!(store.end_repairs(SERVER, AMARA).expect("ended").len(), 1);
    assert!(is_complete(&store, "Observation"));
}

#[test]
fn equal_counts_with_another_root_are_a_fork() {
    let clinic = closed_profile();
    let (store, _) = open(&clinic, &Mirror::new(), Vec::new());
    let mut seen = store.marks().expect("marks");
    drop(store);
    if let Some(mark) = seen.get_mut(&Segment::Clinical) {
        mark.root[0] ^= 1;
    }
    let (store, found) = open(&clinic, &seen, Vec::new());
    assert!(matches!(found[2], SegmentCondition::Stale { .. }), "{found:?}");
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Stale);
}

#[test]
fn a_file_of_an_unknown_generation_stays_in_place() {
    let clinic = closed_profile();
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let bytes: Vec<u8> = (0..40_960u32).map(|n| u8::try_from(n % 251).expect("byte")).collect();
    fs::write(&path, &bytes).expect("written");
    let mark = crate::SegmentMark::of_new(2);
    let (store, found) = open(&clinic, &Mirror::from([(Segment::Clinical, mark)]), Vec::new());
    assert_eq!(found[2], SegmentCondition::OtherGeneration);
    assert_eq!(fs::read(&path).expect("left"), bytes);
    assert_eq!(store.health(Segment::Clinical), SegmentHealth::Unavailable);
    assert_eq!(chart(&store, "101").len(), 1);
}

/// Flips a bit of a file's last page; answers what it then holds.
fn flip_near_the_end(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).expect("bytes");
    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    fs::write(path, &bytes).expect("flipped");
    bytes
}

#[test]
fn a_lost_directory_or_personal_file_locks_no_one_out() {
    let (clinic, store) = two_patients();
    complete(&store, &ALL_TYPES);
    let ada = "101".parse().expect("id");
    let content = keep_domain::Phi::new(String::from("half a note"));
    store.personal().expect("own").save_draft(None, "note", &ada, &content).expect("kept");
    drop(store);
    let personal = crate::personal_path(clinic.profile(), TestClinic::nurse_amara().user);
    flip_near_the_end(&personal);
    fs::write(segment_path(clinic.profile(), Segment::Directory), b"junk").expect("written");
    let (store, found) = open(&clinic, &Mirror::new(), Vec::new());
    assert!(matches!(found[0], SegmentCondition::SetAside(_)), "{found:?}");
    assert_eq!(store.health(Segment::Directory), SegmentHealth::Rebuilding);
    assert!(!is_complete(&store, "Patient") && !is_complete(&store, "Observation"), "its cursors are gone with it");
    assert!(store.personal_set_aside().is_some() && store.personal().is_ok());
    assert_ne!(
        store.cursor(&cursor_key("Observation")).expect("cursor").position,
        "",
        "what was deleted meanwhile is looked for"
    );
    assert_eq!(store.record(&super::key("Observation/o1")).map(|_| ()), Ok(()));
}

#[test]
fn readable_drafts_of_a_damaged_personal_file_are_copied() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Directory);
    let ada = "101".parse().expect("id");
    for n in 0..12 {
        let content = keep_domain::Phi::new(format!("draft {n} {}", "and on ".repeat(700)));
        store.personal().expect("own").save_draft(None, "note", &ada, &content).expect("kept");
    }
    drop(store);
    let path = crate::personal_path(clinic.profile(), TestClinic::nurse_amara().user);
    // The last page holds the text of one draft.
    let bytes = flip_near_the_end(&path);
    let (store, _) = clinic.try_open(Rank::up_to(Segment::Directory), false).expect("opened");
    let kept = store.personal_set_aside().expect("set aside").to_owned();
    assert_eq!(fs::read(kept).expect("kept"), bytes);
    let left = store.personal().expect("own").drafts().expect("drafts").len();
    assert!((8..12).contains(&left), "{left} of 12");
    assert!(matches!(store.record(&super::key("Patient/none")), Err(StoreError::NotAvailable)));
}

/// Found by the damage matrix over all cells: lists and saves met a page that could not be read, and the segment was
/// still called whole.
#[test]
fn an_unreadable_page_marks_only_its_own_segment_as_damaged() {
    let clinic = closed_profile();
    let keys = ["Patient/101", "Patient/102"].map(|key| key.parse().expect("a key"));
    let path = segment_path(clinic.profile(), Segment::Directory);
    let whole = fs::read(&path).expect("bytes");
    let mut met = 0;
    for page in 0..whole.len() / 8192 {
        let mut bytes = whole.clone();
        bytes[page * 8192 + 4000] ^= 1;
        fs::write(&path, &bytes).expect("flipped");
        let (store, _) = clinic.try_open(Rank::up_to(Segment::Restricted), false).expect("opened");
        if store.records(&keys).is_err_and(|error| error == StoreError::PageDamaged) {
            met += 1;
            let of = |segment| store.health(segment);
            assert_eq!(Segment::ALL.map(of).iter().filter(|h| **h != SegmentHealth::Whole).count(), 1, "page {page}");
            assert_eq!(of(Segment::Directory), SegmentHealth::Disputed, "page {page}");
            assert_eq!(store.take_findings().len(), 1, "page {page}");
        }
        drop(store);
    }
    fs::write(&path, &whole).expect("whole");
    assert!(met > 0, "some page is met");
}

/// Found in a review: the log is written by the same statement, and its damage had blamed every segment.
#[test]
fn an_unreadable_page_of_the_log_marks_no_segment() {
    let (clinic, store) = two_patients();
    let path = crate::ledger_path(clinic.profile());
    let mut bytes = fs::read(&path).expect("bytes");
    // Every page but the first, by which a connection is opened.
    for page in 1..bytes.len() / 8192 {
        bytes[page * 8192 + 4000] ^= 1;
    }
    fs::write(&path, &bytes).expect("flipped");
    let failed = store.write(|tx| tx.append(&keep_audit::EventDraft::new(keep_audit::EventClass::Create)).map(drop));
    assert_eq!(failed, Err(StoreError::PageDamaged));
    assert!(store.unhealthy().is_empty(), "{:?}", store.unhealthy());
    assert!(store.damaged().is_empty() && store.take_findings().is_empty());
}

/// Found in a review: a scrub cleared the failed rebuild, and the status showed the segment as complete.
#[test]
fn a_scrub_does_not_clear_a_failed_rebuild() {
    let (_clinic, store) = two_patients();
    store.access(Segment::Directory).expect("open").confirmed.set_broken();
    let tampered = store.write_unconfirmed(|tx| Ok(tx.conn.execute("DELETE FROM main.patient_key", [])?));
    assert!(tampered.is_ok_and(|rows| rows > 0));
    let mut scrub = crate::Scrub::default();
    while !scrub.done {
        store.scrub(&mut scrub).expect("read");
    }
    assert!(!scrub.findings.is_empty(), "the tables differ");
    assert_eq!(store.health(Segment::Directory), SegmentHealth::Disputed);
    assert_eq!(store.damaged(), [Segment::Directory]);
}
