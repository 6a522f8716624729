//! Laboratory results: a report and its observations.

use super::catalogue::Test;
use super::chart::{Chart, concept, decimal, hl7, quantity};
use super::staff::LAB_TECHNICIAN;
use serde_json::{Value, json};

const LOINC: &str = "http://loinc.org";

/// Adds a report of `values` (test key, digits), with a security label if the tests are sensitive.
pub(crate) fn add_report(chart: &mut Chart<'_>, days: i64, values: &[(String, i64)], label: Option<&str>) {
    let catalogue = &chart.clinic.catalogue;
    let at = chart.clinic.today.at(days, 15 * 60 + 5);
    let mut results = Vec::new();
    for (key, digits) in values {
        let Some(test) = catalogue.clinical.tests.get(key) else { continue };
        let body = observation(test, *digits, &at);
        results.push(chart.add("Observation", "subject", label, body));
    }
    if results.is_empty() {
        return;
    }
    let body = json!({
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB", "display": "Laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": "11502-2", "display": "Laboratory report"}], "text": "Laboratory report"},
        "effectiveDateTime": at,
        "issued": at,
        "performer": [LAB_TECHNICIAN.reference()],
        "result": results,
    });
    chart.add("DiagnosticReport", "subject", label, body);
}

fn observation(test: &Test, digits: i64, at: &str) -> Value {
    let flag = if digits > test.high {
        "H"
    } else if digits < test.low {
        "L"
    } else {
        "N"
    };
    let amount = |digits: i64| quantity(decimal(digits, test.places), &test.unit, &test.ucum);
    json!({
        "status": "final",
        "category": [hl7("observation-category", "laboratory")],
        "code": concept(LOINC, &test.loinc, &test.text),
        "effectiveDateTime": at,
        "issued": at,
        "performer": [LAB_TECHNICIAN.reference()],
        "valueQuantity": amount(digits),
        "interpretation": [hl7("v3-ObservationInterpretation", flag)],
        "referenceRange": [{"low": amount(test.low), "high": amount(test.high)}],
    })
}
