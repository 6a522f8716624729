//! Whether a result is high or low.

/// The flag beside a value, in the words of HL7 v2 table 0078.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
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

impl Flag {
    /// The letters beside the value; nothing for a normal one.
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

/// The flag of a value: what the laboratory says, the most serious first; else where it lies in its range.
///
/// `None` when neither says anything: that is not the same as normal.
#[must_use]
pub fn flag_of<S: AsRef<str>>(
    interpretation: &[S],
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
) -> Option<Flag> {
    let said = interpretation.iter().filter_map(|c| Flag::of_code(c.as_ref())).max_by_key(|f| f.weight());
    if said.is_some() {
        return said;
    }
    let value = value.filter(|v| v.is_finite())?;
    match (low, high) {
        (None, None) => None,
        (Some(low), _) if value < low => Some(Flag::Low),
        (_, Some(high)) if value > high => Some(Flag::High),
        _ => Some(Flag::Normal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_laboratory_goes_before_the_range() {
        assert_eq!(flag_of(&["HH"], Some(5.0), Some(3.5), Some(5.1)), Some(Flag::CriticalHigh));
        assert_eq!(flag_of(&["H", "AA"], None, None, None), Some(Flag::CriticalAbnormal));
        assert_eq!(flag_of(&["W"], Some(5.9), Some(3.5), Some(5.1)), Some(Flag::High));
    }

    #[test]
    fn the_range_includes_its_ends() {
        let none: [&str; 0] = [];
        let check = |v, expected| assert_eq!(flag_of(&none, Some(v), Some(3.5), Some(5.1)), expected);
        check(3.4, Some(Flag::Low));
        check(3.5, Some(Flag::Normal));
        check(5.1, Some(Flag::Normal));
        check(5.2, Some(Flag::High));
        check(f64::NAN, None);
        assert_eq!(flag_of(&none, Some(1.0), None, None), None);
        assert_eq!(flag_of(&none, Some(1.0), None, Some(2.0)), Some(Flag::Normal));
        assert_eq!(Flag::CriticalLow.mark(), "LL");
    }
}
