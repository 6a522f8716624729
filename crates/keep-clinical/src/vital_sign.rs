//! The usual range and the display precision of each vital sign.

use keep_domain::VitalSign;

/// Number of decimals to display at the bedside; a device or an import may record many more.
#[must_use]
pub const fn display_decimals(sign: VitalSign) -> usize {
    use VitalSign as V;
    match sign {
        V::HeartRate | V::RespiratoryRate | V::Systolic | V::Diastolic | V::OxygenSaturation => 0,
        V::Temperature | V::Weight | V::Height | V::Bmi | V::HeadCircumference => 1,
    }
}

/// The usual range (low, high) of a resting adult, or `None` where no range holds for every adult.
///
/// Pulse, respiration, saturation and temperature: the zero band of NEWS2 (RCP 2017). Pressure: below the
/// 140/90 mmHg of hypertension (ESH 2023) and not below the usual 90/60 of hypotension. BMI: WHO.
#[must_use]
pub const fn adult_range(sign: VitalSign) -> Option<(f64, f64)> {
    match sign {
        VitalSign::Temperature => Some((36.1, 38.0)),
        VitalSign::HeartRate => Some((51.0, 90.0)),
        VitalSign::RespiratoryRate => Some((12.0, 20.0)),
        VitalSign::Systolic => Some((90.0, 139.0)),
        VitalSign::Diastolic => Some((60.0, 89.0)),
        VitalSign::OxygenSaturation => Some((96.0, 100.0)),
        VitalSign::Bmi => Some((18.5, 24.9)),
        VitalSign::Weight | VitalSign::Height | VitalSign::HeadCircumference => None,
    }
}
