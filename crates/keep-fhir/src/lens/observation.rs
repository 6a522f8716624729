//! Measurements and findings.

mod value;

use super::parts::{Concept, Quantity, Reference, When};
use super::reader::{Reader, concept, member_owned, period, reference, when};
use crate::node::Members;
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceKey};
pub(super) use value::file;
pub use value::{File, Measured, Samples};
use value::{fault_of, measured, side};

/// A reference range.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ReferenceRange {
    /// Lower limit.
    pub low: Option<Quantity>,
    /// Upper limit.
    pub high: Option<Quantity>,
    /// `normal`, `recommended`, `treatment`, `therapeutic`, ...
    pub kind: Option<Concept>,
    /// The populations that it applies to.
    pub applies: Vec<Concept>,
    /// The ages that it applies to, from and to.
    pub age: Option<(Option<Quantity>, Option<Quantity>)>,
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
    /// `H`, `L`, `HH`, ..., as code or text.
    pub interpretation: Vec<Concept>,
    /// Reference ranges.
    pub ranges: Vec<ReferenceRange>,
    /// Whether it has an extension that changes its meaning.
    pub is_modified: bool,
}

/// The parts of an Observation that its value, its flag and its place depend on.
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
    /// `H`, `L`, `HH`, `LL`, `N`, `A`, ..., as code or text.
    pub interpretation: Vec<Concept>,
    /// Reference ranges.
    pub ranges: Vec<ReferenceRange>,
    /// The clinically relevant time; the start of a period, the first event of a timing.
    pub effective: Option<When>,
    /// The time of publication; read only without an effective time.
    pub issued: Option<When>,
    /// Whom or what it is about, where that is not the patient.
    pub focus: Vec<Reference>,
    /// The members of a panel.
    pub members: Vec<Reference>,
    /// Whether it or a part of it has an extension or rules that change its meaning.
    pub is_modified: bool,
    /// Whether it says more than its value: see [`observation_details`].
    pub has_details: bool,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// The parts of an Observation that are shown beside its value.
#[derive(Clone, PartialEq, Eq)]
pub struct ObservationDetails {
    /// Comments.
    pub notes: Vec<Phi<String>>,
    /// How it was measured.
    pub method: Option<Concept>,
    /// Where on the body.
    pub body_site: Option<Concept>,
    /// The specimen.
    pub specimen: Option<Reference>,
    /// The device.
    pub device: Option<Reference>,
    /// Why there is no value, also where there is one or where parts have values.
    pub absent: Option<Concept>,
    /// The end of the period in which it was measured.
    pub until: Option<When>,
    /// When it was published.
    pub issued: Option<When>,
    /// The narrative, where the record says that it holds more than its elements (`additional`).
    pub narrative: Option<String>,
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

/// Reads what is shown beside the value of an Observation.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn observation_details(raw: &Raw) -> Result<ObservationDetails, FhirError> {
    let mut r = Reader::open(raw, &["Observation"])?;
    Ok(ObservationDetails {
        notes: r.notes(),
        method: r.concept("method"),
        body_site: r.concept("bodySite"),
        specimen: r.reference("specimen"),
        device: r.reference("device"),
        absent: r.concept("dataAbsentReason"),
        until: r.period("effectivePeriod").filter(|p| p.start.is_some()).and_then(|p| p.end),
        issued: r.when("issued"),
        narrative: r.narrative(false),
        faults: r.into_faults(),
    })
}

/// The records that an Observation was computed from.
pub fn derived_from(raw: &Raw) -> Vec<ResourceKey> {
    let Ok(mut r) = Reader::open(raw, &["Observation"]) else { return Vec::new() };
    r.list("derivedFrom", reference).into_iter().filter_map(|from| from.key).collect()
}

/// Reads an object that is known to be an Observation.
pub(crate) fn observation_in<'a>(node: Node<'a>, members: Members<'a>) -> ObservationLens {
    read(Reader::over(node, members))
}

fn read(mut r: Reader<'_>) -> ObservationLens {
    let value = measured(r.members());
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
    let is_modified = is_modified(r.members()) || components.iter().any(|c| c.is_modified);
    let has_details = r.members().iter().any(|(name, _)| DETAILS.contains(&name.as_ref()));
    let effective = effective(&mut r);
    let mut focus = r.list("focus", reference);
    if !focus.is_empty() {
        let subject = r.reference("subject").and_then(|s| s.key);
        focus.retain(|f| f.key.is_none() || f.key != subject);
    }
    ObservationLens {
        status: r.text("status"),
        code,
        value,
        components,
        interpretation: r.concepts("interpretation"),
        ranges: r.list("referenceRange", range),
        issued: if effective.is_none() { r.when("issued") } else { None },
        effective,
        focus,
        members: r.list("hasMember", reference),
        is_modified,
        has_details,
        faults: r.into_faults(),
    }
}

fn effective(r: &mut Reader<'_>) -> Option<When> {
    let at = r.first_when(&["effectiveDateTime", "effectiveInstant"]);
    let at = at.or_else(|| r.period("effectivePeriod").and_then(|p| p.start.or(p.end)));
    at.or_else(|| {
        r.read("effectiveTiming", |timing| {
            let event = timing.member("event").and_then(|e| e.items().find_map(when));
            let bounds = || period(timing.at(&["repeat", "boundsPeriod"])?).and_then(|p| p.start.or(p.end));
            event.or_else(bounds)
        })
    })
}

fn component(node: Node<'_>) -> Option<Component> {
    if node.kind() != Kind::Object {
        return None;
    }
    let members: Members<'_> = node.members().collect();
    let list = |name| node.member(name).into_iter().flat_map(Node::items);
    Some(Component {
        code: node.member("code").and_then(concept),
        value: measured(&members),
        interpretation: list("interpretation").filter_map(concept).collect(),
        ranges: list("referenceRange").filter_map(range).collect(),
        is_modified: is_modified(&members),
    })
}

/// The elements of [`ObservationDetails`].
const DETAILS: [&str; 6] = ["note", "method", "bodySite", "specimen", "device", "dataAbsentReason"];

fn is_modified(members: &Members<'_>) -> bool {
    members.iter().any(|(name, _)| matches!(name.as_ref(), "modifierExtension" | "implicitRules"))
}

fn range(node: Node<'_>) -> Option<ReferenceRange> {
    (node.kind() == Kind::Object).then(|| ReferenceRange {
        low: side(node, "low"),
        high: side(node, "high"),
        kind: node.member("type").and_then(concept),
        applies: node.member("appliesTo").into_iter().flat_map(Node::items).filter_map(concept).collect(),
        age: node.member("age").map(|age| (side(age, "low"), side(age, "high"))),
        text: member_owned(node, "text"),
    })
}
