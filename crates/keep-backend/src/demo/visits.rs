//! Past visits with their measurements, notes and results.

use super::catalogue::Reason;
use super::chart::{Chart, concept, hl7};
use super::history::ActiveProblem;
use super::results::add_report;
use super::staff::{NURSE, PHYSICIAN};
use super::vitals::{HEIGHT, Measurement, PULSE, RESPIRATION, SATURATION, TEMPERATURE, WEIGHT, add_pressure, add_sign};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// Adds the visits of the last year; for a named patient, those of the scenario.
pub(crate) fn add_visits(chart: &mut Chart<'_>, problems: &[ActiveProblem]) {
    if chart.scenario.is_some() {
        add_scenario(chart);
        return;
    }
    let adult = chart.patient.years() >= 16;
    let visits = if problems.is_empty() { chart.rng.between(0, 2) } else { chart.rng.between(3, 6) };
    let mut days = chart.rng.between(300, 360);
    // Each patient has baseline values, from which visits deviate.
    let base = Baseline::choose(chart, problems);
    for _ in 0..visits {
        if days < chart.patient.age_days {
            add_visit(chart, days, problems, &base, adult);
        }
        days = (days - chart.rng.between(30, 100)).max(2);
    }
}

/// Usual vital signs of one patient.
struct Baseline {
    systolic: i64,
    diastolic: i64,
    pulse: i64,
    /// Tenths of a kilogram.
    weight: i64,
    /// Whole centimetres.
    height: i64,
}

impl Baseline {
    fn choose(chart: &mut Chart<'_>, problems: &[ActiveProblem]) -> Self {
        let hypertensive = problems.iter().any(|p| p.key == "hypertension");
        let rng = &mut chart.rng;
        let height = if chart.patient.female { rng.between(150, 172) } else { rng.between(160, 186) };
        // Body mass index between 19 and 33.
        let index = rng.between(190, 330);
        Self {
            systolic: if hypertensive { rng.between(136, 158) } else { rng.between(106, 132) },
            diastolic: if hypertensive { rng.between(82, 96) } else { rng.between(64, 82) },
            pulse: rng.between(62, 88),
            weight: index * height * height / 10_000,
            height,
        }
    }
}

fn add_visit(chart: &mut Chart<'_>, days: i64, problems: &[ActiveProblem], base: &Baseline, adult: bool) {
    let catalogue = &chart.clinic.catalogue;
    let reasons = catalogue.reasons_at(chart.patient.years());
    let Some(reason) = chart.rng.pick(&reasons).copied() else { return };
    let reason_text = reason.text.as_str();
    let minute = chart.rng.between(8 * 60, 16 * 60);
    let visit = add_encounter(chart, days, minute, reason_text, None);
    add_diagnosis(chart, days, minute, reason, &visit);
    let measurement = Measurement { at: chart.clinic.today.at(days, minute + 6), visit: Some(visit.clone()) };
    if adult {
        let (up, down) = (chart.rng.between(-7, 9), chart.rng.between(-5, 6));
        add_pressure(chart, &measurement, base.systolic + up, base.diastolic + down);
        let pulse = base.pulse + chart.rng.between(-6, 8);
        add_sign(chart, &measurement, PULSE, pulse, 0);
        let saturation = chart.rng.between(95, 99);
        add_sign(chart, &measurement, SATURATION, saturation, 0);
        let weight = base.weight + chart.rng.between(-12, 12);
        add_sign(chart, &measurement, WEIGHT, weight, 1);
        if chart.rng.chance(30) {
            add_sign(chart, &measurement, HEIGHT, base.height, 0);
        }
    }
    let temperature = chart.rng.between(362, if reason_text.contains("fever") { 389 } else { 371 });
    add_sign(chart, &measurement, TEMPERATURE, temperature, 1);
    if chart.rng.chance(40) {
        let text = chart.rng.pick(&catalogue.clinical.notes).cloned().unwrap_or_default();
        let text = text.replace("for {reason}", &format!("for {}", reason_text.to_lowercase()));
        let text = text.replace("{reason}", reason_text);
        let at = chart.clinic.today.at(days, minute + 15);
        add_note(chart, &at, &text, Some(&visit), None);
    }
    if chart.rng.chance(50) {
        add_results(chart, days, problems);
    }
    if days < 45 && chart.patient.years() >= 16 {
        add_charge(chart, days, &visit);
    }
}

/// Adds the coded diagnosis of a visit, which billing uses; lasting problems are on the problem list.
fn add_diagnosis(chart: &mut Chart<'_>, days: i64, minute: i64, reason: &Reason, visit: &Value) {
    let body = json!({
        "clinicalStatus": hl7("condition-clinical", "resolved"),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "encounter-diagnosis")],
        "code": concept("http://hl7.org/fhir/sid/icd-10", &reason.icd, &reason.diagnosis),
        "encounter": visit,
        "onsetDateTime": chart.clinic.today.date(days + 2),
        "abatementDateTime": chart.clinic.today.date((days - 10).max(0)),
        "recordedDate": chart.clinic.today.at(days, minute + 20),
        "recorder": PHYSICIAN.reference(),
    });
    chart.add("Condition", "subject", None, body);
}

fn add_results(chart: &mut Chart<'_>, days: i64, problems: &[ActiveProblem]) {
    let catalogue = &chart.clinic.catalogue;
    for active in problems {
        let Some(problem) = catalogue.clinical.problems.get(&active.key) else { continue };
        let mut values = Vec::new();
        for key in &problem.tests {
            if let Some(test) = catalogue.clinical.tests.get(key) {
                values.push((key.clone(), (test.mean + chart.rng.between(-test.spread, test.spread)).max(0)));
            }
        }
        add_report(chart, days, &values, problem.label.as_deref());
    }
}

/// Adds a finished visit and returns its reference.
fn add_encounter(chart: &mut Chart<'_>, days: i64, minute: i64, reason: &str, label: Option<&str>) -> Value {
    let body = json!({
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [concept("http://snomed.info/sct", "185349003", "Encounter for check up")],
        "participant": [{"individual": PHYSICIAN.reference()}],
        "period": {"start": chart.clinic.today.at(days, minute), "end": chart.clinic.today.at(days, minute + 25)},
        "reasonCode": [{"text": reason}],
        "serviceProvider": {"reference": format!("Organization/{}", super::staff::organization())},
    });
    chart.add("Encounter", "subject", label, body)
}

/// Adds a plain-text note signed by the physician.
fn add_note(chart: &mut Chart<'_>, at: &str, text: &str, visit: Option<&Value>, label: Option<&str>) {
    let body = json!({
        "status": "current",
        "docStatus": "final",
        "type": concept("http://loinc.org", "11506-3", "Progress note"),
        "category": [concept("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical note")],
        "date": at,
        "author": [PHYSICIAN.reference()],
        "authenticator": PHYSICIAN.reference(),
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": BASE64.encode(text.as_bytes()), "creation": at}}],
        "context": visit.map(|v| json!({"encounter": [v]})),
    });
    chart.add("DocumentReference", "subject", label, body);
}

fn add_charge(chart: &mut Chart<'_>, days: i64, visit: &Value) {
    let body = json!({
        "status": if chart.rng.chance(60) { "billable" } else { "billed" },
        "code": {"text": "Outpatient consultation"},
        "context": visit,
        "occurrenceDateTime": chart.clinic.today.date(days),
        "priceOverride": {"value": 600, "currency": "KES"},
    });
    chart.add("ChargeItem", "subject", None, body);
}

fn add_scenario(chart: &mut Chart<'_>) {
    let Some(scenario) = chart.scenario else { return };
    let mut last_visit = None;
    for [days, systolic, diastolic] in scenario.pressures.iter().copied() {
        let visit = add_encounter(chart, days, 10 * 60, "Blood pressure check", None);
        let measurement = Measurement { at: chart.clinic.today.at(days, 10 * 60 + 8), visit: Some(visit.clone()) };
        add_pressure(chart, &measurement, systolic, diastolic);
        let pulse = 72 + chart.rng.between(-3, 6);
        add_sign(chart, &measurement, PULSE, pulse, 0);
        let saturation = 97 + chart.rng.between(-1, 1);
        add_sign(chart, &measurement, SATURATION, saturation, 0);
        last_visit = Some(visit);
    }
    for [days, tenths] in scenario.weight.iter().copied() {
        let measurement = Measurement { at: chart.clinic.today.at(days, 10 * 60 + 9), visit: None };
        add_sign(chart, &measurement, WEIGHT, tenths, 1);
    }
    let sensitive =
        scenario.problems.iter().find_map(|(key, _)| chart.clinic.catalogue.clinical.problems.get(key)?.label.clone());
    for (days, values) in &scenario.results {
        add_report(chart, *days, values, sensitive.as_deref());
    }
    if let Some((days, minute, text)) = &scenario.note {
        let at = chart.clinic.today.at(*days, *minute);
        add_note(chart, &at, text, last_visit.as_ref(), None);
    }
    if sensitive.is_some() {
        let visit = add_encounter(chart, 44, 13 * 60, "Counselling", Some("PSY"));
        let text = "Counselling session. Sleep better, support at home. Wishes this to stay between us; next session in four weeks.";
        let at = chart.clinic.today.at(44, 13 * 60 + 30);
        add_note(chart, &at, text, Some(&visit), Some("PSY"));
    }
    if let Some([ago, systolic, diastolic, pulse, respiration, saturation, temperature]) = scenario.todays_vitals {
        let measurement = Measurement { at: chart.clinic.today.at(0, chart.clinic.today.minute() - ago), visit: None };
        add_pressure(chart, &measurement, systolic, diastolic);
        add_sign(chart, &measurement, PULSE, pulse, 0);
        add_sign(chart, &measurement, RESPIRATION, respiration, 0);
        add_sign(chart, &measurement, SATURATION, saturation, 0);
        add_sign(chart, &measurement, TEMPERATURE, temperature, 1);
        let body = json!({
            "status": "final",
            "category": [hl7("observation-category", "vital-signs")],
            "code": concept("http://loinc.org", "80288-4", "Level of consciousness"),
            "effectiveDateTime": measurement.at,
            "performer": [NURSE.reference()],
            "valueCodeableConcept": concept("http://snomed.info/sct", "248234008", "Alert"),
        });
        chart.add("Observation", "subject", None, body);
    }
}
