//! Vital signs by the FHIR R4 vital signs profiles (`vitalsigns.html`): LOINC codes, UCUM units, entered digits.

use super::{EntryContext, resource};
use crate::compose::{Composer, concept, reference};
use crate::{Decimal, Raw};
use keep_domain::{ResourceId, ResourceKey};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
const UCUM: &str = "http://unitsofmeasure.org";
const LOCAL: &str = "urn:chartkeep:observation";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// A vital sign with one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VitalSign {
    /// Heart rate per minute.
    HeartRate,
    /// Breaths per minute.
    RespiratoryRate,
    /// Body temperature in degrees Celsius.
    Temperature,
    /// Oxygen saturation by pulse oximetry in per cent.
    OxygenSaturation,
    /// Body weight in kilograms.
    Weight,
    /// Body height in centimetres.
    Height,
    /// Body mass index in kg/m².
    Bmi,
    /// Head circumference in centimetres.
    HeadCircumference,
}

impl VitalSign {
    /// All of them, in the order of a chart.
    pub const ALL: [Self; 8] = [
        Self::Temperature,
        Self::HeartRate,
        Self::RespiratoryRate,
        Self::OxygenSaturation,
        Self::Weight,
        Self::Height,
        Self::Bmi,
        Self::HeadCircumference,
    ];

    /// The LOINC code that is written first.
    #[must_use]
    pub const fn loinc(self) -> &'static str {
        self.coding().0
    }

    /// The vital sign of a LOINC code, the second code of oxygen saturation included.
    #[must_use]
    pub fn from_loinc(code: &str) -> Option<Self> {
        if code == "2708-6" {
            return Some(Self::OxygenSaturation);
        }
        Self::ALL.into_iter().find(|v| v.loinc() == code)
    }

    /// (LOINC, display, unit as shown, UCUM code)
    const fn coding(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::HeartRate => ("8867-4", "Heart rate", "/min", "/min"),
            Self::RespiratoryRate => ("9279-1", "Respiratory rate", "/min", "/min"),
            Self::Temperature => ("8310-5", "Body temperature", "°C", "Cel"),
            Self::OxygenSaturation => ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", "%"),
            Self::Weight => ("29463-7", "Body weight", "kg", "kg"),
            Self::Height => ("8302-2", "Body height", "cm", "cm"),
            Self::Bmi => ("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", "kg/m2"),
            Self::HeadCircumference => ("9843-4", "Head Occipital-frontal circumference", "cm", "cm"),
        }
    }
}

/// Systolic and diastolic pressure in mmHg; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BloodPressure {
    /// LOINC 8480-6.
    pub systolic: Option<Decimal>,
    /// LOINC 8462-4.
    pub diastolic: Option<Decimal>,
}

/// Level of consciousness on the ACVPU scale (RCP 2017).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consciousness {
    /// Alert.
    Alert,
    /// New confusion.
    Confusion,
    /// Responds to voice.
    Voice,
    /// Responds to pain.
    Pain,
    /// Unresponsive.
    Unresponsive,
}

impl Consciousness {
    /// All of them, best first.
    pub const ALL: [Self; 5] = [Self::Alert, Self::Confusion, Self::Voice, Self::Pain, Self::Unresponsive];

    /// SNOMED CT code and display.
    #[must_use]
    pub const fn snomed(self) -> (&'static str, &'static str) {
        match self {
            Self::Alert => ("248234008", "Mentally alert"),
            Self::Confusion => ("130987000", "Acute confusion"),
            Self::Voice => ("300202002", "Responds to voice"),
            Self::Pain => ("450847001", "Responds to pain"),
            Self::Unresponsive => ("422768004", "Unresponsive"),
        }
    }

    /// The inverse of [`Consciousness::snomed`].
    #[must_use]
    pub fn from_snomed(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.snomed().0 == code)
    }
}

/// What a NEWS2 part score is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News2Part {
    /// Respiration rate.
    Respiration,
    /// Oxygen saturation, scale 1.
    OxygenScale1,
    /// Oxygen saturation, scale 2.
    OxygenScale2,
    /// Air or oxygen.
    AirOrOxygen,
    /// Systolic blood pressure.
    SystolicPressure,
    /// Pulse.
    Pulse,
    /// Consciousness.
    Consciousness,
    /// Temperature.
    Temperature,
}

impl News2Part {
    /// SNOMED CT UK code and display (UK Core Early Warning Sub Score).
    const fn snomed(self) -> (&'static str, &'static str) {
        match self {
            Self::Respiration => ("1104301000000104", "NEWS2 respiration rate score"),
            Self::OxygenScale1 => ("1104311000000102", "NEWS2 oxygen saturation scale 1 score"),
            Self::OxygenScale2 => ("1104321000000108", "NEWS2 oxygen saturation scale 2 score"),
            Self::AirOrOxygen => ("1104331000000105", "NEWS2 air or oxygen score"),
            Self::SystolicPressure => ("1104341000000101", "NEWS2 systolic blood pressure score"),
            Self::Pulse => ("1104351000000103", "NEWS2 pulse score"),
            Self::Consciousness => ("1104361000000100", "NEWS2 consciousness score"),
            Self::Temperature => ("1104371000000107", "NEWS2 temperature score"),
        }
    }
}

/// A complete NEWS2 score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News2Score {
    /// 0 to 20.
    pub total: u8,
    /// The part scores, 0 to 3 each.
    pub parts: Vec<(News2Part, u8)>,
    /// The observations that it was made from.
    pub derived_from: Vec<ResourceKey>,
}

fn quantity(value: &Decimal, unit: &str, ucum: &str) -> Composer {
    Composer::default().decimal("value", value).text("unit", unit).text("system", UCUM).text("code", ucum)
}

fn observation(id: &ResourceId, recording: &EntryContext, category: (&str, &str), code: Composer) -> Composer {
    let category = concept(CATEGORY, category.0, category.1);
    resource("Observation", id)
        .text("status", "final")
        .list("category", [category])
        .object("code", code)
        .object("subject", recording.subject())
        .object_if("encounter", recording.visit())
        .text("effectiveDateTime", &recording.effective.to_rfc3339())
        .text("issued", &recording.recorded.to_rfc3339())
        .list("performer", [reference(&recording.author)])
}

const VITAL: (&str, &str) = ("vital-signs", "Vital Signs");

/// One vital sign. `derived_from` names what a BMI was computed from and is empty otherwise.
#[must_use]
pub fn vital_sign(
    id: &ResourceId,
    recording: &EntryContext,
    vital: VitalSign,
    value: &Decimal,
    derived_from: &[ResourceKey],
) -> Raw {
    let (code, display, unit, ucum) = vital.coding();
    let code = if vital == VitalSign::OxygenSaturation {
        // The profile wants 2708-6; 59408-5 says how it was measured.
        let codings = [(code, display), ("2708-6", "Oxygen saturation in Arterial blood")]
            .map(|(c, d)| Composer::default().text("system", LOINC).text("code", c).text("display", d));
        Composer::default().list("coding", codings).text("text", "Oxygen saturation")
    } else {
        concept(LOINC, code, display)
    };
    observation(id, recording, VITAL, code)
        .object("valueQuantity", quantity(value, unit, ucum))
        .list("derivedFrom", derived_from.iter().map(reference))
        .into_raw()
}

/// A blood pressure panel, LOINC 85354-9, with a data-absent reason for a side that is missing.
#[must_use]
pub fn blood_pressure(id: &ResourceId, recording: &EntryContext, pressure: &BloodPressure) -> Raw {
    let component = |code: &str, display: &str, value: Option<&Decimal>| {
        let part = Composer::default().object("code", concept(LOINC, code, display));
        match value {
            Some(v) => part.object("valueQuantity", quantity(v, "mmHg", "mm[Hg]")),
            None => part.object(
                "dataAbsentReason",
                concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed", "Not Performed"),
            ),
        }
    };
    let code = concept(LOINC, "85354-9", "Blood pressure panel with all children optional");
    observation(id, recording, VITAL, code)
        .list(
            "component",
            [
                component("8480-6", "Systolic blood pressure", pressure.systolic.as_ref()),
                component("8462-4", "Diastolic blood pressure", pressure.diastolic.as_ref()),
            ],
        )
        .into_raw()
}

/// Level of consciousness, LOINC 80288-4.
#[must_use]
pub fn consciousness(id: &ResourceId, recording: &EntryContext, level: Consciousness) -> Raw {
    let (code, display) = level.snomed();
    observation(id, recording, VITAL, concept(LOINC, "80288-4", "Level of consciousness"))
        .object("valueCodeableConcept", concept(SNOMED, code, display))
        .into_raw()
}

/// Whether the patient breathes supplemental oxygen. No standard code says just this: a local one.
#[must_use]
pub fn supplemental_oxygen(id: &ResourceId, recording: &EntryContext, on_oxygen: bool) -> Raw {
    observation(id, recording, VITAL, concept(LOCAL, "supplemental-oxygen", "Breathing supplemental oxygen"))
        .boolean("valueBoolean", on_oxygen)
        .into_raw()
}

/// The NEWS2 total with its part scores (SNOMED CT UK 1104051000000101).
#[must_use]
pub fn news2_score(id: &ResourceId, recording: &EntryContext, score: &News2Score) -> Raw {
    let points = |n: u8| {
        Composer::default()
            .integer("value", n.into())
            .text("unit", "score")
            .text("system", UCUM)
            .text("code", "{score}")
    };
    let components = score.parts.iter().map(|(part, n)| {
        let (code, display) = part.snomed();
        Composer::default().object("code", concept(SNOMED, code, display)).object("valueQuantity", points(*n))
    });
    let code = concept(SNOMED, "1104051000000101", "National Early Warning Score 2 total score");
    observation(id, recording, ("survey", "Survey"), code)
        .object("valueQuantity", points(score.total))
        .list("derivedFrom", score.derived_from.iter().map(reference))
        .list("component", components)
        .into_raw()
}
