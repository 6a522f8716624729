//! That there is an alert: the marker in the directory follows the Flag above it.

use super::*;
use crate::{AlertPeriod, Page};

const HL7: &str = "http://terminology.hl7.org/CodeSystem/flag-category";

/// A Flag in HL7's categories; `meta` goes into its meta element.
pub(super) fn flag(id: &str, patient: &str, category: &str, status: &str, version: u32) -> String {
    format!(
        r#"{{"resourceType":"Flag","id":"{id}","meta":{{"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"status":"{status}","category":[{{"coding":[{{"system":"{HL7}","code":"{category}"}}]}}],"code":{{"text":"PENICILLIN {id}"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
    )
}

/// Whether a patient has an alert in force on 22-Nov-2026, besides those known.
fn has_alert(store: &Store, patient: &str, known: &[ResourceKey]) -> bool {
    store.has_alert_besides(&patient.parse().expect("id"), known, &in_force).expect("alerts")
}

pub(super) fn count(store: &Store, patient: &str) -> usize {
    usize::from(has_alert(store, patient, &[]))
}

fn in_force(period: &AlertPeriod) -> bool {
    let today = "2026-11-22";
    period.start.as_deref().is_none_or(|start| start <= today) && period.end.as_deref().is_none_or(|end| end >= today)
}

fn listed(store: &Store) -> Vec<String> {
    let found = store.search_patients("", 0, 10).expect("search");
    let (_, alerts) = store.with_alerts(found, &in_force).expect("alerts").release(TestClinic::ticket(store));
    alerts.iter().map(ToString::to_string).collect()
}

fn delete(store: &Store, reference: &str) {
    let page = Page { deleted: vec![key(reference)], ..Page::default() };
    store.apply_page(&TestClinic::ticket(store), page).expect("deleted");
}

#[test]
fn a_marker_follows_its_flag() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[&flag("f1", "101", "safety", "active", 1), &flag("f2", "101", "contact", "active", 1)]);
    assert_eq!(
        (record(&store, "Flag/f1").segment, record(&store, "Flag/f2").segment),
        (Segment::Clinical, Segment::Directory)
    );
    assert_eq!((count(&store, "101"), count(&store, "102"), listed(&store)), (1, 0, vec![String::from("101")]));
    // Resolved, in force again, of another patient, administrative, labelled, entered in error.
    TestClinic::pull(&store, &[&flag("f1", "101", "safety", "inactive", 2)]);
    assert_eq!(count(&store, "101"), 0);
    TestClinic::pull(&store, &[&flag("f1", "101", "safety", "active", 3)]);
    assert_eq!(count(&store, "101"), 1);
    TestClinic::pull(&store, &[&flag("f1", "102", "safety", "active", 4)]);
    assert_eq!((count(&store, "101"), count(&store, "102")), (0, 1));
    TestClinic::pull(&store, &[&flag("f1", "102", "admin", "active", 5)]);
    assert_eq!((count(&store, "102"), record(&store, "Flag/f1").segment), (0, Segment::Directory));
    let labelled = flag("f1", "102", "safety", "active", 6)
        .replace(r#""versionId""#, r#""security":[{"code":"HIV"}],"versionId""#);
    TestClinic::pull(&store, &[&labelled]);
    assert_eq!((count(&store, "102"), record(&store, "Flag/f1").segment), (1, Segment::Restricted));
    TestClinic::pull(&store, &[&flag("f1", "102", "safety", "entered-in-error", 7)]);
    assert_eq!(count(&store, "102"), 0);
    TestClinic::pull(&store, &[&flag("f1", "102", "safety", "active", 8)]);
    delete(&store, "Flag/f1");
    assert_eq!((count(&store, "102"), listed(&store).len()), (0, 0));
    clean(&store);
}

#[test]
fn a_marker_follows_what_is_saved_and_deleted_here() {
    let (_clinic, store) = two_patients();
    let text = flag("f1", "101", "safety", "active", 1).replace(r#""versionId":"1","#, "");
    save(&store, Operation::Create, None, &text);
    assert_eq!(count(&store, "101"), 1);
    let resolved = text.replace("active", "inactive");
    save(&store, Operation::Update, None, &resolved);
    assert_eq!(count(&store, "101"), 0);
    save(&store, Operation::Update, None, &text);
    save(&store, Operation::Delete, None, &text);
    assert_eq!(count(&store, "101"), 0);
    clean(&store);
}

#[test]
fn the_front_desk_marks_what_it_may_not_read() {
    let clinic = closed_profile();
    let front_desk = clinic.open(Segment::Directory);
    let report = TestClinic::pull(
        &front_desk,
        &[&flag("f1", "101", "safety", "active", 1), &flag("f2", "101", "drug", "inactive", 1)],
    );
    assert_eq!((report.sealed, count(&front_desk, "101")), (2, 1));
    assert!(chart(&front_desk, "101").iter().all(|r| r.key.resource_type != "Flag"));
    delete(&front_desk, "Flag/f1");
    assert_eq!(count(&front_desk, "101"), 0);
    TestClinic::pull(&front_desk, &[&flag("f1", "101", "safety", "active", 2)]);
    drop(front_desk);
    let store = clinic.open(Segment::Clinical);
    assert_eq!((record(&store, "Flag/f1").segment, count(&store, "101")), (Segment::Clinical, 1));
    clean(&store);
}

#[test]
fn a_marker_has_the_period_of_its_flag() {
    let (_clinic, store) = two_patients();
    let during = |period: &str, version: u32| {
        let period = format!(r#""period":{period},"code""#);
        flag("f1", "101", "safety", "active", version).replace(r#""code":{"text""#, &format!(r#"{period}:{{"text""#))
    };
    let seen = |text: &str| {
        TestClinic::pull(&store, &[text]);
        (count(&store, "101"), listed(&store).len())
    };
    assert_eq!(seen(&during(r#"{"end":"2026-11-21"}"#, 1)), (0, 0));
    assert_eq!(seen(&during(r#"{"start":"2026-01-01","end":"2026-11-22"}"#, 2)), (1, 1));
    assert_eq!(seen(&during(r#"{"start":"2026-11-23"}"#, 3)), (0, 0));
    // What is no date ends nothing, and its words are not in the directory.
    assert_eq!(seen(&during(r#"{"end":"after penicillin"}"#, 4)), (1, 1));
    assert_eq!(bodies(&store), ["{}"]);
    assert!(has_alert(&store, "101", &[key("Flag/f2")]) && !has_alert(&store, "101", &[key("Flag/f1")]));
    clean(&store);
}

/// The contents of all markers.
fn bodies(store: &Store) -> Vec<String> {
    let rows = store.read(|conn| {
        let mut statement = conn.prepare("SELECT body FROM main.journal WHERE kind = 9")?;
        let rows = statement.query_map([], |r| r.get::<_, Vec<u8>>(0))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    let text = |body: Vec<u8>| crate::codec::decompress(crate::codec::DICTIONARY, &body).expect("text");
    rows.expect("markers").into_iter().map(text).collect()
}

#[test]
fn a_marker_names_no_flag() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[&flag("penicillin", "101", "safety", "active", 1)]);
    let rows = store.read(|conn| {
        let mut statement = conn.prepare("SELECT key FROM main.journal WHERE kind = 9")?;
        let rows = statement.query_map([], |r| r.get::<_, Vec<u8>>(0))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    let rows = rows.expect("markers");
    assert_eq!(rows.len(), 1);
    let key = &rows[0];
    assert!(key.starts_with(b"101/") && key.len() == b"101/".len() + 16);
    assert_eq!(bodies(&store), ["{}"]);
}
