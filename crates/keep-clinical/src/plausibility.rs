//! Whether an entered vital sign is plausible.
//!
//! An impossible value occurs in no living person; it is a typing error and refused.
//! An improbable value is rare; it needs confirmation.
//! The limits are deliberately wide and not diagnostic.

use crate::Age;
use keep_domain::VitalSign;

/// The plausibility of a value, with the limits that were applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plausibility {
    /// Accepted without question.
    Plausible,
    /// May be saved after confirmation.
    Improbable {
        /// Lowest value that is not questioned.
        low: f64,
        /// Highest value that is not questioned.
        high: f64,
    },
    /// Refused.
    Impossible {
        /// Lowest value that is accepted.
        low: f64,
        /// Highest value that is accepted.
        high: f64,
    },
}

/// Limits per age band: below 28 days, below 1, 5, 12 years, older.
type Bands = [(f64, f64); 5];

const fn possible(sign: VitalSign) -> (f64, f64) {
    match sign {
        VitalSign::Temperature => (20.0, 46.0),
        VitalSign::HeartRate => (10.0, 350.0),
        VitalSign::RespiratoryRate => (1.0, 150.0),
        VitalSign::Systolic => (20.0, 350.0),
        VitalSign::Diastolic => (5.0, 250.0),
        VitalSign::OxygenSaturation => (10.0, 100.0),
        VitalSign::Weight => (0.2, 700.0),
        VitalSign::Height => (15.0, 280.0),
        VitalSign::Bmi => (4.0, 210.0),
        VitalSign::HeadCircumference => (12.0, 80.0),
    }
}

const fn probable(sign: VitalSign) -> Bands {
    match sign {
        VitalSign::Temperature => [(35.0, 40.0), (35.0, 41.0), (34.5, 41.0), (34.0, 41.0), (34.0, 41.0)],
        VitalSign::HeartRate => [(80.0, 220.0), (70.0, 210.0), (60.0, 190.0), (50.0, 170.0), (35.0, 180.0)],
        VitalSign::RespiratoryRate => [(20.0, 90.0), (18.0, 80.0), (14.0, 60.0), (10.0, 45.0), (6.0, 45.0)],
        VitalSign::Systolic => [(40.0, 110.0), (55.0, 130.0), (60.0, 140.0), (70.0, 150.0), (70.0, 230.0)],
        VitalSign::Diastolic => [(15.0, 75.0), (25.0, 90.0), (30.0, 95.0), (35.0, 100.0), (35.0, 130.0)],
        VitalSign::OxygenSaturation => [(70.0, 100.0); 5],
        VitalSign::Weight => [(0.5, 7.0), (1.5, 16.0), (6.0, 35.0), (12.0, 90.0), (30.0, 250.0)],
        VitalSign::Height => [(25.0, 65.0), (40.0, 95.0), (60.0, 130.0), (85.0, 180.0), (100.0, 220.0)],
        VitalSign::Bmi => [(7.0, 25.0), (9.0, 28.0), (10.0, 35.0), (10.0, 45.0), (12.0, 65.0)],
        VitalSign::HeadCircumference => [(22.0, 45.0), (28.0, 55.0), (40.0, 60.0), (44.0, 63.0), (48.0, 66.0)],
    }
}

fn limits(sign: VitalSign, age: Option<&Age>) -> (f64, f64) {
    let [newborn, infant, toddler, child, adult] = probable(sign);
    match age {
        // Without an age, only a value that is improbable at every age is questioned.
        None => [newborn, infant, toddler, child]
            .into_iter()
            .fold(adult, |(low, high), band| (low.min(band.0), high.max(band.1))),
        Some(a) if a.total_days < 28 => newborn,
        Some(a) if a.years < 1 => infant,
        Some(a) if a.years < 5 => toddler,
        Some(a) if a.years < 12 => child,
        Some(_) => adult,
    }
}

/// Checks one value in the sign's own unit ([`VitalSign::ucum`]).
#[must_use]
pub fn check_vital(sign: VitalSign, value: f64, age: Option<&Age>) -> Plausibility {
    let inside = |(low, high): (f64, f64)| value >= low && value <= high;
    let (low, high) = possible(sign);
    if !inside((low, high)) {
        return Plausibility::Impossible { low, high };
    }
    let (low, high) = limits(sign, age);
    if inside((low, high)) { Plausibility::Plausible } else { Plausibility::Improbable { low, high } }
}

/// Checks a pair of pressures: a diastolic pressure at or above the systolic one is impossible, a pulse pressure below
/// 10 or above 130 mmHg is improbable. The limits are those of the diastolic value.
#[must_use]
pub fn check_pressure(systolic: f64, diastolic: f64) -> Plausibility {
    let (low, _) = possible(VitalSign::Diastolic);
    if diastolic.is_nan() || systolic.is_nan() || diastolic >= systolic {
        return Plausibility::Impossible { low, high: systolic - 1.0 };
    }
    let pulse = systolic - diastolic;
    if (10.0..=130.0).contains(&pulse) {
        Plausibility::Plausible
    } else {
        Plausibility::Improbable { low: (systolic - 130.0).max(low), high: systolic - 10.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Zone, age_at};
    use keep_domain::UtcMillis;

    fn aged(birth: &str) -> Age {
        let at = UtcMillis::from_rfc3339("2026-11-22T12:00:00Z").expect("instant");
        age_at(birth, at, &Zone::utc()).expect("age")
    }

    fn kind(v: Plausibility) -> char {
        match v {
            Plausibility::Plausible => 'p',
            Plausibility::Improbable { .. } => 'w',
            Plausibility::Impossible { .. } => 'x',
        }
    }

    #[test]
    fn adults_have_their_limits() {
        let adult = aged("1958-03-14");
        for (vital, value, expected) in [
            (VitalSign::Temperature, 37.2, 'p'),
            (VitalSign::Temperature, 41.5, 'w'),
            (VitalSign::Temperature, 372.0, 'x'),
            (VitalSign::OxygenSaturation, 101.0, 'x'),
            (VitalSign::OxygenSaturation, 65.0, 'w'),
            (VitalSign::HeartRate, 72.0, 'p'),
            (VitalSign::HeartRate, 190.0, 'w'),
            (VitalSign::Weight, 7.0, 'w'),
            (VitalSign::Weight, 0.0, 'x'),
            (VitalSign::Height, 1.75, 'x'),
            (VitalSign::Systolic, f64::NAN, 'x'),
            (VitalSign::Systolic, f64::INFINITY, 'x'),
        ] {
            assert_eq!(kind(check_vital(vital, value, Some(&adult))), expected, "{vital:?} {value}");
        }
    }

    #[test]
    fn children_have_their_own_limits() {
        let check = |birth: &str, vital, value, expected| {
            assert_eq!(kind(check_vital(vital, value, Some(&aged(birth)))), expected, "{birth} {vital:?} {value}");
        };
        check("2026-11-15", VitalSign::HeartRate, 190.0, 'p');
        check("2026-11-15", VitalSign::Weight, 3.4, 'p');
        check("2026-11-15", VitalSign::Weight, 34.0, 'w');
        check("2026-03-01", VitalSign::RespiratoryRate, 12.0, 'w');
        check("2023-11-15", VitalSign::Systolic, 95.0, 'p');
        check("2018-11-15", VitalSign::HeartRate, 175.0, 'w');
        assert_eq!(kind(check_vital(VitalSign::HeartRate, 200.0, None)), 'p');
    }

    #[test]
    fn every_probable_range_is_possible() {
        for v in VitalSign::ALL {
            let (low, high) = possible(v);
            assert!(probable(v).iter().all(|(l, h)| low <= *l && l < h && *h <= high), "{v:?}");
        }
    }

    #[test]
    fn a_pair_of_pressures_is_checked() {
        assert_eq!(kind(check_pressure(120.0, 80.0)), 'p');
        assert_eq!(kind(check_pressure(80.0, 120.0)), 'x');
        assert_eq!(kind(check_pressure(120.0, 115.0)), 'w');
        assert_eq!(kind(check_pressure(220.0, 60.0)), 'w');
    }
}
