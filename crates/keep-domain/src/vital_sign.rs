//! The vital signs that are entered, charted and exchanged, with their standard codes.

use std::sync::LazyLock;

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

    /// The vital sign of a LOINC or SNOMED CT code, including other codes in use for the same measurement.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|v| v.loinc() == code);
        own.or_else(|| SAME_SIGN.iter().find(|(_, codes)| codes.contains(&code)).map(|(sign, _)| *sign))
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

/// Other codes of the same measurements: LOINC by site, method or position, then SNOMED CT.
const SAME_SIGN: [(VitalSign, &[&str]); 10] = [
    (
        VitalSign::Temperature,
        &["8331-1", "8332-9", "8328-7", "8333-7", "8329-5", "8330-3", "75539-7", "386725007", "276885007"],
    ),
    (VitalSign::HeartRate, &["8889-8", "8893-0", "364075005", "78564009"]),
    (VitalSign::RespiratoryRate, &["86290005"]),
    (VitalSign::Systolic, &["271649006"]),
    (VitalSign::Diastolic, &["271650006"]),
    (VitalSign::OxygenSaturation, &["2708-6", "431314004", "103228002"]),
    (VitalSign::Weight, &["3141-9", "27113001"]),
    (VitalSign::Height, &["3137-7", "8306-3", "8308-9", "50373000", "1153637007"]),
    (VitalSign::Bmi, &["60621009"]),
    (VitalSign::HeadCircumference, &["8287-5", "363812007"]),
];

/// LOINC codes of other bedside measurements: each has a row of its own, by its own name.
const OTHER_SIGNS: [&str; 43] = [
    // Panels.
    "85354-9", "85353-1", "34566-0", "8716-3", "55284-4", "35094-2", "75367002",
    // Pressures: mean, and by position.
    "8478-0", "8480-6", "8462-4", "8459-0", "8453-3", "8460-8", "8454-1", "8461-6", "8455-8", "8479-8",
    // Oxygen given, consciousness, coma scale and its parts, pain.
    "3150-6", "3151-8", "19935-6", "80288-4", "67775-7", "11454-6", "9269-2", "9267-6", "9268-4", "9270-0", "72514-3",
    "38208-5", "38221-8", "38214-3", // Weights, heights and their percentiles.
    "3142-7", "8350-1", "8351-9", "8339-4", "3138-5", "8305-5", "59576-9", "59575-1", "59574-4", "77606-2", "8289-1",
    "8280-0",
];

/// Every code above, sorted: most records of a chart are looked up here.
static ALL_CODES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let own = VitalSign::ALL.into_iter().map(VitalSign::loinc);
    let same = SAME_SIGN.iter().flat_map(|(_, codes)| *codes).copied();
    let mut all: Vec<&'static str> = own.chain(same).chain(OTHER_SIGNS).collect();
    all.sort_unstable();
    all
});

/// Whether a LOINC or SNOMED CT code is that of a vital sign or of another bedside measurement, whatever the category
/// of the observation.
#[must_use]
pub fn is_vital_code(code: &str) -> bool {
    ALL_CODES.binary_search(&code).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_one_to_one() {
        for v in VitalSign::ALL {
            assert_eq!(VitalSign::from_code(v.loinc()), Some(v));
        }
        assert_eq!(VitalSign::from_code("2708-6"), Some(VitalSign::OxygenSaturation));
        assert_eq!(VitalSign::from_code("718-7"), None);
        assert!(is_vital_code("8478-0") && is_vital_code("8332-9") && !is_vital_code("2339-0"));
        let all: Vec<&str> = SAME_SIGN.iter().flat_map(|(_, codes)| *codes).chain(&OTHER_SIGNS).copied().collect();
        let once: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len());
    }
}
