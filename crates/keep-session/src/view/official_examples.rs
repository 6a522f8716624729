//! HL7's official examples of R4, where they are available: nothing that a result or a vital sign records is lost.

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::fixtures::{MARIA, NOON, nurse_amara_sees};
use super::judge::Population;
use super::members::Observations;
use super::results;
use super::vitals::{SeriesContext, readings, series};
use keep_clinical::{measured_text, safe_unit};
use keep_domain::Role;
use keep_fhir::{Node, Raw};
use std::io::Read;

/// Elements that the tab does not show, because the generic details of the record do.
const ELSEWHERE: [&str; 21] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "identifier",
    "basedOn",
    "partOf",
    "category",
    "subject",
    "encounter",
    "issued",
    "performer",
    "derivedFrom",
    "hasMember",
    "result",
    "imagingStudy",
    "effectiveTiming",
];
/// Names and units of vital signs that the chart replaces by its own.
const OWN_WORDS: [&str; 15] = [
    "Body height",
    "Heart rate",
    "beats/minute",
    "Respiratory rate",
    "breaths/minute",
    "Body temperature",
    "Oxygen saturation in Arterial blood",
    "Body Length",
    "Head Circumference",
    "Body Weight",
    "Blood pressure systolic & diastolic",
    "Systolic blood pressure",
    "Diastolic blood pressure",
    "degrees C",
    "Temperature",
];
/// Parts of a value that say how it is encoded.
const ENCODING: [&str; 9] =
    ["system", "userSelected", "dimensions", "url", "contentType", "hash", "size", "language", "link"];

/// The words and numbers that a reader of the record must find.
fn atoms(name: &str, node: Node<'_>, found: &mut Vec<String>) {
    match node.raw().as_bytes().first() {
        Some(b'[') => node.items().for_each(|item| atoms(name, item, found)),
        Some(b'{') if node.member("coding").is_some() || node.member_text("text").is_some() => {
            let display = || node.member("coding")?.items().find_map(|c| c.member_text("display"));
            let code = || node.at(&["coding", "code"]).and_then(Node::text);
            let label = node.member_text("text").or_else(display).or_else(code);
            let flag = node.at(&["coding", "code"]).and_then(Node::text);
            let is_flag = name == "interpretation"
                && flag.is_some_and(|f| ["H", "L", "HH", "LL", "N", "A"].contains(&f.as_ref()));
            if !is_flag && name != "type" {
                found.extend(label.map(|l| l.trim().to_owned()));
            }
            for (name, member) in node.members().filter(|(n, _)| !matches!(n.as_ref(), "coding" | "text")) {
                atoms(&name, member, found);
            }
        }
        Some(b'{') if node.member("reference").is_some() || node.member_text("display").is_some() => {
            found.extend(node.member_text("display").map(|d| d.into_owned()));
        }
        Some(b'{') => {
            let has_unit = node.member_text("unit").is_some();
            let members =
                node.members().filter(|(n, _)| !ENCODING.contains(&n.as_ref()) && n != "id" && n != "extension");
            for (name, member) in members.filter(|(n, _)| !(has_unit && n == "code")) {
                atoms(&name, member, found);
            }
        }
        Some(b'"') if matches!(name, "unit" | "code") => found.extend(node.text().map(|t| safe_unit(&t))),
        // A date crosses in UTC; an attached text is decoded.
        Some(b'"') if name.contains("Date") || matches!(name, "start" | "end" | "time" | "data" | "creation") => {}
        Some(b'"') => found.extend(node.text().map(|t| t.trim().to_owned())),
        Some(b't' | b'f' | b'n') | None => {}
        Some(_) => found.extend(measured_text(node.raw())),
    }
}

/// What crosses to the page for one record, as JSON.
fn shown(text: &str) -> String {
    let entries = nurse_amara_sees(&[text, MARIA]);
    let (clinic_clock, access_view) = (ClinicClock::utc(NOON), AccessView::for_tests(Role::Nurse));
    let population = Population::of(&entries, &clinic_clock.zone);
    let observations = Observations::of(&entries);
    let ctx = SeriesContext {
        population: &population,
        clinic_clock: &clinic_clock,
        access_view: &access_view,
        observations: &observations,
    };
    let rows = results::window(&entries, &clinic_clock, 0, 10).rows;
    let vitals = series(&readings(&entries, NOON), &ctx);
    serde_json::to_string(&(rows, vitals)).expect("json")
}

#[test]
fn nothing_of_the_official_examples_is_lost() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hl7-r4-examples.ndjson.zst");
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: the official examples are not available");
        return;
    };
    let mut text = String::new();
    zstd::stream::read::Decoder::new(file).expect("a zstd file").read_to_string(&mut text).expect("readable");
    let (mut read, mut lost) = (0, Vec::new());
    for line in text.lines() {
        let Ok(raw) = Raw::parse(line.to_owned()) else { continue };
        let kind = raw.resource_type().unwrap_or_default();
        if !matches!(kind.as_str(), "Observation" | "DiagnosticReport") {
            continue;
        }
        let subject = r#"{"reference":"Patient/maria"}"#;
        let ours = match raw.node().member("subject") {
            Some(own) => line.replacen(own.raw(), subject, 1),
            None => line.replacen('{', &format!(r#"{{"subject":{subject},"#), 1),
        };
        let found = shown(&ours);
        let status = raw.node().member_text("status").unwrap_or_default().into_owned();
        let mut expected = Vec::new();
        for (name, member) in raw.node().members().filter(|(n, _)| !ELSEWHERE.contains(&n.as_ref())) {
            let is_value = name.starts_with("value") || matches!(name.as_ref(), "component" | "interpretation");
            let has_none = matches!(status.as_str(), "cancelled" | "registered" | "entered-in-error");
            let is_ordinary = name == "status" && matches!(status.as_str(), "final" | "entered-in-error");
            let says_nothing = is_ordinary || (is_value && has_none);
            if !says_nothing {
                atoms(&name, member, &mut expected);
            }
        }
        // A vital sign has the chart's own name and the chart's spelling of a unit; one in error is in the timeline.
        let vital = found.starts_with("[[],");
        if vital && status == "entered-in-error" {
            continue;
        }
        read += 1;
        let id = raw.node().member_text("id").unwrap_or_default().into_owned();
        let is_there = |atom: &String| {
            let quoted = serde_json::to_string(atom).expect("json");
            found.contains(quoted.trim_matches('"'))
                || found.to_lowercase().contains(&quoted.trim_matches('"').to_lowercase())
        };
        let own_words = |atom: &String| vital && OWN_WORDS.contains(&atom.as_str());
        lost.extend(expected.iter().filter(|a| !is_there(a) && !own_words(a)).map(|a| format!("{kind}/{id}: {a}")));
    }
    assert!(read > 150, "{read} were read");
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}
