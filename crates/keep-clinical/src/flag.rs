//! Whether a result is abnormal.

/// The abnormal flag of a result (HL7 v2 table 0078).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AbnormalFlag {
    /// `LL`
    CriticalLow,
    /// `L`
    Low,
    /// Within range.
    Normal,
    /// `H`
    High,
    /// `HH`
    CriticalHigh,
    /// `A`: abnormal without a direction.
    Abnormal,
    /// `AA`: critically abnormal without a direction.
    CriticalAbnormal,
}

impl AbnormalFlag {
    /// The letters shown with the value; empty for a normal one.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::CriticalLow => "LL",
            Self::Low => "L",
            Self::Normal => "",
            Self::High => "H",
            Self::CriticalHigh => "HH",
            Self::Abnormal => "A",
            Self::CriticalAbnormal => "AA",
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            "LL" | "<" | "LU" => Some(Self::CriticalLow),
            "L" => Some(Self::Low),
            "N" | "NEG" => Some(Self::Normal),
            "H" => Some(Self::High),
            "HH" | ">" | "HU" => Some(Self::CriticalHigh),
            "A" | "POS" => Some(Self::Abnormal),
            "AA" => Some(Self::CriticalAbnormal),
            _ => None,
        }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Low | Self::High | Self::Abnormal => 1,
            Self::CriticalLow | Self::CriticalHigh | Self::CriticalAbnormal => 2,
        }
    }
}

/// The flag of a value: the most serious interpretation of the laboratory, or else by the reference range.
///
/// `None` without either, which is not the same as normal.
#[must_use]
pub fn abnormal_flag<S: AsRef<str>>(
    interpretation: &[S],
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
) -> Option<AbnormalFlag> {
    let reported = interpretation.iter().filter_map(|c| AbnormalFlag::of_code(c.as_ref())).max_by_key(|f| f.weight());
    if reported.is_some() {
        return reported;
    }
    let value = value.filter(|v| v.is_finite())?;
    match (low, high) {
        (None, None) => None,
        (Some(low), _) if value < low => Some(AbnormalFlag::Low),
        (_, Some(high)) if value > high => Some(AbnormalFlag::High),
        _ => Some(AbnormalFlag::Normal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_laboratory_takes_precedence_over_the_range() {
        assert_eq!(abnormal_flag(&["HH"], Some(5.0), Some(3.5), Some(5.1)), Some(AbnormalFlag::CriticalHigh));
        assert_eq!(abnormal_flag(&["H", "AA"], None, None, None), Some(AbnormalFlag::CriticalAbnormal));
        assert_eq!(abnormal_flag(&["W"], Some(5.9), Some(3.5), Some(5.1)), Some(AbnormalFlag::High));
    }

    #[test]
    fn the_range_includes_its_ends() {
        let none: [&str; 0] = [];
        let check = |v, expected| assert_eq!(abnormal_flag(&none, Some(v), Some(3.5), Some(5.1)), expected);
        check(3.4, Some(AbnormalFlag::Low));
        check(3.5, Some(AbnormalFlag::Normal));
        check(5.1, Some(AbnormalFlag::Normal));
        check(5.2, Some(AbnormalFlag::High));
        check(f64::NAN, None);
        assert_eq!(abnormal_flag(&none, Some(1.0), None, None), None);
        assert_eq!(abnormal_flag(&none, Some(1.0), None, Some(2.0)), Some(AbnormalFlag::Normal));
        assert_eq!(AbnormalFlag::CriticalLow.mark(), "LL");
    }
}
