//! Holds what is shown of a record against R4's definitions: every element of every type of a chart is shown, or it is
//! listed here with the reason why it need not be.

mod sample;

use super::access_view::AccessView;
use super::details::Details;
use super::fixtures;
use super::marks::marks;
use super::names::Names;
use super::visible_record::VisibleRecord;
use crate::dto::chart::mark::MarkDto;
use keep_domain::Role;
use keep_fhir::{ElementDefinition, element_sections, elements_of};
use sample::{Sample, data_type_record, record, sample, with_code};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The types whose elements are all decided on.
const TYPES: [&str; 23] = [
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "Composition",
    "Condition",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
    "QuestionnaireResponse",
    "ServiceRequest",
    "Specimen",
];

/// Elements that are not shown, and why.
const EXPLAINED: [(&str, &str); 12] = [
    ("DomainResource.id", "names the record for computers; the details of a record are found by it"),
    ("BackboneElement.id", "a link inside the text of the record; it says nothing by itself"),
    ("Element.id", "a link inside the text of the record; it says nothing by itself"),
    ("Meta.id", "a link inside the text of the record; it says nothing by itself"),
    ("Meta.extension", "about the copy on the server, not about the patient"),
    ("Meta.versionId", "the server's counter of changes; conflicts show both versions"),
    ("Meta.lastUpdated", "when the server stored the record, which is not when something was observed or written"),
    ("Meta.source", "the address of the system that sent the record; it has no meaning for care"),
    ("Meta.profile", "rules for the form of the record; its content is shown in full"),
    ("Narrative.id", "a link inside the text of the record; it says nothing by itself"),
    ("Narrative.extension", "about the text's form; the text itself is shown"),
    ("Narrative.status", "decides whether the text is shown beside the elements (view of the narrative)"),
];

/// A physician's view; making one reads the policies.
static VIEW: LazyLock<AccessView> = LazyLock::new(|| AccessView::for_tests(Role::Physician));

fn entry(json: &str) -> VisibleRecord {
    VisibleRecord::of(fixtures::record(json), &VIEW).unwrap_or_else(|| panic!("visible: {json}"))
}

/// What a physician sees of a record: marks and details.
fn shown(json: &str) -> String {
    let entry = entry(json);
    format!("{:?}\n{:?}", marks(&entry), Details::of(&entry).shown(&Names::default()))
}

fn marks_of(json: &str) -> Vec<MarkDto> {
    marks(&entry(json))
}

fn is_explained(path: &str) -> bool {
    EXPLAINED.iter().any(|(explained, _)| *explained == path)
}

/// The sections of a type: its own elements and those of its elements, by their paths.
fn sections_of(name: &str) -> Vec<&'static str> {
    let inner = format!("{name}.");
    element_sections().into_iter().filter(|s| *s == name || s.starts_with(&inner)).collect()
}

/// Each element of a section with each of its types.
fn elements(section: &str) -> impl Iterator<Item = (&'static ElementDefinition, &'static str)> {
    elements_of(section).iter().flat_map(|e| e.types().map(move |t| (e, t)))
}

/// The data types that elements of these sections have, with those of their own elements.
fn data_types(of: &[&'static str]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&'static str> = of.to_vec();
    while let Some(section) = open.pop() {
        for (_, name) in elements(section) {
            let is_type = element_sections().contains(&name) && !name.contains('.');
            if is_type && found.insert(name) {
                open.extend(sections_of(name));
            }
        }
    }
    found
}

#[derive(Default)]
struct Tally {
    shown: usize,
    explained: usize,
    open: Vec<String>,
}

impl Tally {
    fn count(&mut self, path: String, json: &str, sample: &Sample) {
        if sample.is_in(&shown(json)) {
            self.shown += 1;
        } else if is_explained(&path) {
            self.explained += 1;
        } else {
            self.open.push(format!("{path}: {json}"));
        }
    }
}

#[test]
fn every_element_of_every_type_is_shown_or_explained() {
    let mut tally = Tally::default();
    let all: Vec<&'static str> = TYPES.iter().flat_map(|name| sections_of(name)).collect();
    for section in &all {
        for (element, data_type) in elements(section) {
            let sample = sample(element, data_type);
            tally.count(format!("{section}.{}", element.name), &record(section, element, &sample), &sample);
        }
        let base = if section.contains('.') { "BackboneElement" } else { "DomainResource" };
        for (element, data_type) in elements(base).filter(|(e, _)| e.name != "meta") {
            let sample = sample(element, data_type);
            tally.count(format!("{base}.{}", element.name), &record(section, element, &sample), &sample);
        }
    }
    // The same for the data types, as values of extensions, and for the labels and the text of a record.
    for name in data_types(&all) {
        let base = if ["Meta", "Narrative"].contains(&name) { name } else { "Element" };
        for section in sections_of(name) {
            let own = elements(section).map(|found| (section, found));
            for (path, (element, data_type)) in own.chain(elements("Element").map(|found| (base, found))) {
                let sample = sample(element, data_type);
                let json = data_type_record(section, element, &sample);
                tally.count(format!("{path}.{}", element.name), &json, &sample);
            }
        }
    }
    println!("elements: {} shown, {} explained, {} open", tally.shown, tally.explained, tally.open.len());
    assert!(tally.open.is_empty(), "neither shown nor explained:\n{}", tally.open.join("\n"));
    assert!(tally.shown > 1000, "the table was not read");
}

#[test]
fn every_modifier_with_every_code_is_marked_or_ordinary() {
    let (mut marked, mut unmarked) = (0, Vec::new());
    let ordinary: Vec<&str> = include_str!("element_table/unmarked.txt").lines().collect();
    for section in TYPES.iter().flat_map(|name| sections_of(name)) {
        for element in elements_of(section).iter().filter(|e| e.is_modifier || e.codes().next().is_some()) {
            for (json, code) in with_code(section, element) {
                let found = marks_of(&json);
                let name = format!("{section}.{}={code}", element.name);
                let is_marked = found.iter().any(|mark| !matches!(mark, MarkDto::Missing { .. }));
                if is_marked { marked += 1 } else { unmarked.push(name) }
            }
            if element.codes().next().is_some() {
                let json = record(section, element, &Sample::code(element, "foo"));
                let is_unsafe = marks_of(&json).iter().any(|m| matches!(m, MarkDto::Unsafe { .. }));
                assert!(is_unsafe, "an unknown code is not shown as such: {json}");
            }
        }
        let extension = elements_of("DomainResource").iter().find(|e| e.name == "modifierExtension").expect("defined");
        let json = record(section, extension, &sample(extension, "Extension"));
        assert!(marks_of(&json).iter().any(|m| matches!(m, MarkDto::Unsafe { .. })), "{json}");
    }
    println!("modifiers: {marked} codes marked, {} ordinary", unmarked.len());
    assert_eq!(unmarked, ordinary, "compare view/element_table/unmarked.txt");
}

#[test]
fn a_modifier_that_r4_requires_is_missed() {
    for name in TYPES {
        let required = elements_of(name).iter().filter(|e| e.is_modifier && e.is_required);
        let found = marks_of(&format!(r#"{{"resourceType":"{name}","id":"x"}}"#));
        for element in required {
            let mark = MarkDto::Missing { element: element.name.to_owned() };
            assert!(found.contains(&mark), "{name}.{}", element.name);
        }
    }
}

#[test]
fn an_unknown_code_of_a_data_type_is_never_silently_ordinary() {
    let all: Vec<&'static str> = TYPES.iter().flat_map(|name| sections_of(name)).collect();
    let mut checked = Vec::new();
    for section in data_types(&all).into_iter().flat_map(sections_of) {
        for element in elements_of(section).iter().filter(|e| e.codes().next().is_some()) {
            let json = data_type_record(section, element, &Sample::code(element, "foo"));
            assert!(marks_of(&json).iter().any(|m| matches!(m, MarkDto::Unsafe { .. })), "{json}");
            let known = element.codes().next().unwrap_or_default();
            let json = data_type_record(section, element, &Sample::code(element, known));
            assert!(marks_of(&json).iter().all(|m| !matches!(m, MarkDto::Unsafe { .. })), "{json}");
            checked.push(format!("{section}.{}", element.name));
        }
    }
    assert!(checked.contains(&String::from("Quantity.comparator")) && checked.len() >= 7, "{checked:?}");
}

#[test]
fn what_is_explained_exists_and_is_not_shown() {
    for (path, reason) in EXPLAINED {
        let (section, name) = path.rsplit_once('.').expect("a path");
        let base = ["Element", "BackboneElement", "DomainResource"].contains(&section);
        let own = elements_of(section).iter().chain(elements_of("Element"));
        assert!(own.into_iter().any(|e| e.name == name), "{path} ({base}): {reason}");
    }
}
