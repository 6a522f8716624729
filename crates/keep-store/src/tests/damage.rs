use super::*;
use crate::{FindingKind, PAGE_SIZE, SegmentCondition, SegmentHealth, StoreError, segment_path};
use keep_domain::Rank;
use std::fs;

fn page(bytes: &[u8], number: usize) -> &[u8] {
    let size = PAGE_SIZE as usize;
    &bytes[number * size..(number + 1) * size]
}

/// The measured attack: a page of an older copy, valid by itself, is put back into the file.
#[test]
fn a_restored_old_page_is_found_and_never_shown() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    // Enough rows that resource rows have pages of their own, away from charts and state.
    let texts: Vec<String> = (0..400)
        .map(|n| {
            observation(&format!("x{n}"), if n % 2 == 0 { "101" } else { "102" }, &format!("{n}.{}", n * 7919), Some(1))
        })
        .chain([patient("101", "González", "Ada", "1958-03-14", 1), patient("102", "Okafor", "Chidi", "1990-11-02", 1)])
        .chain([allergy("a1", "101", "NO KNOWN ALLERGIES")])
        .collect();
    TestClinic::pull(&store, &texts);
    drop(store);
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let old = fs::read(&path).expect("old");
    let store = clinic.open(Segment::Clinical);
    let changed = allergy("a1", "101", "PENICILLIN ANAPHYLAXIS")
        .replace("\"versionId\":\"1\"", "\"versionId\":\"2\"")
        .replace("1T06", "2T06");
    assert_eq!(TestClinic::pull(&store, &[&changed]).stored, 1);
    drop(store);
    let new = fs::read(&path).expect("new");
    let mut found = 0;
    for number in 0..old.len() / PAGE_SIZE as usize {
        if page(&old, number) == page(&new, number) {
            continue;
        }
        let mut mixed = new.clone();
        let size = PAGE_SIZE as usize;
        mixed[number * size..(number + 1) * size].copy_from_slice(page(&old, number));
        fs::write(&path, &mixed).expect("written");
        let opened = clinic.try_open(Rank::up_to(Segment::Clinical), false);
        let Ok((store, reports)) = opened else { continue };
        let ready = reports.iter().all(|r| r.condition == SegmentCondition::Ready);
        let held = store.open_chart(&"101".parse().expect("id"), &[]);
        let shows_old = held.is_ok_and(|h| {
            let rows = h.release(TestClinic::ticket(&store)).records;
            rows.iter().any(|r| r.raw.expose().contains("NO KNOWN"))
        });
        assert!(!shows_old, "page {number}");
        if ready {
            // Unlock saw nothing, so the chart or the scrub must.
            let scrub = store.scrub_all().expect("scrub");
            found += usize::from(scrub.findings.iter().any(|f| f.kind == FindingKind::ChartSum));
        }
        drop(store);
        restore(&clinic, &path, &new);
    }
    assert!(found > 0, "at least the page of the allergy row is found only by its chart's sum");
}

fn restore(clinic: &TestClinic, path: &std::path::Path, bytes: &[u8]) {
    remove_set_aside(clinic);
    fs::write(path, bytes).expect("written");
}

/// One flipped bit at many places: an error, a finding or the right value, never a wrong one.
#[test]
fn a_flipped_bit_never_yields_a_wrong_value() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    let texts: Vec<String> = (0..300)
        .map(|n| observation(&format!("x{n}"), "101", &format!("{n}.{}", n * 7919), Some(1)))
        .chain([patient("101", "González", "Ada", "1958-03-14", 1)])
        .collect();
    TestClinic::pull(&store, &texts);
    drop(store);
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let good = fs::read(&path).expect("bytes");
    // A fixed walk over the file; 7919 is prime, so the places spread over pages and offsets.
    let mut noticed = 0;
    for step in 0..200usize {
        let at = step * 7919 * 31 % good.len();
        let mut bad = good.clone();
        bad[at] ^= 1 << (step % 8);
        fs::write(&path, &bad).expect("written");
        let shown = match clinic.try_open(Rank::up_to(Segment::Clinical), false) {
            Err(_) => None,
            Ok((store, reports)) if reports.iter().any(|r| r.condition != SegmentCondition::Ready) => {
                drop(store);
                None
            }
            Ok((store, _)) => store
                .open_chart(&"101".parse().expect("id"), &[])
                .ok()
                .map(|h| h.release(TestClinic::ticket(&store)).records),
        };
        match shown {
            None => noticed += 1,
            Some(records) => {
                assert_eq!(records.len(), texts.len(), "bit {at}");
                for r in records {
                    assert!(texts.contains(r.raw.expose()), "bit {at}");
                }
            }
        }
        restore(&clinic, &path, &good);
    }
    assert!(noticed > 100, "{noticed}");
}

/// A page that fails its check costs its charts, not the session.
#[test]
fn a_damaged_page_affects_only_its_own_charts() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    let texts: Vec<String> = (0..600)
        .map(|n| {
            observation(&format!("x{n}"), if n < 300 { "101" } else { "102" }, &format!("{n}.{}", n * 7919), Some(1))
        })
        .collect();
    TestClinic::pull(&store, &texts);
    drop(store);
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let good = fs::read(&path).expect("bytes");
    let open = |store: &Store, id: &str| store.open_chart(&id.parse().expect("id"), &[]).err();
    let mut one_only = 0;
    for page in 1..good.len() / PAGE_SIZE as usize {
        let mut bad = good.clone();
        bad[page * PAGE_SIZE as usize + 4000] ^= 1;
        fs::write(&path, &bad).expect("written");
        if let Ok((store, reports)) = clinic.try_open(Rank::up_to(Segment::Clinical), false)
            && reports.iter().all(|r| r.condition == SegmentCondition::Ready)
        {
            let (first, second) = (open(&store, "101"), open(&store, "102"));
            if let (Some(StoreError::Damaged(f)), None) = (&first, &second) {
                assert_eq!((f.segment, f.kind), (Segment::Clinical, FindingKind::Page));
                assert!(!store.is_poisoned());
                one_only += 1;
            }
        }
        restore(&clinic, &path, &good);
    }
    assert!(one_only > 0);
}

#[test]
fn a_vanished_row_is_found_when_the_chart_opens() {
    let clinic = closed_profile();
    let conn = writable_file(&clinic, Segment::Clinical);
    conn.execute("DELETE FROM resource WHERE type = ?1", [crate::resource_type::code_of("AllergyIntolerance")])
        .expect("gone");
    drop(conn);
    let store = clinic.open(Segment::Clinical);
    let refused = store.open_chart(&"101".parse().expect("id"), &[]).err();
    let Some(StoreError::Damaged(finding)) = refused else { panic!("{refused:?}") };
    assert_eq!((finding.segment, finding.kind), (Segment::Clinical, FindingKind::ChartSum));
    assert_eq!(chart(&store, "102").len(), 2);
    // The index lost the row, too.
    let derived = crate::Finding { segment: Segment::Clinical, chart: None, kind: FindingKind::Derived };
    assert_eq!(store.scrub_all().expect("scrub").findings, [finding, derived]);
}

/// A damaged chart takes nothing over, and does not keep the updates of the others away.
#[test]
fn a_damaged_chart_does_not_block_a_pull() {
    let clinic = closed_profile();
    let conn = writable_file(&clinic, Segment::Clinical);
    let allergy_code = crate::resource_type::code_of("AllergyIntolerance");
    // A row that vanished with its entry in the index: the sum of its chart is all that knows of it.
    conn.execute("DELETE FROM resource WHERE type = ?1", [allergy_code]).expect("gone");
    drop(conn);
    let store = clinic.open(Segment::Clinical);
    let report =
        TestClinic::pull(&store, &[&observation("o1", "101", "73", Some(2)), &observation("o2", "102", "81", Some(2))]);
    assert_eq!((report.stored, report.damaged), (1, 1));
    assert_eq!(record(&store, "Observation/o2").version.as_deref(), Some("2"));
    assert!(matches!(store.record(&key("Observation/o1")), Err(StoreError::Damaged(_))));
    assert!(store.take_findings().iter().any(|f| f.kind == FindingKind::ChartSum));
}

#[test]
fn a_changed_value_is_refused_even_under_the_right_file_key() {
    let clinic = closed_profile();
    let conn = writable_file(&clinic, Segment::Clinical);
    conn.execute(
        "UPDATE resource SET version = '2' WHERE type = ?1",
        [crate::resource_type::code_of("AllergyIntolerance")],
    )
    .expect("changed");
    drop(conn);
    let store = clinic.open(Segment::Clinical);
    assert!(
        matches!(store.record(&key("AllergyIntolerance/a1")), Err(StoreError::Damaged(f)) if f.kind == FindingKind::RowTag)
    );
}

#[test]
fn a_changed_state_makes_the_segment_disputed_and_read_only() {
    let clinic = closed_profile();
    let conn = writable_file(&clinic, Segment::Clinical);
    conn.execute("UPDATE segment_state SET epoch = epoch + 1", []).expect("changed");
    drop(conn);
    let (store, reports) = clinic.try_open(Rank::up_to(Segment::Clinical), false).expect("opened");
    assert!(matches!(reports[2].condition, SegmentCondition::Disputed(f) if f.kind == FindingKind::StateTag));
    assert_eq!(chart(&store, "101").len(), 3);
    let refused = TestClinic::save(&store, &[(Operation::Create, None, &observation("n1", "101", "1", None))]);
    assert!(matches!(refused, Err(StoreError::Damaged(_))));
}

#[test]
fn unusable_files_are_set_aside_or_left_and_never_deleted() {
    let clinic = closed_profile();
    let path = segment_path(clinic.profile(), Segment::Clinical);
    let whole = fs::read(&path).expect("bytes");
    fs::write(&path, &whole[..whole.len() / 2]).expect("cut");
    let (store, reports) = clinic.try_open(Rank::up_to(Segment::Restricted), false).expect("opened");
    let SegmentCondition::SetAside(aside) = &reports[2].condition else { panic!("{:?}", reports[2]) };
    assert_eq!(fs::metadata(aside).expect("kept").len(), whole.len() as u64 / 2);
    assert_eq!(store.rank(), Rank::up_to(Segment::Encounters));
    assert_eq!(store.health(Segment::Restricted), SegmentHealth::Whole, "each segment opens by itself");
    drop(store);
    fs::write(&path, &whole).expect("back");
    let conn = writable_file(&clinic, Segment::Clinical);
    conn.pragma_update(None, "user_version", 99).expect("newer");
    drop(conn);
    let (store, reports) = clinic.try_open(Rank::up_to(Segment::Clinical), true).expect("opened");
    assert_eq!((reports[2].condition.clone(), path.exists()), (SegmentCondition::Newer, true));
    drop(store);
    fs::write(segment_path(clinic.profile(), Segment::Directory), b"not a database, but long enough to be one")
        .expect("written");
    let (store, reports) = clinic.try_open(Rank::up_to(Segment::Clinical), true).expect("opened");
    assert!(matches!(reports[0].condition, SegmentCondition::SetAside(_)), "{:?}", reports[0]);
    assert_eq!(store.health(Segment::Directory), SegmentHealth::Unavailable);
    let refused = TestClinic::save(&store, &[(Operation::Create, None, &patient("9", "New", "Person", "2000", 1))]);
    assert!(refused.is_err(), "nothing is written to what stands in for the directory");
    drop(store);
    assert!(!clinic.profile().join("segments/stand-in.db").exists());
}

#[test]
fn setting_aside_never_overwrites_an_earlier_file() {
    let clinic = TestClinic::new();
    let path = clinic.profile().join("segments/clinical.db");
    let journal = clinic.profile().join("segments/clinical.db-journal");
    fs::create_dir_all(clinic.profile().join("segments")).expect("folder");
    let mut kept = Vec::new();
    for n in 0..3 {
        fs::write(&path, format!("database {n}")).expect("written");
        fs::write(&journal, format!("journal {n}")).expect("written");
        kept.push(crate::set_aside(&path, keep_domain::UtcMillis(1_795_338_000_000)).expect("set aside"));
        assert!(!path.exists() && !journal.exists());
    }
    for (n, aside) in kept.iter().enumerate() {
        assert_eq!(fs::read_to_string(aside).expect("kept"), format!("database {n}"));
        let mut its_journal = aside.clone().into_os_string();
        its_journal.push("-journal");
        assert_eq!(fs::read_to_string(its_journal).expect("kept"), format!("journal {n}"));
    }
    // A journal without its database is not overwritten either.
    fs::remove_file(&kept[0]).expect("gone");
    fs::write(&path, "database 3").expect("written");
    let next = crate::set_aside(&path, keep_domain::UtcMillis(1_795_338_000_000)).expect("set aside");
    assert!(!kept.contains(&next));
}

#[test]
fn stale_super_journals_go_only_when_no_journal_needs_them() {
    let clinic = closed_profile();
    let stale = clinic.profile().join("segments/directory.db-mj0A1B2C3D");
    fs::write(&stale, b"x").expect("written");
    let journal = clinic.profile().join("segments/clinical.db-journal");
    fs::write(&journal, b"not empty").expect("written");
    crate::segment_file::remove_stale_journals(clinic.profile()).expect("kept");
    assert!(stale.exists());
    for done in [b"".as_slice(), b"\0\0\0\0 the ledger keeps such a file"] {
        fs::write(&stale, b"x").expect("written");
        fs::write(&journal, done).expect("emptied");
        crate::segment_file::remove_stale_journals(clinic.profile()).expect("removed");
        assert!(!stale.exists());
    }
}
