//! Numbers with units as ISMP and the NHS Common User Interface want them: a leading zero, no trailing zero,
//! a space before the unit, separators in thousands of a dose.

/// Whether thousands are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// `1500`: measurements.
    Plain,
    /// `1,500`: doses (ISMP).
    Thousands,
}

/// A recorded decimal as it is shown: `.5` → `0.5`, `5.0` → `5`, `1e3` → `1000`.
///
/// Works on the digits, so nothing is rounded. `None` for what is not a decimal, or one with more than
/// 30 places, which no quantity has: the caller shows the record's own text as unreadable.
#[must_use]
pub fn number_text(recorded: &str, grouping: Grouping) -> Option<String> {
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
    // Where the decimal point stands among all digits, after the exponent has moved it.
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if all.len() > 60 || point > 60 {
        return None;
    }
    let (whole, fraction) = match usize::try_from(point) {
        Ok(p) if p >= all.len() => (format!("{all}{}", "0".repeat(p - all.len())), String::new()),
        Ok(p) => (all.chars().take(p).collect(), all.chars().skip(p).collect()),
        Err(_) => (String::new(), format!("{}{all}", "0".repeat(usize::try_from(-point).ok()?))),
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = match grouping {
        Grouping::Thousands => grouped(whole),
        Grouping::Plain => whole.to_owned(),
    };
    let whole = if whole.is_empty() { "0" } else { &whole };
    let number = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    Some(if negative && number != "0" { format!("-{number}") } else { number })
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

/// Number, space, unit.
#[must_use]
pub fn quantity_text(recorded: &str, unit: &str, grouping: Grouping) -> Option<String> {
    let number = number_text(recorded, grouping)?;
    let unit = safe_unit(unit);
    Some(if unit.is_empty() { number } else { format!("{number} {unit}") })
}

/// A unit in the form that is not mistaken for another (ISMP, error-prone abbreviations).
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

    fn check(recorded: &str, expected: Option<&str>) {
        assert_eq!(number_text(recorded, Grouping::Thousands).as_deref(), expected, "{recorded}");
    }

    #[test]
    fn numbers_are_unmistakable() {
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
    fn units_stand_apart_and_are_safe() {
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
        fn never_a_bare_point_a_trailing_zero_or_a_glued_unit(
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
    }
}
