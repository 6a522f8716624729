//! The vital signs that are entered, charted and exchanged, with their standard codes.

/// The blood pressure panel, LOINC; its components are the systolic and the diastolic pressure.
pub const BLOOD_PRESSURE_PANEL: &str = "85354-9";

crate::named_enum! {
    /// A vital sign with one number (FHIR R4 vital signs profiles, `vitalsigns.html`), named as the page names it.
    pub enum VitalSign {
        /// Body temperature.
        Temperature = "temperature",
        /// Heart rate.
        HeartRate = "pulse",
        /// Respiratory rate.
        RespiratoryRate = "respiration",
        /// Systolic blood pressure.
        Systolic = "systolic",
        /// Diastolic blood pressure.
        Diastolic = "diastolic",
        /// Oxygen saturation by pulse oximetry.
        OxygenSaturation = "spo2",
        /// Body weight.
        Weight = "weight",
        /// Body height.
        Height = "height",
        /// Body mass index.
        Bmi = "bmi",
        /// Head circumference.
        HeadCircumference = "head_circumference",
    }
}

impl VitalSign {
    /// The LOINC code that is written.
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

    /// The vital sign of a LOINC code, including other codes in use for the same measurement.
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

    /// The unit on the screen.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Temperature => "°C",
            Self::Systolic | Self::Diastolic => "mmHg",
            Self::Bmi => "kg/m²",
            other => other.ucum(),
        }
    }

    /// The unit's UCUM code.
    #[must_use]
    pub const fn ucum(self) -> &'static str {
        match self {
            Self::Temperature => "Cel",
            Self::HeartRate | Self::RespiratoryRate => "/min",
            Self::Systolic | Self::Diastolic => "mm[Hg]",
            Self::OxygenSaturation => "%",
            Self::Weight => "kg",
            Self::Height | Self::HeadCircumference => "cm",
            Self::Bmi => "kg/m2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_one_to_one() {
        for v in VitalSign::ALL {
            assert_eq!(VitalSign::from_loinc(v.loinc()), Some(v));
        }
        assert_eq!(VitalSign::from_loinc("2708-6"), Some(VitalSign::OxygenSaturation));
        assert_eq!(VitalSign::from_loinc("718-7"), None);
    }
}
