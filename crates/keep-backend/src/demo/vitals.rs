//! Vital signs as Observations (FHIR vital signs profile).

use super::chart::{Chart, concept, decimal, hl7, quantity};
use super::staff::STAFF;
use serde_json::{Value, json};

const LOINC: &str = "http://loinc.org";

/// When and at which visit something was measured.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) at: String,
    /// Reference to the Encounter, if there was one.
    pub(crate) visit: Option<Value>,
}

/// A single measurement: LOINC, name, unit shown, UCUM.
pub(crate) type Sign = (&'static str, &'static str, &'static str, &'static str);

pub(crate) const PULSE: Sign = ("8867-4", "Heart rate", "/min", "/min");
pub(crate) const RESPIRATION: Sign = ("9279-1", "Respiratory rate", "/min", "/min");
pub(crate) const TEMPERATURE: Sign = ("8310-5", "Body temperature", "°C", "Cel");
pub(crate) const SATURATION: Sign = ("2708-6", "Oxygen saturation in Arterial blood", "%", "%");
pub(crate) const WEIGHT: Sign = ("29463-7", "Body weight", "kg", "kg");
pub(crate) const HEIGHT: Sign = ("8302-2", "Body height", "cm", "cm");

/// One measurement.
pub(crate) fn add_sign(chart: &mut Chart<'_>, taken: &Taken, sign: Sign, digits: i64, places: u32) {
    let (code, text, unit, ucum) = sign;
    let mut codings = vec![json!({"system": LOINC, "code": code, "display": text})];
    if code == SATURATION.0 {
        codings.push(json!({"system": LOINC, "code": "59408-5", "display": "Oxygen saturation by Pulse oximetry"}));
    }
    let body = json!({
        "status": "final",
        "category": [hl7("observation-category", "vital-signs")],
        "code": {"coding": codings, "text": text},
        "encounter": taken.visit,
        "effectiveDateTime": taken.at,
        "performer": [STAFF[0].reference()],
        "valueQuantity": quantity(decimal(digits, places), unit, ucum),
    });
    chart.add("Observation", "subject", None, body);
}

/// Blood pressure as a panel with two components.
pub(crate) fn add_pressure(chart: &mut Chart<'_>, taken: &Taken, systolic: i64, diastolic: i64) {
    let part = |code: &str, text: &str, value: i64| json!({"code": concept(LOINC, code, text), "valueQuantity": quantity(value.into(), "mmHg", "mm[Hg]")});
    let body = json!({
        "status": "final",
        "category": [hl7("observation-category", "vital-signs")],
        "code": concept(LOINC, "85354-9", "Blood pressure"),
        "encounter": taken.visit,
        "effectiveDateTime": taken.at,
        "performer": [STAFF[0].reference()],
        "component": [
            part("8480-6", "Systolic blood pressure", systolic),
            part("8462-4", "Diastolic blood pressure", diastolic),
        ],
    });
    chart.add("Observation", "subject", None, body);
}
