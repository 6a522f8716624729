//! Body mass index.

/// A body mass index in kg/m².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bmi {
    value: f64,
}

impl Bmi {
    /// The exact quotient.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.value
    }

    /// One decimal place, without a trailing zero, as stored and displayed.
    #[must_use]
    pub fn text(self) -> String {
        let text = format!("{:.1}", self.value);
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    }
}

/// Weight in kilograms over the square of height in centimetres; `None` unless both are positive.
#[must_use]
pub fn bmi(weight_kg: f64, height_cm: f64) -> Option<Bmi> {
    let usable = weight_kg.is_finite() && height_cm.is_finite() && weight_kg > 0.0 && height_cm > 0.0;
    let metres = height_cm / 100.0;
    usable.then(|| Bmi { value: weight_kg / (metres * metres) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rounded_for_display() {
        let check = |kg, cm, expected: Option<&str>| assert_eq!(bmi(kg, cm).map(Bmi::text).as_deref(), expected);
        check(70.0, 175.0, Some("22.9"));
        check(80.0, 200.0, Some("20"));
        check(81.0, 180.0, Some("25"));
        check(0.0, 180.0, None);
        check(70.0, f64::NAN, None);
    }
}
