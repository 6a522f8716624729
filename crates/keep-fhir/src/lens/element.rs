//! Single elements of any type, read by the FHIR data type that they look like.

use crate::raw::check_limits;
use crate::{Kind, Node, Raw, reference_of};
use keep_domain::ResourceKey;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// Members that say how a value is encoded, not what it is.
const ENCODING: [&str; 3] = ["id", "system", "userSelected"];

/// The value of one element.
#[derive(Clone)]
pub enum Element<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// The digits of a number, as recorded.
    Number(&'a str),
    /// A boolean.
    Boolean(bool),
    /// `null`.
    Null,
    /// The items of an array.
    List(Vec<Self>),
    /// A complex type.
    Object(ComplexElement<'a>),
}

/// The value of an element with members of its own.
#[derive(Clone, Copy)]
pub struct ComplexElement<'a>(Node<'a>);

/// A number with its unit.
#[derive(Clone)]
pub struct QuantityElement<'a> {
    /// `<`, `<=`, `>=`, `>`, or empty.
    pub comparator: Cow<'a, str>,
    /// The digits as recorded.
    pub value: &'a str,
    /// The unit, or else its code, or empty.
    pub unit: Cow<'a, str>,
}

impl<'a> Element<'a> {
    /// Reads the JSON text of one element; `None` for invalid JSON.
    #[must_use]
    pub fn parse(json: &'a str) -> Option<Self> {
        check_limits(json).ok()?;
        serde_json::from_str::<IgnoredAny>(json).ok()?;
        Some(Self::of(Node::from_checked(json)))
    }

    fn of(node: Node<'a>) -> Self {
        match node.kind() {
            Kind::Text => Self::Text(node.text().unwrap_or_default()),
            Kind::Number => Self::Number(node.raw()),
            Kind::Boolean => Self::Boolean(node.boolean() == Some(true)),
            Kind::Null => Self::Null,
            Kind::Array => Self::List(node.items().map(Self::of).collect()),
            Kind::Object => Self::Object(ComplexElement(node)),
        }
    }

    /// Every resource that the element or a part of it refers to.
    #[must_use]
    pub fn references(&self) -> Vec<ResourceKey> {
        match self {
            Self::List(items) => items.iter().flat_map(Self::references).collect(),
            Self::Object(object) => {
                let inner = object.0.members().flat_map(|(_, member)| Self::of(member).references());
                object.reference().into_iter().chain(inner).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl<'a> ComplexElement<'a> {
    /// The code and the value of an element that has both, such as an Observation's component.
    #[must_use]
    pub fn coded_value(self) -> Option<(Self, Element<'a>)> {
        let code = self.0.member("code").filter(|c| c.kind() == Kind::Object)?;
        let value = self.0.members().find(|(name, _)| name.starts_with("value") || name == "dataAbsentReason")?;
        Some((Self(code), Element::of(value.1)))
    }

    /// The codes of a CodeableConcept.
    pub fn codes(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.0.member("coding").into_iter().flat_map(Node::items).filter_map(|c| c.member_text("code"))
    }

    /// The code of a CodeableConcept's first coding.
    #[must_use]
    pub fn first_code(self) -> Option<Cow<'a, str>> {
        self.0.at(&["coding", "code"])?.text()
    }

    /// The display of a CodeableConcept's first coding, or else its code.
    #[must_use]
    pub fn first_display(self) -> Option<Element<'a>> {
        self.0.at(&["coding", "display"]).or_else(|| self.0.at(&["coding", "code"])).map(Element::of)
    }

    /// The text of a CodeableConcept or an Annotation, where it is not empty.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.non_empty("text")
    }

    /// The display of a Reference or Coding, or else the Coding's code; `None` for a Quantity.
    #[must_use]
    pub fn display(self) -> Option<Cow<'a, str>> {
        if self.0.member("value").is_some() {
            return None;
        }
        let code = || self.0.member("system").and_then(|_| self.non_empty("code"));
        self.non_empty("display").or_else(code)
    }

    /// The target of a Reference.
    #[must_use]
    pub fn reference(self) -> Option<ResourceKey> {
        reference_of(self.0, None)
    }

    /// A Quantity with a number.
    #[must_use]
    pub fn quantity(self) -> Option<QuantityElement<'a>> {
        let text = |name| self.0.member_text(name);
        Some(QuantityElement {
            value: self.0.member("value")?.number()?,
            unit: text("unit").or_else(|| text("code")).unwrap_or_default(),
            comparator: text("comparator").unwrap_or_default(),
        })
    }

    /// The members that are part of the meaning, by name.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Element<'a>)> {
        let members = self.0.members().filter(|(name, _)| !ENCODING.contains(&name.as_ref()));
        members.map(|(name, member)| (name, Element::of(member)))
    }

    fn non_empty(self, name: &str) -> Option<Cow<'a, str>> {
        self.0.member_text(name).filter(|t| !t.is_empty())
    }
}

/// A resource that holds one element only, so that the lens of its type can read that element.
#[must_use]
pub fn resource_with(resource_type: &str, element: &str, json: &str) -> Option<Raw> {
    Raw::parse(format!(r#"{{"resourceType":"{resource_type}","id":"x","{element}":{json}}}"#)).ok()
}
