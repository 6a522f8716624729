//! What the vital signs of the chart and the early warning score are called, measured in and compared with.

use crate::dto::chart::vitals::SignDto;
use keep_clinical::adult_range;
use keep_domain::{NEWS2_TOTAL, VitalSign};
use keep_fhir::lens::Concept;
use std::borrow::Cow;

impl SignDto {
    /// The vital sign; `None` for the early warning score.
    pub(crate) fn vital(self) -> Option<VitalSign> {
        VitalSign::from_name(self.name())
    }

    /// Its name inside a line of several values.
    pub(crate) fn label(self) -> &'static str {
        self.vital().map_or("NEWS2", VitalSign::label)
    }

    /// The unit as shown; empty for a score.
    pub(crate) fn unit(self) -> &'static str {
        self.vital().map_or("", VitalSign::unit)
    }

    /// The usual range of an adult at rest.
    pub(crate) fn adult_range(self) -> Option<(f64, f64)> {
        // RCP 2017, chart 2: 5 and more needs an urgent response.
        self.vital().map_or(Some((0.0, 4.0)), adult_range)
    }

    /// The sign of a concept's codes.
    pub(crate) fn of_codes<'a>(mut codes: impl Iterator<Item = Cow<'a, str>>) -> Option<Self> {
        codes.find_map(|code| Self::of_code(&code))
    }

    fn of_code(code: &str) -> Option<Self> {
        if code == NEWS2_TOTAL {
            return Some(Self::News2);
        }
        Self::from_name(VitalSign::from_loinc(code)?.name())
    }

    /// The sign of a code.
    pub(crate) fn of(code: &Concept) -> Option<Self> {
        code.codings.iter().find_map(|c| Self::of_code(&c.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vital_sign_has_a_sign_of_the_chart() {
        let vitals: Vec<_> = SignDto::ALL.into_iter().filter_map(SignDto::vital).collect();
        assert!(VitalSign::ALL.iter().all(|vital| vitals.contains(vital)));
        assert_eq!((vitals.len(), SignDto::News2.vital()), (VitalSign::ALL.len(), None));
    }
}
