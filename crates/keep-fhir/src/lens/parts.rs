//! The FHIR data types that lenses share.

use crate::{Decimal, FhirDate};
use keep_domain::{Phi, ResourceKey};

/// One code of a concept.
#[derive(Clone, PartialEq, Eq)]
pub struct Coding {
    /// The code system's URI.
    pub system: Option<String>,
    /// The code; empty where only a display is recorded.
    pub code: String,
    /// The code system's display.
    pub display: Option<String>,
}

/// A CodeableConcept.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Concept {
    /// The text.
    pub text: Option<String>,
    /// The codings.
    pub codings: Vec<Coding>,
}

impl Concept {
    /// The words to show: the text, or else a display, or else the code.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        let text = self.text.as_deref().filter(|t| is_said(t));
        let display = || self.codings.iter().filter_map(|c| c.display.as_deref()).find(|d| is_said(d));
        text.or_else(display).or_else(|| self.code())
    }

    /// The first code of any system.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.codings.iter().map(|c| c.code.as_str()).find(|code| !code.is_empty())
    }

    /// The coding whose code is all that [`Self::label`] has to show.
    #[must_use]
    pub fn bare_code(&self) -> Option<&Coding> {
        let words = self.text.iter().chain(self.codings.iter().filter_map(|c| c.display.as_ref()));
        if words.into_iter().any(|w| is_said(w)) { None } else { self.codings.iter().find(|c| !c.code.is_empty()) }
    }

    /// Whether one of the codes is `code`.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.codings.iter().any(|c| c.code == code)
    }
}

fn is_said(words: &str) -> bool {
    !words.trim().is_empty()
}

/// A Reference.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    /// The target, where it is a resource on this server.
    pub key: Option<ResourceKey>,
    /// Its display, often a name.
    pub display: Option<Phi<String>>,
}

/// A date as written and, where it is valid, parsed.
#[derive(Clone, PartialEq, Eq)]
pub struct When {
    /// As written.
    pub text: String,
    /// Parsed.
    pub date: Option<FhirDate>,
}

/// A Period.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Period {
    /// Start.
    pub start: Option<When>,
    /// End.
    pub end: Option<When>,
}

/// A Quantity with the digits as recorded.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Quantity {
    /// The number; `None` when it is missing or not a number.
    pub value: Option<Decimal>,
    /// `<`, `<=`, `>=`, `>`.
    pub comparator: Option<String>,
    /// The unit in words.
    pub unit: Option<String>,
    /// The unit's code, usually UCUM.
    pub code: Option<String>,
    /// Whether the code is of another system than UCUM.
    pub foreign: bool,
}

impl Quantity {
    /// The unit's code, where it is one of UCUM or names no system.
    #[must_use]
    pub fn ucum(&self) -> Option<&str> {
        self.code.as_deref().filter(|_| !self.foreign)
    }
}
