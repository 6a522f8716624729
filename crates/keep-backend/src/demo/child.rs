//! Children: growth along their own line, and the national immunisation schedule.

use super::chart::{Chart, concept, hl7};
use super::staff::STAFF;
use super::vitals::{HEIGHT, Taken, WEIGHT, add_sign};
use serde_json::json;

/// Ages in months at which children are weighed and measured.
const CLINICS: [i64; 18] = [0, 1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60, 84, 108, 144];

/// Adds growth and immunisations for anyone under 16.
pub(crate) fn add_childhood(chart: &mut Chart<'_>) {
    let months = chart.patient.months();
    if chart.patient.years() >= 16 {
        return;
    }
    // A child keeps to its own line, between 88 and 112 per cent of the median weight.
    let line = chart.dice.between(88, 112);
    let overdue_from = chart.story.map(|_| chart.patient.age_days);
    for age in CLINICS {
        let days_ago = chart.patient.age_days - age * 146_097 / 4800;
        if age > months || days_ago < 1 {
            break;
        }
        let (weight, length) = chart.catalogue.growth_at(age, chart.patient.female);
        let taken = Taken { at: chart.today.at(days_ago, 9 * 60 + 30), visit: None };
        let wobble = chart.dice.between(-2, 2);
        add_sign(chart, &taken, WEIGHT, tenths(weight) * (line + wobble) / 100, 1);
        // Length follows weight at about a third of its distance from the median.
        add_sign(chart, &taken, HEIGHT, tenths(length) * (300 + line - 100) / 300, 1);
    }
    add_immunisations(chart, overdue_from);
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a weight or length of a child in tenths is far below the limits of i64"
)]
fn tenths(value: f64) -> i64 {
    (value * 10.0).round() as i64
}

fn add_immunisations(chart: &mut Chart<'_>, told: Option<i64>) {
    let catalogue = chart.catalogue;
    for vaccine in &catalogue.clinical.vaccines {
        let sex = if chart.patient.female { "female" } else { "male" };
        let late = if told.is_some() { 3 } else { chart.dice.between(0, 25) };
        let days_ago = chart.patient.age_days - vaccine.days - late;
        // Some are missed; those are what the immunisation list is for.
        let missed = told.is_none() && chart.dice.chance(6);
        if days_ago < 1 || missed || vaccine.sex.as_deref().is_some_and(|s| s != sex) {
            continue;
        }
        let body = json!({
            "status": "completed",
            "vaccineCode": concept("http://hl7.org/fhir/sid/cvx", &vaccine.cvx, &vaccine.text),
            "occurrenceDateTime": chart.today.date(days_ago),
            "primarySource": true,
            "lotNumber": format!("KE{:05}", chart.dice.between(10_000, 99_999)),
            "performer": [{"function": hl7("v2-0443", "AP"), "actor": STAFF[8].reference()}],
        });
        chart.add("Immunization", "patient", None, body);
    }
}
