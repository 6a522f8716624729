//! The usual ranges of children by age.
//!
//! The bands of score 0 in table 1 of Parshuram, Hutchison, Middleton: "Development and initial validation of the
//! Bedside Paediatric Early Warning System score", Critical Care 2009; 13: R135 (doi:10.1186/cc7998). Their limits are
//! exclusive; here they are the outermost whole numbers within them.

use crate::Age;
use keep_domain::VitalSign;

/// Where the ranges of children come from, for the page: author, year and table.
pub const CHILD_RANGE_SOURCE: &str = "Bedside PEWS, Crit Care 2009;13:R135, table 1";

/// 0–3 months, 3–12 months, 1–4 years, 4–12 years, over 12 years.
type Bands = [(f64, f64); 5];

const HEART_RATE: Bands = [(111.0, 149.0), (101.0, 149.0), (91.0, 119.0), (71.0, 109.0), (61.0, 99.0)];
const RESPIRATION: Bands = [(30.0, 60.0), (25.0, 50.0), (20.0, 40.0), (20.0, 30.0), (12.0, 16.0)];
const SYSTOLIC: Bands = [(61.0, 79.0), (81.0, 99.0), (91.0, 109.0), (91.0, 119.0), (101.0, 129.0)];
const TEMPERATURE: Bands = [(36.0, 38.5); 5];

/// The usual range (low, high) of a child of this age, or `None` where the table has none.
///
/// An approximate age has a range only where the sign has the same one at every age.
#[must_use]
pub fn child_range(sign: VitalSign, age: &Age) -> Option<(f64, f64)> {
    let bands = match sign {
        VitalSign::HeartRate => HEART_RATE,
        VitalSign::RespiratoryRate => RESPIRATION,
        VitalSign::Systolic => SYSTOLIC,
        VitalSign::Temperature => TEMPERATURE,
        _ => return None,
    };
    if age.approximate && sign != VitalSign::Temperature {
        return None;
    }
    let [newborn, infant, toddler, child, youth] = bands;
    Some(match age {
        Age { years: 0, months: 0..3, .. } => newborn,
        Age { years: 0, .. } => infant,
        Age { years: 1..4, .. } => toddler,
        Age { years: 4..12, .. } => child,
        Age { .. } => youth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Zone, age_at};
    use keep_domain::UtcMillis;

    fn check(birth: &str, sign: VitalSign, expected: Option<(f64, f64)>) {
        let at = UtcMillis::from_rfc3339("2026-11-22T12:00:00Z").expect("instant");
        let age = age_at(birth, at, &Zone::utc()).expect("age");
        assert_eq!(child_range(sign, &age), expected, "{birth} {sign:?}");
    }

    #[test]
    fn the_band_is_that_of_the_age() {
        check("2026-11-01", VitalSign::HeartRate, Some((111.0, 149.0)));
        check("2026-08-22", VitalSign::HeartRate, Some((101.0, 149.0)));
        check("2025-11-23", VitalSign::RespiratoryRate, Some((25.0, 50.0)));
        check("2025-11-22", VitalSign::RespiratoryRate, Some((20.0, 40.0)));
        check("2022-11-22", VitalSign::Systolic, Some((91.0, 119.0)));
        check("2014-11-23", VitalSign::HeartRate, Some((71.0, 109.0)));
        check("2014-11-22", VitalSign::HeartRate, Some((61.0, 99.0)));
        check("2020", VitalSign::Temperature, Some((36.0, 38.5)));
        check("2020", VitalSign::HeartRate, None);
        check("2020-01-01", VitalSign::OxygenSaturation, None);
    }
}
