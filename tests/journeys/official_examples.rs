//! HL7's official R4 examples: what each record says against what is shown of it where a clinician looks for it.
//!
//! What counts: the record must have a row in the reply of a tab other than the timeline. That row itself must carry
//! the record's name, its time, its value and every status that is not the ordinary one. Everything else that the
//! record says must be in the details that open from this row (`chart_record`), which are never asked for a record
//! without such a row. A Patient is shown in the banner; its row is in the tab of other records.
//! The facts are read here by plain JSON, apart from the renderer that they judge.

mod facts;
mod reply;
mod tabs;

use crate::workstation::TestWorkstation;
use chartkeep_tests::ok;
use facts::Facts;
use keep_session::Workstation;
use keep_session::cases::{chart, import};
use keep_session::dto::chart::timeline::RecordRequestDto;
use keep_session::testing::complete;
use reply::Reply;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::PathBuf;
use tabs::rows_of;

/// Statuses that say that everything went its ordinary way; every other one must be marked beside the record's name.
const UNREMARKABLE: &[&str] = &[
    "active",
    "arrived",
    "billable",
    "booked",
    "completed",
    "confirmed",
    "current",
    "final",
    "finished",
    "fulfilled",
    "in-progress",
    "available",
];
/// Elements with the status of a whole record.
const STATUSES: [&str; 4] = ["status", "clinicalStatus", "verificationStatus", "lifecycleStatus"];

fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "shared", "data", "hl7-r4-examples.ndjson.zst"].iter().collect()
}

/// The examples, one text each; `None` where they are not on this machine.
fn examples() -> Option<Vec<String>> {
    let plain = zstd::stream::read::Decoder::new(std::fs::File::open(path()).ok()?).expect("a zstd file");
    let lines = std::io::BufRead::lines(BufReader::new(plain)).map(|line| line.expect("readable"));
    Some(lines.filter(|line| !line.trim().is_empty()).collect())
}

/// The patient of a record, as the record itself says.
fn patient_of(record: &Value) -> Option<String> {
    let id = |value: &Value| value.as_str()?.strip_prefix("Patient/").map(str::to_owned);
    if record["resourceType"] == "Patient" {
        return record["id"].as_str().map(str::to_owned);
    }
    let single = ["subject", "patient", "beneficiary", "for", "individual"];
    let of_target = || id(record["target"].as_array()?.first()?.get("reference")?);
    let of_participant = || record["participant"].as_array()?.iter().find_map(|p| id(&p["actor"]["reference"]));
    single.into_iter().find_map(|name| id(&record[name]["reference"])).or_else(of_participant).or_else(of_target)
}

/// The details that open from the row of one record; `None` where it is in no chart.
fn reply(app: &Workstation, patient: &str, name: &str) -> Option<Value> {
    let request = RecordRequestDto { patient: patient.to_owned(), reference: name.to_owned(), part: 0 };
    let shown = chart::chart_record(app, request).ok()?;
    Some(serde_json::to_value(&shown).expect("json"))
}

#[test]
fn every_quantity_date_code_and_status_of_the_official_examples_is_shown() {
    let Some(texts) = examples() else {
        println!("skipped: HL7's examples are not on this machine");
        return;
    };
    let workstation = TestWorkstation::new();
    let app = workstation.unlocked().expect("unlocked");
    // As after a first complete sync: an absence may be said.
    ok(complete(&app, keep_sync::CHART_TYPES));
    let report = ok(import::import_file(&app, &path(), false));
    assert_eq!((report.read, report.broken_lines.len()), (549, 0));
    let (mut compared, mut charted, mut wrong) = (BTreeMap::<&str, usize>::new(), 0, Vec::new());
    let (mut elsewhere, mut unsafe_marks) = (BTreeMap::<String, usize>::new(), Vec::new());
    let (mut charts, mut tabs) = (BTreeMap::new(), BTreeMap::<&str, usize>::new());
    for text in &texts {
        let record: Value = serde_json::from_str(text).expect("json");
        let kind = record["resourceType"].as_str().unwrap_or_default().to_owned();
        let name = format!("{kind}/{}", record["id"].as_str().unwrap_or_default());
        let patient = patient_of(&record).unwrap_or_default();
        let Some(shown) = reply(&app, &patient, &name) else {
            *elsewhere.entry(kind).or_default() += 1;
            continue;
        };
        charted += 1;
        let rows = charts.entry(patient.clone()).or_insert_with(|| rows_of(&app, &patient)).get(&name);
        let Some(rows) = rows else {
            wrong.push(format!("{name}: in no tab"));
            continue;
        };
        // A record may be in several tabs; the row that says most of it counts, and its tab is where it is found.
        let row = rows.iter().min_by_key(|row| row.lacks(&record).len()).expect("a row");
        *tabs.entry(row.tab).or_default() += 1;
        wrong.extend(
            row.lacks(&record).into_iter().map(|lost| format!("{name}: {lost} is not in its row of {}", row.tab)),
        );
        let marks = row.marks();
        unsafe_marks.extend(marks.iter().filter(|m| m["kind"] == "unsafe").map(|m| m["elements"].to_string()));
        let mut left = Reply::of(&shown);
        for fact in Facts::of(text) {
            *compared.entry(fact.kind()).or_default() += 1;
            if !left.has(&fact) {
                wrong.push(format!("{name}: {fact}"));
            }
        }
        for status in STATUSES.into_iter().filter_map(|s| code_of(&record[s])) {
            if marks.is_empty() && !UNREMARKABLE.contains(&status.as_str()) && !row.says_status(&status) {
                wrong.push(format!("{name}: status {status} is not in its row of {}", row.tab));
            }
        }
    }
    app.close();
    println!("{charted} records of charts; in no chart: {elsewhere:?}");
    println!("in the tabs: {tabs:?}");
    println!("could not be shown safely: {unsafe_marks:?}");
    println!("compared: {compared:?}; lost or altered: {}", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(charted > 350 && compared.values().sum::<usize>() > 5_000, "too little was compared");
}

fn code_of(status: &Value) -> Option<String> {
    let coded = || status["coding"].as_array()?.first()?["code"].as_str();
    status.as_str().or_else(coded).map(str::to_owned)
}

/// A fact that is changed in the reply is found: the comparison itself can fail.
#[test]
fn the_comparison_finds_what_is_lost_and_what_is_altered() {
    let text = r#"{"resourceType":"Observation","id":"o","status":"final","effectiveDateTime":"2013-04-02T09:30:10+01:00","valueQuantity":{"value":6.30,"unit":"mmol/l"}}"#;
    let shown = |number: &str, unit: &str, at: &str| {
        serde_json::json!({"details": [{"element": "status", "value": {"kind": "code", "code": "final"}},
            {"element": "value", "value": {"quantity": {"number": number, "unit": unit, "recorded": null}}},
            {"element": "effective", "value": {"kind": "date", "at": at}}]})
    };
    let lost = |reply: &Value| {
        let mut left = Reply::of(reply);
        Facts::of(text).into_iter().filter(|f| !left.has(f)).map(|f| f.to_string()).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(lost(&shown("6.30", "mmol/l", "2013-04-02T08:30:10.000Z")), none);
    assert_eq!(lost(&shown("6.3", "mmol/l", "2013-04-02T08:30:10.000Z")), ["quantity 6.30 mmol/l"]);
    assert_eq!(lost(&shown("6.30", "mg/dl", "2013-04-02T08:30:10.000Z")), ["quantity 6.30 mmol/l"]);
    assert_eq!(lost(&shown("6.30", "mmol/l", "2013-04-02T09:30:10.000Z")), ["date 2013-04-02T09:30:10+01:00"]);
    assert_eq!(lost(&serde_json::json!({"details": []})).len(), 3);
}
