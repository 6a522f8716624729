//! What is known about a patient: problems, allergies, medicines, flags, cover.

use super::catalogue::Medicine;
use super::chart::{Chart, concept, hl7, quantity};
use super::staff::STAFF;
use serde_json::{Value, json};

const SNOMED: &str = "http://snomed.info/sct";

/// A problem that was drawn or told.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) key: String,
    /// Days since it began.
    pub(crate) days: i64,
}

/// Adds it all and gives the problems, which decide visits and tests.
pub(crate) fn add_history(chart: &mut Chart<'_>) -> Vec<Held> {
    let problems = draw_problems(chart);
    for held in &problems {
        add_problem(chart, held);
    }
    add_allergies(chart);
    add_medicines(chart, &problems);
    add_flags(chart);
    add_cover(chart);
    problems
}

fn draw_problems(chart: &mut Chart<'_>) -> Vec<Held> {
    if let Some(story) = chart.story {
        let this_year: i64 = chart.today.date(0).get(..4).and_then(|y| y.parse().ok()).unwrap_or(2026);
        return story
            .problems
            .iter()
            .map(|(key, year)| Held { key: key.clone(), days: ((this_year - year) * 365).max(150) })
            .collect();
    }
    let years = chart.patient.years();
    let catalogue = chart.catalogue;
    let mut out = Vec::new();
    for (key, problem) in &catalogue.clinical.problems {
        if (problem.from..=problem.to).contains(&years) && chart.dice.chance(problem.percent) {
            let longest = ((years - problem.from) * 365).clamp(60, 5000);
            out.push(Held { key: key.clone(), days: chart.dice.between(30, longest) });
        }
    }
    out
}

fn add_problem(chart: &mut Chart<'_>, held: &Held) {
    let catalogue = chart.catalogue;
    let Some(problem) = catalogue.clinical.problems.get(&held.key) else { return };
    let begun = chart.today.date(held.days);
    let body = json!({
        "clinicalStatus": hl7("condition-clinical", "active"),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "problem-list-item")],
        "code": concept(SNOMED, &problem.code, &problem.text),
        // People know the year, not the day.
        "onsetDateTime": begun.get(..4),
        "recordedDate": begun,
        "recorder": STAFF[1].reference(),
    });
    chart.add("Condition", "subject", problem.label.as_deref(), body);
}

/// Known, no known allergy, or not recorded; unavailable is the client's own state.
fn add_allergies(chart: &mut Chart<'_>) {
    let catalogue = chart.catalogue;
    let mut known: Vec<(String, String)> = Vec::new();
    let mut none_known = false;
    match chart.story {
        Some(story) => {
            known.extend(story.allergies.iter().map(|(key, year)| (key.clone(), format!("{year}-03-12"))));
            none_known = story.none_known;
        }
        None => match chart.dice.between(0, 99) {
            0..22 => {
                let keys: Vec<&String> = catalogue.clinical.allergens.keys().collect();
                for _ in 0..chart.dice.between(1, 2) {
                    let days = chart.dice.between(1, chart.patient.age_days.min(4000));
                    let recorded = chart.today.date(days);
                    if let Some(key) = chart.dice.pick(&keys).filter(|k| known.iter().all(|(old, _)| old != **k)) {
                        known.push(((*key).clone(), recorded));
                    }
                }
            }
            22..72 => none_known = true,
            _ => {}
        },
    }
    if none_known {
        let recorded = chart.today.date(chart.patient.age_days.clamp(1, 200));
        let body = json!({
            "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
            "code": concept(SNOMED, "716186003", "No known allergy"),
            "recordedDate": recorded,
            "recorder": STAFF[0].reference(),
        });
        chart.add("AllergyIntolerance", "patient", None, body);
    }
    // What follows from a sensitive condition is as sensitive: it raises no flag that everybody reads.
    if let Some([substance, label]) = chart.story.and_then(|s| s.sensitive_allergy.clone()) {
        let body = json!({
            "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
            "code": {"text": substance},
            "recordedDate": chart.today.date(400),
            "recorder": STAFF[1].reference(),
        });
        chart.add("AllergyIntolerance", "patient", Some(&label), body);
    }
    for (key, recorded) in known {
        let Some(allergen) = catalogue.clinical.allergens.get(&key) else { continue };
        let body = json!({
            "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
            "type": "allergy",
            "category": [allergen.category],
            "criticality": if allergen.severity == "severe" { "high" } else { "low" },
            "code": concept(SNOMED, &allergen.code, &allergen.text),
            "recordedDate": recorded,
            "recorder": STAFF[1].reference(),
            "reaction": [{
                "manifestation": [concept(SNOMED, &allergen.reaction_code, &allergen.reaction)],
                "severity": allergen.severity,
            }],
        });
        chart.add("AllergyIntolerance", "patient", None, body);
        if allergen.severity == "severe" {
            add_flag(chart, "safety", &format!("{}: {}", allergen.text, allergen.reaction.to_lowercase()));
        }
    }
}

fn add_medicines(chart: &mut Chart<'_>, problems: &[Held]) {
    let catalogue = chart.catalogue;
    if let Some(story) = chart.story {
        for (key, days) in &story.medicines {
            let label = problems.iter().find_map(|held| label_of(chart, held, key));
            if let Some(medicine) = catalogue.clinical.medicines.get(key) {
                add_medicine(chart, medicine, *days, "active", label.as_deref());
            }
        }
        return;
    }
    let mut given: Vec<&String> = Vec::new();
    for held in problems {
        let Some(problem) = catalogue.clinical.problems.get(&held.key) else { continue };
        for key in &problem.medicines {
            let Some(medicine) = catalogue.clinical.medicines.get(key).filter(|_| !given.contains(&key)) else {
                continue;
            };
            given.push(key);
            let days = chart.dice.between(0, held.days.min(900));
            let status = if chart.dice.chance(88) { "active" } else { "stopped" };
            add_medicine(chart, medicine, days, status, problem.label.as_deref());
        }
    }
    // A short course that is over.
    let short = ["amoxicillin-500", "artemether"];
    if chart.patient.years() > 12
        && chart.dice.chance(25)
        && let Some(medicine) = chart.dice.pick(&short).and_then(|key| catalogue.clinical.medicines.get(*key))
    {
        let days = chart.dice.between(20, 400);
        add_medicine(chart, medicine, days, "completed", None);
    }
}

fn label_of(chart: &Chart<'_>, held: &Held, medicine: &str) -> Option<String> {
    let problem = chart.catalogue.clinical.problems.get(&held.key)?;
    problem.medicines.iter().any(|m| m == medicine).then(|| problem.label.clone()).flatten()
}

/// One order with its dosage, `days` ago.
pub(crate) fn add_medicine(chart: &mut Chart<'_>, medicine: &Medicine, days: i64, status: &str, label: Option<&str>) {
    let mut codings = vec![json!({"system": "http://www.whocc.no/atc", "code": medicine.atc})];
    if let Some(rxnorm) = &medicine.rxnorm {
        codings.insert(
            0,
            json!({"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": rxnorm, "display": medicine.text}),
        );
    }
    let (route, way) = match medicine.route.as_str() {
        "inhaled" => ("447694001", "Inhaled"),
        "skin" => ("6064005", "On the skin"),
        _ => ("26643006", "By mouth"),
    };
    // A medicine of today was ordered earlier today.
    let minute = if days == 0 { (chart.today.minute() - 40).max(0) } else { 11 * 60 + 20 };
    let body = json!({
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"coding": codings, "text": medicine.text},
        "authoredOn": chart.today.at(days, minute),
        "requester": STAFF[1].reference(),
        "dosageInstruction": [{
            "text": medicine.words,
            "asNeededBoolean": medicine.needed.then_some(true),
            "timing": {"repeat": {"frequency": medicine.frequency, "period": medicine.per_days, "periodUnit": "d"}},
            "route": concept(SNOMED, route, way),
            "doseAndRate": [{"doseQuantity": quantity(medicine.dose.into(), &shown_unit(&medicine.unit), &medicine.unit)}],
        }],
    });
    chart.add("MedicationRequest", "subject", label, without_nulls(body));
}

/// UCUM's curly units without their braces, micrograms in words.
fn shown_unit(ucum: &str) -> String {
    if ucum == "ug" { String::from("micrograms") } else { ucum.replace(['{', '}'], "") }
}

fn add_flags(chart: &mut Chart<'_>) {
    if let Some(text) = chart.story.and_then(|s| s.flag.clone()) {
        add_flag(chart, "safety", &text);
    } else if chart.story.is_none() && chart.patient.years() > 75 && chart.dice.chance(40) {
        add_flag(chart, "safety", "Falls risk");
    }
    if chart.patient.interpreter {
        let text = format!("Interpreter needed: {}", chart.patient.language[1]);
        add_flag(chart, "contact", &text);
    }
}

fn add_flag(chart: &mut Chart<'_>, category: &str, text: &str) {
    let body = json!({
        "status": "active",
        "category": [hl7("flag-category", category)],
        "code": {"text": text},
        "period": {"start": chart.today.date(120)},
        "author": STAFF[0].reference(),
    });
    chart.add("Flag", "subject", None, body);
}

fn add_cover(chart: &mut Chart<'_>) {
    let payers = &chart.catalogue.clinical.payers;
    if !chart.dice.chance(72) {
        return;
    }
    let Some(payer) = chart.dice.pick(payers).cloned() else { return };
    let subscriber =
        format!("{}{:07}", if payer.starts_with("Social") { "SHA" } else { "PV" }, chart.dice.between(1, 9_999_999));
    let body = json!({
        "status": "active",
        "subscriberId": subscriber,
        "payor": [{"display": payer}],
        "period": {"start": chart.today.date(300)},
    });
    chart.add("Coverage", "beneficiary", None, body);
}

/// Takes out members that are null, which FHIR does not allow.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
