//! Synthetic records from Synthea, where they are available outside the repository.

use keep_domain::Segment;
use keep_fhir::lens::ModifierState;
use keep_fhir::{
    Detail, Extracted, FhirError, Lines, Raw, extract, extract_row, lens, meaning_equal, parse_record, set_text,
};
use std::collections::BTreeMap;
use std::io::BufReader;

/// Enough for the complete charts of some patients without slowing the suite.
const LINES: usize = 8_000;

#[test]
fn synthea_records_are_read_in_full() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/synthea-r4-500.ndjson.zst");
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: the Synthea records are not available");
        return;
    };
    let plain = zstd::stream::read::Decoder::new(file).expect("a zstd file");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in Lines::new(BufReader::new(plain)).take(LINES) {
        let raw = line.expect("readable file").expect("a resource");
        let e = extract(raw.as_str()).expect("an index");
        assert!(e.faults.is_empty(), "{} {:?}", e.key.resource_type, e.faults);
        let of_a_patient = !matches!(e.key.resource_type.as_str(), "Organization" | "Practitioner");
        assert_eq!(e.patient.is_some(), of_a_patient, "{}", e.key.resource_type);
        let expected = match e.key.resource_type.as_str() {
            "Patient" | "Organization" | "Practitioner" => Segment::Directory,
            "Encounter" | "Claim" | "Procedure" => Segment::Encounters,
            _ => Segment::Clinical,
        };
        assert_eq!(e.segment, expected, "{}", e.key.resource_type);
        assert_eq!(faults(&raw), Ok(0), "{}", e.key.resource_type);
        let modifiers = lens::modifiers(&raw).elements;
        assert!(modifiers.iter().all(|m| m.state == ModifierState::Known), "{}", e.key.resource_type);
        assert!(lens::details(&raw).iter().all(|d| d.data_type.is_some()), "{}", e.key.resource_type);
        assert_eq!(is_restored(&raw), Ok(true), "{}", e.key.resource_type);
        // The unchecked reading of stored text gives the same index.
        let parsed = parse_record(raw.as_str().to_owned(), true).expect("readable");
        let mut categories = e.categories.clone();
        categories.iter_mut().for_each(|c| c.system = None);
        let screen = Extracted {
            categories: categories.clone(),
            version_id: None,
            last_updated: None,
            // The row has the patient; a Patient is its own.
            patient: e.patient.clone().filter(|_| e.key.resource_type == "Patient"),
            segment: Segment::Restricted,
            segment_targets: Vec::new(),
            encounter: None,
            detail: Detail::Other,
            ..e.clone()
        };
        assert!(parsed.raw == raw && *parsed.facts == screen, "{}", e.key.resource_type);
        // So does the index for a row.
        let row = extract_row(raw.as_str(), None).expect("readable");
        let expected =
            Extracted { categories, code: None, status: None, encounter: None, clinical_time_text: None, ..e.clone() };
        assert!(row == expected, "{}", e.key.resource_type);
        assert!(parsed.observation.as_deref() == lens::observation(&raw).ok().as_ref(), "{}", e.key.resource_type);
        *counts.entry(e.key.resource_type).or_default() += 1;
    }
    assert_eq!(counts.values().sum::<usize>(), LINES);
    assert!(counts.len() >= 10, "{counts:?}");
}

fn faults(raw: &Raw) -> Result<usize, FhirError> {
    Ok(match raw.resource_type().unwrap_or_default().as_str() {
        "AllergyIntolerance" => lens::allergy(raw)?.faults.len(),
        "CarePlan" => lens::care_plan(raw)?.faults.len(),
        "Condition" => lens::condition(raw)?.faults.len(),
        "DiagnosticReport" => lens::report(raw)?.faults.len(),
        "Encounter" => lens::encounter(raw)?.faults.len(),
        "Goal" => lens::goal(raw)?.faults.len(),
        "Immunization" => lens::immunization(raw)?.faults.len(),
        "MedicationRequest" => lens::medication(raw, None)?.faults.len(),
        "Observation" => lens::observation(raw)?.faults.len(),
        "Patient" => lens::patient(raw)?.faults.len(),
        "Procedure" => lens::procedure(raw)?.faults.len(),
        _ => 0,
    })
}

/// A change and its reversal restore every byte, which parsing the numbers would not.
fn is_restored(raw: &Raw) -> Result<bool, FhirError> {
    let id = raw.node().member_text("id").unwrap_or_default().into_owned();
    let changed = set_text(raw, &["id".into()], "other")?;
    Ok(!meaning_equal(raw, &changed) && set_text(&changed, &["id".into()], &id)? == *raw)
}
