//! Reads values of R4's data types; a member that a value does not have room for is left to the caller.

use super::{DetailCode, DetailQuantity, DetailReference, DetailValue};
use crate::lens::reader::{period, when};
use crate::{Kind, Node, reference_of};
use std::borrow::Cow;

const UCUM: &str = "http://unitsofmeasure.org";

/// A value and the names of the members that it covers.
pub(super) type Covered<'a> = (DetailValue<'a>, &'static [&'static str]);

/// A primitive value of an R4 type; `None` where the JSON is of another kind.
pub(super) fn primitive<'a>(node: Node<'a>, data_type: &str) -> Option<DetailValue<'a>> {
    match data_type {
        "boolean" => node.boolean().map(DetailValue::Boolean),
        "decimal" | "integer" | "positiveInt" | "unsignedInt" => node.number().map(DetailValue::Number),
        "code" => node.text().map(DetailValue::Code),
        "markdown" => node.text().map(DetailValue::Markdown),
        "date" | "dateTime" | "instant" => when(node).map(DetailValue::Date),
        "base64Binary" => node.text().map(|t| DetailValue::Bytes(bytes_in(&t))),
        "xhtml" => node.text().map(|t| DetailValue::Text(Cow::Owned(super::xhtml::narrative_text(&t)))),
        "string" | "uri" | "url" | "canonical" | "id" | "oid" | "uuid" | "time" => node.text().map(DetailValue::Text),
        _ => None,
    }
}

/// A primitive value of an unknown type.
pub(super) fn untyped<'a>(node: Node<'a>) -> DetailValue<'a> {
    match node.kind() {
        Kind::Text => DetailValue::Text(node.text().unwrap_or(Cow::Borrowed(node.raw()))),
        Kind::Number => DetailValue::Number(node.raw()),
        Kind::Boolean => DetailValue::Boolean(node.boolean() == Some(true)),
        Kind::Null => DetailValue::Absent(None),
        Kind::Object | Kind::Array => DetailValue::Group,
    }
}

/// The bytes that base64 text stands for.
fn bytes_in(text: &str) -> usize {
    let letters = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').count();
    letters * 3 / 4
}

/// A complex value of an R4 type; `None` for types that consist of their parts.
pub(super) fn complex<'a>(node: Node<'a>, data_type: &str) -> Option<Covered<'a>> {
    match data_type {
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" => {
            let value = quantity(node)?;
            Some((DetailValue::Quantity(value), &["value", "comparator", "unit", "code", "system"]))
        }
        "Money" => {
            let unit = text_or_absent(node, "currency")?;
            let value = number_or_absent(node)?;
            Some((DetailValue::Quantity(DetailQuantity { value, unit, ..Default::default() }), &["value", "currency"]))
        }
        "Range" => Some((DetailValue::Range(side(node, "low")?, side(node, "high")?), &["low", "high"])),
        "Ratio" => {
            let names: &[&str] = &["numerator", "denominator"];
            Some((DetailValue::Ratio(side(node, "numerator")?, side(node, "denominator")?), names))
        }
        "Period" => Some((DetailValue::Period(period(node)?), &["start", "end"])),
        "CodeableConcept" => {
            let text = text_or_absent(node, "text")?;
            let codes =
                node.member("coding").into_iter().flat_map(Node::items).map(code).collect::<Option<Vec<_>>>()?;
            let is_list = node.member("coding").is_none_or(|c| c.kind() == Kind::Array);
            is_list.then_some((DetailValue::Concept(text, codes), &["text", "coding"]))
        }
        "Coding" => Some((DetailValue::Concept(None, vec![code(node)?]), &["system", "code", "display"])),
        "Reference" => {
            let reference = text_or_absent(node, "reference")?;
            let display = text_or_absent(node, "display")?;
            let value = DetailReference { key: reference_of(node, None), reference, display };
            Some((DetailValue::Reference(value), &["reference", "display"]))
        }
        _ => None,
    }
}

/// The R4 type that an object of an unknown type looks like.
pub(super) fn likely_type(node: Node<'_>) -> Option<&'static str> {
    let only = |names: &[&str]| node.members().all(|(name, _)| names.contains(&name.as_ref()));
    let has = |name: &str, kind: Kind| node.member(name).is_some_and(|m| m.kind() == kind);
    if has("value", Kind::Number) && only(&["value", "comparator", "unit", "code", "system"]) {
        Some("Quantity")
    } else if has("coding", Kind::Array) && only(&["coding", "text", "id", "extension"]) {
        Some("CodeableConcept")
    } else if has("reference", Kind::Text) && only(&["reference", "display", "type", "identifier", "id", "extension"]) {
        Some("Reference")
    } else if has("code", Kind::Text) && only(&["code", "display", "system", "version", "userSelected"]) {
        Some("Coding")
    } else if (has("start", Kind::Text) || has("end", Kind::Text)) && only(&["start", "end"]) {
        Some("Period")
    } else {
        None
    }
}

/// `None` where the member is present but not text.
fn text_or_absent<'a>(node: Node<'a>, name: &str) -> Option<Option<Cow<'a, str>>> {
    node.member(name).map_or(Some(None), |m| m.text().map(Some))
}

fn number_or_absent(node: Node<'_>) -> Option<Option<&str>> {
    node.member("value").map_or(Some(None), |m| m.number().map(Some))
}

fn quantity(node: Node<'_>) -> Option<DetailQuantity<'_>> {
    if node.kind() != Kind::Object {
        return None;
    }
    Some(DetailQuantity {
        comparator: text_or_absent(node, "comparator")?,
        value: number_or_absent(node)?,
        unit: text_or_absent(node, "unit")?,
        code: text_or_absent(node, "code")?,
        system: text_or_absent(node, "system")?.filter(|system| system != UCUM),
    })
}

/// One quantity of a range or ratio, which has no parts of its own there.
fn side<'a>(node: Node<'a>, name: &str) -> Option<Option<DetailQuantity<'a>>> {
    let Some(found) = node.member(name) else { return Some(None) };
    let covered = ["value", "comparator", "unit", "code", "system"];
    let is_plain = found.members().all(|(name, _)| covered.contains(&name.as_ref()));
    if is_plain { quantity(found).map(Some) } else { None }
}

fn code(node: Node<'_>) -> Option<DetailCode<'_>> {
    if node.kind() != Kind::Object {
        return None;
    }
    Some(DetailCode {
        system: text_or_absent(node, "system")?,
        code: text_or_absent(node, "code")?,
        display: text_or_absent(node, "display")?,
    })
}
