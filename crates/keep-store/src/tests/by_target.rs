use super::*;
use crate::{Filing, Page};
use keep_domain::Phi;

/// A Provenance as HL7's `provenance-example-sig` has it: a target and no patient.
fn provenance(id: &str, targets: &[&str]) -> String {
    let targets: Vec<String> = targets.iter().map(|t| format!(r#"{{"reference":"{t}"}}"#)).collect();
    format!(
        r#"{{"resourceType":"Provenance","id":"{id}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"target":[{}],"recorded":"2026-11-22T10:00:00Z","agent":[{{"who":{{"reference":"Practitioner/p"}}}}]}}"#,
        targets.join(",")
    )
}

/// The ids of the Provenances in a chart.
fn listed(store: &Store, patient: &str) -> Vec<String> {
    let of_type = |r: &Record| r.key.resource_type == "Provenance";
    chart(store, patient).into_iter().filter(of_type).map(|r| r.key.id.to_string()).collect()
}

fn file_all(store: &Store) {
    let mut filing = Filing::default();
    while !filing.done {
        store.file_by_target(None, &mut filing).expect("filed");
    }
}

#[test]
fn a_provenance_is_in_the_chart_of_its_target() {
    let (clinic, store) = two_patients();
    TestClinic::pull(
        &store,
        &[&provenance("p1", &["Observation/o1"]), &provenance("p2", &["Observation/o2/_history/1"])],
    );
    let (changed, made) = (observation("o1", "101", "73", None), provenance("p3", &["Observation/o1"]));
    let entries = [(Operation::Update, Some("1"), changed.as_str()), (Operation::Create, None, made.as_str())];
    TestClinic::save(&store, &entries).expect("saved");
    assert_eq!((listed(&store, "101"), listed(&store, "102")), (vec!["p1".into(), "p3".into()], vec!["p2".into()]));
    let patient = |reference: &str| store.patients_of(&[key(reference)]).expect("patients").remove(0);
    assert_eq!(patient("Provenance/p3").map(|p| p.to_string()).as_deref(), Some("101"));
    assert_eq!(patient("Provenance/none"), None);
    clean(&store);
    drop(store);
    let store = clinic.open(Segment::Restricted);
    assert_eq!(listed(&store, "101"), ["p1", "p3"]);
    clean(&store);
}

#[test]
fn a_provenance_that_comes_before_its_target_is_moved_when_that_comes() {
    let (_clinic, store) = two_patients();
    let later = observation("o3", "101", "75", Some(1));
    let secret = later.replace("\"o3\"", "\"o4\"").replace(r#""meta":{"#, r#""meta":{"security":[{"code":"R"}],"#);
    let texts = [provenance("p1", &["Observation/o3"]), provenance("p2", &["Observation/o4", "Observation/o5"])];
    TestClinic::pull(&store, &texts);
    assert_eq!((listed(&store, "101"), record(&store, "Provenance/p2").segment), (vec![], Segment::Clinical));
    TestClinic::pull(&store, &[&later]);
    assert_eq!(listed(&store, "101"), ["p1"]);
    TestClinic::pull(&store, &[&secret]);
    assert_eq!(listed(&store, "101"), ["p1", "p2"]);
    let moved = record(&store, "Provenance/p2");
    assert_eq!((moved.segment, moved.version.as_deref()), (Segment::Restricted, Some("1")));
    // EXPOSE: compared with what was stored.
    assert_eq!(moved.raw.expose(), &texts[1]);
    assert_eq!(TestClinic::pull(&store, &texts).unchanged, 2);
    clean(&store);
}

#[test]
fn one_page_may_have_them_in_any_order() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[provenance("p1", &["Observation/o3"]), observation("o3", "102", "75", Some(1))]);
    assert_eq!(listed(&store, "102"), ["p1"]);
    clean(&store);
}

/// As an older build left them, and as after a lock between the two.
#[test]
fn a_provenance_outside_of_its_chart_is_moved_after_an_unlock() {
    let (clinic, store) = two_patients();
    let many: Vec<String> = (0..450).map(|n| provenance(&format!("p{n}"), &["Observation/o3"])).collect();
    TestClinic::pull(&store, &many);
    TestClinic::pull(&store, &[provenance("lost", &["Observation/never"])]);
    drop(store);
    let store = clinic.open(Segment::Restricted);
    TestClinic::pull(&store, &[observation("o3", "101", "75", Some(1))]);
    assert_eq!(listed(&store, "101").len(), 0);
    file_all(&store);
    assert_eq!(listed(&store, "101").len(), 450);
    // What the check has seen waits again.
    TestClinic::pull(&store, &[observation("never", "102", "75", Some(1))]);
    assert_eq!(listed(&store, "102"), ["lost"]);
    clean(&store);
}

#[test]
fn a_provenance_about_two_people_is_in_no_chart() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[provenance("p1", &["Observation/o1", "Observation/o2"])]);
    assert_eq!((listed(&store, "101").len(), listed(&store, "102").len()), (0, 0));
    let merged = patient("102", "Okafor", "Chidi", "1990-11-02", 2).replace(
        r#""birthDate""#,
        r#""link":[{"other":{"reference":"Patient/101"},"type":"replaced-by"}],"birthDate""#,
    );
    TestClinic::pull(&store, &[merged, provenance("p2", &["Observation/o1", "Observation/o2"])]);
    assert_eq!(listed(&store, "101"), ["p2"]);
    clean(&store);
}

#[test]
fn a_provenance_follows_a_target_that_changes_its_patient() {
    let (clinic, store) = two_patients();
    let base = "https://fhir.example/r4";
    let absolute = format!("{base}/Observation/o1");
    let texts = [
        provenance("p1", &["Observation/o1"]),
        provenance("p2", &[&absolute]),
        provenance("about-p1", &["Provenance/p1"]),
        provenance("both", &["Observation/o1", "Observation/o3"]),
        provenance("other", &["Observation/o3"]),
    ];
    let pull = |texts: &[String]| {
        let records = texts.iter().cloned().map(Phi::new).collect();
        let page = Page { records, base: Some(base.to_owned()), ..Page::default() };
        store.apply_page(&TestClinic::ticket(&store), page).expect("stored")
    };
    pull(&[observation("o3", "101", "75", Some(1))]);
    pull(&texts);
    assert_eq!(listed(&store, "101").len(), 5);
    pull(&[observation("o1", "102", "73", Some(2))]);
    let sorted = |patient: &str| {
        let mut found = listed(&store, patient);
        found.sort();
        found
    };
    assert_eq!(
        (sorted("101"), sorted("102")),
        (vec!["other".into()], vec!["about-p1".into(), "p1".into(), "p2".into()])
    );
    // It is about one person again.
    let secret =
        observation("o3", "102", "75", Some(2)).replace(r#""meta":{"#, r#""meta":{"security":[{"code":"R"}],"#);
    pull(&[secret]);
    assert_eq!((sorted("101").len(), sorted("102").len()), (0, 5));
    assert_eq!(record(&store, "Provenance/other").segment, Segment::Restricted);
    clean(&store);
    drop(store);
    clean(&clinic.open(Segment::Restricted));
}
