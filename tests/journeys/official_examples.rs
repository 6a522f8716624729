//! HL7's official R4 examples: what each record says against what is shown of it in full.
//!
//! The facts are read here by plain JSON, apart from the renderer that they judge.

mod facts;
mod reply;

use crate::workstation::TestWorkstation;
use chartkeep_tests::ok;
use facts::Facts;
use keep_session::Workstation;
use keep_session::cases::{chart, import};
use keep_session::dto::chart::timeline::RecordRequestDto;
use reply::Reply;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::PathBuf;

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

/// The reply for one record; `None` where it is in no chart.
fn reply(app: &Workstation, record: &Value) -> Option<Value> {
    let (kind, id) = (record["resourceType"].as_str()?, record["id"].as_str()?);
    let request = RecordRequestDto { patient: patient_of(record)?, reference: format!("{kind}/{id}") };
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
    let report = ok(import::import_file(&app, &path(), false));
    assert_eq!((report.read, report.broken_lines.len()), (549, 0));
    let (mut compared, mut charted, mut wrong) = (BTreeMap::<&str, usize>::new(), 0, Vec::new());
    let (mut elsewhere, mut unsafe_marks) = (BTreeMap::<String, usize>::new(), Vec::new());
    for text in &texts {
        let record: Value = serde_json::from_str(text).expect("json");
        let kind = record["resourceType"].as_str().unwrap_or_default().to_owned();
        let Some(shown) = reply(&app, &record) else {
            *elsewhere.entry(kind).or_default() += 1;
            continue;
        };
        charted += 1;
        let marks = shown["row"]["marks"].as_array().cloned().unwrap_or_default();
        unsafe_marks.extend(marks.iter().filter(|m| m["kind"] == "unsafe").map(|m| m["elements"].to_string()));
        let name = format!("{kind}/{}", record["id"].as_str().unwrap_or_default());
        let mut left = Reply::of(&shown);
        for fact in Facts::of(text) {
            *compared.entry(fact.kind()).or_default() += 1;
            if !left.has(&fact) {
                wrong.push(format!("{name}: {fact}"));
            }
        }
        for status in STATUSES.into_iter().filter_map(|s| code_of(&record[s])) {
            let is_shown = !marks.is_empty() || UNREMARKABLE.contains(&status.as_str()) || is_refused_elsewhere(&shown);
            if !is_shown {
                wrong.push(format!("{name}: status {status} is not marked"));
            }
        }
    }
    app.close();
    println!("{charted} records of charts; in no chart: {elsewhere:?}");
    println!("could not be shown safely: {unsafe_marks:?}");
    println!("compared: {compared:?}; lost or altered: {}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(charted > 350 && compared.values().sum::<usize>() > 5_000, "too little was compared");
}

/// A record that was marked as entered in error is said to be so in its line.
fn is_refused_elsewhere(shown: &Value) -> bool {
    shown["row"]["enteredInError"] == true
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
