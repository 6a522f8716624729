//! The line in which every screen writes a medicine (ISMP; NHS Common User Interface, medication line).

use crate::quantity::quantity_text;
use crate::tall_man::tall_man;
use crate::{Grouping, number_text, safe_unit};
use std::fmt;

/// The amount of a dose; digits as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoseAmount {
    /// Number, unit.
    Exactly(String, String),
    /// Lower limit, upper limit, unit.
    Between(String, String, String),
}

/// The frequency of a dose; digits as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frequency {
    /// Times per period.
    pub times: Option<String>,
    /// Length of the period.
    pub period: Option<String>,
    /// UCUM unit of the period: `h`, `d`, `wk`, `mo`, `min`, `a`.
    pub unit: Option<String>,
    /// The frequency in words, where only that is recorded.
    pub words: Option<String>,
}

/// A medicine and its dosage, without any link to a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MedicationLineInput {
    /// The medicine as recorded, strength and form included.
    pub name: String,
    /// The dose.
    pub dose: Option<DoseAmount>,
    /// The route in words.
    pub route: Option<String>,
    /// The frequency.
    pub frequency: Option<Frequency>,
    /// Whether it is to be taken as needed.
    pub as_needed: bool,
    /// The reason for taking it as needed.
    pub as_needed_for: Option<String>,
}

/// The parts of the line as displayed; Display joins them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicationLine {
    /// The medicine: lower case, Tall Man letters, safe strengths.
    pub name: String,
    /// `500 mg`.
    pub dose: Option<String>,
    /// Whether the recorded dose is not a number; the screen says "could not be read".
    pub dose_unreadable: bool,
    /// `oral`.
    pub route: Option<String>,
    /// `twice a day`.
    pub frequency: Option<String>,
    /// `as needed for pain`.
    pub as_needed: Option<String>,
}

impl fmt::Display for MedicationLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for part in [&self.dose, &self.route, &self.frequency, &self.as_needed].into_iter().flatten() {
            write!(f, " – {part}")?;
        }
        Ok(())
    }
}

/// The line of a medicine.
#[must_use]
pub fn medication_line(input: &MedicationLineInput) -> MedicationLine {
    let dose = input.dose.as_ref().map(dose_text);
    let as_needed = input.as_needed.then(|| match input.as_needed_for.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => format!("as needed for {reason}"),
        _ => "as needed".to_owned(),
    });
    MedicationLine {
        name: medicine_name(&input.name),
        dose_unreadable: dose.as_ref().is_some_and(Option::is_none),
        dose: dose.flatten(),
        route: input.route.as_deref().map(str::trim).filter(|r| !r.is_empty()).map(str::to_lowercase),
        frequency: input.frequency.as_ref().and_then(frequency_text),
        as_needed,
    }
}

fn dose_text(dose: &DoseAmount) -> Option<String> {
    match dose {
        DoseAmount::Exactly(number, unit) => amount_text(number, unit),
        DoseAmount::Between(low, high, unit) => {
            let low = number_text(low, Grouping::Thousands)?;
            Some(format!("{low} to {}", amount_text(high, unit)?))
        }
    }
}

/// An amount; a missing unit is stated, because a bare number next to a frequency is ambiguous.
fn amount_text(number: &str, unit: &str) -> Option<String> {
    let shown = quantity_text(number, unit, Grouping::Thousands)?;
    Some(if unit.trim().is_empty() { format!("{shown} (no unit recorded)") } else { shown })
}

fn frequency_text(frequency: &Frequency) -> Option<String> {
    let plain = |n: &Option<String>| n.as_deref().and_then(|n| number_text(n, Grouping::Plain));
    let unit = match frequency.unit.as_deref() {
        Some("min") => "minute",
        Some("h") => "hour",
        Some("d") => "day",
        Some("wk") => "week",
        Some("mo") => "month",
        Some("a") => "year",
        _ => return frequency.words.clone(),
    };
    let times = plain(&frequency.times).unwrap_or_else(|| "1".to_owned());
    let period = plain(&frequency.period).unwrap_or_else(|| "1".to_owned());
    Some(match (times.as_str(), period.as_str()) {
        ("1", "1") => format!("once a {unit}"),
        ("2", "1") => format!("twice a {unit}"),
        (n, "1") => format!("{n} times a {unit}"),
        ("1", p) => format!("every {p} {unit}s"),
        (n, p) => format!("{n} times every {p} {unit}s"),
    })
}

/// A safe form of a medicine's recorded name: generic words in lower case with Tall Man letters, numbers without
/// trailing zeros, a space before the unit. Brand names, in square brackets, are unchanged.
fn medicine_name(recorded: &str) -> String {
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

    fn exactly(n: &str, u: &str) -> Option<DoseAmount> {
        Some(DoseAmount::Exactly(n.into(), u.into()))
    }

    fn often(times: &str, period: &str, unit: &str) -> Option<Frequency> {
        Some(Frequency { times: Some(times.into()), period: Some(period.into()), unit: Some(unit.into()), words: None })
    }

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

    #[test]
    fn a_line_has_all_parts() {
        let line = medication_line(&MedicationLineInput {
            name: "Hydroxyzine".into(),
            dose: exactly("25.0", "mg"),
            route: Some("Oral".into()),
            frequency: often("1", "8", "h"),
            as_needed: true,
            as_needed_for: Some("itch".into()),
        });
        assert_eq!(line.to_string(), "hydrOXYzine – 25 mg – oral – every 8 hours – as needed for itch");
        let range = MedicationLineInput {
            name: "x".into(),
            dose: Some(DoseAmount::Between("1.0".into(), "2".into(), "{tablet}".into())),
            ..MedicationLineInput::default()
        };
        assert_eq!(medication_line(&range).dose.as_deref(), Some("1 to 2 tablet"));
        let bare = MedicationLineInput { name: "x".into(), dose: exactly("1", " "), ..MedicationLineInput::default() };
        assert_eq!(medication_line(&bare).dose.as_deref(), Some("1 (no unit recorded)"));
        let broken =
            MedicationLineInput { name: "x".into(), dose: exactly("two", "mg"), ..MedicationLineInput::default() };
        assert!(medication_line(&broken).dose_unreadable && medication_line(&broken).dose.is_none());
    }

    #[test]
    fn frequencies_are_written_in_words() {
        let check = |f: Option<Frequency>, expected: Option<&str>| {
            let line = medication_line(&MedicationLineInput {
                name: "x".into(),
                frequency: f,
                ..MedicationLineInput::default()
            });
            assert_eq!(line.frequency.as_deref(), expected);
        };
        check(often("1", "1.0", "d"), Some("once a day"));
        check(often("2", "1", "d"), Some("twice a day"));
        check(often("1", "2", "wk"), Some("every 2 weeks"));
        check(often("3", "2", "d"), Some("3 times every 2 days"));
        check(Some(Frequency { words: Some("at bedtime".into()), ..Frequency::default() }), Some("at bedtime"));
        check(None, None);
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
        fn no_line_has_a_dangerous_number(
            name in "(Ibuprofen|PREDNISONE|Vitamin B|hydralazine)",
            strength in "[0-9]{0,5}(\\.[0-9]{1,4})?",
            glue in "( |)",
            unit in "(mg|MG|mcg|MCG|ML|ml|UNT|IU|MG/ML|mg/5ML|%|g)",
            dose in "[0-9]{0,5}(\\.[0-9]{0,4})?",
            times in "[1-9](\\.0)?",
            period in "[1-9](\\.[05])?",
        ) {
            prop_assume!(!strength.is_empty() && !unit.contains('5'));
            let line = medication_line(&MedicationLineInput {
                name: format!("{name} {strength}{glue}{unit} Tablet"),
                dose: exactly(&dose, &unit),
                frequency: often(&times, &period, "h"),
                ..MedicationLineInput::default()
            }).to_string();
            prop_assert_eq!(mistakes(&line), None, "{}", line);
        }
    }
}
