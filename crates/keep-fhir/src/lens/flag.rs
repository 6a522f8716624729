//! Flags: what everyone who opens a chart should know.

use super::narrative::narrative;
use super::parts::{Concept, Period, Reference};
use super::reader::Reader;
use crate::{FhirError, Raw};
use keep_domain::ResourceId;

/// A Flag.
#[derive(Clone, PartialEq, Eq)]
pub struct FlagLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `active`, `inactive`, `entered-in-error`.
    pub status: Option<String>,
    /// `safety`, `admin`, `contact`, ...
    pub categories: Vec<Concept>,
    /// The warning; the words of the narrative where there is no code.
    pub code: Option<Concept>,
    /// Start and end.
    pub period: Option<Period>,
    /// The person or organization that set it.
    pub author: Option<Reference>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a Flag.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn flag(raw: &Raw) -> Result<FlagLens, FhirError> {
    let mut r = Reader::open(raw, &["Flag"])?;
    // EXPOSE: moved from one protected text to another.
    let words = || narrative(r.node()).map(|(_, words)| words.expose().clone());
    let words = if r.member("code").is_none() { words() } else { None };
    let code = r.concept("code").or_else(|| words.map(|text| Concept { text: Some(text), codings: Vec::new() }));
    if code.is_none() {
        r.fault("code");
    }
    Ok(FlagLens {
        id: r.id(),
        status: r.text("status"),
        categories: r.concepts("category"),
        code,
        period: r.period("period"),
        author: r.reference("author"),
        faults: r.into_faults(),
    })
}
