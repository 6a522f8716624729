//! The elements that R4 defines for the resource types of a chart and for the data types.

use std::collections::HashMap;
use std::sync::LazyLock;

/// HL7's definitions in short form, described in its first lines.
const TABLE: &str = include_str!("../data/r4-elements.tsv");

/// The elements of each type, and of each element with elements of its own, by its path.
static SECTIONS: LazyLock<HashMap<&'static str, Vec<ElementDefinition>>> = LazyLock::new(|| {
    let mut sections: HashMap<&'static str, Vec<ElementDefinition>> = HashMap::with_capacity(400);
    let mut open = "";
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('=') {
            Some(section) => open = section,
            None => sections.entry(open).or_default().push(ElementDefinition::read(line)),
        }
    }
    sections
});

/// Sections whose elements every type or element of a kind has.
const BASES: [&str; 4] = ["Resource", "DomainResource", "Element", "BackboneElement"];

/// One element of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementDefinition {
    /// The name, without `[x]`.
    pub name: &'static str,
    /// Whether the JSON name ends with the type: `value[x]`.
    pub is_choice: bool,
    /// Whether R4 requires it.
    pub is_required: bool,
    /// Whether it may repeat, which makes it an array in JSON.
    pub repeats: bool,
    /// Whether it may change the meaning of the element that it is part of (R4, 2.1.0.9.7).
    pub is_modifier: bool,
    types: &'static str,
    codes: &'static str,
}

impl ElementDefinition {
    fn read(line: &'static str) -> Self {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        let (name, cardinality, types, flags, codes) = (column(), column(), column(), column(), column());
        Self {
            name: name.trim_end_matches("[x]"),
            is_choice: name.ends_with("[x]"),
            is_required: cardinality.starts_with('1'),
            repeats: cardinality.ends_with('*'),
            is_modifier: flags.contains('M'),
            types,
            codes,
        }
    }

    /// The names of its types; one that begins with `@` is the path of another element, whose elements it has.
    pub fn types(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.types.split('|')
    }

    /// The codes of a required binding, for modifiers only; empty where any code is allowed.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.codes.split('|').filter(|code| !code.is_empty())
    }

    /// The type of the JSON member `name`, where that is this element.
    fn type_of(&self, name: &str) -> Option<&'static str> {
        if !self.is_choice {
            return (self.name == name).then(|| self.types().next()).flatten();
        }
        let suffix = name.strip_prefix(self.name)?;
        self.types().find(|t| {
            let (own, given) = (t.as_bytes(), suffix.as_bytes());
            own.len() == given.len()
                && own.get(1..) == given.get(1..)
                && own.first().map(u8::to_ascii_uppercase).as_ref() == given.first()
        })
    }
}

/// The elements of a type or, by its path (`Observation.component`), of an element with elements of its own.
///
/// Elements that every type has, such as `id` and `extension`, are in the sections `Resource`, `DomainResource`,
/// `Element` and `BackboneElement`. Empty for what is not in the table.
#[must_use]
pub fn elements_of(section: &str) -> &'static [ElementDefinition] {
    SECTIONS.get(section).map_or(&[], Vec::as_slice)
}

/// The names of all types and paths of [`elements_of`], sorted.
#[must_use]
pub fn element_sections() -> Vec<&'static str> {
    let mut all: Vec<_> = SECTIONS.keys().copied().filter(|name| !BASES.contains(name)).collect();
    all.sort_unstable();
    all
}

/// The section of that name, for as long as the program runs.
pub(crate) fn section(name: &str) -> Option<&'static str> {
    SECTIONS.get_key_value(name).map(|(key, _)| *key)
}

/// A member of a JSON object as R4 defines it.
#[derive(Clone, Copy)]
pub(crate) struct Defined {
    /// The definition.
    pub(crate) definition: &'static ElementDefinition,
    /// The type; `BackboneElement` and `Element` for an element with elements of its own.
    pub(crate) data_type: &'static str,
    /// The section of its elements.
    pub(crate) section: Option<&'static str>,
}

/// Finds the JSON member `name` in a section.
pub(crate) fn defined(in_section: &str, name: &str) -> Option<Defined> {
    let found = elements_of(in_section).iter().find_map(|d| Some((d, d.type_of(name)?)));
    let (definition, data_type) = found?;
    let section = match data_type {
        "BackboneElement" | "Element" => section(&format!("{in_section}.{}", definition.name)),
        other => section(other.trim_start_matches('@')),
    };
    Some(Defined { definition, data_type, section })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(section: &str, name: &str) -> Option<&'static str> {
        defined(section, name).map(|d| d.data_type)
    }

    #[test]
    fn members_have_the_types_of_r4() {
        assert_eq!(type_in("Observation", "valueQuantity"), Some("Quantity"));
        assert_eq!(type_in("Observation", "valueBoolean"), Some("boolean"));
        assert_eq!(type_in("Observation", "value"), None);
        assert_eq!(type_in("Observation", "valueMoney"), None);
        assert_eq!(type_in("Patient", "birthDate"), Some("date"));
        assert_eq!(type_in("Extension", "valueDosage"), Some("Dosage"));
        let component = defined("Observation", "component").expect("defined");
        assert_eq!(component.section, Some("Observation.component"));
        let range = defined("Observation.component", "referenceRange").expect("defined");
        assert_eq!(range.section, Some("Observation.referenceRange"));
        assert_eq!(defined("Timing", "repeat").and_then(|d| d.section), Some("Timing.repeat"));
    }

    #[test]
    fn modifiers_have_the_codes_of_their_binding() {
        let status = defined("MedicationRequest", "status").expect("defined").definition;
        assert!(status.is_modifier && status.is_required && !status.repeats);
        assert!(status.codes().any(|c| c == "on-hold") && !status.codes().any(|c| c == "foo"));
        let code = defined("Observation", "code").expect("defined").definition;
        assert!(!code.is_modifier && code.codes().next().is_none());
    }

    #[test]
    fn every_part_of_the_table_is_found() {
        for name in element_sections() {
            for element in elements_of(name) {
                for data_type in element.types().filter(|t| t.starts_with('@') || t.ends_with("Element")) {
                    let found = defined(name, element.name).and_then(|d| d.section);
                    assert!(found.is_some(), "{name}.{} {data_type}", element.name);
                }
            }
        }
    }
}
