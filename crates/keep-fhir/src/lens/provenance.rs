//! Provenance: who did what to which records, when and why.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, concept, reference};
use crate::reference::parse_reference;
use crate::write::DEVICE_SYSTEM;
use crate::{FhirError, Node, Raw};
use keep_domain::{ResourceId, ResourceKey};

/// A record that a Provenance is about.
#[derive(Clone, PartialEq, Eq)]
pub struct ProvenanceTarget {
    /// The record.
    pub key: ResourceKey,
    /// The one version of it, where the reference names one.
    pub version: Option<String>,
}

/// A Provenance.
#[derive(Clone, PartialEq, Eq)]
pub struct ProvenanceLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The records that it is about.
    pub targets: Vec<ProvenanceTarget>,
    /// When the activity was recorded.
    pub recorded: Option<When>,
    /// The activity.
    pub activity: Option<Concept>,
    /// Why.
    pub reasons: Vec<Concept>,
    /// The person responsible: the author, else whoever entered or performed it; no device.
    pub responsible: Option<Reference>,
    /// Whether a Chartkeep workstation wrote it.
    pub by_chartkeep: bool,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// The agents who may be responsible, the most responsible first (R4, `provenance-participant-type`).
const RESPONSIBLE: [&str; 6] = ["author", "performer", "enterer", "attester", "verifier", "legal"];
/// The agents who did not decide anything.
const NOT_RESPONSIBLE: [&str; 5] = ["assembler", "transmitter", "composer", "custodian", "informant"];

/// Reads a Provenance from the server at `base`, whose absolute references become relative.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn provenance(raw: &Raw, base: Option<&str>) -> Result<ProvenanceLens, FhirError> {
    let mut r = Reader::open(raw, &["Provenance"])?;
    let agents = r.list("agent", |agent| {
        let codes = agent.member("type").and_then(concept).unwrap_or_default();
        Some((codes, agent.member("who").and_then(reference)))
    });
    let by_chartkeep = raw.node().member("agent").into_iter().flat_map(Node::items).any(is_workstation);
    Ok(ProvenanceLens {
        id: r.id(),
        targets: r.list("target", |node| target(node, base)),
        recorded: r.when("recorded"),
        activity: r.concept("activity"),
        reasons: r.concepts("reason"),
        responsible: responsible(agents),
        by_chartkeep,
        faults: r.into_faults(),
    })
}

fn target(node: Node<'_>, base: Option<&str>) -> Option<ProvenanceTarget> {
    let text = node.member_text("reference")?;
    let version = text.split_once("/_history/").map(|(_, version)| version.to_owned());
    Some(ProvenanceTarget { key: parse_reference(&text, base)?, version })
}

fn is_workstation(agent: Node<'_>) -> bool {
    let identifier = agent.member("who").and_then(|who| who.member("identifier"));
    identifier.and_then(|i| i.member_text("system")).is_some_and(|system| system == DEVICE_SYSTEM)
}

fn responsible(agents: Vec<(Concept, Option<Reference>)>) -> Option<Reference> {
    let rank = |codes: &Concept| match RESPONSIBLE.iter().position(|code| codes.has_code(code)) {
        Some(at) => Some(at),
        None if NOT_RESPONSIBLE.iter().any(|code| codes.has_code(code)) => None,
        None => Some(RESPONSIBLE.len()),
    };
    let is_device = |who: &Reference| who.key.as_ref().is_some_and(|k| k.resource_type == "Device");
    let people = agents.into_iter().filter_map(|(codes, who)| Some((rank(&codes)?, who.filter(|w| !is_device(w))?)));
    people.min_by_key(|(rank, _)| *rank).map(|(_, who)| who)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(members: &str) -> ProvenanceLens {
        let text = format!(r#"{{"resourceType":"Provenance","id":"p",{members}}}"#);
        provenance(&Raw::parse(text).expect("json"), Some("https://fhir.example/r4")).expect("a Provenance")
    }

    fn agents(list: &str) -> Option<String> {
        let found = read(&format!(r#""agent":[{list}]"#)).responsible?;
        // EXPOSE: an invented person.
        found.key.map(|k| k.to_string()).or(found.display.map(keep_domain::Phi::into_exposed))
    }

    #[test]
    fn targets_are_read_with_their_versions() {
        let found = read(
            r#""target":[{"reference":"Observation/o1"},{"reference":"https://fhir.example/r4/Condition/c1/_history/3"}]"#,
        );
        assert!(!found.by_chartkeep);
        let targets: Vec<_> = found.targets.iter().map(|t| (t.key.to_string(), t.version.as_deref())).collect();
        assert_eq!(targets, [("Observation/o1".to_owned(), None), ("Condition/c1".to_owned(), Some("3"))]);
    }

    #[test]
    fn the_responsible_person_is_the_author_and_never_a_device() {
        let agent = |code: &str, who: &str| {
            format!(r#"{{"type":{{"coding":[{{"code":"{code}"}}]}},"who":{{"reference":"{who}"}}}}"#)
        };
        let (entered, wrote) = (agent("enterer", "Practitioner/e"), agent("author", "Practitioner/a"));
        assert_eq!(agents(&format!("{entered},{wrote}")).as_deref(), Some("Practitioner/a"));
        assert_eq!(agents(&entered).as_deref(), Some("Practitioner/e"));
        assert_eq!(agents(&agent("assembler", "Practitioner/x")), None);
        assert_eq!(agents(&agent("author", "Device/d")), None);
        assert_eq!(agents(r#"{"who":{"display":"Dr Jonas Mbeki"}}"#).as_deref(), Some("Dr Jonas Mbeki"));
        let untyped = r#"{"who":{"reference":"Practitioner/u"}}"#;
        assert_eq!(agents(&format!("{untyped},{wrote}")).as_deref(), Some("Practitioner/a"));
    }
}
