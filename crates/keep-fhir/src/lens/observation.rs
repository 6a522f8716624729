//! Measurements and findings.

use super::parts::{Concept, Period, Quantity, When};
use super::reader::{Reader, concept, first_code, member_owned, owned, period, quantity, when};
use crate::node::Members;
use crate::{Decimal, FhirError, Kind, Node, Raw};
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
    /// A date or time.
    Date(When),
    /// A period.
    Period(Period),
    /// Not measured, with the reason.
    Absent(Concept),
    /// Present, but in a form that is not supported: the element's name.
    Unreadable(&'static str),
}

/// A reference range.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferenceRange {
    /// Lower limit.
    pub low: Option<Quantity>,
    /// Upper limit.
    pub high: Option<Quantity>,
    /// The population that it applies to.
    pub applies: Option<Concept>,
    /// As text.
    pub text: Option<String>,
}

/// One part of a panel, such as systolic pressure.
#[derive(Clone, PartialEq, Eq)]
pub struct Component {
    /// What was measured.
    pub code: Option<Concept>,
    /// The value.
    pub value: Option<Measured>,
    /// `H`, `L`, `HH`, ...
    pub interpretation: Vec<String>,
    /// Reference ranges.
    pub ranges: Vec<ReferenceRange>,
}

/// An Observation.
#[derive(Clone, PartialEq, Eq)]
pub struct ObservationLens {
    /// `final`, `preliminary`, `amended`, `entered-in-error`, ...
    pub status: Option<String>,
    /// What was measured.
    pub code: Option<Concept>,
    /// The value.
    pub value: Option<Measured>,
    /// The parts of a panel.
    pub components: Vec<Component>,
    /// `H`, `L`, `HH`, `LL`, `N`, `A`, ...
    pub interpretation: Vec<String>,
    /// Reference ranges.
    pub ranges: Vec<ReferenceRange>,
    /// The clinically relevant time.
    pub effective: Option<When>,
    /// The time of publication; read only without an effective time.
    pub issued: Option<When>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an Observation.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn observation(raw: &Raw) -> Result<ObservationLens, FhirError> {
    Reader::open(raw, &["Observation"]).map(read)
}

/// Reads an object that is known to be an Observation.
pub(crate) fn observation_in<'a>(node: Node<'a>, members: Members<'a>) -> ObservationLens {
    read(Reader::over(node, members))
}

fn read(mut r: Reader<'_>) -> ObservationLens {
    let value = measured(|name| r.member(name));
    if let Some(name) = value.as_ref().and_then(fault_of) {
        r.fault(name);
    }
    let components = r.list("component", component);
    if components.iter().any(|c| c.code.is_none() || c.value.as_ref().is_some_and(|v| fault_of(v).is_some())) {
        r.fault("component");
    }
    let code = r.concept("code");
    if code.is_none() {
        r.fault("code");
    }
    let effective = match r.first_when(&["effectiveDateTime", "effectiveInstant"]) {
        Some(at) => Some(at),
        None => r.period("effectivePeriod").and_then(|p| p.start.or(p.end)),
    };
    ObservationLens {
        status: r.text("status"),
        code,
        value,
        components,
        interpretation: r.list("interpretation", first_code),
        ranges: r.list("referenceRange", range),
        issued: if effective.is_none() { r.when("issued") } else { None },
        effective,
        faults: r.into_faults(),
    }
}

fn fault_of(value: &Measured) -> Option<&'static str> {
    match value {
        Measured::Unreadable(name) => Some(name),
        Measured::Quantity(q) if q.value.is_none() => Some("valueQuantity"),
        Measured::Date(w) if w.date.is_none() => Some("valueDateTime"),
        _ => None,
    }
}

fn component(node: Node<'_>) -> Option<Component> {
    if node.kind() != Kind::Object {
        return None;
    }
    let interpretation = node.member("interpretation").into_iter().flat_map(Node::items);
    Some(Component {
        code: node.member("code").and_then(concept),
        value: measured(|name| node.member(name)),
        interpretation: interpretation.filter_map(first_code).collect(),
        ranges: node.member("referenceRange").into_iter().flat_map(Node::items).filter_map(range).collect(),
    })
}

/// The value of an Observation or a component, by its members.
fn measured<'a>(member: impl Fn(&str) -> Option<Node<'a>>) -> Option<Measured> {
    type Form = fn(Node<'_>) -> Option<Measured>;
    let forms: [(&'static str, Form); 11] = [
        ("valueQuantity", |n| quantity(n).map(Measured::Quantity)),
        ("valueCodeableConcept", |n| concept(n).map(Measured::Concept)),
        ("valueString", |n| owned(n).map(|t| Measured::Text(Phi::new(t)))),
        ("valueBoolean", |n| n.boolean().map(Measured::Boolean)),
        ("valueInteger", |n| n.number().and_then(Decimal::parse).map(Measured::Integer)),
        ("valueRange", |n| Some(Measured::Range(side(n, "low"), side(n, "high")))),
        ("valueRatio", |n| Some(Measured::Ratio(side(n, "numerator"), side(n, "denominator")))),
        ("valueDateTime", |n| when(n).map(Measured::Date)),
        ("valueTime", |n| owned(n).map(|t| Measured::Text(Phi::new(t)))),
        ("valuePeriod", |n| period(n).map(Measured::Period)),
        ("valueSampledData", |_| None),
    ];
    for (name, read) in forms {
        if let Some(found) = member(name) {
            return Some(read(found).unwrap_or(Measured::Unreadable(name)));
        }
    }
    member("dataAbsentReason").and_then(concept).map(Measured::Absent)
}

fn side(node: Node<'_>, name: &str) -> Option<Quantity> {
    node.member(name).and_then(quantity)
}

fn range(node: Node<'_>) -> Option<ReferenceRange> {
    (node.kind() == Kind::Object).then(|| ReferenceRange {
        low: side(node, "low"),
        high: side(node, "high"),
        applies: node.member("appliesTo").and_then(|a| a.items().next()).and_then(concept),
        text: member_owned(node, "text"),
    })
}
