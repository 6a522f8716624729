//! A first load on two connections says the same as a pull of a few records at a time.

use super::*;
use keep_domain::Rank;

const PATIENTS: usize = 40;

fn procedure(id: usize, patient: usize) -> String {
    format!(
        r#"{{"resourceType":"Procedure","id":"pr{id}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"status":"completed","subject":{{"reference":"Patient/{patient}"}}}}"#
    )
}

/// Type by type, as a server sends them: two thirds clinical, one third encounters; some labelled, one of each kind
/// twice, one malformed, one of a type that FHIR does not have, one that follows its target.
fn clinic() -> Vec<String> {
    let of = |n: usize| n % PATIENTS + 101;
    let mut texts: Vec<String> =
        (0..PATIENTS).map(|n| patient(&of(n).to_string(), "Otieno", "Baraka", "1988-03-14", 1)).collect();
    texts.push(allergy("a1", "101", "penicillin"));
    let labelled = r#""meta":{"security":[{"code":"R"}],"#;
    texts.push(allergy("a2", "102", "methadone").replacen(r#""meta":{"#, labelled, 1));
    texts.extend((0..1800).map(|n| procedure(n, of(n))));
    texts.extend((0..3400).map(|n| observation(&format!("o{n}"), &of(n).to_string(), "75", Some(1))));
    texts.push(observation("o3", "104", "76", Some(2)));
    texts.push(observation("o5", "106", "77", Some(1)).replacen(r#""meta":{"#, labelled, 1));
    texts.push(observation("bad", "101", "1", Some(1)).replace(r#""status":"final""#, r#""status":7"#));
    texts.push(r#"{"resourceType":"Gadget","id":"g1","subject":{"reference":"Patient/101"}}"#.to_owned());
    texts.push(r#"{"resourceType":"Provenance","id":"v1","target":[{"reference":"Procedure/pr1"}]}"#.to_owned());
    texts.push("{\"no\":\"resource\"}".to_owned());
    texts
}

fn all(store: &Store) -> Vec<(String, Segment, Option<String>, String)> {
    let mut found = Vec::new();
    for n in 0..PATIENTS {
        found.extend(chart(store, &(n + 101).to_string()));
    }
    found.extend([record(store, "Provenance/v1")]);
    let mut found: Vec<_> =
        found.into_iter().map(|r| (r.key.to_string(), r.segment, r.version, r.raw.expose().clone())).collect();
    found.sort_unstable();
    found
}

#[test]
fn it_stores_what_small_pages_store() {
    let (at_once, bit_by_bit) = (TestClinic::new(), TestClinic::new());
    let (one, other) = (at_once.open(Segment::Restricted), bit_by_bit.open(Segment::Restricted));
    let texts = clinic();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let report = TestClinic::pull(&one, &texts);
    let mut counts = [0; 4];
    for page in texts.chunks(1000) {
        let part = TestClinic::pull(&other, page);
        let sums = [part.stored, part.unchanged, part.unreadable, part.malformed];
        counts.iter_mut().zip(sums).for_each(|(sum, n)| *sum += n);
    }
    assert_eq!([report.stored, report.unchanged, report.unreadable, report.malformed], counts);
    assert_eq!(report.stored, texts.len() - 1, "{report:?}");
    assert!(all(&one) == all(&other));
    assert_eq!(record(&one, "Observation/o3").version.as_deref(), Some("2"));
    assert_eq!(record(&one, "Procedure/pr7").segment, Segment::Encounters);
    clean(&one);
    // All of it again changes nothing; of two that have no version the content says so.
    let again = TestClinic::pull(&one, &texts);
    assert_eq!((again.stored, again.unchanged), (0, texts.len()));
    assert!(all(&one) == all(&other));
    clean(&one);
}

#[test]
fn a_labelled_allergy_leaves_a_marker_below() {
    let clinic_ = TestClinic::new();
    let store = clinic_.open(Segment::Restricted);
    let texts = clinic();
    TestClinic::pull(&store, &texts);
    drop(store);
    let (store, _) = clinic_.try_open(Rank::up_to(Segment::Clinical), false).expect("store");
    let restricted_allergy =
        |patient: &str| store.has_restricted_allergy(&patient.parse().expect("id")).expect("asked");
    assert_eq!((restricted_allergy("101"), restricted_allergy("102")), (false, true));
}

#[test]
fn other_writers_may_interleave() {
    let folder = TestClinic::new();
    let store = folder.open(Segment::Restricted);
    let texts = clinic();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut others: Vec<String> = (0..30).map(|n| observation(&format!("b{n}"), "101", "60", Some(1))).collect();
    // Some are of the load itself, with the same version or a later one.
    others.extend((0..30).map(|n| observation(&format!("o{}", n * 100), "101", "61", Some(n % 2 + 1))));
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| others.iter().for_each(|text| drop(TestClinic::pull(&store, &[text]))));
        TestClinic::pull(&store, &texts);
        beside.join().expect("beside");
    });
    clean(&store);
    for n in 0..30 {
        record(&store, &format!("Observation/b{n}"));
    }
    assert_eq!(record(&store, "Observation/o100").version.as_deref(), Some("2"));
    assert_eq!(store.synced_ids("Observation").expect("ids").len(), 3400 + 30 + 1);
}
