//! The patient's background: problems, allergies, medicines, flags and insurance cover.

use super::catalogue::Medicine;
use super::chart::{Chart, concept, hl7, quantity};
use super::staff::{NURSE, PHYSICIAN};
use serde_json::json;

const SNOMED: &str = "http://snomed.info/sct";

/// A problem on the problem list.
#[derive(Debug, Clone)]
pub(crate) struct ActiveProblem {
    /// Key in the catalogue.
    pub(crate) key: String,
    pub(crate) days_since_onset: i64,
}

/// Adds all of it and returns the problems, which determine visits and tests.
pub(crate) fn add_history(chart: &mut Chart<'_>) -> Vec<ActiveProblem> {
    let problems = choose_problems(chart);
    for active in &problems {
        add_problem(chart, active);
    }
    add_allergies(chart);
    add_medicines(chart, &problems);
    add_flags(chart);
    add_cover(chart);
    problems
}

fn choose_problems(chart: &mut Chart<'_>) -> Vec<ActiveProblem> {
    if let Some(scenario) = chart.scenario {
        let this_year: i64 = chart.clinic.today.date(0).get(..4).and_then(|y| y.parse().ok()).unwrap_or(2026);
        return scenario
            .problems
            .iter()
            .map(|(key, year)| ActiveProblem {
                key: key.clone(),
                days_since_onset: ((this_year - year) * 365).max(150),
            })
            .collect();
    }
    let years = chart.patient.years();
    let catalogue = &chart.clinic.catalogue;
    let mut out = Vec::new();
    for (key, problem) in &catalogue.clinical.problems {
        if (problem.from..=problem.to).contains(&years) && chart.rng.chance(problem.percent) {
            let longest = ((years - problem.from) * 365).clamp(60, 5000);
            out.push(ActiveProblem { key: key.clone(), days_since_onset: chart.rng.between(30, longest) });
        }
    }
    out
}

fn add_problem(chart: &mut Chart<'_>, active: &ActiveProblem) {
    let catalogue = &chart.clinic.catalogue;
    let Some(problem) = catalogue.clinical.problems.get(&active.key) else { return };
    let onset = chart.clinic.today.date(active.days_since_onset);
    let body = json!({
        "clinicalStatus": hl7("condition-clinical", "active"),
        "verificationStatus": hl7("condition-ver-status", "confirmed"),
        "category": [hl7("condition-category", "problem-list-item")],
        "code": concept(SNOMED, &problem.code, &problem.text),
        // Patients remember the year, not the day.
        "onsetDateTime": onset.get(..4),
        "recordedDate": onset,
        "recorder": PHYSICIAN.reference(),
    });
    chart.add("Condition", "subject", problem.label.as_deref(), body);
}

/// Allergies, "no known allergy", or nothing recorded.
fn add_allergies(chart: &mut Chart<'_>) {
    let catalogue = &chart.clinic.catalogue;
    let mut known: Vec<(String, String)> = Vec::new();
    let mut none_known = false;
    match chart.scenario {
        Some(scenario) => {
            known.extend(scenario.allergies.iter().map(|(key, year)| (key.clone(), format!("{year}-03-12"))));
            none_known = scenario.none_known;
        }
        None => match chart.rng.between(0, 99) {
            0..22 => {
                let keys: Vec<&String> = catalogue.clinical.allergens.keys().collect();
                for _ in 0..chart.rng.between(1, 2) {
                    let days = chart.rng.between(1, chart.patient.age_days.min(4000));
                    let recorded = chart.clinic.today.date(days);
                    if let Some(key) = chart.rng.pick(&keys).filter(|k| known.iter().all(|(old, _)| old != **k)) {
                        known.push(((*key).clone(), recorded));
                    }
                }
            }
            22..72 => none_known = true,
            _ => {}
        },
    }
    if none_known {
        let recorded = chart.clinic.today.date(chart.patient.age_days.clamp(1, 200));
        let body = json!({
            "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
            "code": concept(SNOMED, "716186003", "No known allergy"),
            "recordedDate": recorded,
            "recorder": NURSE.reference(),
        });
        chart.add("AllergyIntolerance", "patient", None, body);
    }
    // An allergy that reveals a sensitive condition is as sensitive: it raises no flag, since all staff can read flags.
    if let Some([substance, label]) = chart.scenario.and_then(|s| s.sensitive_allergy.clone()) {
        let body = json!({
            "clinicalStatus": hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": hl7("allergyintolerance-verification", "confirmed"),
            "code": {"text": substance},
            "recordedDate": chart.clinic.today.date(400),
            "recorder": PHYSICIAN.reference(),
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
            "recorder": PHYSICIAN.reference(),
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

fn add_medicines(chart: &mut Chart<'_>, problems: &[ActiveProblem]) {
    let catalogue = &chart.clinic.catalogue;
    if let Some(scenario) = chart.scenario {
        for (key, days) in &scenario.medicines {
            let label = problems.iter().find_map(|active| label_of(chart, active, key));
            if let Some(medicine) = catalogue.clinical.medicines.get(key) {
                add_medicine(chart, medicine, *days, "active", label.as_deref());
            }
        }
        return;
    }
    let mut prescribed: Vec<&String> = Vec::new();
    for active in problems {
        let Some(problem) = catalogue.clinical.problems.get(&active.key) else { continue };
        for key in &problem.medicines {
            let Some(medicine) = catalogue.clinical.medicines.get(key).filter(|_| !prescribed.contains(&key)) else {
                continue;
            };
            prescribed.push(key);
            let days = chart.rng.between(0, active.days_since_onset.min(900));
            let status = if chart.rng.chance(88) { "active" } else { "stopped" };
            add_medicine(chart, medicine, days, status, problem.label.as_deref());
        }
    }
    // A completed short course.
    let short = ["amoxicillin-500", "artemether"];
    if chart.patient.years() > 12
        && chart.rng.chance(25)
        && let Some(medicine) = chart.rng.pick(&short).and_then(|key| catalogue.clinical.medicines.get(*key))
    {
        let days = chart.rng.between(20, 400);
        add_medicine(chart, medicine, days, "completed", None);
    }
}

fn label_of(chart: &Chart<'_>, active: &ActiveProblem, medicine: &str) -> Option<String> {
    let problem = chart.clinic.catalogue.clinical.problems.get(&active.key)?;
    problem.medicines.iter().any(|m| m == medicine).then(|| problem.label.clone()).flatten()
}

/// Adds a medication order of `days` ago.
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
    // An order of today must not be in the future.
    let minute = if days == 0 { (chart.clinic.today.minute() - 40).max(0) } else { 11 * 60 + 20 };
    let body = json!({
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"coding": codings, "text": medicine.text},
        "authoredOn": chart.clinic.today.at(days, minute),
        "requester": PHYSICIAN.reference(),
        "dosageInstruction": [{
            "text": medicine.dosage_text,
            "asNeededBoolean": medicine.as_needed.then_some(true),
            "timing": {"repeat": {"frequency": medicine.frequency, "period": medicine.per_days, "periodUnit": "d"}},
            "route": concept(SNOMED, route, way),
            "doseAndRate": [{"doseQuantity": quantity(medicine.dose.into(), &display_unit(&medicine.unit), &medicine.unit)}],
        }],
    });
    chart.add("MedicationRequest", "subject", label, body);
}

/// The unit as displayed: UCUM annotations without their braces, micrograms spelled out.
fn display_unit(ucum: &str) -> String {
    if ucum == "ug" { String::from("micrograms") } else { ucum.replace(['{', '}'], "") }
}

fn add_flags(chart: &mut Chart<'_>) {
    if let Some(text) = chart.scenario.and_then(|s| s.flag.clone()) {
        add_flag(chart, "safety", &text);
    } else if chart.scenario.is_none() && chart.patient.years() > 75 && chart.rng.chance(40) {
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
        "period": {"start": chart.clinic.today.date(120)},
        "author": NURSE.reference(),
    });
    chart.add("Flag", "subject", None, body);
}

fn add_cover(chart: &mut Chart<'_>) {
    let payers = &chart.clinic.catalogue.clinical.payers;
    if !chart.rng.chance(72) {
        return;
    }
    let Some(payer) = chart.rng.pick(payers).cloned() else { return };
    let subscriber =
        format!("{}{:07}", if payer.starts_with("Social") { "SHA" } else { "PV" }, chart.rng.between(1, 9_999_999));
    let body = json!({
        "status": "active",
        "subscriberId": subscriber,
        "payor": [{"display": payer}],
        "period": {"start": chart.clinic.today.date(300)},
    });
    chart.add("Coverage", "beneficiary", None, body);
}
