//! FHIR decimals as text: exact digits, equality by value (R4, 2.24.0.1 `decimal`).

use std::fmt;

/// A decimal as it was entered or received. `6.0` stays `6.0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Reads a decimal in FHIR's form: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`, at most 40 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((m, e)) => (m, Some(e)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((w, f)) => (w, Some(f)),
            None => (mantissa, None),
        };
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let whole_ok = digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let exponent_ok = exponent.is_none_or(|e| {
            let e = e.strip_prefix(['+', '-']).unwrap_or(e);
            digits(e) && e.len() <= 3
        });
        let ok = whole_ok && fraction.is_none_or(digits) && exponent_ok && text.len() <= 40;
        ok.then(|| Self(text.to_owned()))
    }

    /// The digits as entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest binary number, for charts and comparisons, never for storage.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether two JSON numbers are the same value, compared on their digits.
pub(crate) fn same_number(a: &str, b: &str) -> bool {
    a == b || Normalised::of(a) == Normalised::of(b)
}

/// Sign, digits without zeros at either end, and the power of ten of the last digit.
#[derive(PartialEq, Eq)]
struct Normalised {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Normalised {
    fn of(text: &str) -> Self {
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_end_matches('0');
        let length = |s: &str| i64::try_from(s.len()).unwrap_or(i64::MAX);
        let exponent = exponent.parse::<i64>().unwrap_or(0) - length(fraction) + length(&digits) - length(significant);
        let significant = significant.trim_start_matches('0');
        if significant.is_empty() {
            return Self { negative: false, digits: String::new(), exponent: 0 };
        }
        Self { negative, digits: significant.to_owned(), exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fhir_decimals_are_read() {
        for good in ["0", "37.20", "-0.5", "120", "1e3", "1.5E-2"] {
            assert_eq!(Decimal::parse(good).map(|d| d.to_string()).as_deref(), Some(good));
        }
        for bad in ["", ".5", "5.", "05", "+5", "1,5", "1e", "NaN", "- 1", "1e9999", " 1"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn equality_is_by_value() {
        for (a, b, same) in [
            ("1.50", "1.5", true),
            ("100", "1e2", true),
            ("0.00", "-0", true),
            ("0.010", "1.0E-2", true),
            ("1.5", "-1.5", false),
            ("10", "1", false),
            ("176.35499866729558", "176.3549986672956", false),
        ] {
            assert_eq!(same_number(a, b), same, "{a} {b}");
        }
    }
}
