//! What each verb of `chartkeep` prints with `--json`: exactly these keys, so that other programs can rely on them.

use crate::clinic::Clinic;
use crate::people::{patient, result, vitals_form};
use crate::terminal::check;
use crate::workstation::TestWorkstation;
use keep_cli::report::Report;
use keep_session::cases::vitals;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SYNC: [&str; 12] = [
    "pushed",
    "pulled",
    "pending",
    "failed",
    "conflicts",
    "bytes_up",
    "bytes_down",
    "complete_as_of",
    "compared",
    "types",
    "links_elsewhere",
    "items",
];

/// What the sync page says of a change set that is not done.
const ITEM: [&str; 13] = [
    "change_set",
    "state",
    "author",
    "saved",
    "types",
    "patient",
    "patient_name",
    "reason",
    "rejected",
    "waits_for",
    "status",
    "conflict",
    "next",
];

/// The object has `ok`, `code` and exactly these members.
#[track_caller]
fn has_exactly(answer: &Report, members: &[&str]) -> Value {
    let object: Value = serde_json::from_str(&answer.to_json()).expect("one JSON object");
    let found: BTreeSet<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected: BTreeSet<&str> = ["ok", "code"].into_iter().chain(members.iter().copied()).collect();
    assert_eq!(found, expected);
    object
}

#[test]
fn doctor() {
    let w = TestWorkstation::new();
    let answer = w.doctor();
    // A computer that may write memory to an unencrypted disk is a finding wherever this runs.
    let found = answer.body.contains_key("findings");
    check("doctor", &answer, if found { "finding" } else { "ok" }, i32::from(found));
    let mut members = vec!["versions", "keychain", "slots", "segments", "ledger"];
    members.extend(found.then_some("findings"));
    let said = has_exactly(&answer, &members);
    assert_eq!((&said["keychain"], &said["slots"]), (&json!("ready"), &json!(1)));
    let names: Vec<&str> =
        said["segments"].as_array().expect("list").iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names, ["directory", "encounters", "clinical", "restricted"]);
    for segment in said["segments"].as_array().expect("list") {
        let members: BTreeSet<&str> = segment.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["name", "bytes", "generation", "state"]));
    }
    let ledger = said["ledger"].as_object().expect("an object");
    assert_eq!(ledger.keys().collect::<Vec<_>>(), ["events", "pending"]);
    assert!(ledger["events"].as_u64() >= ledger["pending"].as_u64() && said["versions"]["chartkeep"].is_string());
}

#[test]
fn audit_verify() {
    let w = TestWorkstation::new();
    let keys = ["events", "from", "to", "gaps", "findings", "signed_off"];
    let answer = w.audit_verify(None);
    check("verify", &answer, "ok", 0);
    let said = has_exactly(&answer, &keys);
    assert_eq!((&said["from"], &said["gaps"], &said["findings"]), (&json!(0), &json!([]), &json!([])));
    assert_eq!(said["signed_off"], json!([]));
    assert_eq!(said["events"].as_u64(), said["to"].as_u64().map(|to| to + 1));
    let copy = w.folder.path().join("copy.db");
    std::fs::copy(w.profile().join("ledger.db"), &copy).expect("copied");
    let answer = w.audit_verify(Some(&copy));
    check("a copy", &answer, "ok", 0);
    assert_eq!(has_exactly(&answer, &keys), said);
}

#[test]
fn audit_sign_off() {
    let w = TestWorkstation::new();
    let answer = w.sign_off();
    check("a physician", &answer, "refused", 3);
    has_exactly(&answer, &["incident"]);
    std::fs::remove_file(w.profile().join("ledger.db")).expect("removed");
    check("a ledger that is gone", &w.audit_verify(None), "finding", 1);
    w.is_whole();
    for _ in 0..2 {
        check("and continues as a new log", &w.audit_verify(None), "finding", 1);
        w.ledger_is_whole("which is whole");
    }
}

#[test]
fn import() {
    let w = TestWorkstation::new();
    let file = w.folder.path().join("records.ndjson");
    std::fs::write(&file, [patient("p2", "Okafor", "Chidi"), result("x1", "p2", "4.2")].join("\n")).expect("written");
    let keys = [
        "read",
        "imported",
        "unchanged",
        "kept_unreadable",
        "broken_lines",
        "bundles",
        "in_charts",
        "no_chart",
        "refused",
    ];
    let answer = w.import(&file);
    check("import", &answer, "ok", 0);
    let said = has_exactly(&answer, &keys);
    assert_eq!((&said["read"], &said["imported"], &said["unchanged"]), (&json!(2), &json!(2), &json!(0)));
    let again = has_exactly(&w.import(&file), &keys);
    assert_eq!((&again["imported"], &again["unchanged"]), (&json!(0), &json!(2)));
    let missing = w.import(&w.folder.path().join("none.ndjson"));
    check("no file", &missing, "io", 1);
    has_exactly(&missing, &["incident"]);
}

#[test]
fn grant() {
    let w = TestWorkstation::new();
    let answer = w.grant();
    check("grant", &answer, "ok", 0);
    let said = has_exactly(&answer, &["granted", "waiting_for_grant"]);
    assert_eq!((&said["granted"], &said["waiting_for_grant"]), (&json!([]), &json!(false)));
}

#[test]
fn sync() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(clinic) = Clinic::start(folder.path()) else { return };
    clinic.colleague("amara").put(&patient("p9", "Okafor", "Chidi"));
    let w = TestWorkstation::at(&clinic.site("jonas"));
    let answer = w.sync();
    check("sync", &answer, "ok", 0);
    let said = has_exactly(&answer, &SYNC);
    assert_eq!((&said["pulled"], &said["pending"], &said["failed"]), (&json!(1), &json!(0), &json!(0)));
    assert!(said["bytes_up"].as_u64() > Some(0) && said["bytes_down"].as_u64() > Some(0));
    assert!(said["complete_as_of"].as_str().is_some_and(|t| t.ends_with('Z')), "{said}");
    clinic.fault(&json!({"kind": "503", "times": 100, "retry_after": 3600}));
    w.later();
    let app = w.unlocked().expect("unlocked");
    let form = serde_json::from_value(vitals_form("p9", "71")).expect("form");
    assert!(vitals::save_vitals(&app, form).is_ok());
    app.close();
    drop(app);
    w.later();
    let failed = w.sync();
    check("503", &failed, "server_failed", 5);
    let said = has_exactly(&failed, &["incident", "items", "status"]);
    assert_eq!(said["status"], 503);
    let item = &said["items"][0];
    let members: BTreeSet<&str> = item.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(ITEM));
    assert_eq!((&item["state"], &item["patient"]), (&json!("pending"), &json!("p9")));
    assert!(item["patient_name"].as_str().is_some_and(|name| name.contains("Okafor")), "{item}");
    assert!(item["next"].as_str().is_some_and(|next| next.contains("sent again automatically")), "{item}");
}
