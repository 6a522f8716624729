//! The value of an Observation or of a part of it.

use crate::lens::attachment::attached;
use crate::lens::parts::{Concept, Period, Quantity, When};
use crate::lens::reader::{concept, member_owned, owned, period, quantity, when};
use crate::node::Members;
use crate::{Decimal, Kind, Node};
use keep_domain::Phi;

/// A value in the forms that FHIR allows.
#[derive(Clone, PartialEq, Eq)]
pub enum Measured {
    /// A number with a unit, digits as recorded.
    Quantity(Quantity),
    /// A coded answer.
    Concept(Concept),
    /// Text.
    Text(Phi<String>),
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(Decimal),
    /// A range.
    Range(Option<Quantity>, Option<Quantity>),
    /// Numerator, denominator.
    Ratio(Option<Quantity>, Option<Quantity>),
    /// A series of samples.
    Samples(Box<Samples>),
    /// A time of day, as recorded.
    Time(String),
    /// A date or time.
    Date(When),
    /// A period.
    Period(Period),
    /// A file (R5, and R4 by extension).
    File(Box<File>),
    /// Not measured, with the reason.
    Absent(Concept),
    /// Present, but in a form that is not supported: the element's name.
    Unreadable(&'static str),
}

/// SampledData: a series of samples, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Samples {
    /// What zero stands for, with the unit.
    pub origin: Option<Quantity>,
    /// Milliseconds between samples.
    pub interval: Option<Decimal>,
    /// The factor of each sample before the origin is added.
    pub factor: Option<Decimal>,
    /// The lowest value that could be detected.
    pub lower_limit: Option<Decimal>,
    /// The highest value that could be detected.
    pub upper_limit: Option<Decimal>,
    /// The samples, `E`, `U` and `L` among them.
    pub data: Option<String>,
}

/// What is known of an attached file.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its title.
    pub title: Option<String>,
    /// Its MIME type.
    pub content_type: Option<String>,
    /// Its text, where it is plain text and inside the record.
    pub text: Option<Phi<String>>,
}

/// The R5 element `value[x]` in an R4 record.
const VALUE_EXTENSION: &str = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value";

/// The value of an Observation or a component, by its members.
pub(super) fn measured(members: &Members<'_>) -> Option<Measured> {
    let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, node)| *node);
    if let Some((name, node)) = members.iter().find(|(name, _)| name.starts_with("value")) {
        return Some(value(name, *node));
    }
    let by_extension = || {
        let mut all = member("extension")?.items();
        let found = all.find(|e| e.member_text("url").is_some_and(|u| u.starts_with(VALUE_EXTENSION)))?;
        found.members().find(|(name, _)| name.starts_with("value")).map(|(name, node)| value(&name, node))
    };
    by_extension().or_else(|| member("dataAbsentReason").and_then(concept).map(Measured::Absent))
}

fn value(name: &str, node: Node<'_>) -> Measured {
    let (name, read): (&'static str, Option<Measured>) = match name {
        "valueQuantity" => ("valueQuantity", quantity(node).map(Measured::Quantity)),
        "valueCodeableConcept" => ("valueCodeableConcept", concept(node).map(Measured::Concept)),
        "valueString" => ("valueString", owned(node).map(|t| Measured::Text(Phi::new(t)))),
        "valueBoolean" => ("valueBoolean", node.boolean().map(Measured::Boolean)),
        "valueInteger" => ("valueInteger", node.number().and_then(Decimal::parse).map(Measured::Integer)),
        "valueRange" => ("valueRange", Some(Measured::Range(side(node, "low"), side(node, "high")))),
        "valueRatio" => ("valueRatio", Some(Measured::Ratio(side(node, "numerator"), side(node, "denominator")))),
        "valueSampledData" => ("valueSampledData", samples(node).map(|s| Measured::Samples(Box::new(s)))),
        "valueTime" => ("valueTime", owned(node).map(Measured::Time)),
        "valueDateTime" => ("valueDateTime", when(node).map(Measured::Date)),
        "valuePeriod" => ("valuePeriod", period(node).map(Measured::Period)),
        "valueAttachment" => ("valueAttachment", file(node).map(|f| Measured::File(Box::new(f)))),
        _ => ("value", None),
    };
    read.unwrap_or(Measured::Unreadable(name))
}

fn samples(node: Node<'_>) -> Option<Samples> {
    let number = |name| node.member(name).and_then(Node::number).and_then(Decimal::parse);
    (node.kind() == Kind::Object).then(|| Samples {
        origin: side(node, "origin"),
        interval: number("period"),
        factor: number("factor"),
        lower_limit: number("lowerLimit"),
        upper_limit: number("upperLimit"),
        data: member_owned(node, "data"),
    })
}

/// What is known of an attachment.
pub(in crate::lens) fn file(node: Node<'_>) -> Option<File> {
    (node.kind() == Kind::Object).then(|| {
        let content_type = member_owned(node, "contentType");
        let plain = content_type.as_deref().is_some_and(|t| t.trim_start().starts_with("text/plain"));
        let text = plain.then(|| attached(node)).flatten();
        File { title: member_owned(node, "title"), content_type, text: text.map(Phi::new) }
    })
}

pub(super) fn side(node: Node<'_>, name: &str) -> Option<Quantity> {
    node.member(name).and_then(quantity)
}

/// The element of a value that could not be read.
pub(super) fn fault_of(value: &Measured) -> Option<&'static str> {
    match value {
        Measured::Unreadable(name) => Some(name),
        Measured::Quantity(q) if q.value.is_none() => Some("valueQuantity"),
        Measured::Date(w) if w.date.is_none() => Some("valueDateTime"),
        _ => None,
    }
}
