//! Names of resources that records only refer to: staff, places, and medicines with resources of their own.

use super::medicine_name::product_name;
use super::words;
use keep_domain::{ResourceKey, UserId};
use keep_fhir::Raw;
use keep_fhir::lens::{HumanName, Reference, organization, person_name, product};
use keep_store::Record;
use std::collections::BTreeMap;

/// Names by resource.
#[derive(Default)]
pub(crate) struct Names {
    found: BTreeMap<ResourceKey, String>,
    /// Whether a requested resource has no name.
    is_incomplete: bool,
    /// The address of the own server, for absolute references.
    base: Option<String>,
}

impl Names {
    /// The names of these records; one without a name is left out.
    pub(crate) fn of(records: &[Record]) -> Self {
        let found = records.iter().filter_map(|r| Some((r.key.clone(), name_of(r)?))).collect();
        Self { found, is_incomplete: false, base: None }
    }

    /// Adds the address of the own server.
    #[must_use]
    pub(crate) fn on(mut self, base: &str) -> Self {
        self.base = Some(base.to_owned());
        self
    }

    /// The address of the own server.
    pub(crate) fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Notes whether each of the requested keys has a name.
    #[must_use]
    pub(crate) fn requested(mut self, keys: &[ResourceKey]) -> Self {
        self.is_incomplete = keys.iter().any(|k| !self.found.contains_key(k));
        self
    }

    /// Adds the users of this workstation, whose notes name them by user id where the server has no staff record.
    ///
    /// `people` is called only where a requested resource has no name yet.
    #[must_use]
    pub(crate) fn or_people(mut self, people: impl FnOnce() -> BTreeMap<UserId, String>) -> Self {
        if self.is_incomplete {
            let keyed = people().into_iter().filter_map(|(user, name)| {
                Some((ResourceKey::new("Practitioner", user.to_string().parse().ok()?), name))
            });
            for (key, name) in keyed {
                self.found.entry(key).or_insert(name);
            }
        }
        self
    }

    /// The words for a link: its display text, else the name of its target.
    pub(crate) fn link(&self, link: Option<&Reference>) -> Option<String> {
        let link = link?;
        // EXPOSE: the name in a reference is what the screen shows.
        let display = link.display.as_ref().map(|d| d.expose().trim().to_owned()).filter(|d| !d.is_empty());
        let found = || link.key.as_ref().and_then(|k| self.found.get(k)).cloned();
        display.or_else(found)
    }

    /// The same as a function.
    pub(crate) fn look_up(&self) -> impl Fn(&ResourceKey) -> Option<String> + '_ {
        |key| self.found.get(key).cloned()
    }

    /// The name of a resource.
    pub(crate) fn key(&self, key: &ResourceKey) -> Option<&str> {
        self.found.get(key).map(String::as_str)
    }
}

/// The target of a link without display text.
pub(crate) fn unnamed(link: Option<&Reference>) -> Option<ResourceKey> {
    // EXPOSE: only whether there are words.
    let silent = |l: &&Reference| l.display.as_ref().is_none_or(|d| d.expose().trim().is_empty());
    link.filter(silent).and_then(|l| l.key.clone())
}

fn name_of(record: &Record) -> Option<String> {
    // EXPOSE: read for its name.
    let raw = Raw::parse(record.raw.expose().as_str()).ok()?;
    match record.key.resource_type.as_str() {
        "Medication" => product_name(&product(&raw).ok()?, &|_| None),
        "Organization" | "Location" => organization(&raw).ok()?.name,
        _ => person_name(&raw).ok()?.map(|n| staff_name(&n)),
    }
}

/// A colleague's display name: "Dr Jonas Mbeki".
pub(crate) fn staff_name(name: &HumanName) -> String {
    let own = |p: &keep_domain::Phi<String>| {
        // EXPOSE: a colleague's name is shown with their work.
        p.expose().clone()
    };
    if let Some(text) = &name.text {
        return own(text);
    }
    let parts = name.prefix.iter().chain(&name.given).chain(&name.family).map(own);
    words::joined(parts, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::record;

    #[test]
    fn staff_and_medicines_are_named() {
        let names = Names::of(&[
            record(
                r#"{"resourceType":"Practitioner","id":"jonas","name":[{"prefix":["Dr"],"given":["Jonas"],"family":"Mbeki"}]}"#,
            ),
            record(
                r#"{"resourceType":"Medication","id":"m","code":{"coding":[{"code":"1","display":"amlodipine 5 MG"}]}}"#,
            ),
        ]);
        let link = |text: &str| Reference { key: text.parse().ok(), display: None };
        assert_eq!(names.link(Some(&link("Practitioner/jonas"))).as_deref(), Some("Dr Jonas Mbeki"));
        assert_eq!(names.link(Some(&link("Medication/m"))).as_deref(), Some("amlodipine 5 MG"));
        assert_eq!(names.link(Some(&link("Practitioner/unknown"))), None);
        let amara = UserId::of("iss", "amara");
        let by_amara = Reference { key: format!("Practitioner/{amara}").parse().ok(), display: None };
        let people = || BTreeMap::from([(amara, String::from("Amara Okafor"))]);
        assert_eq!(names.link(Some(&by_amara)), None);
        let names = names.requested(&by_amara.key.clone().into_iter().collect::<Vec<_>>()).or_people(people);
        assert_eq!(names.link(Some(&by_amara)).as_deref(), Some("Amara Okafor"));
        assert_eq!(
            unnamed(Some(&link("Practitioner/jonas"))).map(|k| k.to_string()).as_deref(),
            Some("Practitioner/jonas")
        );
    }
}
