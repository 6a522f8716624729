//! Past visits with what was measured, written and found.

use super::catalogue::Reason;
use super::chart::{Chart, concept, hl7};
use super::history::Held;
use super::results::add_report;
use super::staff::STAFF;
use super::vitals::{HEIGHT, PULSE, RESPIRATION, SATURATION, TEMPERATURE, Taken, WEIGHT, add_pressure, add_sign};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// Adds visits of the last year, and for named patients what their story says.
pub(crate) fn add_visits(chart: &mut Chart<'_>, problems: &[Held]) {
    if chart.story.is_some() {
        add_story(chart);
        return;
    }
    let adult = chart.patient.years() >= 16;
    let visits = if problems.is_empty() { chart.dice.between(0, 2) } else { chart.dice.between(3, 6) };
    let mut days = chart.dice.between(300, 360);
    // Each person has their own level, from which visits vary.
    let base = Base::draw(chart, problems);
    for _ in 0..visits {
        if days < chart.patient.age_days {
            add_visit(chart, days, problems, &base, adult);
        }
        days = (days - chart.dice.between(30, 100)).max(2);
    }
}

struct Base {
    systolic: i64,
    diastolic: i64,
    pulse: i64,
    /// Tenths of a kilogram.
    weight: i64,
    /// Whole centimetres.
    height: i64,
}

impl Base {
    fn draw(chart: &mut Chart<'_>, problems: &[Held]) -> Self {
        let raised = problems.iter().any(|p| p.key == "hypertension");
        let dice = &mut chart.dice;
        let height = if chart.patient.female { dice.between(150, 172) } else { dice.between(160, 186) };
        // Body mass index between 19 and 33.
        let index = dice.between(190, 330);
        Self {
            systolic: if raised { dice.between(136, 158) } else { dice.between(106, 132) },
            diastolic: if raised { dice.between(82, 96) } else { dice.between(64, 82) },
            pulse: dice.between(62, 88),
            weight: index * height * height / 10_000,
            height,
        }
    }
}

fn add_visit(chart: &mut Chart<'_>, days: i64, problems: &[Held], base: &Base, adult: bool) {
    let catalogue = chart.catalogue;
    let years = chart.patient.years();
    let fitting: Vec<&Reason> =
        catalogue.clinical.reasons.iter().filter(|r| (r.from..=r.to).contains(&years)).collect();
    let Some(found) = chart.dice.pick(&fitting).copied() else { return };
    let reason = found.text.as_str();
    let minute = chart.dice.between(8 * 60, 16 * 60);
    let visit = add_encounter(chart, days, minute, reason, None);
    add_diagnosis(chart, days, minute, found, &visit);
    let taken = Taken { at: chart.today.at(days, minute + 6), visit: Some(visit.clone()) };
    if adult {
        let (up, down) = (chart.dice.between(-7, 9), chart.dice.between(-5, 6));
        add_pressure(chart, &taken, base.systolic + up, base.diastolic + down);
        let pulse = base.pulse + chart.dice.between(-6, 8);
        add_sign(chart, &taken, PULSE, pulse, 0);
        let saturation = chart.dice.between(95, 99);
        add_sign(chart, &taken, SATURATION, saturation, 0);
        let weight = base.weight + chart.dice.between(-12, 12);
        add_sign(chart, &taken, WEIGHT, weight, 1);
        if chart.dice.chance(30) {
            add_sign(chart, &taken, HEIGHT, base.height, 0);
        }
    }
    let temperature = chart.dice.between(362, if reason.contains("fever") { 389 } else { 371 });
    add_sign(chart, &taken, TEMPERATURE, temperature, 1);
    if chart.dice.chance(40) {
        let text = chart.dice.pick(&catalogue.clinical.notes).cloned().unwrap_or_default();
        let text = text.replace("for {reason}", &format!("for {}", reason.to_lowercase())).replace("{reason}", reason);
        add_note(chart, days, minute + 15, &text, Some(&visit), None);
    }
    if chart.dice.chance(50) {
        add_results(chart, days, problems);
    }
    if days < 45 && chart.patient.years() >= 16 {
        add_charge(chart, days, &visit);
    }
}

/// The coded diagnosis of one visit, which billing sees; what lasts is in the problem list.
fn add_diagnosis(chart: &mut Chart<'_>, days: i64, minute: i64, found: &Reason, visit: &Value) {
    let body = json!({
        "clinicalStatus": hl7("condition-clinical", "resolved"),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "encounter-diagnosis")],
        "code": concept("http://hl7.org/fhir/sid/icd-10", &found.icd, &found.diagnosis),
        "encounter": visit,
        "onsetDateTime": chart.today.date(days + 2),
        "abatementDateTime": chart.today.date((days - 10).max(0)),
        "recordedDate": chart.today.at(days, minute + 20),
        "recorder": STAFF[1].reference(),
    });
    chart.add("Condition", "subject", None, body);
}

fn add_results(chart: &mut Chart<'_>, days: i64, problems: &[Held]) {
    let catalogue = chart.catalogue;
    for held in problems {
        let Some(problem) = catalogue.clinical.problems.get(&held.key) else { continue };
        let mut values = Vec::new();
        for key in &problem.tests {
            if let Some(test) = catalogue.clinical.tests.get(key) {
                values.push((key.clone(), (test.mean + chart.dice.between(-test.spread, test.spread)).max(0)));
            }
        }
        add_report(chart, days, &values, problem.label.as_deref());
    }
}

/// A finished visit; gives its reference.
pub(crate) fn add_encounter(chart: &mut Chart<'_>, days: i64, minute: i64, reason: &str, label: Option<&str>) -> Value {
    let body = json!({
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [concept("http://snomed.info/sct", "185349003", "Encounter for check up")],
        "participant": [{"individual": STAFF[1].reference()}],
        "period": {"start": chart.today.at(days, minute), "end": chart.today.at(days, minute + 25)},
        "reasonCode": [{"text": reason}],
        "serviceProvider": {"reference": format!("Organization/{}", super::staff::organization())},
    });
    chart.add("Encounter", "subject", label, body)
}

/// A signed note by the physician, plain text.
pub(crate) fn add_note(
    chart: &mut Chart<'_>,
    days: i64,
    minute: i64,
    text: &str,
    visit: Option<&Value>,
    label: Option<&str>,
) {
    let at = chart.today.at(days, minute);
    let body = json!({
        "status": "current",
        "docStatus": "final",
        "type": concept("http://loinc.org", "11506-3", "Progress note"),
        "category": [concept("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical note")],
        "date": at,
        "author": [STAFF[1].reference()],
        "authenticator": STAFF[1].reference(),
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": BASE64.encode(text.as_bytes()), "creation": at}}],
        "context": visit.map(|v| json!({"encounter": [v]})),
    });
    chart.add("DocumentReference", "subject", label, body);
}

fn add_charge(chart: &mut Chart<'_>, days: i64, visit: &Value) {
    let body = json!({
        "status": if chart.dice.chance(60) { "billable" } else { "billed" },
        "code": {"text": "Outpatient consultation"},
        "context": visit,
        "occurrenceDateTime": chart.today.date(days),
        "priceOverride": {"value": 600, "currency": "KES"},
    });
    chart.add("ChargeItem", "subject", None, body);
}

fn add_story(chart: &mut Chart<'_>) {
    let Some(story) = chart.story else { return };
    let mut last_visit = None;
    for [days, systolic, diastolic] in story.pressures.iter().copied() {
        let visit = add_encounter(chart, days, 10 * 60, "Blood pressure check", None);
        let taken = Taken { at: chart.today.at(days, 10 * 60 + 8), visit: Some(visit.clone()) };
        add_pressure(chart, &taken, systolic, diastolic);
        let pulse = 72 + chart.dice.between(-3, 6);
        add_sign(chart, &taken, PULSE, pulse, 0);
        let saturation = 97 + chart.dice.between(-1, 1);
        add_sign(chart, &taken, SATURATION, saturation, 0);
        last_visit = Some(visit);
    }
    for [days, tenths] in story.weight.iter().copied() {
        let taken = Taken { at: chart.today.at(days, 10 * 60 + 9), visit: None };
        add_sign(chart, &taken, WEIGHT, tenths, 1);
    }
    let sensitive =
        story.problems.iter().find_map(|(key, _)| chart.catalogue.clinical.problems.get(key)?.label.clone());
    for (days, values) in &story.results {
        add_report(chart, *days, values, sensitive.as_deref());
    }
    if let Some((days, minute, text)) = &story.note {
        add_note(chart, *days, *minute, text, last_visit.as_ref(), None);
    }
    if sensitive.is_some() {
        let visit = add_encounter(chart, 44, 13 * 60, "Counselling", Some("PSY"));
        let text = "Counselling session. Sleep better, support at home. Wishes this to stay between us; next session in four weeks.";
        add_note(chart, 44, 13 * 60 + 30, text, Some(&visit), Some("PSY"));
    }
    if let Some([ago, systolic, diastolic, pulse, respiration, saturation, temperature]) = story.now {
        let taken = Taken { at: chart.today.at(0, chart.today.minute() - ago), visit: None };
        add_pressure(chart, &taken, systolic, diastolic);
        add_sign(chart, &taken, PULSE, pulse, 0);
        add_sign(chart, &taken, RESPIRATION, respiration, 0);
        add_sign(chart, &taken, SATURATION, saturation, 0);
        add_sign(chart, &taken, TEMPERATURE, temperature, 1);
        let body = json!({
            "status": "final",
            "category": [hl7("observation-category", "vital-signs")],
            "code": concept("http://loinc.org", "80288-4", "Level of consciousness"),
            "effectiveDateTime": taken.at,
            "performer": [STAFF[0].reference()],
            "valueCodeableConcept": concept("http://snomed.info/sct", "248234008", "Alert"),
        });
        chart.add("Observation", "subject", None, body);
    }
}
