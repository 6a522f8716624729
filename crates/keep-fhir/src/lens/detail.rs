//! Every element of a record, labelled and typed.

mod reading;
mod record;
mod xhtml;

pub use record::details;
pub(super) use xhtml::narrative_text;

use super::parts::{Period, When};
use keep_domain::ResourceKey;
use std::borrow::Cow;

/// One element of a record. What `value` does not have is in `parts`, so that nothing is lost.
#[derive(Clone, PartialEq, Eq)]
pub struct Detail<'a> {
    /// The name in R4, without the type of a choice: `value` for `valueQuantity`. Another name than R4's stays as it is.
    pub name: Cow<'a, str>,
    /// The R4 type, `BackboneElement` for an element of its own kind; `None` where R4 does not have this element.
    pub data_type: Option<&'static str>,
    /// The value.
    pub value: DetailValue<'a>,
    /// Elements of this element.
    pub parts: Vec<Self>,
}

/// The value of one element, verbatim.
#[derive(Clone, PartialEq, Eq)]
pub enum DetailValue<'a> {
    /// None of its own: the element consists of its parts.
    Group,
    /// Text.
    Text(Cow<'a, str>),
    /// Text in markdown.
    Markdown(Cow<'a, str>),
    /// A code of an R4 list, such as a status.
    Code(Cow<'a, str>),
    /// The digits of a number.
    Number(&'a str),
    /// Yes or no.
    Boolean(bool),
    /// A date, which may be partial, or an instant.
    Date(When),
    /// A period.
    Period(Period),
    /// A quantity or an amount of money.
    Quantity(DetailQuantity<'a>),
    /// From one quantity to another.
    Range(Option<DetailQuantity<'a>>, Option<DetailQuantity<'a>>),
    /// A numerator and a denominator.
    Ratio(Option<DetailQuantity<'a>>, Option<DetailQuantity<'a>>),
    /// A CodeableConcept or a Coding.
    Concept(Option<Cow<'a, str>>, Vec<DetailCode<'a>>),
    /// A reference.
    Reference(DetailReference<'a>),
    /// Bytes in base64; the number of bytes.
    Bytes(usize),
    /// Not recorded, with the code of the reason.
    Absent(Option<Cow<'a, str>>),
}

/// A number with its unit.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct DetailQuantity<'a> {
    /// `<`, `<=`, `>=`, `>`.
    pub comparator: Option<Cow<'a, str>>,
    /// The digits.
    pub value: Option<&'a str>,
    /// The unit in words, or the currency.
    pub unit: Option<Cow<'a, str>>,
    /// The unit's code.
    pub code: Option<Cow<'a, str>>,
    /// The system of that code where it is not UCUM.
    pub system: Option<Cow<'a, str>>,
}

/// One code of a concept.
#[derive(Clone, PartialEq, Eq)]
pub struct DetailCode<'a> {
    /// The code system's URI.
    pub system: Option<Cow<'a, str>>,
    /// The code.
    pub code: Option<Cow<'a, str>>,
    /// The code system's display.
    pub display: Option<Cow<'a, str>>,
}

/// A link to another record.
#[derive(Clone, PartialEq, Eq)]
pub struct DetailReference<'a> {
    /// The target, where it is a resource on this server.
    pub key: Option<ResourceKey>,
    /// The reference as recorded.
    pub reference: Option<Cow<'a, str>>,
    /// Its display.
    pub display: Option<Cow<'a, str>>,
}

#[cfg(test)]
mod tests;
