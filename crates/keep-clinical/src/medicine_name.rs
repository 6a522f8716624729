//! The name of a medicine as every screen writes it (ISMP; NHS Common User Interface, medication line).

use crate::tall_man::tall_man;
use crate::{Grouping, number_text, safe_unit};

/// A safe form of a medicine's recorded name: generic words in lower case with Tall Man letters, numbers without
/// trailing zeros, a space before the unit. Brand names, in square brackets, are unchanged.
#[must_use]
pub fn medicine_name(recorded: &str) -> String {
    let mut words = Vec::new();
    let mut in_brand = false;
    for word in recorded.split_whitespace() {
        in_brand |= word.starts_with('[');
        if in_brand {
            words.push(word.to_owned());
        } else {
            words.push(safe_word(word));
        }
        in_brand &= !word.ends_with(']');
    }
    words.join(" ")
}

/// One word: a number, a unit, a number with its unit, or letters.
fn safe_word(word: &str) -> String {
    let trailing: String = word.chars().rev().take_while(|c| matches!(c, ',' | ';' | ')')).collect();
    let tail: String = trailing.chars().rev().collect();
    let rest = word.strip_suffix(tail.as_str()).unwrap_or(word);
    let head = if rest.starts_with('(') { "(" } else { "" };
    let core = rest.strip_prefix('(').unwrap_or(rest);
    format!("{head}{}{tail}", safe_core(core))
}

fn safe_core(core: &str) -> String {
    let number: String = core.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let rest = core.strip_prefix(number.as_str()).unwrap_or_default();
    let shown = if number.is_empty() { None } else { number_text(&number, Grouping::Thousands) };
    match (shown, rest) {
        (Some(n), "") => n,
        (Some(n), unit) if is_unit(unit) => format!("{n} {}", strength_unit(unit)),
        _ if is_unit(core) => strength_unit(core),
        _ => letters(core),
    }
}

fn is_unit(text: &str) -> bool {
    const UNITS: [&str; 15] =
        ["mg", "mcg", "ug", "µg", "g", "kg", "ml", "l", "meq", "unt", "iu", "units", "mmol", "%", "actuat"];
    let mut parts = text.split('/');
    let known = |p: &str| UNITS.contains(&p.to_lowercase().as_str());
    let first = parts.next().is_some_and(known);
    first && parts.all(|p| known(p) || matches!(p.to_lowercase().as_str(), "hr" | "h" | "day" | "dose"))
}

fn strength_unit(unit: &str) -> String {
    let part = |p: &str| match p.to_lowercase().as_str() {
        "actuat" => "actuation".to_owned(),
        "ug" | "µg" => "mcg".to_owned(),
        lower => safe_unit(lower).replace("iu", "units"),
    };
    unit.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Tall Man letters for each run of letters.
fn letters(core: &str) -> String {
    let mut out = String::with_capacity(core.len());
    let mut run = String::new();
    for c in core.chars() {
        if c.is_alphabetic() {
            run.push(c);
        } else {
            out.push_str(&tall_man(&run));
            run.clear();
            out.push(c);
        }
    }
    out.push_str(&tall_man(&run));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_safe() {
        for (recorded, expected) in [
            ("Ibuprofen 200 MG Oral Tablet", "ibuprofen 200 mg oral tablet"),
            (
                "Acetaminophen 325 MG / HYDROcodone Bitartrate 7.50 MG Oral Tablet",
                "acetaminophen 325 mg / HYDROcodone bitartrate 7.5 mg oral tablet",
            ),
            ("predniSONE 5.0mg", "predniSONE 5 mg"),
            ("AMLODIPINE .5MG", "amLODIPine 0.5 mg"),
            ("Tylenol 325 MG [Tylenol Extra]", "tylenol 325 mg [Tylenol Extra]"),
            (
                "NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Inhaler",
                "nda020503 200 actuation albuterol 0.09 mg/actuation inhaler",
            ),
            ("1 ML DOCEtaxel 20 MG/ML Injection", "1 mL DOCEtaxel 20 mg/mL injection"),
            ("Insulin Lispro 100 UNT/ML", "insulin lispro 100 units/mL"),
            ("Amoxicillin-Clavulanate (250 MG)", "amoxicillin-clavulanate (250 mg)"),
            ("24 HR Metformin hydrochloride 500 MG", "24 hr metFORMIN hydrochloride 500 mg"),
        ] {
            assert_eq!(medicine_name(recorded), expected);
        }
    }

    /// The three mistakes: `.5`, `5.0`, `5mg`.
    fn mistakes(text: &str) -> Option<&'static str> {
        let chars: Vec<char> = text.chars().collect();
        for (i, c) in chars.iter().enumerate() {
            let before = i.checked_sub(1).map(|j| chars[j]);
            let after = chars.get(i + 1).copied();
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            if *c == '.' && digit(after) && !digit(before) {
                return Some("a bare point");
            }
            if *c == '0' && !digit(after) {
                let whole: String = chars[..i].iter().rev().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
                if whole.contains('.') {
                    return Some("a trailing zero");
                }
            }
            if c.is_ascii_digit() && after.is_some_and(char::is_alphabetic) {
                return Some("a glued unit");
            }
        }
        None
    }

    #[test]
    fn the_mistakes_are_found() {
        assert_eq!(
            (mistakes(".5 mg"), mistakes("5.0 mg"), mistakes("5mg")),
            (Some("a bare point"), Some("a trailing zero"), Some("a glued unit"))
        );
        assert_eq!((mistakes("0.5 mg"), mistakes("10 mg"), mistakes("2.05 mg")), (None, None, None));
    }

    proptest! {
        #[test]
        fn no_name_has_a_dangerous_number(
            name in "(Ibuprofen|PREDNISONE|Vitamin B|hydralazine)",
            strength in "[0-9]{0,5}(\\.[0-9]{1,4})?",
            glue in "( |)",
            unit in "(mg|MG|mcg|MCG|ML|ml|UNT|IU|MG/ML|mg/5ML|%|g)",
        ) {
            prop_assume!(!strength.is_empty() && !unit.contains('5'));
            let shown = medicine_name(&format!("{name} {strength}{glue}{unit} Tablet"));
            prop_assert_eq!(mistakes(&shown), None, "{}", shown);
        }
    }
}
