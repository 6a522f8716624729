//! What is open today: medicines to dispense, tests to draw blood for, specimens on their way to the laboratory.

use super::chart::{Chart, concept};
use super::day::DRAWN_TODAY;
use super::dice::Dice;
use super::history::add_medicine;
use super::staff::STAFF;
use serde_json::json;

/// What anybody may be given after a visit, whatever else is known about them.
const MEDICINES: [&str; 4] = ["paracetamol-500", "folic-5", "ferrous-200", "omeprazole-20"];
/// Tests that are about nothing sensitive.
const TESTS: [&str; 6] = ["haemoglobin", "creatinine", "potassium", "sodium", "hba1c", "white-cells"];

/// Adds the open orders of somebody who was here today. The dice are of its own, so that no other record moves.
pub(crate) fn add_orders(chart: &mut Chart<'_>, place: usize) {
    if chart.patient.years() < 16 || !is_here(chart, place) {
        return;
    }
    let mut dice = Dice::of(chart.seed(), &format!("orders {}", chart.patient.number));
    let turn = place % 4;
    if turn == 0 || turn == 2 {
        let catalogue = chart.catalogue;
        for key in MEDICINES.iter().skip(turn).take(1 + place % 2 + usize::from(turn == 0)) {
            if let Some(medicine) = catalogue.clinical.medicines.get(*key) {
                add_medicine(chart, medicine, 0, "active", None);
            }
        }
    }
    if turn == 1 || turn == 2 {
        let drawn = dice.chance(50);
        let first = usize::try_from(dice.between(0, 4)).unwrap_or(0);
        for key in TESTS.iter().skip(first).take(1 + place % 2) {
            add_test(chart, key, dice.between(10, 90), dice.chance(25), drawn);
        }
    }
}

/// Of the drawn patients, those whose time is over have been here; what the named ones need their stories say.
fn is_here(chart: &Chart<'_>, place: usize) -> bool {
    let named = chart.catalogue.named.len();
    chart.story.is_none() && place < named + DRAWN_TODAY && place % DRAWN_TODAY < 15
}

fn add_test(chart: &mut Chart<'_>, key: &str, minutes_ago: i64, urgent: bool, drawn: bool) {
    let Some(test) = chart.catalogue.clinical.tests.get(key) else { return };
    let minute = (chart.today.minute() - minutes_ago).max(1);
    let body = json!({
        "status": "active",
        "intent": "order",
        "priority": if urgent { "urgent" } else { "routine" },
        "category": [concept("http://snomed.info/sct", "108252007", "Laboratory procedure")],
        "code": concept("http://loinc.org", &test.loinc, &test.text),
        "authoredOn": chart.today.at(0, minute),
        "requester": STAFF[1].reference(),
    });
    let order = chart.add("ServiceRequest", "subject", None, body);
    if drawn {
        let body = json!({
            "status": "available",
            "type": concept("http://terminology.hl7.org/CodeSystem/v2-0487", "BLD", "Whole blood"),
            "receivedTime": chart.today.at(0, (minute + 8).min(chart.today.minute())),
            "request": [order],
            "collection": {
                "collector": STAFF[0].reference(),
                "collectedDateTime": chart.today.at(0, (minute + 4).min(chart.today.minute())),
            },
        });
        chart.add("Specimen", "subject", None, body);
    }
}
