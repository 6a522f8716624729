//! What may change the meaning of a record: its modifier elements and what R4 does not have.

use super::parts::{Reference, When};
use super::reader::{reference, when};
use super::status;
use crate::elements::{Defined, ElementDefinition, defined, elements_of, section};
use crate::{Kind, Node, Raw};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What makes every element of a record worth looking at: these may be modifiers at any depth.
const DEEP: [&str; 4] = ["\"modifierExtension\"", "\"comparator\"", "\"use\"", "\"contained\""];

/// Whether R4 has what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModifierState {
    /// It does.
    Known,
    /// It is not a value of R4, or no element whose meaning is known.
    Unknown,
    /// R4 requires the element, and it is not there.
    Missing,
}

/// One element that may change the meaning.
#[derive(Clone, PartialEq, Eq)]
pub struct Modifier<'a> {
    /// Its path in the record: `status`, `activity.detail.doNotPerform`, `contained.status`.
    pub path: String,
    /// Whether R4 has the value.
    pub state: ModifierState,
    /// The code: of a known value that of R4's list; `true` or `false` of a boolean.
    pub code: Option<Cow<'a, str>>,
    /// The recorded words and codes.
    pub recorded: Vec<Cow<'a, str>>,
}

/// What may change the meaning of a record.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Modifiers<'a> {
    /// The modifier elements, those that are missing, and those of another kind than R4's, in their order.
    pub elements: Vec<Modifier<'a>>,
    /// Recorded reasons of the status.
    pub reasons: Vec<Cow<'a, str>>,
    /// Who or what an Observation is about, other than the patient.
    pub focus: Vec<Reference>,
    /// When a patient died.
    pub died: Option<When>,
    /// The records that a Patient is linked to, with the type of each link.
    pub links: Vec<(Option<Cow<'a, str>>, Option<Reference>)>,
}

/// The elements of a section that are modifiers or have modifiers among their own elements.
static DECIDING: LazyLock<HashMap<&'static str, Vec<&'static ElementDefinition>>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for name in crate::elements::element_sections() {
        let deciding: Vec<_> = elements_of(name).iter().filter(|e| decides(e) || leads_on(name, e)).collect();
        if !deciding.is_empty() {
            found.insert(name, deciding);
        }
    }
    found
});

fn decides(element: &ElementDefinition) -> bool {
    element.is_modifier || element.codes().next().is_some()
}

/// Whether an element with elements of its own has a modifier among them, at any depth.
fn leads_on(within: &str, element: &ElementDefinition) -> bool {
    let is_own = element.types().any(|t| t == "BackboneElement");
    let path = format!("{within}.{}", element.name);
    is_own && elements_of(&path).iter().any(|e| decides(e) || leads_on(&path, e))
}

/// Finds what may change the meaning of a record.
#[must_use]
pub fn modifiers(raw: &Raw) -> Modifiers<'_> {
    let (node, text) = (raw.node(), raw.as_str());
    let resource_type = node.member_text("resourceType").unwrap_or_default();
    let mut walk = Walk { found: Modifiers::default() };
    let Some(own) = section(&resource_type) else {
        walk.unknown(String::from("resourceType"), vec![resource_type]);
        return walk.found;
    };
    let is_deep = DEEP.iter().any(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some());
    walk.resource(node, own, "", is_deep);
    walk.found
}

struct Walk<'a> {
    found: Modifiers<'a>,
}

impl<'a> Walk<'a> {
    fn unknown(&mut self, path: String, recorded: Vec<Cow<'a, str>>) {
        let state = ModifierState::Unknown;
        self.found.elements.push(Modifier { path, state, code: None, recorded });
    }

    /// The record itself, or a resource inside it, whose path is `path`.
    fn resource(&mut self, node: Node<'a>, own: &'static str, path: &str, is_deep: bool) {
        let required = DECIDING.get(own).into_iter().flatten().filter(|e| decides(e) && e.is_required);
        let mut missing: Vec<&str> = required.map(|e| e.name).collect();
        let is_record = path.is_empty();
        for (name, member) in node.members() {
            if member.kind() != Kind::Null {
                missing.retain(|m| *m != name);
            }
            match name.as_ref() {
                "implicitRules" => self.unknown(joined(path, &name), member.text().into_iter().collect()),
                "statusReason"
                | "statusReasonCodeableConcept"
                | "statusReasonReference"
                | "cancelationReason"
                | "subpotentReason"
                    if is_record =>
                {
                    let items = items_of(member);
                    self.found.reasons.extend(items.filter_map(words_of));
                }
                "focus" if is_record && own == "Observation" => {
                    self.found.focus.extend(items_of(member).filter_map(reference));
                }
                _ => self.member(own, (&name, member), path, is_deep),
            }
        }
        let missing = missing.into_iter().map(|name| Modifier {
            path: joined(path, name),
            state: ModifierState::Missing,
            code: None,
            recorded: Vec::new(),
        });
        self.found.elements.extend(missing);
    }

    fn member(&mut self, within: &'static str, (name, member): (&str, Node<'a>), path: &str, is_deep: bool) {
        if name == "modifierExtension" {
            for extension in items_of(member) {
                let recorded = extension_words(extension);
                self.unknown(joined(path, name), recorded);
            }
            return;
        }
        let is_candidate = || DECIDING.get(within).into_iter().flatten().any(|e| name.strip_prefix(e.name).is_some());
        if !is_deep && !is_candidate() {
            return;
        }
        let found = defined(within, name).or_else(|| defined("DomainResource", name));
        let Some(Defined { definition, data_type, section: own }) = found else {
            // R4 does not have it; a modifier inside it is found all the same.
            if is_deep && matches!(member.kind(), Kind::Object | Kind::Array) {
                self.members_of(member, "Element", &joined(path, name));
            }
            return;
        };
        let path = joined(path, definition.name);
        if decides(definition) {
            self.modifier(definition, data_type, member, &path);
        }
        if member.kind() == Kind::Object || member.kind() == Kind::Array {
            if data_type == "Resource" {
                for item in items_of(member) {
                    match section(&item.member_text("resourceType").unwrap_or_default()) {
                        Some(own) => self.resource(item, own, &path, true),
                        None => self.unknown(
                            joined(&path, "resourceType"),
                            item.member_text("resourceType").into_iter().collect(),
                        ),
                    }
                }
            } else if is_deep || leads_on(within, definition) {
                self.members_of(member, own.unwrap_or("Element"), &path);
            }
        }
    }

    /// The members of an element, or of each item of a list.
    fn members_of(&mut self, node: Node<'a>, own: &'static str, path: &str) {
        for item in items_of(node) {
            if item.kind() == Kind::Array {
                self.members_of(item, own, path);
            }
            for (name, member) in item.members() {
                self.member(own, (&name, member), path, true);
            }
        }
    }

    fn modifier(&mut self, definition: &ElementDefinition, data_type: &str, node: Node<'a>, path: &str) {
        if path == "deceased" && data_type == "dateTime" {
            self.found.died = when(node);
        }
        for item in items_of(node).filter(|item| item.kind() != Kind::Null) {
            if path == "link" {
                let other = item.member("other").and_then(reference);
                self.found.links.push((item.member_text("type"), other));
            }
            let (code, recorded) = read(definition, data_type, item);
            let state = if code.is_some() { ModifierState::Known } else { ModifierState::Unknown };
            self.found.elements.push(Modifier { path: path.to_owned(), state, code, recorded });
        }
    }
}

/// The code of a value that R4 has, and what was recorded.
fn read<'a>(
    definition: &ElementDefinition,
    data_type: &str,
    node: Node<'a>,
) -> (Option<Cow<'a, str>>, Vec<Cow<'a, str>>) {
    let is_listed = |code: &str| definition.codes().any(|c| c == code);
    let any_code = definition.codes().next().is_none();
    match data_type {
        "boolean" => {
            let code = node.boolean().map(|_| Cow::Borrowed(node.raw()));
            (code, vec![Cow::Borrowed(node.raw())])
        }
        "CodeableConcept" => {
            let recorded = concept_words(node);
            if any_code {
                return (recorded.first().cloned(), recorded);
            }
            if let Some(known) = status::words_of(definition.name) {
                return (status::code_of(node, known).map(Cow::Borrowed), recorded);
            }
            let codings = node.member("coding").into_iter().flat_map(Node::items);
            let codes: Vec<_> = codings.filter_map(|c| c.member_text("code")).filter(|c| is_listed(c)).collect();
            let Ok(code) = only(codes) else { return (None, recorded) };
            // Systems without the code system of R4 write the code itself as text.
            let text = || recorded.iter().map(|w| w.to_lowercase()).find(|w| is_listed(w)).map(Cow::Owned);
            (code.or_else(text), recorded)
        }
        "BackboneElement" | "Ratio" => (Some(Cow::Borrowed("")), Vec::new()),
        _ => {
            let text = node.text();
            let recorded = vec![text.clone().unwrap_or(Cow::Borrowed(node.raw()))];
            (text.filter(|t| any_code || is_listed(t)), recorded)
        }
    }
}

/// Codes that include others: where both are recorded, the narrower one counts.
const WIDE: [&str; 3] = ["active", "inactive", "unconfirmed"];

/// The one code of several; an error where they contradict each other.
fn only(mut codes: Vec<Cow<'_, str>>) -> Result<Option<Cow<'_, str>>, ()> {
    codes.dedup();
    if codes.len() > 1 {
        codes.retain(|code| !WIDE.contains(&code.as_ref()));
    }
    if codes.len() > 1 { Err(()) } else { Ok(codes.pop()) }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The items of an array, or the one value that is not in an array.
fn items_of(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let single = (node.kind() != Kind::Array).then_some(node);
    node.items().chain(single)
}

/// The text, displays and codes of a concept, or bare text.
fn concept_words(node: Node<'_>) -> Vec<Cow<'_, str>> {
    let codings = || node.member("coding").into_iter().flat_map(Node::items);
    let displays = codings().filter_map(|c| c.member_text("display"));
    let codes = codings().filter_map(|c| c.member_text("code"));
    node.text().into_iter().chain(node.member_text("text")).chain(displays).chain(codes).collect()
}

/// The words of a reason, which is a concept, a reference or text.
fn words_of(node: Node<'_>) -> Option<Cow<'_, str>> {
    concept_words(node)
        .into_iter()
        .next()
        .or_else(|| node.member_text("display"))
        .or_else(|| node.member_text("reference"))
}

/// The URL and the value of an extension, as far as the value is text, a number, a boolean or a concept.
fn extension_words(node: Node<'_>) -> Vec<Cow<'_, str>> {
    let mut out: Vec<Cow<'_, str>> = node.member_text("url").into_iter().collect();
    for (_, value) in node.members().filter(|(name, _)| name.starts_with("value")) {
        match value.kind() {
            Kind::Text => out.extend(value.text()),
            Kind::Number | Kind::Boolean => out.push(Cow::Borrowed(value.raw())),
            _ => out.extend(concept_words(value)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &[(&str, ModifierState, Option<&str>, &str)]) {
        let raw = Raw::parse(json).expect("json");
        let found = modifiers(&raw);
        let shown: Vec<_> = found
            .elements
            .iter()
            .map(|m| (m.path.as_str(), m.state, m.code.as_deref(), m.recorded.join("|")))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(p, s, c, r)| (*p, *s, *c, (*r).to_owned())).collect();
        assert_eq!(shown, expected, "{json}");
    }

    use ModifierState::{Known, Missing, Unknown};

    #[test]
    fn modifiers_are_found_with_what_was_recorded() {
        check(
            r#"{"resourceType":"MedicationRequest","status":"on-hold","intent":"foo","doNotPerform":true,"medicationCodeableConcept":{"text":"Warfarin"}}"#,
            &[
                ("status", Known, Some("on-hold"), "on-hold"),
                ("intent", Unknown, None, "foo"),
                ("doNotPerform", Known, Some("true"), "true"),
            ],
        );
        check(
            r#"{"resourceType":"Condition","verificationStatus":{"coding":[{"code":"415684004","display":"Suspected"}]},"clinicalStatus":{"text":"Active"}}"#,
            &[
                ("verificationStatus", Known, Some("unconfirmed"), "Suspected|415684004"),
                ("clinicalStatus", Known, Some("active"), "Active"),
            ],
        );
        check(r#"{"resourceType":"Observation","status":7,"valueString":"x"}"#, &[("status", Unknown, None, "7")]);
        check(
            r#"{"resourceType":"MedicationRequest","_status":{"extension":[]},"intent":null}"#,
            &[("status", Missing, None, ""), ("intent", Missing, None, "")],
        );
        check(
            r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"},{"code":"relapse"}]},"verificationStatus":{"coding":[{"code":"confirmed"},{"code":"refuted"}]}}"#,
            &[
                ("clinicalStatus", Known, Some("relapse"), "active|relapse"),
                ("verificationStatus", Unknown, None, "confirmed|refuted"),
            ],
        );
        check(
            r#"{"resourceType":"AllergyIntolerance","clinicalStatus":"Resolved","verificationStatus":{"coding":[{"system":"http://snomed.info/sct","code":"723510000"}]}}"#,
            &[
                ("clinicalStatus", Known, Some("resolved"), "Resolved"),
                ("verificationStatus", Known, Some("entered-in-error"), "723510000"),
            ],
        );
        let odd = r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"local-7"}],"text":"Odd"}}"#;
        check(odd, &[("clinicalStatus", Unknown, None, "Odd|local-7")]);
        check(r#"{"resourceType":"NewType","status":"x"}"#, &[("resourceType", Unknown, None, "NewType")]);
    }

    #[test]
    fn modifiers_are_found_at_any_depth() {
        check(
            r#"{"resourceType":"CarePlan","status":"active","intent":"plan","activity":[{"detail":{"status":"stopped","doNotPerform":true,"kind":"x"}}]}"#,
            &[
                ("status", Known, Some("active"), "active"),
                ("intent", Known, Some("plan"), "plan"),
                ("activity.detail.status", Known, Some("stopped"), "stopped"),
                ("activity.detail.doNotPerform", Known, Some("true"), "true"),
            ],
        );
        check(
            r#"{"resourceType":"Observation","status":"final","implicitRules":"urn:r","component":[{"code":{"text":"n"},"valueQuantity":{"value":1,"comparator":"~"},
            "modifierExtension":[{"url":"urn:not","valueBoolean":true}],"odd":{"modifierExtension":[{"url":"urn:odd"}]}}],
            "contained":[{"resourceType":"Specimen","id":"s","status":"unsatisfactory"},{"resourceType":"Odd"}]}"#,
            &[
                ("status", Known, Some("final"), "final"),
                ("implicitRules", Unknown, None, "urn:r"),
                ("component.value.comparator", Unknown, None, "~"),
                ("component.modifierExtension", Unknown, None, "urn:not|true"),
                ("component.odd.modifierExtension", Unknown, None, "urn:odd"),
                ("contained.status", Known, Some("unsatisfactory"), "unsatisfactory"),
                ("contained.resourceType", Unknown, None, "Odd"),
            ],
        );
    }

    #[test]
    fn what_belongs_to_a_status_is_read() {
        let raw = Raw::parse(
            r#"{"resourceType":"Patient","deceasedDateTime":"2026-01","active":false,"link":[{"type":"replaced-by","other":{"reference":"Patient/2"}}],"name":[{"use":"old"}]}"#,
        );
        let raw = raw.expect("json");
        let found = modifiers(&raw);
        assert!(found.died.is_some_and(|d| d.text == "2026-01"));
        assert_eq!(found.links.len(), 1);
        assert!(found.elements.iter().any(|m| m.path == "name.use" && m.code.as_deref() == Some("old")));
        let raw = Raw::parse(
            r#"{"resourceType":"Observation","status":"cancelled","focus":[{"display":"Fetus"}],"statusReason":{"text":"haemolysed"}}"#,
        );
        let raw = raw.expect("json");
        let found = modifiers(&raw);
        assert_eq!((found.focus.len(), found.reasons.join("|").as_str()), (1, "haemolysed"));
    }
}
