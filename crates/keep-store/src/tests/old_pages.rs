//! Every page of a segment that has changed, put back as it was: whoever can write the file and has no key can do that,
//! and each page is authentic by itself.

use super::*;
use crate::{PAGE_SIZE, SegmentCondition, StoreError, segment_path};
use keep_domain::{Rank, UtcMillis};
use std::collections::BTreeMap;
use std::fs;

const PATIENTS: u32 = 60;

fn person(n: u32, phone: u32, born: u32, link: Option<u32>, version: u32) -> String {
    let link = link
        .map(|l| format!(r#","link":[{{"other":{{"reference":"Patient/{l}"}},"type":"seealso"}}]"#))
        .unwrap_or_default();
    patient(
        &n.to_string(),
        &format!("Gonzalez{}", "abcdefghij".repeat(2)),
        "Ada",
        &format!("1958-03-{born:02}"),
        version,
    )
    .replace(&format!("555-010-{n}"), &format!("555-{phone:06}"))
    .replace("\"birthDate\"", &format!("\"active\":true{link},\"birthDate\""))
}

fn appointment(n: u32, status: &str, version: u32) -> String {
    format!(
        r#"{{"resourceType":"Appointment","id":"t{n}","meta":{{"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"status":"{status}","start":"2026-11-22T08:{:02}:00Z","participant":[{{"actor":{{"reference":"Patient/{}"}},"status":"accepted"}}]}}"#,
        n % 60,
        101 + n % PATIENTS
    )
}

fn practitioner(n: u32, family: &str, version: u32) -> String {
    format!(
        r#"{{"resourceType":"Practitioner","id":"s{n}","meta":{{"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"name":[{{"family":"{family}"}}]}}"#
    )
}

/// As it was: enough rows that every table has pages of its own.
fn before(store: &Store) {
    let mut texts: Vec<String> = (0..PATIENTS).map(|n| person(101 + n, n, 1 + n % 20, None, 1)).collect();
    // Two people who are linked now and will not be.
    texts.push(person(101, 0, 1, Some(102), 2));
    texts.extend((0..300).map(|n| appointment(n, "booked", 1)));
    texts.extend((0..80).map(|n| practitioner(n, "Okafor", 1)));
    texts.extend(
        (0..500).map(|n| observation(&format!("o{n}"), &(101 + n % PATIENTS).to_string(), &n.to_string(), Some(1))),
    );
    texts.push(r#"{"resourceType":"Gadget","id":"g1","subject":{"reference":"Patient/101"}}"#.to_owned());
    TestClinic::pull(store, &texts);
    for n in 0..40 {
        create(store, n, "203");
    }
}

fn create(store: &Store, n: u32, value: &str) {
    let text = observation(&format!("n{n}"), &(101 + n % PATIENTS).to_string(), value, None);
    save(store, Operation::Create, None, &text);
}

/// What has happened since: new phones and birth dates, a link gone and another made, statuses, new people and records,
/// a value that was marked as entered in error before it was sent.
fn after(store: &Store) {
    let mut texts = vec![person(101, 0, 1, None, 3), person(103, 2, 3, Some(104), 2)];
    texts.extend((4..30).map(|n| person(101 + n, 5000 + n, 28 - n % 20, None, 2)));
    texts.extend((0..10).map(|n| person(401 + n, 9000 + n, 9, None, 1)));
    texts.extend((0..300).filter(|n| n % 3 == 0).map(|n| appointment(n, "cancelled", 2)));
    texts.extend((300..340).map(|n| appointment(n, "booked", 1)));
    texts.extend((0..40).map(|n| practitioner(n, "Bello", 2)));
    texts.extend((500..560).map(|n| observation(&format!("o{n}"), &(101 + n % PATIENTS).to_string(), "75", Some(1))));
    texts.extend((0..80).map(|n| observation(&format!("o{n}"), &(101 + n % PATIENTS).to_string(), "7.5", Some(2))));
    texts.push(r#"{"resourceType":"Widget","id":"w1","subject":{"reference":"Patient/101"}}"#.to_owned());
    TestClinic::pull(store, &texts);
    for n in 0..40 {
        let text = observation(&format!("n{n}"), &(101 + n % PATIENTS).to_string(), "203", None)
            .replace("\"final\"", "\"entered-in-error\"");
        save(store, Operation::Update, None, &text);
    }
    for n in 40..50 {
        create(store, n, "60");
    }
}

/// One answer of the store, as text; `Err` where it says that it cannot answer.
type Answers = BTreeMap<String, Result<String, StoreError>>;

fn texts(records: &[Record]) -> String {
    let mut all: Vec<String> = records.iter().map(|r| format!("{}:{}", r.key, r.raw.expose())).collect();
    all.sort_unstable();
    all.join("\n")
}

/// Everything that leaves the store.
fn answers(store: &Store) -> Answers {
    let ticket = || TestClinic::ticket(store);
    let mut all = Answers::new();
    let mut put = |name: String, answer: Result<String, StoreError>| drop(all.insert(name, answer));
    for n in (101..106).chain([401]) {
        let id: PatientId = n.to_string().parse().expect("id");
        put(
            format!("chart {n}"),
            store.open_chart(&id, &[]).map(|h| {
                let chart = h.release(ticket());
                let mut people: Vec<_> = chart.patients.iter().map(ToString::to_string).collect();
                people.sort_unstable();
                format!("{people:?}\n{}", texts(&chart.records))
            }),
        );
        let later = UtcMillis::from_rfc3339("2026-12-01T00:00:00Z").expect("time");
        put(format!("last seen {n}"), store.last_seen(&id, later).map(|t| format!("{t:?}")));
    }
    for typed in ["gonz", "ada 1958-03-09", "5005", "555000003", "CH-401", "1958-03-24", "nobody", ""] {
        put(
            format!("search {typed}"),
            store.search_patients(typed, 0, 100).and_then(|h| {
                let page = store.with_alerts(h, &|_| true)?.release(ticket()).0;
                // What it leaves out it says.
                if page.damaged > 0 || page.incomplete {
                    return Err(StoreError::Internal("some are damaged"));
                }
                Ok(format!("{} {}\n{}", page.total, page.more, texts(&page.patients)))
            }),
        );
    }
    let time = |t: &str| UtcMillis::from_rfc3339(t).expect("time");
    let (from, to) = (time("2026-11-22T00:00:00Z"), time("2026-11-23T00:00:00Z"));
    put(
        "day".into(),
        store.day_list("Appointment", from, to, 1000).map(|h| {
            let mut rows: Vec<String> = h
                .release(ticket())
                .iter()
                .map(|r| {
                    format!(
                        "{:?} {} {:?} {}",
                        r.start,
                        r.status,
                        r.patient.as_ref().map(ToString::to_string),
                        r.record.raw.expose()
                    )
                })
                .collect();
            rows.sort_unstable();
            rows.join("\n")
        }),
    );
    put("staff".into(), store.shared_records("Practitioner", 500).map(|h| texts(&h.release(ticket()))));
    put("counts".into(), store.type_counts().map(|c| format!("{c:?}")));
    for reference in [
        "Observation/o5",
        "Observation/o505",
        "Observation/n3",
        "Practitioner/s3",
        "Appointment/t3",
        "Patient/105",
        "Gadget/g1",
        "Widget/w1",
    ] {
        put(reference.into(), store.record(&key(reference)).map(|h| texts(&[h.release(ticket())])));
    }
    let keys: Vec<ResourceKey> = (0..560).map(|n| key(&format!("Observation/o{n}"))).collect();
    put("versions".into(), store.versions(&keys).map(|v| format!("{v:?}")));
    let staff: Vec<ResourceKey> = (0..80).map(|n| key(&format!("Practitioner/s{n}"))).collect();
    put("names".into(), store.reference_records(&staff).map(|r| texts(&r)));
    all
}

/// What would be sent, by record; what is set aside is named instead.
fn outgoing(store: &Store) -> Result<BTreeMap<String, Option<String>>, StoreError> {
    let sets = store.next_change_sets(&TestClinic::ticket(store), 1000)?;
    let sent = sets.iter().flat_map(|s| &s.entries).map(|e| (e.key.to_string(), Some(e.raw.expose().clone())));
    let kept = sets.iter().flat_map(|s| &s.damaged).map(|key| (key.to_string(), None));
    Ok(sent.chain(kept).collect())
}

/// Puts each page that differs back, and returns for how many pages something was refused.
fn check(segment: Segment) -> usize {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    before(&store);
    drop(store);
    let files: Vec<_> = Segment::ALL[..3].iter().map(|s| segment_path(clinic.profile(), *s)).collect();
    let path = segment_path(clinic.profile(), segment);
    let old = fs::read(&path).expect("old");
    let store = clinic.open(Segment::Clinical);
    after(&store);
    let (expected, sent) = (answers(&store), outgoing(&store).expect("outbox"));
    assert!(expected.values().all(Result::is_ok), "{expected:?}");
    let ids = |store: &Store| store.synced_ids("Observation").map(|ids| ids.len());
    let synced = ids(&store).expect("ids");
    drop(store);
    let whole: Vec<_> = files.iter().map(|f| fs::read(f).expect("new")).collect();
    let new = fs::read(&path).expect("new");
    let size = PAGE_SIZE as usize;
    let (mut noticed, mut pages) = (0, 0);
    for number in 0..old.len().min(new.len()) / size {
        let place = number * size..(number + 1) * size;
        if old[place.clone()] == new[place.clone()] {
            continue;
        }
        pages += 1;
        for (file, bytes) in files.iter().zip(&whole) {
            fs::write(file, bytes).expect("back");
        }
        let mut mixed = new.clone();
        mixed[place.clone()].copy_from_slice(&old[place]);
        fs::write(&path, &mixed).expect("written");
        let Ok((store, reports)) = clinic.try_open(Rank::up_to(Segment::Clinical), false) else {
            noticed += 1;
            continue;
        };
        let said = reports.iter().any(|r| r.condition != SegmentCondition::Ready);
        if reports.iter().any(|r| matches!(r.condition, SegmentCondition::SetAside(_))) {
            noticed += 1;
            drop(store);
            remove_set_aside(&clinic);
            continue;
        }
        let found = answers(&store);
        let (mut refused, mut errors) = (false, Vec::new());
        for (name, right) in &expected {
            match found.get(name).expect("asked") {
                Ok(answer) => assert!(Ok(answer) == right.as_ref(), "page {number} of {segment:?}: {name}"),
                Err(error) => {
                    assert!(
                        *error != StoreError::NotAvailable,
                        "page {number} of {segment:?}: {name} is said to be nowhere"
                    );
                    refused = true;
                    errors.push((name, error));
                }
            }
        }
        match outgoing(&store) {
            Ok(found) => {
                assert!(
                    found.keys().eq(sent.keys()),
                    "page {number} of {segment:?}: a change is neither sent nor kept"
                );
                for (key, text) in found {
                    refused |= text.is_none();
                    assert!(text.is_none() || text == sent[&key], "page {number} of {segment:?}: {key} would be sent");
                }
            }
            Err(_) => refused = true,
        }
        // Never more than the server has confirmed: what is missing is not deleted.
        assert!(ids(&store).unwrap_or_default() <= synced, "page {number}");
        let findings = store.take_findings();
        assert!(
            said || !refused || !findings.is_empty() || store.is_poisoned(),
            "page {number} of {segment:?}: no user is informed: {errors:?}"
        );
        noticed += usize::from(said || refused || !findings.is_empty());
        drop(store);
        remove_set_aside(&clinic);
    }
    assert!(pages > 15, "{pages}");
    noticed
}

#[test]
fn no_old_page_of_the_directory_shows_hides_or_sends_anything() {
    assert!(check(Segment::Directory) > 5);
}

#[test]
fn no_old_page_of_the_clinical_segment_shows_hides_or_sends_anything() {
    assert!(check(Segment::Clinical) > 5);
}

/// An empty table has a digest as well: without one it would be rebuilt at every unlock.
#[test]
fn the_first_rows_of_a_file_write_all_digests() {
    let clinic = closed_profile();
    let store = clinic.open(Segment::Restricted);
    for access in store.access.iter().filter(|a| a.segment <= Segment::Clinical) {
        for table in crate::derived::Derived::ALL.into_iter().filter(|t| t.is_in(access.segment)) {
            let fit = store.read(|conn| access.check_digest(conn, table)).expect("compared");
            assert_eq!(fit, crate::derived_check::DigestCheck::Fits, "{table:?} of {:?}", access.segment);
        }
    }
}

#[test]
fn a_file_without_digests_gets_them_from_its_rows() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    before(&store);
    let expected = answers(&store);
    // As a file of an older version: the search tables as they are, nothing that vouches for them.
    store
        .write_unconfirmed(|tx| {
            for segment in [Segment::Directory, Segment::Encounters, Segment::Clinical] {
                for table in crate::derived::Derived::ALL {
                    tx.drop_journal(segment, crate::journal::JournalKind::Digest, table.name().as_bytes())?;
                }
            }
            tx.conn.execute("DELETE FROM main.patient_link", [])?;
            tx.conn.execute(
                "UPDATE main.patient_phone SET digits = 'f555' WHERE ordinal = 260 AND digits LIKE 'f%'",
                [],
            )?;
            Ok(())
        })
        .expect("older");
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert!(answers(&store) == expected);
    assert_eq!(store.take_findings(), []);
    clean(&store);
    drop(store);
    let store = clinic.open(Segment::Clinical);
    assert!(answers(&store) == expected);
}

#[test]
fn search_keys_of_older_rules_are_made_again_at_the_next_unlock() {
    use crate::derived::{Derived, DigestRow};
    use crate::journal::JournalKind;
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Clinical);
    let text = r#"{"resourceType":"Patient","id":"tr","meta":{"versionId":"1"},"name":[{"family":"Yılmaz"}],"link":[{"other":{"reference":"RelatedPerson/101"},"type":"seealso"}]}"#;
    TestClinic::pull(&store, &[text]);
    // As version 0.1 left it: a dotless i stayed one, and the digests had names without a number.
    store
        .write_unconfirmed(|tx| {
            for table in Derived::ALL {
                tx.drop_journal(Segment::Directory, JournalKind::Digest, table.name().as_bytes())?;
            }
            for table in Derived::OUTDATED {
                tx.writer(Segment::Directory)?.put_journal(table.as_bytes(), &DigestRow::EMPTY)?;
            }
            tx.conn.execute_batch(
                "UPDATE main.patient_key SET words = ' yılmaz', family = 'yılmaz';
                 INSERT INTO main.patient_name (patient_name) VALUES ('delete-all');
                 INSERT INTO main.patient_name (rowid, words) SELECT ordinal, 'yılmaz' FROM main.patient_key;",
            )?;
            Ok(())
        })
        .expect("older");
    drop(store);
    let store = clinic.open(Segment::Clinical);
    store.confirm_derived().expect("compared");
    let found = store.search_patients("YILMAZ", 0, 5).expect("search").release(TestClinic::ticket(&store));
    assert_eq!((found.patients.len(), found.exact), (1, 1));
    assert_eq!(store.take_findings(), []);
    let access = store.access(Segment::Directory).expect("open");
    for table in Derived::OUTDATED {
        let left = store.read(|conn| access.journal::<DigestRow>(conn, table.as_bytes())).expect("read");
        assert_eq!(left, None, "{table}");
    }
    clean(&store);
}
