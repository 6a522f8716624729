//! Numbers with units by the rules of ISMP and the NHS Common User Interface: a leading zero and a space before the
//! unit; for a dose no trailing zeros and separated thousands, for a measurement the precision as recorded.

/// Whether thousands are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// `1500`: measurements.
    Plain,
    /// `1,500`: doses (ISMP).
    Thousands,
}

/// A decimal in plain digits.
struct Digits {
    negative: bool,
    /// Without leading zeros; empty for zero.
    whole: String,
    /// Including trailing zeros.
    fraction: String,
}

impl Digits {
    /// `None` for text that is not a decimal, or one with more than 30 places, which no quantity has.
    fn read(recorded: &str) -> Option<Self> {
        let text = recorded.trim();
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let exponent: i32 = exponent.parse().ok().filter(|e: &i32| e.abs() <= 30)?;
        let all = format!("{whole}{fraction}");
        // The position of the decimal point among all digits, after applying the exponent.
        let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        if all.len() > 60 || point > 60 {
            return None;
        }
        let (whole, fraction) = match usize::try_from(point) {
            Ok(p) if p >= all.len() => (format!("{all}{}", "0".repeat(p - all.len())), String::new()),
            Ok(p) => (all.chars().take(p).collect(), all.chars().skip(p).collect()),
            Err(_) => (String::new(), format!("{}{all}", "0".repeat(usize::try_from(-point).ok()?))),
        };
        Some(Self { negative, whole: whole.trim_start_matches('0').to_owned(), fraction })
    }

    fn text(&self, grouping: Grouping) -> String {
        let whole = match grouping {
            Grouping::Thousands => grouped(&self.whole),
            Grouping::Plain => self.whole.clone(),
        };
        let whole = if whole.is_empty() { "0" } else { &whole };
        let number = if self.fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{}", self.fraction) };
        let is_zero = self.whole.is_empty() && self.fraction.bytes().all(|b| b == b'0');
        if self.negative && !is_zero { format!("-{number}") } else { number }
    }

    /// Rounded half away from zero to `places` decimals; unchanged where it has no more.
    fn rounded(mut self, places: usize) -> Self {
        let Some(next) = self.fraction.as_bytes().get(places).copied() else { return self };
        self.fraction.truncate(places);
        if next < b'5' {
            return self;
        }
        let mut digits: Vec<u8> =
            std::iter::once(b'0').chain(self.whole.bytes()).chain(self.fraction.bytes()).collect();
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                break;
            }
        }
        let text: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = text.split_at_checked(text.len() - places).unwrap_or_default();
        Self { whole: whole.trim_start_matches('0').to_owned(), fraction: fraction.to_owned(), ..self }
    }

    /// The place of the `count`th significant decimal: zeros after the point of a number below one do not count.
    fn place_of(&self, count: usize) -> usize {
        let empty = self.fraction.bytes().take_while(|b| *b == b'0').count();
        count + if self.whole.is_empty() { empty } else { 0 }
    }
}

/// A dose as displayed: `.5` → `0.5`, `5.0` → `5`, `1e3` → `1000`.
///
/// Works on the digits, so nothing is rounded. `None` for text that is not a decimal, or one with more than 30 places,
/// which no quantity has.
#[must_use]
pub fn number_text(recorded: &str, grouping: Grouping) -> Option<String> {
    let mut digits = Digits::read(recorded)?;
    digits.fraction.truncate(digits.fraction.trim_end_matches('0').len());
    Some(digits.text(grouping))
}

/// A measurement in plain digits, as precise as it was recorded: `4.20` stays `4.20`, `1.50e1` → `15.0`.
///
/// Its trailing zeros state the precision (FHIR R4, 2.24.0.1). `None` as for [`number_text`].
#[must_use]
pub fn measured_text(recorded: &str) -> Option<String> {
    Some(Digits::read(recorded)?.text(Grouping::Plain))
}

/// The rounding of a displayed measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// As recorded.
    AsRecorded,
    /// At most this many decimals.
    Decimals(usize),
    /// At most this many decimals, counted from the first non-zero one where the number is below one.
    Significant(usize),
}

/// A measurement as [`measured_text`], rounded half away from zero.
#[must_use]
pub fn rounded_text(recorded: &str, rounding: Rounding) -> Option<String> {
    let digits = Digits::read(recorded)?;
    let places = match rounding {
        Rounding::AsRecorded => return Some(digits.text(Grouping::Plain)),
        Rounding::Decimals(places) => places,
        Rounding::Significant(count) => digits.place_of(count),
    };
    Some(digits.rounded(places).text(Grouping::Plain))
}

fn grouped(whole: &str) -> String {
    let mut out = String::with_capacity(whole.len() * 4 / 3);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A unit in a form that cannot be mistaken for another (ISMP, error-prone abbreviations).
#[must_use]
pub fn safe_unit(unit: &str) -> String {
    let unit = unit.trim();
    let known = match unit {
        "ug" | "µg" | "μg" | "MCG" | "Mcg" => "mcg",
        "U" | "IU" | "[iU]" | "[IU]" | "UNT" | "unt" | "u" => "units",
        "MG" | "Mg" => "mg",
        "ML" | "ml" | "cc" => "mL",
        "L" | "l" => "L",
        "MEQ" | "meq" => "mEq",
        "G" | "gm" | "GM" => "g",
        "KG" => "kg",
        "Cel" => "°C",
        "mm[Hg]" => "mmHg",
        "kg/m2" => "kg/m²",
        "{tbl}" | "{tablet}" => "tablet",
        other => other,
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Number, space, unit.
    fn quantity_text(recorded: &str, unit: &str, grouping: Grouping) -> Option<String> {
        let number = number_text(recorded, grouping)?;
        let unit = safe_unit(unit);
        Some(if unit.is_empty() { number } else { format!("{number} {unit}") })
    }

    fn check(recorded: &str, expected: Option<&str>) {
        assert_eq!(number_text(recorded, Grouping::Thousands).as_deref(), expected, "{recorded}");
    }

    #[test]
    fn numbers_are_unambiguous() {
        check(".5", Some("0.5"));
        check("5.0", Some("5"));
        check("05.50", Some("5.5"));
        check("0.250", Some("0.25"));
        check("1500", Some("1,500"));
        check("1234567.890", Some("1,234,567.89"));
        check("999", Some("999"));
        check("1e3", Some("1,000"));
        check("1.5E-2", Some("0.015"));
        check("-0.0", Some("0"));
        check("-.5", Some("-0.5"));
        check("0", Some("0"));
        check("5.", Some("5"));
        for bad in ["", ".", "-", "five", "1,5", "1e99", "0x5", "--1"] {
            check(bad, None);
        }
    }

    #[test]
    fn a_measurement_has_the_precision_as_recorded() {
        for (recorded, expected) in [
            ("4.20", "4.20"),
            ("5.0", "5.0"),
            (".5", "0.5"),
            ("1.50e1", "15.0"),
            ("1e3", "1000"),
            ("-0.0", "0.0"),
            ("140", "140"),
        ] {
            assert_eq!(measured_text(recorded).as_deref(), Some(expected), "{recorded}");
        }
        assert_eq!(measured_text("five"), None);
    }

    #[test]
    fn rounding_is_half_away_from_zero_and_never_adds_digits() {
        use Rounding::{AsRecorded, Decimals, Significant};
        for (recorded, shown, expected) in [
            ("86.30271828182845", Decimals(1), "86.3"),
            ("86.30271828182845", AsRecorded, "86.30271828182845"),
            ("86.25", Decimals(1), "86.3"),
            ("-86.25", Decimals(1), "-86.3"),
            ("99.96", Decimals(1), "100.0"),
            ("99.5", Decimals(0), "100"),
            ("0.4", Decimals(0), "0"),
            ("80", Decimals(1), "80"),
            ("138.0", Decimals(0), "138"),
            ("4.20", Significant(4), "4.20"),
            ("4.203948576", Significant(4), "4.2039"),
            ("0.000123456", Significant(4), "0.0001235"),
            ("-0.04", Decimals(1), "0.0"),
        ] {
            assert_eq!(rounded_text(recorded, shown).as_deref(), Some(expected), "{recorded} {shown:?}");
        }
    }

    #[test]
    fn units_are_separated_and_safe() {
        let check =
            |n, u, expected: &str| assert_eq!(quantity_text(n, u, Grouping::Thousands).as_deref(), Some(expected));
        check("5", "mg", "5 mg");
        check("10000", "IU", "10,000 units");
        check(".25", "µg", "0.25 mcg");
        check("2", "", "2");
        assert_eq!(quantity_text("1500", "mL", Grouping::Plain).as_deref(), Some("1500 mL"));
    }

    proptest! {
        #[test]
        fn no_quantity_has_a_bare_point_a_trailing_zero_or_a_unit_without_space(
            recorded in "-?[0-9]{0,9}(\\.[0-9]{0,9})?([eE][+-]?[0-9]{1,2})?",
            unit in "(mg|mL|mcg|units|%|kg/m²)",
            thousands in any::<bool>(),
        ) {
            let grouping = if thousands { Grouping::Thousands } else { Grouping::Plain };
            let Some(text) = quantity_text(&recorded, &unit, grouping) else { return Ok(()) };
            let (number, shown) = text.split_once(' ').expect("a space before the unit");
            prop_assert_eq!(shown, unit);
            let number = number.strip_prefix('-').unwrap_or(number).replace(',', "");
            let (whole, fraction) = number.split_once('.').map_or((number.as_str(), None), |(w, f)| (w, Some(f)));
            prop_assert!(whole == "0" || (!whole.is_empty() && !whole.starts_with('0')), "{}", text);
            prop_assert!(fraction.is_none_or(|f| !f.is_empty() && !f.ends_with('0')), "{}", text);
            // The value is the recorded one.
            let mut own = recorded.clone();
            if own.contains("e+") || own.contains("E+") { own = own.replace('+', ""); }
            let (a, b) = (own.parse::<f64>().expect("a number"), text.split(' ').next().expect("number").replace(',', "").parse::<f64>().expect("a number"));
            prop_assert!((a - b).abs() <= a.abs() * 1e-12, "{} {}", a, b);
        }

        #[test]
        fn rounding_is_to_the_nearest(recorded in "-?[0-9]{1,6}\\.[0-9]{0,9}", places in 0usize..6) {
            let shown: f64 = rounded_text(&recorded, Rounding::Decimals(places)).expect("a number").parse().expect("a number");
            let exact: f64 = recorded.parse().expect("a number");
            let half = 0.5 / 10f64.powi(i32::try_from(places).expect("few"));
            // Neither number is exact as a float.
            let inexact = exact.abs() * f64::EPSILON * 2.0;
            prop_assert!((shown - exact).abs() <= half * (1.0 + 1e-6) + inexact, "{} {}", shown, exact);
        }
    }
}
