//! The closed lists of the National Early Warning Score 2 (Royal College of Physicians, 2017).

/// The total score, SNOMED CT UK edition.
pub const NEWS2_TOTAL: &str = "1104051000000101";

/// Level of consciousness on the ACVPU scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consciousness {
    /// Alert.
    Alert,
    /// New confusion.
    Confusion,
    /// Responds to voice.
    Voice,
    /// Responds to pain.
    Pain,
    /// Unresponsive.
    Unresponsive,
}

/// The oxygen saturation scale; scale 2 only for patients with confirmed hypercapnic respiratory failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpO2Scale {
    /// Target 96 % and above.
    One,
    /// Target 88–92 %.
    Two,
}

/// One of the seven parameters of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News2Parameter {
    /// Respiration rate.
    Respiration,
    /// Oxygen saturation, on the chosen [`SpO2Scale`].
    OxygenSaturation,
    /// Air or oxygen.
    AirOrOxygen,
    /// Systolic blood pressure.
    SystolicPressure,
    /// Pulse.
    Pulse,
    /// Consciousness.
    Consciousness,
    /// Temperature.
    Temperature,
}
