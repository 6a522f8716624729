//! Units as other systems record them: by their UCUM code, or else by a known spelling.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Spelling in lower case → UCUM code.
static SPELLINGS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/units.tsv").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once('\t')).map(|(spelling, code)| (spelling.to_lowercase(), code)).collect()
});

/// The unit of a recorded quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordedUnit<'a> {
    /// The unit in words.
    pub words: Option<&'a str>,
    /// Its code, unless that is of another system than UCUM.
    pub code: Option<&'a str>,
}

impl<'a> RecordedUnit<'a> {
    /// The unit without blank parts.
    #[must_use]
    pub fn new(words: Option<&'a str>, code: Option<&'a str>) -> Self {
        let some = |text: Option<&'a str>| text.map(str::trim).filter(|t| !t.is_empty());
        Self { words: some(words), code: some(code) }
    }

    /// Whether no unit is recorded.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.words.is_none() && self.code.is_none()
    }

    /// A value of this unit in `target`, a UCUM code; `None` where the unit is unknown, of another kind, or where its
    /// code and its words contradict each other.
    #[must_use]
    pub fn convert(self, value: f64, target: &str) -> Option<f64> {
        // Most records: no conversion, no search.
        let is_target = |text: Option<&str>| text == Some(target);
        if is_target(self.code) && self.words.is_none_or(|w| w == target || same_as(w, target)) {
            return Some(value);
        }
        let readable = |unit: &str| ucum(value, unit, target);
        let by_code = self.code.map(|code| readable(code).or_else(|| readable(spelled(code)?)));
        let by_words = self.words.and_then(spelled).map(readable);
        match (by_code, by_words) {
            // Code and known words must agree.
            (Some(Some(a)), Some(Some(b))) => ((a - b).abs() <= a.abs() * 1e-9).then_some(a),
            (Some(Some(a)), None) => Some(a),
            (None, Some(Some(b))) => Some(b),
            _ => None,
        }
    }

    /// A value of this unit in the unit of `other`: the same unit as recorded, or one that converts.
    #[must_use]
    pub fn convert_to(self, value: f64, other: Self) -> Option<f64> {
        if self.is_none() || other.is_none() {
            return (self.is_none() && other.is_none()).then_some(value);
        }
        if self == other {
            return Some(value);
        }
        let target = other.ucum_code()?;
        self.convert(value, target)
    }

    /// The UCUM code: as recorded, or else that of the spelling.
    #[must_use]
    pub fn ucum_code(self) -> Option<&'a str> {
        let valid = self.code.filter(|code| octofhir_ucum::validate(code).is_ok());
        let found = valid.or_else(|| self.code.and_then(spelled)).or_else(|| self.words.and_then(spelled))?;
        // Words that say another unit than the code make it unknown.
        self.convert(1.0, found).map(|_| found)
    }
}

fn same_as(words: &str, code: &str) -> bool {
    spelled(words).is_none_or(|known| known == code)
}

fn spelled(words: &str) -> Option<&'static str> {
    SPELLINGS.get(words).copied().or_else(|| SPELLINGS.get(&words.trim().to_lowercase()).copied())
}

/// Arbitrary units, such as `[iU]`, compare only with themselves, and so do annotations.
fn ucum(value: f64, from: &str, to: &str) -> Option<f64> {
    if from == to {
        return Some(value);
    }
    let special = |unit: &str| unit.contains(['{', '[']) && !CONVERTIBLE.iter().any(|known| unit.contains(known));
    if special(from) || special(to) {
        return None;
    }
    octofhir_ucum::convert(value, from, to).ok().filter(|v| v.is_finite())
}

/// Units in brackets that have a fixed size.
const CONVERTIBLE: [&str; 11] =
    ["[degF]", "[lb_av]", "[oz_av]", "[stone_av]", "[in_i]", "[in_us]", "[ft_i]", "m[Hg]", "m[H2O]", "[pH]", "[psi]"];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(unit: &str) -> RecordedUnit<'_> {
        RecordedUnit::new(Some(unit), None)
    }

    fn code(unit: &str) -> RecordedUnit<'_> {
        RecordedUnit::new(None, Some(unit))
    }

    fn check(unit: RecordedUnit<'_>, value: f64, target: &str, expected: Option<f64>) {
        let found = unit.convert(value, target);
        let same = match (found, expected) {
            (Some(a), Some(b)) => (a - b).abs() < 0.01,
            (a, b) => a == b,
        };
        assert!(same, "{value} {unit:?} in {target}: {found:?}, not {expected:?}");
    }

    #[test]
    fn known_spellings_convert() {
        for f in ["F", "°F", "degF", "deg F", "Fahrenheit", "f"] {
            check(words(f), 103.1, "Cel", Some(39.5));
        }
        for lb in ["lb", "lbs", "LBS", "pounds", "[lb_av]"] {
            check(words(lb), 154.0, "kg", Some(69.85));
        }
        for inch in ["in", "inches", "Inches", "inch"] {
            check(words(inch), 65.0, "cm", Some(165.1));
        }
        check(words("ft"), 5.5, "cm", Some(167.64));
        check(words("breaths/minute"), 18.0, "/min", Some(18.0));
        check(words("bpm"), 72.0, "/min", Some(72.0));
        check(words("kPa"), 16.0, "mm[Hg]", Some(120.01));
        check(words("cm[H2O]"), 10.0, "mm[Hg]", Some(7.36));
        check(words("stone"), 12.0, "kg", Some(76.2));
        check(words("g"), 3450.0, "kg", Some(3.45));
        check(words("m"), 1.65, "cm", Some(165.0));
    }

    #[test]
    fn codes_convert_and_other_kinds_do_not() {
        check(code("[degF]"), 98.6, "Cel", Some(37.0));
        check(code("K"), 310.15, "Cel", Some(37.0));
        check(code("{beats}/min"), 70.0, "/min", Some(70.0));
        check(code("kg"), 70.0, "cm", None);
        check(words("furlongs"), 1.0, "cm", None);
        check(RecordedUnit::default(), 1.0, "cm", None);
        // UCUM's F is the farad.
        check(code("F"), 103.1, "Cel", Some(39.5));
    }

    #[test]
    fn a_code_that_contradicts_its_words_is_unknown() {
        check(RecordedUnit::new(Some("lbs"), Some("kg")), 154.0, "kg", None);
        check(RecordedUnit::new(Some("kg"), Some("Cel")), 37.0, "Cel", None);
        check(RecordedUnit::new(Some("degrees C"), Some("Cel")), 37.0, "Cel", Some(37.0));
        check(RecordedUnit::new(Some("beats/minute"), Some("/min")), 44.0, "/min", Some(44.0));
        check(RecordedUnit::new(Some("body temperature"), Some("Cel")), 37.0, "Cel", Some(37.0));
    }

    #[test]
    fn two_recorded_units_compare_where_one_converts_to_the_other() {
        let check = |a: RecordedUnit<'_>, b: RecordedUnit<'_>, expected: Option<f64>| {
            let found = a.convert_to(5.0, b);
            assert!(found.map(|v| (v * 1e6).round()) == expected.map(|v| (v * 1e6).round()), "{a:?} {b:?} {found:?}");
        };
        check(words("g/dL"), words("g/L"), Some(50.0));
        check(words("g/dL"), RecordedUnit::new(Some("g/dl"), Some("g/dL")), Some(5.0));
        check(words("x10^9/L"), code("10*3/uL"), Some(5.0));
        check(words("mmol/L"), words("mg/dL"), None);
        check(words("IU/L"), words("U/L"), None);
        check(words("widgets"), words("widgets"), Some(5.0));
        check(words("widgets"), words("gadgets"), None);
        check(words("g/dL"), RecordedUnit::default(), None);
        check(RecordedUnit::default(), RecordedUnit::default(), Some(5.0));
    }

    #[test]
    fn every_listed_code_is_one_of_ucum() {
        for (spelling, code) in SPELLINGS.iter() {
            assert!(octofhir_ucum::validate(code).is_ok(), "{spelling}: {code}");
        }
    }

    proptest! {
        #[test]
        fn unknown_text_never_converts(unit in "[a-z]{9,12}", value in 0.0..1000.0f64) {
            prop_assume!(!SPELLINGS.contains_key(&unit));
            prop_assert_eq!(words(&unit).convert(value, "Cel"), None);
        }
    }
}
