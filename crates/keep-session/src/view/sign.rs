//! The signs of the chart: the catalogue's vital signs and the early warning score.

use keep_clinical::Vital;
use keep_fhir::Node;
use keep_fhir::lens::Concept;

/// NEWS2 total score, SNOMED CT UK edition.
pub(crate) const NEWS2: &str = "1104051000000101";

/// What a series is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A vital sign of the catalogue.
    Vital(Vital),
    /// The early warning score.
    News2,
}

/// In the order of the chart.
pub(crate) const SIGNS: [Sign; 11] = [
    Sign::Vital(Vital::Systolic),
    Sign::Vital(Vital::Diastolic),
    Sign::Vital(Vital::HeartRate),
    Sign::Vital(Vital::RespiratoryRate),
    Sign::Vital(Vital::OxygenSaturation),
    Sign::Vital(Vital::Temperature),
    Sign::News2,
    Sign::Vital(Vital::Weight),
    Sign::Vital(Vital::Height),
    Sign::Vital(Vital::Bmi),
    Sign::Vital(Vital::HeadCircumference),
];

impl Sign {
    /// The key, which is also the name of the field where there is one.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::News2 => "news2",
            Self::Vital(Vital::Temperature) => "temperature",
            Self::Vital(Vital::HeartRate) => "pulse",
            Self::Vital(Vital::RespiratoryRate) => "respiration",
            Self::Vital(Vital::Systolic) => "systolic",
            Self::Vital(Vital::Diastolic) => "diastolic",
            Self::Vital(Vital::OxygenSaturation) => "spo2",
            Self::Vital(Vital::Weight) => "weight",
            Self::Vital(Vital::Height) => "height",
            Self::Vital(Vital::Bmi) => "bmi",
            Self::Vital(Vital::HeadCircumference) => "head_circumference",
        }
    }

    /// What the chart calls it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::News2 => "NEWS2",
            Self::Vital(vital) => vital.label(),
        }
    }

    /// As shown.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::News2 => "",
            Self::Vital(vital) => vital.unit().0,
        }
    }

    /// What is usual for an adult at rest.
    pub(crate) const fn adult_range(self) -> Option<(f64, f64)> {
        match self {
            // RCP 2017, chart 2: 5 and more asks for an urgent response.
            Self::News2 => Some((0.0, 4.0)),
            Self::Vital(vital) => vital.adult_range(),
        }
    }

    /// The sign of a CodeableConcept as recorded.
    pub(crate) fn of_node(concept: Node<'_>) -> Option<Self> {
        let mut codings = concept.member("coding")?.items();
        codings.find_map(|c| Self::of_code(&c.member_text("code")?))
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            NEWS2 => Some(Self::News2),
            other => Vital::from_loinc(other).map(Self::Vital),
        }
    }

    /// The sign of a code.
    pub(crate) fn of(code: &Concept) -> Option<Self> {
        code.codings.iter().find_map(|c| Self::of_code(&c.code))
    }
}
