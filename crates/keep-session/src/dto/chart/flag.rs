//! The mark of an abnormal value.

use keep_clinical::AbnormalFlag;
use serde::Serialize;
use ts_rs::TS;

/// Abnormal flags (HL7 v2 table 0078); a normal value has none.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
pub enum FlagDto {
    /// Low.
    #[serde(rename = "L")]
    Low,
    /// High.
    #[serde(rename = "H")]
    High,
    /// Critically low.
    #[serde(rename = "LL")]
    CriticalLow,
    /// Critically high.
    #[serde(rename = "HH")]
    CriticalHigh,
    /// Abnormal without a direction.
    #[serde(rename = "A")]
    Abnormal,
    /// Critically abnormal without a direction.
    #[serde(rename = "AA")]
    CriticalAbnormal,
}

impl FlagDto {
    /// The letters inside a line of text.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::Low => "L",
            Self::High => "H",
            Self::CriticalLow => "LL",
            Self::CriticalHigh => "HH",
            Self::Abnormal => "A",
            Self::CriticalAbnormal => "AA",
        }
    }

    /// `None` for a normal value.
    pub(crate) const fn of(flag: AbnormalFlag) -> Option<Self> {
        Some(match flag {
            AbnormalFlag::Low => Self::Low,
            AbnormalFlag::High => Self::High,
            AbnormalFlag::CriticalLow => Self::CriticalLow,
            AbnormalFlag::CriticalHigh => Self::CriticalHigh,
            AbnormalFlag::Abnormal => Self::Abnormal,
            AbnormalFlag::CriticalAbnormal => Self::CriticalAbnormal,
            AbnormalFlag::Normal => return None,
        })
    }
}
