//! Whether a result is abnormal: as its laboratory says, or else by its place in a reference range.

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

/// Codes of HL7 v2 table 0078 and of v3 ObservationInterpretation that say more than a flag, with the flag that they
/// imply; the page shows their recorded words as well.
const IMPLIED: [(&str, AbnormalFlag); 6] = [
    ("LU", AbnormalFlag::Low),
    ("HU", AbnormalFlag::High),
    ("<", AbnormalFlag::Low),
    (">", AbnormalFlag::High),
    ("LX", AbnormalFlag::Low),
    ("HX", AbnormalFlag::High),
];

/// Codes that say nothing out of the ordinary and have no flag.
const ORDINARY: [&str; 5] = ["NEG", "ND", "S", "NR", "NS"];

/// Interpretations in words, in lower case.
const WORDS: [(&str, AbnormalFlag); 21] = [
    ("low", AbnormalFlag::Low),
    ("below normal", AbnormalFlag::Low),
    ("high", AbnormalFlag::High),
    ("above normal", AbnormalFlag::High),
    ("critical low", AbnormalFlag::CriticalLow),
    ("critically low", AbnormalFlag::CriticalLow),
    ("low critical", AbnormalFlag::CriticalLow),
    ("panic low", AbnormalFlag::CriticalLow),
    ("low panic", AbnormalFlag::CriticalLow),
    ("critical high", AbnormalFlag::CriticalHigh),
    ("critically high", AbnormalFlag::CriticalHigh),
    ("high critical", AbnormalFlag::CriticalHigh),
    ("panic high", AbnormalFlag::CriticalHigh),
    ("high panic", AbnormalFlag::CriticalHigh),
    ("abnormal", AbnormalFlag::Abnormal),
    ("critical abnormal", AbnormalFlag::CriticalAbnormal),
    ("critically abnormal", AbnormalFlag::CriticalAbnormal),
    ("normal", AbnormalFlag::Normal),
    ("within normal limits", AbnormalFlag::Normal),
    ("within normal range", AbnormalFlag::Normal),
    ("within range", AbnormalFlag::Normal),
];

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

    /// The flag that a recorded code or word means; `None` for any other.
    #[must_use]
    pub fn said_by(text: &str) -> Option<Self> {
        Self::letter(text).or_else(|| {
            let text = text.trim();
            IMPLIED.iter().find(|(code, _)| *code == text).map(|(_, flag)| *flag)
        })
    }

    /// The same, where the flag says all that the text says.
    #[must_use]
    pub fn letter(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "LL" => Self::CriticalLow,
            "L" => Self::Low,
            "N" => Self::Normal,
            "H" => Self::High,
            "HH" => Self::CriticalHigh,
            "A" => Self::Abnormal,
            "AA" => Self::CriticalAbnormal,
            other => return WORDS.iter().find(|(word, _)| other.eq_ignore_ascii_case(word)).map(|(_, flag)| *flag),
        })
    }

    /// Whether a code without a flag says nothing out of the ordinary: negative, not detected, susceptible.
    #[must_use]
    pub fn is_ordinary(code: &str) -> bool {
        ORDINARY.contains(&code)
    }

    /// How much attention it needs: 0 normal, 1 abnormal, 2 critical.
    #[must_use]
    pub const fn weight(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Low | Self::High | Self::Abnormal => 1,
            Self::CriticalLow | Self::CriticalHigh | Self::CriticalAbnormal => 2,
        }
    }
}

/// The place of a value in a range that includes its ends; `None` where it is not certain.
///
/// `comparator` is that of FHIR: `<5` is certainly below 6 and not certainly above 3.
#[must_use]
pub fn flag_by_range(
    value: f64,
    comparator: Option<&str>,
    low: Option<f64>,
    high: Option<f64>,
) -> Option<AbnormalFlag> {
    if !value.is_finite() || (low.is_none() && high.is_none()) {
        return None;
    }
    // Zero is no limit for what cannot be negative.
    let lowest = low.filter(|l| *l != 0.0);
    match comparator.map(str::trim).unwrap_or_default() {
        "" => Some(match (low, high) {
            (Some(low), _) if value < low => AbnormalFlag::Low,
            (_, Some(high)) if value > high => AbnormalFlag::High,
            _ => AbnormalFlag::Normal,
        }),
        sign @ ("<" | "<=") => match (low, high) {
            (Some(low), _) if value < low || (sign == "<" && value <= low) => Some(AbnormalFlag::Low),
            (_, Some(high)) if lowest.is_none() && value <= high => Some(AbnormalFlag::Normal),
            _ => None,
        },
        sign @ (">" | ">=") => match (low, high) {
            (_, Some(high)) if value > high || (sign == ">" && value >= high) => Some(AbnormalFlag::High),
            (Some(low), None) if value >= low => Some(AbnormalFlag::Normal),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn interpretations_are_read_as_codes_and_as_words() {
        let check = |text: &str, expected: Option<AbnormalFlag>| {
            assert_eq!(AbnormalFlag::said_by(text), expected, "{text}");
        };
        check("HH", Some(AbnormalFlag::CriticalHigh));
        check("LL", Some(AbnormalFlag::CriticalLow));
        check("Critically low", Some(AbnormalFlag::CriticalLow));
        check("HIGH", Some(AbnormalFlag::High));
        check("HU", Some(AbnormalFlag::High));
        check(">", Some(AbnormalFlag::High));
        check("N", Some(AbnormalFlag::Normal));
        for text in ["POS", "DET", "R", "S", "I", "W", "low probability", "not high", ""] {
            check(text, None);
        }
        assert_eq!(AbnormalFlag::letter("HU"), None);
        assert!(AbnormalFlag::CriticalAbnormal.weight() > AbnormalFlag::High.weight());
        assert!(AbnormalFlag::is_ordinary("NEG") && !AbnormalFlag::is_ordinary("POS"));
        assert_eq!(AbnormalFlag::CriticalLow.mark(), "LL");
    }

    #[test]
    fn the_range_includes_its_ends() {
        let check = |v, expected| assert_eq!(flag_by_range(v, None, Some(3.5), Some(5.1)), expected);
        check(3.4, Some(AbnormalFlag::Low));
        check(3.5, Some(AbnormalFlag::Normal));
        check(5.1, Some(AbnormalFlag::Normal));
        check(5.2, Some(AbnormalFlag::High));
        check(f64::NAN, None);
        assert_eq!(flag_by_range(1.0, None, None, None), None);
        assert_eq!(flag_by_range(1.0, None, None, Some(2.0)), Some(AbnormalFlag::Normal));
    }

    #[test]
    fn a_comparator_is_judged_only_where_it_is_certain() {
        let check = |v, sign, low, high, expected| {
            assert_eq!(flag_by_range(v, Some(sign), low, high), expected, "{sign}{v} {low:?} {high:?}");
        };
        check(5.0, "<", Some(6.0), None, Some(AbnormalFlag::Low));
        check(5.0, "<", Some(5.0), None, Some(AbnormalFlag::Low));
        check(5.0, "<=", Some(5.0), None, None);
        check(5.0, "<", Some(3.0), Some(8.0), None);
        check(5.0, "<", None, Some(8.0), Some(AbnormalFlag::Normal));
        check(5.0, "<", Some(0.0), Some(8.0), Some(AbnormalFlag::Normal));
        check(5.0, "<", None, Some(3.0), None);
        check(5.0, ">", None, Some(5.0), Some(AbnormalFlag::High));
        check(5.0, ">=", None, Some(5.0), None);
        check(5.0, ">", Some(3.0), Some(8.0), None);
        check(60.0, ">", Some(60.0), None, Some(AbnormalFlag::Normal));
        check(5.0, "ad", Some(6.0), None, None);
    }

    proptest! {
        /// Whatever a comparator leaves open, the flag holds for every value that it allows.
        #[test]
        fn a_flag_holds_for_every_value_that_the_comparator_allows(
            value in 1.0..100.0f64, by in 0.001..50.0f64, low in 1.0..100.0f64, width in 0.0..50.0f64,
            below in any::<bool>(),
        ) {
            let (sign, possible) = if below { ("<", value - by) } else { (">", value + by) };
            if let Some(flag) = flag_by_range(value, Some(sign), Some(low), Some(low + width)) {
                prop_assert_eq!(Some(flag), flag_by_range(possible, None, Some(low), Some(low + width)));
            }
        }
    }
}
