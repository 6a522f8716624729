//! Vital signs as Observations (FHIR vital signs profile).

use super::chart::{Chart, concept, decimal, hl7, quantity};
use super::staff::NURSE;
use serde_json::{Value, json};

const LOINC: &str = "http://loinc.org";

/// When and at which visit vital signs were measured.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    pub(crate) at: String,
    /// Reference to the Encounter, if any.
    pub(crate) visit: Option<Value>,
}

/// A kind of vital sign.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VitalSign {
    loinc: &'static str,
    text: &'static str,
    unit: &'static str,
    ucum: &'static str,
}

const fn sign(loinc: &'static str, text: &'static str, unit: &'static str, ucum: &'static str) -> VitalSign {
    VitalSign { loinc, text, unit, ucum }
}

pub(crate) const PULSE: VitalSign = sign("8867-4", "Heart rate", "/min", "/min");
pub(crate) const RESPIRATION: VitalSign = sign("9279-1", "Respiratory rate", "/min", "/min");
pub(crate) const TEMPERATURE: VitalSign = sign("8310-5", "Body temperature", "°C", "Cel");
pub(crate) const SATURATION: VitalSign = sign("2708-6", "Oxygen saturation in Arterial blood", "%", "%");
pub(crate) const WEIGHT: VitalSign = sign("29463-7", "Body weight", "kg", "kg");
pub(crate) const HEIGHT: VitalSign = sign("8302-2", "Body height", "cm", "cm");

/// Adds one measurement, given as digits with `places` decimal places.
pub(crate) fn add_sign(chart: &mut Chart<'_>, measurement: &Measurement, sign: VitalSign, digits: i64, places: u32) {
    let VitalSign { loinc, text, unit, ucum } = sign;
    let mut codings = vec![json!({"system": LOINC, "code": loinc, "display": text})];
    if loinc == SATURATION.loinc {
        codings.push(json!({"system": LOINC, "code": "59408-5", "display": "Oxygen saturation by Pulse oximetry"}));
    }
    let body = json!({
        "status": "final",
        "category": [hl7("observation-category", "vital-signs")],
        "code": {"coding": codings, "text": text},
        "encounter": measurement.visit,
        "effectiveDateTime": measurement.at,
        "performer": [NURSE.reference()],
        "valueQuantity": quantity(decimal(digits, places), unit, ucum),
    });
    chart.add("Observation", "subject", None, body);
}

/// Adds a blood pressure panel with its two components, mmHg.
pub(crate) fn add_pressure(chart: &mut Chart<'_>, measurement: &Measurement, systolic: i64, diastolic: i64) {
    let part = |code: &str, text: &str, value: i64| json!({"code": concept(LOINC, code, text), "valueQuantity": quantity(value.into(), "mmHg", "mm[Hg]")});
    let body = json!({
        "status": "final",
        "category": [hl7("observation-category", "vital-signs")],
        "code": concept(LOINC, "85354-9", "Blood pressure"),
        "encounter": measurement.visit,
        "effectiveDateTime": measurement.at,
        "performer": [NURSE.reference()],
        "component": [
            part("8480-6", "Systolic blood pressure", systolic),
            part("8462-4", "Diastolic blood pressure", diastolic),
        ],
    });
    chart.add("Observation", "subject", None, body);
}
