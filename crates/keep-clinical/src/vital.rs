//! The catalogue of vital signs: codes, labels, units, reference ranges.

/// A vital sign that can be entered or charted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vital {
    /// Body temperature.
    Temperature,
    /// Heart rate.
    HeartRate,
    /// Respiratory rate.
    RespiratoryRate,
    /// Systolic blood pressure.
    Systolic,
    /// Diastolic blood pressure.
    Diastolic,
    /// Oxygen saturation.
    OxygenSaturation,
    /// Body weight.
    Weight,
    /// Body height.
    Height,
    /// Body mass index.
    Bmi,
    /// Head circumference.
    HeadCircumference,
}

impl Vital {
    /// All of them in the order of the form.
    pub const ALL: [Self; 10] = [
        Self::Temperature,
        Self::HeartRate,
        Self::RespiratoryRate,
        Self::Systolic,
        Self::Diastolic,
        Self::OxygenSaturation,
        Self::Weight,
        Self::Height,
        Self::Bmi,
        Self::HeadCircumference,
    ];

    /// LOINC code (FHIR R4 vital signs profiles).
    #[must_use]
    pub const fn loinc(self) -> &'static str {
        match self {
            Self::Temperature => "8310-5",
            Self::HeartRate => "8867-4",
            Self::RespiratoryRate => "9279-1",
            Self::Systolic => "8480-6",
            Self::Diastolic => "8462-4",
            Self::OxygenSaturation => "59408-5",
            Self::Weight => "29463-7",
            Self::Height => "8302-2",
            Self::Bmi => "39156-5",
            Self::HeadCircumference => "9843-4",
        }
    }

    /// The vital sign of a LOINC code, other codes in use for the same included.
    #[must_use]
    pub fn from_loinc(code: &str) -> Option<Self> {
        match code {
            "2708-6" => Some(Self::OxygenSaturation),
            "3141-9" => Some(Self::Weight),
            "8331-1" => Some(Self::Temperature),
            "8287-5" => Some(Self::HeadCircumference),
            _ => Self::ALL.into_iter().find(|v| v.loinc() == code),
        }
    }

    /// The English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Temperature => "Temperature",
            Self::HeartRate => "Heart rate",
            Self::RespiratoryRate => "Respiratory rate",
            Self::Systolic => "Systolic blood pressure",
            Self::Diastolic => "Diastolic blood pressure",
            Self::OxygenSaturation => "Oxygen saturation",
            Self::Weight => "Weight",
            Self::Height => "Height",
            Self::Bmi => "Body mass index",
            Self::HeadCircumference => "Head circumference",
        }
    }

    /// (unit as shown, UCUM code)
    #[must_use]
    pub const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Temperature => ("°C", "Cel"),
            Self::HeartRate | Self::RespiratoryRate => ("/min", "/min"),
            Self::Systolic | Self::Diastolic => ("mmHg", "mm[Hg]"),
            Self::OxygenSaturation => ("%", "%"),
            Self::Weight => ("kg", "kg"),
            Self::Height | Self::HeadCircumference => ("cm", "cm"),
            Self::Bmi => ("kg/m²", "kg/m2"),
        }
    }

    /// How many decimals are worth reading at the bedside; a device or an import may record many more.
    #[must_use]
    pub const fn decimals(self) -> usize {
        match self {
            Self::HeartRate | Self::RespiratoryRate | Self::Systolic | Self::Diastolic | Self::OxygenSaturation => 0,
            Self::Temperature | Self::Weight | Self::Height | Self::Bmi | Self::HeadCircumference => 1,
        }
    }

    /// The range that is usual for a resting adult; where there is none that holds for all, `None`.
    ///
    /// Pulse, breathing, saturation and temperature: the zero band of NEWS2 (RCP 2017). Pressure: below the
    /// 140/90 mmHg of hypertension (ESH 2023) and not below the usual 90/60 of hypotension. BMI: WHO.
    #[must_use]
    pub const fn adult_range(self) -> Option<(f64, f64)> {
        match self {
            Self::Temperature => Some((36.1, 38.0)),
            Self::HeartRate => Some((51.0, 90.0)),
            Self::RespiratoryRate => Some((12.0, 20.0)),
            Self::Systolic => Some((90.0, 139.0)),
            Self::Diastolic => Some((60.0, 89.0)),
            Self::OxygenSaturation => Some((96.0, 100.0)),
            Self::Bmi => Some((18.5, 24.9)),
            Self::Weight | Self::Height | Self::HeadCircumference => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_one_to_one() {
        for v in Vital::ALL {
            assert_eq!(Vital::from_loinc(v.loinc()), Some(v));
        }
        assert_eq!(Vital::from_loinc("2708-6"), Some(Vital::OxygenSaturation));
        assert_eq!(Vital::from_loinc("718-7"), None);
    }
}
