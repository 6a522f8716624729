//! The closed lists of the National Early Warning Score 2 (Royal College of Physicians, 2017).

use ts_rs::TS;

/// The total score, SNOMED CT UK edition.
pub const NEWS2_TOTAL: &str = "1104051000000101";

crate::named_enum! {
    /// Level of consciousness on the ACVPU scale.
    #[derive(TS)]
    pub enum Consciousness {
        /// Alert.
        Alert = "alert",
        /// New confusion.
        Confusion = "confusion",
        /// Responds to voice.
        Voice = "voice",
        /// Responds to pain.
        Pain = "pain",
        /// Unresponsive.
        Unresponsive = "unresponsive",
    }
}

/// The oxygen saturation scale; scale 2 only for patients with confirmed hypercapnic respiratory failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpO2Scale {
    /// Target 96 % and above.
    One,
    /// Target 88–92 %.
    Two,
}

crate::named_enum! {
    /// One of the seven parameters of the score, named like the field of the vital signs form.
    #[derive(TS)]
    pub enum News2Parameter {
        /// Respiration rate.
        Respiration = "respiration",
        /// Oxygen saturation, on the chosen [`SpO2Scale`].
        OxygenSaturation = "spo2",
        /// Air or oxygen.
        AirOrOxygen = "oxygen",
        /// Systolic blood pressure.
        SystolicPressure = "systolic",
        /// Pulse.
        Pulse = "pulse",
        /// Consciousness.
        Consciousness = "consciousness",
        /// Temperature.
        Temperature = "temperature",
    }
}
