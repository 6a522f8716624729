//! Vital signs by the FHIR R4 vital signs profiles (`vitalsigns.html`): LOINC codes, UCUM units, entered digits.

use super::context::{AuthoringContext, resource};
use crate::compose::{Composer, concept, reference};
use crate::{Decimal, Raw};
use keep_domain::{
    BLOOD_PRESSURE_PANEL, Consciousness, NEWS2_TOTAL, News2Parameter, Phi, ResourceId, ResourceKey, SpO2Scale,
    VitalSign,
};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
const UCUM: &str = "http://unitsofmeasure.org";
const LOCAL: &str = "urn:chartkeep:observation";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// Systolic and diastolic pressure in mmHg; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BloodPressure {
    /// Systolic, mmHg.
    pub systolic: Option<Decimal>,
    /// Diastolic, mmHg.
    pub diastolic: Option<Decimal>,
}

/// A complete NEWS2 score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News2Score {
    /// 0 to 20.
    pub total: u8,
    /// The scale by which the oxygen saturation was scored.
    pub scale: SpO2Scale,
    /// The parameters with their scores, 0 to 3 each.
    pub parts: Vec<(News2Parameter, u8)>,
    /// The observations that it was computed from.
    pub derived_from: Vec<ResourceKey>,
    /// Why scale 2 was used.
    pub reason: Option<Phi<String>>,
}

/// The display of the sign's LOINC code.
const fn loinc_display(sign: VitalSign) -> &'static str {
    match sign {
        VitalSign::Temperature => "Body temperature",
        VitalSign::HeartRate => "Heart rate",
        VitalSign::RespiratoryRate => "Respiratory rate",
        VitalSign::Systolic => "Systolic blood pressure",
        VitalSign::Diastolic => "Diastolic blood pressure",
        VitalSign::OxygenSaturation => "Oxygen saturation in Arterial blood by Pulse oximetry",
        VitalSign::Weight => "Body weight",
        VitalSign::Height => "Body height",
        VitalSign::Bmi => "Body mass index (BMI) [Ratio]",
        VitalSign::HeadCircumference => "Head Occipital-frontal circumference",
    }
}

/// SNOMED CT code and display of a level of consciousness.
const fn consciousness_coding(level: Consciousness) -> (&'static str, &'static str) {
    match level {
        Consciousness::Alert => ("248234008", "Mentally alert"),
        Consciousness::Confusion => ("130987000", "Acute confusion"),
        Consciousness::Voice => ("300202002", "Responds to voice"),
        Consciousness::Pain => ("450847001", "Responds to pain"),
        Consciousness::Unresponsive => ("422768004", "Unresponsive"),
    }
}

/// SNOMED CT UK code and display of a parameter's score (UK Core Early Warning Sub Score).
const fn news2_coding(parameter: News2Parameter, scale: SpO2Scale) -> (&'static str, &'static str) {
    use News2Parameter as P;
    match (parameter, scale) {
        (P::Respiration, _) => ("1104301000000104", "NEWS2 respiration rate score"),
        (P::OxygenSaturation, SpO2Scale::One) => ("1104311000000102", "NEWS2 oxygen saturation scale 1 score"),
        (P::OxygenSaturation, SpO2Scale::Two) => ("1104321000000108", "NEWS2 oxygen saturation scale 2 score"),
        (P::AirOrOxygen, _) => ("1104331000000105", "NEWS2 air or oxygen score"),
        (P::SystolicPressure, _) => ("1104341000000101", "NEWS2 systolic blood pressure score"),
        (P::Pulse, _) => ("1104351000000103", "NEWS2 pulse score"),
        (P::Consciousness, _) => ("1104361000000100", "NEWS2 consciousness score"),
        (P::Temperature, _) => ("1104371000000107", "NEWS2 temperature score"),
    }
}

fn quantity(sign: VitalSign, value: &Decimal) -> Composer {
    // The unit of a BMI is written in its UCUM form; the screen shows kg/m².
    let unit = if sign == VitalSign::Bmi { sign.ucum() } else { sign.unit() };
    Composer::default().decimal("value", value).text("unit", unit).text("system", UCUM).text("code", sign.ucum())
}

fn observation(id: &ResourceId, context: &AuthoringContext, category: (&str, &str), code: Composer) -> Composer {
    let category = concept(CATEGORY, category.0, category.1);
    resource("Observation", id)
        .text("status", "final")
        .list("category", [category])
        .object("code", code)
        .object("subject", context.subject())
        .object_if("encounter", context.visit())
        .text("effectiveDateTime", &context.effective.to_rfc3339())
        .text("issued", &context.recorded.to_rfc3339())
        .list("performer", [reference(&context.author)])
}

const VITAL: (&str, &str) = ("vital-signs", "Vital Signs");

/// One vital sign; a systolic or diastolic pressure alone becomes a panel without the other.
///
/// `derived_from` names the observations that a BMI was computed from and is empty otherwise.
#[must_use]
pub fn vital_sign(
    id: &ResourceId,
    context: &AuthoringContext,
    sign: VitalSign,
    value: &Decimal,
    derived_from: &[ResourceKey],
) -> Raw {
    let code = match sign {
        VitalSign::Systolic => {
            let pressure = BloodPressure { systolic: Some(value.clone()), diastolic: None };
            return blood_pressure(id, context, &pressure);
        }
        VitalSign::Diastolic => {
            let pressure = BloodPressure { systolic: None, diastolic: Some(value.clone()) };
            return blood_pressure(id, context, &pressure);
        }
        VitalSign::OxygenSaturation => {
            // The profile requires 2708-6; 59408-5 adds the method.
            let codings = [(sign.loinc(), loinc_display(sign)), ("2708-6", "Oxygen saturation in Arterial blood")]
                .map(|(c, d)| Composer::default().text("system", LOINC).text("code", c).text("display", d));
            Composer::default().list("coding", codings).text("text", "Oxygen saturation")
        }
        _ => concept(LOINC, sign.loinc(), loinc_display(sign)),
    };
    observation(id, context, VITAL, code)
        .object("valueQuantity", quantity(sign, value))
        .list("derivedFrom", derived_from.iter().map(reference))
        .into_raw()
}

/// A blood pressure panel, LOINC 85354-9, with a data-absent reason for a missing side.
#[must_use]
pub fn blood_pressure(id: &ResourceId, context: &AuthoringContext, pressure: &BloodPressure) -> Raw {
    let component = |sign: VitalSign, value: Option<&Decimal>| {
        let part = Composer::default().object("code", concept(LOINC, sign.loinc(), loinc_display(sign)));
        match value {
            Some(v) => part.object("valueQuantity", quantity(sign, v)),
            None => part.object(
                "dataAbsentReason",
                concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed", "Not Performed"),
            ),
        }
    };
    let sides = [
        component(VitalSign::Systolic, pressure.systolic.as_ref()),
        component(VitalSign::Diastolic, pressure.diastolic.as_ref()),
    ];
    let code = concept(LOINC, BLOOD_PRESSURE_PANEL, "Blood pressure panel with all children optional");
    observation(id, context, VITAL, code).list("component", sides).into_raw()
}

/// Level of consciousness, LOINC 80288-4.
#[must_use]
pub fn consciousness(id: &ResourceId, context: &AuthoringContext, level: Consciousness) -> Raw {
    let (code, display) = consciousness_coding(level);
    observation(id, context, VITAL, concept(LOINC, "80288-4", "Level of consciousness"))
        .object("valueCodeableConcept", concept(SNOMED, code, display))
        .into_raw()
}

/// Whether the patient breathes supplemental oxygen, under a local code, because no standard one has exactly this meaning.
#[must_use]
pub fn supplemental_oxygen(id: &ResourceId, context: &AuthoringContext, on_oxygen: bool) -> Raw {
    observation(id, context, VITAL, concept(LOCAL, "supplemental-oxygen", "Breathing supplemental oxygen"))
        .boolean("valueBoolean", on_oxygen)
        .into_raw()
}

/// The NEWS2 total with its part scores (SNOMED CT UK 1104051000000101).
#[must_use]
pub fn news2_score(id: &ResourceId, context: &AuthoringContext, score: &News2Score) -> Raw {
    let points = |n: u8| {
        Composer::default()
            .integer("value", n.into())
            .text("unit", "score")
            .text("system", UCUM)
            .text("code", "{score}")
    };
    let components = score.parts.iter().map(|(parameter, n)| {
        let (code, display) = news2_coding(*parameter, score.scale);
        Composer::default().object("code", concept(SNOMED, code, display)).object("valueQuantity", points(*n))
    });
    let code = concept(SNOMED, NEWS2_TOTAL, "National Early Warning Score 2 total score");
    observation(id, context, ("survey", "Survey"), code)
        .object("valueQuantity", points(score.total))
        .list("derivedFrom", score.derived_from.iter().map(reference))
        .list("component", components)
        // EXPOSE: the reason is part of the record.
        .list("note", score.reason.iter().map(|reason| Composer::default().text("text", reason.expose())))
        .into_raw()
}
