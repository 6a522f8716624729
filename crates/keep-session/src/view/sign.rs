//! What the vital signs of the chart and the early warning score are called, measured in and compared with.

use super::visible_record::VisibleRecord;
use crate::dto::chart::vitals::SignDto;
use keep_clinical::adult_range;
use keep_domain::{NEWS2_TOTAL, VitalSign, is_vital_code};
use keep_fhir::lens::Concept;
use std::borrow::Cow;

impl SignDto {
    /// The vital sign; `None` for the early warning score, a pressure of two values, and signs without a place of their own.
    pub(crate) fn vital(self) -> Option<VitalSign> {
        VitalSign::from_name(self.name())
    }

    /// Its name inside a line of several values.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::News2 => "NEWS2",
            _ => self.vital().map_or("", VitalSign::label),
        }
    }

    /// The unit as shown; empty for a score.
    pub(crate) fn unit(self) -> &'static str {
        self.vital().map_or("", VitalSign::unit)
    }

    /// The usual range of an adult at rest.
    pub(crate) fn adult_range(self) -> Option<(f64, f64)> {
        match self {
            // RCP 2017, chart 2: 5 and more needs an urgent response.
            Self::News2 => Some((0.0, 4.0)),
            _ => adult_range(self.vital()?),
        }
    }

    /// The sign of a concept's codes.
    pub(crate) fn of_codes<'a>(mut codes: impl Iterator<Item = Cow<'a, str>>) -> Option<Self> {
        codes.find_map(|code| Self::of_code(&code))
    }

    fn of_code(code: &str) -> Option<Self> {
        if code == NEWS2_TOTAL {
            return Some(Self::News2);
        }
        Self::from_name(VitalSign::from_code(code)?.name())
    }

    /// The sign of a code.
    pub(crate) fn of(code: &Concept) -> Option<Self> {
        code.codings.iter().find_map(|c| Self::of_code(&c.code))
    }
}

const LOINC: &str = "http://loinc.org";

/// Whether an Observation is a vital sign or an early warning score: by its category, or else by its codes.
pub(crate) fn is_vital(entry: &VisibleRecord) -> bool {
    entry.kind() == "Observation" && *entry.vital.get_or_init(|| has_sign(entry))
}

fn has_sign(entry: &VisibleRecord) -> bool {
    let is_sign = |code: &str| code == NEWS2_TOTAL || is_vital_code(code);
    if entry.has_category("vital-signs") {
        return true;
    }
    let Some(first) = entry.facts.as_ref().and_then(|f| f.code.as_ref()) else { return false };
    // A LOINC code stands first where there is one; only a code of another system may have others after it.
    let others = || {
        let codings = entry.observation().and_then(|l| l.code.as_ref()).map(|c| c.codings.as_slice());
        codings.unwrap_or_default().iter().any(|c| is_sign(&c.code))
    };
    is_sign(&first.code) || (first.system.as_deref() != Some(LOINC) && others())
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
