//! The mark of an abnormal value.

use keep_clinical::AbnormalFlag;
use ts_rs::TS;

keep_domain::named_enum! {
    /// Abnormal flags (HL7 v2 table 0078); a normal value has none.
    #[derive(TS)]
    pub enum FlagDto {
        /// Low.
        Low = "L",
        /// High.
        High = "H",
        /// Critically low.
        CriticalLow = "LL",
        /// Critically high.
        CriticalHigh = "HH",
        /// Abnormal without a direction.
        Abnormal = "A",
        /// Critically abnormal without a direction.
        CriticalAbnormal = "AA",
    }
}

impl FlagDto {
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
