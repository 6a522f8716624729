//! Outcomes of audited actions.

use serde::{Deserialize, Serialize};

/// `AuditEvent.outcome` (FHIR R4, audit-event-outcome).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 0: the action was done.
    #[default]
    Success,
    /// 4: the action was refused or has to be repeated; the system is fine.
    MinorFailure,
    /// 8: the action failed.
    SeriousFailure,
    /// 12: the action failed and the system cannot continue normally.
    MajorFailure,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 4] = [Self::Success, Self::MinorFailure, Self::SeriousFailure, Self::MajorFailure];

    /// 0, 4, 8 or 12.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::MinorFailure => 4,
            Self::SeriousFailure => 8,
            Self::MajorFailure => 12,
        }
    }

    /// The inverse of [`Outcome::number`].
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.number() == number)
    }
}
