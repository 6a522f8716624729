//! Children: growth measurements and the national immunisation schedule.

use super::chart::{Chart, concept, hl7};
use super::staff::SECOND_NURSE;
use super::vitals::{HEIGHT, Measurement, WEIGHT, add_sign};
use serde_json::json;

/// Ages in months at which children are weighed and measured.
const MEASUREMENT_AGES: [i64; 18] = [0, 1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60, 84, 108, 144];

/// Adds growth and immunisations to the chart of a patient under 16.
pub(crate) fn add_childhood(chart: &mut Chart<'_>) {
    let months = chart.patient.months();
    if chart.patient.years() >= 16 {
        return;
    }
    // Each child follows its own growth curve, between 88 and 112 per cent of the median weight.
    let percent = chart.rng.between(88, 112);
    for age in MEASUREMENT_AGES {
        let days_ago = chart.patient.age_days - age * 146_097 / 4800;
        if age > months || days_ago < 1 {
            break;
        }
        let (weight, length) = chart.clinic.catalogue.growth_at(age, chart.patient.female);
        let measurement = Measurement { at: chart.clinic.today.at(days_ago, 9 * 60 + 30), visit: None };
        let variation = chart.rng.between(-2, 2);
        add_sign(chart, &measurement, WEIGHT, tenths(weight) * (percent + variation) / 100, 1);
        // Length deviates from the median by a third as much as weight.
        add_sign(chart, &measurement, HEIGHT, tenths(length) * (300 + percent - 100) / 300, 1);
    }
    add_immunisations(chart);
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a weight or length of a child in tenths is far below the limits of i64"
)]
fn tenths(value: f64) -> i64 {
    (value * 10.0).round() as i64
}

fn add_immunisations(chart: &mut Chart<'_>) {
    let catalogue = &chart.clinic.catalogue;
    let scripted = chart.scenario.is_some();
    for vaccine in &catalogue.clinical.vaccines {
        let sex = if chart.patient.female { "female" } else { "male" };
        let delay = if scripted { 3 } else { chart.rng.between(0, 25) };
        let days_ago = chart.patient.age_days - vaccine.age_days - delay;
        // Some are missed, so that the immunisation list shows overdue vaccines.
        let missed = !scripted && chart.rng.chance(6);
        if days_ago < 1 || missed || vaccine.sex.as_deref().is_some_and(|s| s != sex) {
            continue;
        }
        let body = json!({
            "status": "completed",
            "vaccineCode": concept("http://hl7.org/fhir/sid/cvx", &vaccine.cvx, &vaccine.text),
            "occurrenceDateTime": chart.clinic.today.date(days_ago),
            "primarySource": true,
            "lotNumber": format!("KE{:05}", chart.rng.between(10_000, 99_999)),
            "performer": [{"function": hl7("v2-0443", "AP"), "actor": SECOND_NURSE.reference()}],
        });
        chart.add("Immunization", "patient", None, body);
    }
}
