//! Open orders of today: medicines to dispense, laboratory tests, and specimens already collected.

use super::appointments::GENERATED_TODAY;
use super::chart::{Chart, concept};
use super::history::add_medicine;
use super::seeded_rng::SeededRng;
use super::staff::{NURSE, PHYSICIAN};
use serde_json::json;

/// Medicines that are safe for every patient of the demo.
const MEDICINES: [&str; 4] = ["paracetamol-500", "folic-5", "ferrous-200", "omeprazole-20"];
/// Tests that reveal nothing sensitive.
const TESTS: [&str; 6] = ["haemoglobin", "creatinine", "potassium", "sodium", "hba1c", "white-cells"];

/// Adds the open orders of a generated adult patient who was seen today.
///
/// They use a generator of their own, so that the other records stay the same.
pub(crate) fn add_orders(chart: &mut Chart<'_>, index: usize) {
    if chart.patient.years() < 16 || !was_seen_today(chart, index) {
        return;
    }
    let mut rng = SeededRng::for_subject(chart.clinic.seed, &format!("orders {}", chart.patient.number));
    let variant = index % 4;
    if variant == 0 || variant == 2 {
        let catalogue = &chart.clinic.catalogue;
        for key in MEDICINES.iter().skip(variant).take(1 + index % 2 + usize::from(variant == 0)) {
            if let Some(medicine) = catalogue.clinical.medicines.get(*key) {
                add_medicine(chart, medicine, 0, "active", None);
            }
        }
    }
    if variant == 1 || variant == 2 {
        let collected = rng.chance(50);
        let first = usize::try_from(rng.between(0, 4)).unwrap_or(0);
        for key in TESTS.iter().skip(first).take(1 + index % 2) {
            add_test(chart, key, rng.between(10, 90), rng.chance(25), collected);
        }
    }
}

/// Whether this is a generated patient seen today. Named patients get only the orders of their scenario.
fn was_seen_today(chart: &Chart<'_>, index: usize) -> bool {
    let named = chart.clinic.catalogue.scenarios.len();
    chart.scenario.is_none() && index < named + GENERATED_TODAY && index % GENERATED_TODAY < 15
}

fn add_test(chart: &mut Chart<'_>, key: &str, minutes_ago: i64, urgent: bool, collected: bool) {
    let Some(test) = chart.clinic.catalogue.clinical.tests.get(key) else { return };
    let minute = (chart.clinic.today.minute() - minutes_ago).max(1);
    let body = json!({
        "status": "active",
        "intent": "order",
        "priority": if urgent { "urgent" } else { "routine" },
        "category": [concept("http://snomed.info/sct", "108252007", "Laboratory procedure")],
        "code": concept("http://loinc.org", &test.loinc, &test.text),
        "authoredOn": chart.clinic.today.at(0, minute),
        "requester": PHYSICIAN.reference(),
    });
    let order = chart.add("ServiceRequest", "subject", None, body);
    if collected {
        let body = json!({
            "status": "available",
            "type": concept("http://terminology.hl7.org/CodeSystem/v2-0487", "BLD", "Whole blood"),
            "receivedTime": chart.clinic.today.at(0, (minute + 8).min(chart.clinic.today.minute())),
            "request": [order],
            "collection": {
                "collector": NURSE.reference(),
                "collectedDateTime": chart.clinic.today.at(0, (minute + 4).min(chart.clinic.today.minute())),
            },
        });
        chart.add("Specimen", "subject", None, body);
    }
}
