//! Statements that something is not there: "no known latex allergy", "NKDA", "no information about problems".

use super::parts::{Coding, Concept};
use super::phrase::phrase;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a statement of absence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceClass {
    /// Everything of its kind: no known allergies, no known problems.
    Any,
    /// Drug allergies.
    Drug,
    /// Food allergies.
    Food,
    /// Environmental allergies.
    Environment,
    /// Latex allergy.
    Latex,
    /// Insect allergies.
    Insect,
    /// Animal allergies.
    Animal,
    /// A reaction to the substance that the words name.
    Substance,
    /// Something that only the recorded words name.
    Other,
    /// Nothing: it was not asked or is not known.
    NoInformation,
}

/// A statement of absence.
#[derive(Clone, PartialEq, Eq)]
pub struct Absence {
    /// What it is about.
    pub class: AbsenceClass,
    /// The recorded words, where they are not merely one of the usual names of the class.
    pub words: Option<String>,
}

#[derive(Deserialize)]
struct File {
    systems: HashMap<String, Vec<String>>,
    allergies: Lists,
    problems: Lists,
}

#[derive(Default, Deserialize)]
struct Lists {
    codes: Vec<KnownCode>,
    texts: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct KnownCode {
    system: String,
    code: String,
    class: AbsenceClass,
}

/// The known codes and texts of one kind of record.
pub(super) struct Table {
    /// The addresses of a system and the class, by code.
    codes: HashMap<String, Vec<(Vec<String>, AbsenceClass)>>,
    texts: HashMap<String, AbsenceClass>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    // Without a readable file nothing is a statement of absence; a test reads the shipped one.
    serde_json::from_str(include_str!("../../../../assets/clinical/absence.json")).unwrap_or(File {
        systems: HashMap::new(),
        allergies: Lists::default(),
        problems: Lists::default(),
    })
});

/// Statements about allergies.
pub(super) static ALLERGIES: LazyLock<Table> = LazyLock::new(|| Table::of(&FILE.allergies));
/// Statements about problems.
pub(super) static PROBLEMS: LazyLock<Table> = LazyLock::new(|| Table::of(&FILE.problems));

/// Whether a coding only says that there is no code (data-absent-reason, v3 NullFlavor).
pub(super) fn is_no_code(coding: &Coding) -> bool {
    let systems = FILE.systems.get("absent");
    coding.system.as_ref().is_some_and(|system| systems.is_some_and(|known| known.contains(system)))
}

impl Table {
    fn of(lists: &Lists) -> Self {
        let mut codes: HashMap<String, Vec<_>> = HashMap::new();
        for known in &lists.codes {
            let systems = FILE.systems.get(&known.system).cloned().unwrap_or_default();
            codes.entry(known.code.clone()).or_default().push((systems, known.class));
        }
        let mut texts = HashMap::new();
        for (class, list) in &lists.texts {
            let class = serde_json::from_value(serde_json::Value::String(class.clone())).unwrap_or(AbsenceClass::Other);
            texts.extend(list.iter().map(|text| (text.clone(), class)));
        }
        Self { codes, texts }
    }

    fn of_code(&self, coding: &Coding) -> Option<AbsenceClass> {
        let known = self.codes.get(&coding.code)?;
        let fits = |systems: &Vec<String>| {
            let base = coding.system.as_deref().map(|s| s.split_once("/version/").map_or(s, |(before, _)| before));
            base.is_none_or(|system| systems.iter().any(|s| s == system.trim_end_matches('/')))
        };
        known.iter().find(|(systems, _)| fits(systems)).map(|(_, class)| *class)
    }

    /// The class of a text that says nothing else.
    pub(super) fn of_text(&self, text: &str) -> Option<AbsenceClass> {
        let phrase = phrase(text)?;
        self.texts.get(&phrase).copied().or_else(|| is_no_known_allergy(&phrase).then_some(AbsenceClass::Other))
    }

    /// The statement that a concept makes; `None` where it names something that is there.
    pub(super) fn absence(&self, concept: &Concept) -> Option<Absence> {
        let mut found = Found::default();
        for coding in &concept.codings {
            let of_display = coding.display.as_deref().and_then(|d| self.of_text(d));
            if let Some(class) = self.of_code(coding) {
                found.explicit = true;
                found.add(class);
                found.add_words(coding.display.as_deref(), of_display);
            } else if let Some(class) = of_display.or_else(|| self.of_text(&coding.code)) {
                found.add(class);
                found.add_words(coding.display.as_deref(), Some(class));
            } else if is_no_code(coding) {
                // It says only that there is no code.
            } else if is_terminology(coding.system.as_deref()) {
                return None;
            } else {
                found.foreign |= coding.display.is_some();
                found.add_words(coding.display.as_deref(), None);
            }
        }
        if let Some(text) = concept.text.as_deref().filter(|text| !text.trim().is_empty()) {
            let class = self.of_text(text);
            if class.is_none() && !found.explicit {
                return None;
            }
            found.foreign &= class.is_none();
            found.add_words(Some(text), class);
        }
        if found.foreign && !found.explicit { None } else { found.absence() }
    }
}

/// What the codings and the text of a concept say.
#[derive(Default)]
struct Found {
    class: Option<AbsenceClass>,
    words: Vec<String>,
    /// A code of the file says so.
    explicit: bool,
    /// The display of an unknown coding says something else.
    foreign: bool,
}

impl Found {
    /// INVARIANT: of two classes the one that says less counts.
    fn add(&mut self, class: AbsenceClass) {
        use AbsenceClass as C;
        self.class = Some(match self.class {
            None | Some(C::Any) => class,
            Some(before) if before == class || class == C::Any => before,
            Some(C::NoInformation) => C::NoInformation,
            Some(_) if class == C::NoInformation => class,
            Some(_) => C::Other,
        });
    }

    fn add_words(&mut self, words: Option<&str>, class: Option<AbsenceClass>) {
        let Some(words) = words.map(str::trim).filter(|words| !words.is_empty()) else { return };
        if let Some(class) = class {
            self.add(class);
        }
        if class.is_none_or(|class| class == AbsenceClass::Other) || self.class == Some(AbsenceClass::Other) {
            self.words.push(words.to_owned());
        }
    }

    fn absence(mut self) -> Option<Absence> {
        self.words.dedup();
        let words = Some(self.words.join(" · ")).filter(|words| !words.is_empty());
        Some(Absence { class: self.class?, words })
    }
}

/// A terminology in which an unknown code names something that is there.
fn is_terminology(system: Option<&str>) -> bool {
    const KNOWN: [&str; 8] =
        ["snomed.info", "nlm.nih.gov", "fdasis", "icd", "whocc", "loinc", "urn:oid:2.16.840.1.113883.6", "ndfrt"];
    system.is_some_and(|system| {
        let system = system.to_ascii_lowercase();
        KNOWN.iter().any(|known| system.contains(known))
    })
}

/// "no known … allergy" with at most three words between, none of which takes anything back.
fn is_no_known_allergy(phrase: &str) -> bool {
    const LIMITS: [&str; 16] = [
        "except",
        "but",
        "other",
        "apart",
        "than",
        "besides",
        "excluding",
        "and",
        "or",
        "aside",
        "save",
        "unless",
        "severe",
        "true",
        "no",
        "not",
    ];
    let inner = phrase.strip_prefix("no known ").and_then(|rest| {
        let named = rest.strip_suffix(" allergy").or_else(|| rest.strip_suffix(" allergies"));
        named.or_else(|| rest.strip_prefix("allergy to ").or_else(|| rest.strip_prefix("allergies to ")))
    });
    inner.is_some_and(|inner| {
        let words: Vec<&str> = inner.split(' ').collect();
        words.len() <= 3 && !words.iter().any(|word| LIMITS.contains(word) || word.contains("allerg"))
    })
}

#[cfg(test)]
mod tests;
