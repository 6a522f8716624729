//! The signs of the chart: the vital signs and the early warning score.

use crate::dto::chart::vitals::SignDto;
use keep_clinical::adult_range;
use keep_domain::{NEWS2_TOTAL, VitalSign};
use keep_fhir::lens::Concept;
use std::borrow::Cow;

/// What a series is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A vital sign.
    Vital(VitalSign),
    /// The early warning score.
    News2,
}

/// In the order of the chart.
pub(crate) const SIGNS: [Sign; 11] = [
    Sign::Vital(VitalSign::Systolic),
    Sign::Vital(VitalSign::Diastolic),
    Sign::Vital(VitalSign::HeartRate),
    Sign::Vital(VitalSign::RespiratoryRate),
    Sign::Vital(VitalSign::OxygenSaturation),
    Sign::Vital(VitalSign::Temperature),
    Sign::News2,
    Sign::Vital(VitalSign::Weight),
    Sign::Vital(VitalSign::Height),
    Sign::Vital(VitalSign::Bmi),
    Sign::Vital(VitalSign::HeadCircumference),
];

impl Sign {
    /// As it crosses to the page.
    pub(crate) const fn dto(self) -> SignDto {
        match self {
            Self::News2 => SignDto::News2,
            Self::Vital(VitalSign::Temperature) => SignDto::Temperature,
            Self::Vital(VitalSign::HeartRate) => SignDto::Pulse,
            Self::Vital(VitalSign::RespiratoryRate) => SignDto::Respiration,
            Self::Vital(VitalSign::Systolic) => SignDto::Systolic,
            Self::Vital(VitalSign::Diastolic) => SignDto::Diastolic,
            Self::Vital(VitalSign::OxygenSaturation) => SignDto::Spo2,
            Self::Vital(VitalSign::Weight) => SignDto::Weight,
            Self::Vital(VitalSign::Height) => SignDto::Height,
            Self::Vital(VitalSign::Bmi) => SignDto::Bmi,
            Self::Vital(VitalSign::HeadCircumference) => SignDto::HeadCircumference,
        }
    }

    /// Its name inside a line of several values.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::News2 => "NEWS2",
            Self::Vital(vital) => vital.label(),
        }
    }

    /// The unit as shown; empty for a score.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::News2 => "",
            Self::Vital(vital) => vital.unit(),
        }
    }

    /// The usual range of an adult at rest.
    pub(crate) const fn adult_range(self) -> Option<(f64, f64)> {
        match self {
            // RCP 2017, chart 2: 5 and more needs an urgent response.
            Self::News2 => Some((0.0, 4.0)),
            Self::Vital(vital) => adult_range(vital),
        }
    }

    /// The sign of a concept's codes.
    pub(crate) fn of_codes<'a>(mut codes: impl Iterator<Item = Cow<'a, str>>) -> Option<Self> {
        codes.find_map(|code| Self::of_code(&code))
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            NEWS2_TOTAL => Some(Self::News2),
            other => VitalSign::from_loinc(other).map(Self::Vital),
        }
    }

    /// The sign of a code.
    pub(crate) fn of(code: &Concept) -> Option<Self> {
        code.codings.iter().find_map(|c| Self::of_code(&c.code))
    }
}
