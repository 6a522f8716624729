//! Walks a record by R4's definitions.

use super::reading::{Covered, complex, likely_type, primitive, untyped};
use super::xhtml::narrative_text;
use super::{Detail, DetailValue};
use crate::elements::{Defined, defined, section};
use crate::{Kind, Node, Raw};
use std::borrow::Cow;

/// How many contained resources may be shown inside each other.
const DEEPEST: usize = 8;
/// Why a primitive value is absent (R4, extension data-absent-reason).
const ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// Every element of a record in its order.
///
/// Left out are `resourceType`, `id`, `meta` but for its labels and tags, the ids of elements, and a narrative that was
/// generated from the other elements. A contained resource is part of the first reference to it, else of `contained`.
#[must_use]
pub fn details(raw: &Raw) -> Vec<Detail<'_>> {
    let node = raw.node();
    let resource_type = raw.resource_type().unwrap_or_default();
    let contained = node.member("contained").into_iter().flat_map(Node::items);
    let contained =
        contained.map(|n| Contained { id: n.member_text("id").unwrap_or_default(), node: n, is_shown: false });
    let mut walk = Walk { contained: contained.collect(), depth: 0 };
    let mut found = walk.members(node, section(&resource_type), &["resourceType", "id", "meta", "text", "contained"]);
    for label in ["security", "tag"] {
        let items = node.at(&["meta", label]).into_iter().flat_map(Node::items);
        found.extend(items.map(|item| walk.detail(Cow::Borrowed(label), item, defined("Meta", label))));
    }
    if let Some(text) = node.member("text") {
        found.extend(narrative(text, &found));
    }
    while let Some(next) = walk.contained.iter_mut().find(|c| !c.is_shown) {
        next.is_shown = true;
        let resource = next.node;
        found.push(walk.resource(Cow::Borrowed("contained"), resource));
    }
    found
}

/// The narrative, unless it was generated from elements of which at least one can be read.
fn narrative<'a>(text: Node<'a>, others: &[Detail<'a>]) -> Option<Detail<'a>> {
    let status = text.member_text("status").unwrap_or_default();
    let is_generated = matches!(status.as_ref(), "generated" | "empty");
    if is_generated && others.iter().any(has_words) {
        return None;
    }
    let words = narrative_text(&text.member_text("div").or_else(|| text.text())?);
    let value = DetailValue::Text(Cow::Owned(words));
    Some(Detail { name: Cow::Borrowed("text"), data_type: Some("Narrative"), value, parts: Vec::new() })
}

/// Whether an element says in words what the record is about.
fn has_words(detail: &Detail<'_>) -> bool {
    match &detail.value {
        DetailValue::Concept(text, codes) => text.is_some() || codes.iter().any(|c| c.display.is_some()),
        DetailValue::Text(_) | DetailValue::Markdown(_) => true,
        DetailValue::Reference(_) | DetailValue::Group => detail.parts.iter().any(has_words),
        _ => false,
    }
}

struct Contained<'a> {
    id: Cow<'a, str>,
    node: Node<'a>,
    is_shown: bool,
}

struct Walk<'a> {
    contained: Vec<Contained<'a>>,
    /// Contained resources around the present element.
    depth: usize,
}

impl<'a> Walk<'a> {
    /// The members of an object but those in `skip`; each item of an array is a detail of its own.
    fn members(&mut self, node: Node<'a>, section: Option<&'static str>, skip: &[&str]) -> Vec<Detail<'a>> {
        let members: Vec<(Cow<'a, str>, Node<'a>)> = node.members().collect();
        let extras = |name: &str| {
            let own = members.iter().find(|(n, _)| n.strip_prefix('_') == Some(name));
            own.map(|(_, node)| *node)
        };
        let mut out = Vec::with_capacity(members.len());
        for (name, value) in &members {
            let plain = name.strip_prefix('_').filter(|plain| section.and_then(|s| defined(s, plain)).is_some());
            let name = plain.map_or_else(|| name.clone(), |plain| Cow::Owned(plain.to_owned()));
            let has_value = plain.is_some() && members.iter().any(|(n, _)| *n == name);
            if has_value || skip.contains(&name.as_ref()) || (name == "id" && value.kind() == Kind::Text) {
                continue;
            }
            let (value, extra) = if plain.is_some() { (None, Some(*value)) } else { (Some(*value), extras(&name)) };
            let known = section.and_then(|s| member(s, &name));
            let shown = known.filter(|k| k.definition.is_choice).map_or(name, |k| Cow::Borrowed(k.definition.name));
            self.member(&mut out, shown, (value, extra), known);
        }
        out
    }

    /// One member: its value, the extensions of its primitive values, or both.
    fn member(
        &mut self,
        out: &mut Vec<Detail<'a>>,
        name: Cow<'a, str>,
        (value, extra): (Option<Node<'a>>, Option<Node<'a>>),
        known: Option<Defined>,
    ) {
        let is_list = [value, extra].into_iter().flatten().any(|n| n.kind() == Kind::Array);
        if !is_list {
            out.extend(self.with_extra(&name, value, extra, known));
            return;
        }
        let items = |list: Option<Node<'a>>| list.map(|n| n.items().collect::<Vec<_>>()).unwrap_or_default();
        let (values, extras) = (items(value), items(extra));
        for index in 0..values.len().max(extras.len()) {
            let at = |list: &[Node<'a>]| list.get(index).copied().filter(|n| n.kind() != Kind::Null);
            out.extend(self.with_extra(&name, at(&values), at(&extras), known));
        }
    }

    fn with_extra(
        &mut self,
        name: &Cow<'a, str>,
        value: Option<Node<'a>>,
        extra: Option<Node<'a>>,
        known: Option<Defined>,
    ) -> Option<Detail<'a>> {
        let mut detail = match value {
            Some(value) => self.detail(name.clone(), value, known),
            None => {
                let data_type = known.map(|k| k.data_type);
                Detail { name: name.clone(), data_type, value: DetailValue::Group, parts: Vec::new() }
            }
        };
        let Some(extra) = extra else { return value.is_some().then_some(detail) };
        let extensions = || extra.member("extension").into_iter().flat_map(Node::items);
        let reason = extensions().find(|e| e.member_text("url").as_deref() == Some(ABSENT_REASON));
        if let Some(reason) = reason.filter(|_| value.is_none()) {
            detail.value = DetailValue::Absent(reason.member_text("valueCode"));
            let others = extensions().filter(|e| e.raw().as_ptr() != reason.raw().as_ptr());
            let known = defined("Element", "extension");
            detail.parts.extend(others.map(|e| self.detail(Cow::Borrowed("extension"), e, known)));
            return Some(detail);
        }
        detail.parts.extend(self.members(extra, section("Element"), &[]));
        (value.is_some() || !detail.parts.is_empty()).then_some(detail)
    }

    /// One value.
    fn detail(&mut self, name: Cow<'a, str>, node: Node<'a>, known: Option<Defined>) -> Detail<'a> {
        let data_type = known.map(|k| k.data_type.trim_start_matches('@'));
        if matches!(node.kind(), Kind::Array) {
            // An array inside an array, which R4 does not have.
            let parts = node.items().map(|item| self.detail(name.clone(), item, known)).collect();
            return Detail { name, data_type, value: DetailValue::Group, parts };
        }
        if node.kind() != Kind::Object {
            let typed = data_type.and_then(|t| primitive(node, t));
            return Detail { name, data_type, value: typed.unwrap_or_else(|| untyped(node)), parts: Vec::new() };
        }
        if data_type == Some("Resource") || (known.is_none() && node.member("resourceType").is_some()) {
            return self.resource(name, node);
        }
        let likely = data_type.or_else(|| likely_type(node));
        let (value, covered): Covered<'a> = likely.and_then(|t| complex(node, t)).unwrap_or((DetailValue::Group, &[]));
        let section = known.and_then(|k| k.section).or_else(|| likely.and_then(section));
        let mut parts = self.members(node, section, covered);
        parts.extend(self.rest_of_codes(node, &value));
        parts.extend(self.target_of(&value));
        let is_backbone = known.is_some_and(|k| k.data_type.starts_with('@') || k.data_type == "Element");
        Detail { name, data_type: if is_backbone { Some("BackboneElement") } else { data_type }, value, parts }
    }

    /// What the codes of a CodeableConcept have besides system, code and display.
    fn rest_of_codes(&mut self, node: Node<'a>, value: &DetailValue<'a>) -> Vec<Detail<'a>> {
        if !matches!(value, DetailValue::Concept(..)) {
            return Vec::new();
        }
        let mut out = Vec::new();
        for coding in node.member("coding").into_iter().flat_map(Node::items) {
            let parts = self.members(coding, section("Coding"), &["system", "code", "display"]);
            if !parts.is_empty() {
                let (name, data_type) = (Cow::Borrowed("coding"), Some("Coding"));
                out.push(Detail { name, data_type, value: DetailValue::Group, parts });
            }
        }
        out
    }

    /// The contained resource that a reference is to, at the first reference to it.
    fn target_of(&mut self, value: &DetailValue<'a>) -> Option<Detail<'a>> {
        let DetailValue::Reference(link) = value else { return None };
        let id = link.reference.as_deref()?.strip_prefix('#')?;
        let found = self.contained.iter_mut().find(|c| c.id == id && !c.is_shown)?;
        if self.depth >= DEEPEST {
            return None;
        }
        found.is_shown = true;
        let node = found.node;
        Some(self.resource(Cow::Borrowed("contained"), node))
    }

    /// A resource inside the record.
    fn resource(&mut self, name: Cow<'a, str>, node: Node<'a>) -> Detail<'a> {
        self.depth += 1;
        let data_type = section(&node.member_text("resourceType").unwrap_or_default());
        let skip: &[&str] = if data_type.is_some() { &["resourceType", "id", "text"] } else { &["id", "text"] };
        let mut parts = self.members(node, data_type, skip);
        parts.extend(node.member("text").and_then(|text| narrative(text, &parts)));
        self.depth -= 1;
        Detail { name, data_type, value: DetailValue::Group, parts }
    }
}

/// A member of a section, or one that every type has.
fn member(section: &str, name: &str) -> Option<Defined> {
    defined(section, name).or_else(|| defined("DomainResource", name)).or_else(|| defined("BackboneElement", name))
}
