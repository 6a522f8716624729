//! Reads the elements of one resource and collects those that could not be read.

use super::detail::narrative_text;
use super::parts::{Coding, Concept, Period, Quantity, Reference, When};
use crate::node::Members;
use crate::{Decimal, FhirDate, FhirError, Kind, Node, Raw, reference_of};
use keep_domain::{Phi, ResourceId};

/// The names of UCUM.
const UCUM: [&str; 3] = ["http://unitsofmeasure.org", "https://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8"];

pub(super) struct Reader<'a> {
    node: Node<'a>,
    /// The members in order, found once: a lens looks up a dozen of them.
    members: Members<'a>,
    faults: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// A reader of a resource, which must be of one of these types.
    pub(super) fn open(raw: &'a Raw, types: &[&str]) -> Result<Self, FhirError> {
        let node = raw.node();
        let own = node.member_text("resourceType");
        if own.is_none_or(|t| !types.contains(&t.as_ref())) {
            return Err(FhirError::WrongType);
        }
        Ok(Self::over(node, node.members().collect()))
    }

    /// A reader of `node`, whose members are known.
    pub(super) const fn over(node: Node<'a>, members: Members<'a>) -> Self {
        Self { node, members, faults: Vec::new() }
    }

    /// The first member of that name.
    pub(super) fn member(&self, name: &str) -> Option<Node<'a>> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, node)| *node)
    }

    /// The members in order.
    pub(super) const fn members(&self) -> &Members<'a> {
        &self.members
    }

    pub(super) const fn node(&self) -> Node<'a> {
        self.node
    }

    pub(super) fn into_faults(self) -> Vec<&'static str> {
        self.faults
    }

    pub(super) fn fault(&mut self, name: &'static str) {
        if !self.faults.contains(&name) {
            self.faults.push(name);
        }
    }

    /// Applies `read` to a member; one that is present but yields nothing is a fault.
    pub(super) fn read<T>(&mut self, name: &'static str, read: impl FnOnce(Node<'a>) -> Option<T>) -> Option<T> {
        let found = self.member(name)?;
        let value = read(found);
        if value.is_none() {
            self.fault(name);
        }
        value
    }

    pub(super) fn id(&mut self) -> Option<ResourceId> {
        self.read("id", |n| n.text()?.parse().ok())
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, owned)
    }

    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, Node::boolean)
    }

    pub(super) fn concept(&mut self, name: &'static str) -> Option<Concept> {
        self.read(name, concept)
    }

    pub(super) fn quantity(&mut self, name: &'static str) -> Option<Quantity> {
        let found = self.read(name, quantity)?;
        // A quantity without a readable number is flagged and shown all the same.
        if found.value.is_none() {
            self.fault(name);
        }
        Some(found)
    }

    pub(super) fn reference(&mut self, name: &'static str) -> Option<Reference> {
        self.read(name, reference)
    }

    pub(super) fn when(&mut self, name: &'static str) -> Option<When> {
        let found = self.read(name, when)?;
        if found.date.is_none() {
            self.fault(name);
        }
        Some(found)
    }

    /// The first element present of one choice type.
    pub(super) fn first_when(&mut self, names: &[&'static str]) -> Option<When> {
        names.iter().find_map(|name| self.when(name))
    }

    pub(super) fn period(&mut self, name: &'static str) -> Option<Period> {
        let found = self.read(name, period)?;
        if [&found.start, &found.end].into_iter().flatten().any(|w| w.date.is_none()) {
            self.fault(name);
        }
        Some(found)
    }

    /// Reads every item of a list; an item that yields nothing is a fault.
    pub(super) fn list<T>(&mut self, name: &'static str, mut read: impl FnMut(Node<'a>) -> Option<T>) -> Vec<T> {
        let Some(found) = self.member(name) else { return Vec::new() };
        if found.kind() != Kind::Array {
            self.fault(name);
            // A single item without brackets is a common mistake: it is shown all the same.
            return read(found).into_iter().collect();
        }
        let mut out = Vec::new();
        for item in found.items() {
            match read(item) {
                Some(value) => out.push(value),
                None => self.fault(name),
            }
        }
        out
    }

    pub(super) fn concepts(&mut self, name: &'static str) -> Vec<Concept> {
        self.list(name, concept)
    }

    /// The narrative as text, where the record says that it holds more than its elements, or where `all` is set.
    pub(super) fn narrative(&self, all: bool) -> Option<String> {
        let text = self.member("text")?;
        let wanted = all || text.member_text("status").as_deref() == Some("additional");
        let plain = wanted.then(|| text.member_text("div")).flatten().map(|div| narrative_text(&div));
        plain.filter(|text| !text.trim().is_empty())
    }

    /// The texts of `note` (Annotation).
    pub(super) fn notes(&mut self) -> Vec<Phi<String>> {
        self.list("note", |n| n.member("text").and_then(owned).map(Phi::new))
    }
}

pub(super) fn owned(node: Node<'_>) -> Option<String> {
    node.text().map(std::borrow::Cow::into_owned)
}

pub(super) fn member_owned(node: Node<'_>, name: &str) -> Option<String> {
    node.member(name).and_then(owned)
}

pub(super) fn member_phi(node: Node<'_>, name: &str) -> Option<Phi<String>> {
    member_owned(node, name).map(Phi::new)
}

pub(super) fn coding(node: Node<'_>) -> Option<Coding> {
    let [system, code, display] = node.first_of(["system", "code", "display"]).map(|part| part.and_then(owned));
    (code.is_some() || display.is_some()).then(|| Coding { system, code: code.unwrap_or_default(), display })
}

pub(super) fn concept(node: Node<'_>) -> Option<Concept> {
    if let Some(code) = owned(node) {
        // Older servers send a bare code where a concept belongs.
        return Some(Concept { text: None, codings: vec![Coding { system: None, code, display: None }] });
    }
    let [codings, text] = node.first_of(["coding", "text"]);
    let text = text.and_then(owned);
    let codings: Vec<_> = codings.into_iter().flat_map(Node::items).filter_map(coding).collect();
    (text.is_some() || !codings.is_empty()).then_some(Concept { text, codings })
}

pub(super) fn quantity(node: Node<'_>) -> Option<Quantity> {
    let [value, comparator, unit, code, system] = node.first_of(["value", "comparator", "unit", "code", "system"]);
    (node.kind() == Kind::Object).then(|| Quantity {
        value: value.and_then(Node::number).and_then(Decimal::parse),
        comparator: comparator.and_then(owned),
        unit: unit.and_then(owned),
        code: code.and_then(owned),
        foreign: system.and_then(Node::text).is_some_and(|system| !UCUM.contains(&system.trim_end_matches('/'))),
    })
}

pub(super) fn reference(node: Node<'_>) -> Option<Reference> {
    (node.kind() == Kind::Object)
        .then(|| Reference { key: reference_of(node, None), display: member_phi(node, "display") })
}

pub(super) fn when(node: Node<'_>) -> Option<When> {
    let text = owned(node)?;
    let date = FhirDate::parse(&text);
    Some(When { text, date })
}

pub(super) fn period(node: Node<'_>) -> Option<Period> {
    (node.kind() == Kind::Object)
        .then(|| Period { start: node.member("start").and_then(when), end: node.member("end").and_then(when) })
}
