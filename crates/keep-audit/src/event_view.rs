//! An event read back for the access review.

use crate::ChainFacts;
use crate::chain_facts::text;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keep_domain::{DeviceId, PatientId, Phi, ResourceKey, Role, UserId, UtcMillis};
use serde_json::Value;

/// An event as the access review shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// Position, metadata and signer.
    pub facts: ChainFacts,
    /// The device.
    pub device: Option<DeviceId>,
    /// The user.
    pub user: Option<UserId>,
    /// Their role.
    pub role: Option<Role>,
    /// Their name.
    pub display: Option<String>,
    /// The patient.
    pub patient: Option<Phi<PatientId>>,
    /// The query.
    pub query: Option<Phi<String>>,
    /// The listed records.
    pub touched: Vec<Phi<ResourceKey>>,
    /// The purpose of use, an ActReason code.
    pub purpose: Option<String>,
    /// The typed reason.
    pub reason: Option<Phi<String>>,
    /// The cause.
    pub cause: Option<String>,
    /// First and last time, if the event could only be recorded later.
    pub happened: Option<(UtcMillis, UtcMillis)>,
    /// The details, including the number of resources.
    pub details: Vec<(String, String)>,
}

impl EventView {
    /// Reads a body; `None` if it is not an event of a Chartkeep log.
    #[must_use]
    pub fn read(canonical: &[u8]) -> Option<Self> {
        let event: Value = serde_json::from_slice(canonical).ok()?;
        let facts = ChainFacts::of(&event)?;
        let none = Vec::new();
        let list = |key: &str| event.get(key).and_then(Value::as_array).unwrap_or(&none).clone();
        let identifier = |agent: &Value, system: &str| {
            let id = agent.pointer("/who/identifier")?;
            if text(id, "system") == Some(system) { text(id, "value").map(str::to_owned) } else { None }
        };
        let agents = list("agent");
        let person = agents.iter().find(|a| identifier(a, "urn:chartkeep:user").is_some());
        let mut view = Self {
            facts,
            device: agents.iter().find_map(|a| identifier(a, "urn:chartkeep:device")?.parse().ok()),
            user: person.and_then(|p| identifier(p, "urn:chartkeep:user")?.parse().ok()),
            role: person.and_then(|p| Role::from_name(p.pointer("/role/0/coding/0/code")?.as_str()?)),
            display: person.and_then(|p| Some(p.pointer("/who/display")?.as_str()?.to_owned())),
            patient: None,
            query: None,
            touched: Vec::new(),
            purpose: event.pointer("/purposeOfEvent/0/coding/0/code").and_then(Value::as_str).map(str::to_owned),
            reason: event.pointer("/purposeOfEvent/0/text").and_then(Value::as_str).map(|t| Phi::new(t.to_owned())),
            cause: text(&event, "outcomeDesc").map(str::to_owned),
            happened: (|| {
                let at = |end| UtcMillis::from_rfc3339(event.pointer(end)?.as_str()?);
                Some((at("/period/start")?, at("/period/end")?))
            })(),
            details: Vec::new(),
        };
        for entity in list("entity") {
            view.read_entity(&entity);
        }
        Some(view)
    }

    /// The detail with this name.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn read_entity(&mut self, entity: &Value) {
        let key = || entity.pointer("/what/reference")?.as_str()?.parse::<ResourceKey>().ok();
        match entity.pointer("/role/code").and_then(Value::as_str) {
            Some("1") => self.patient = key().map(|k| Phi::new(k.id)),
            Some("4") => self.touched.extend(key().map(Phi::new)),
            Some("24") => {
                let bytes = text(entity, "query").and_then(|q| BASE64_STANDARD.decode(q).ok());
                self.query = bytes.and_then(|b| String::from_utf8(b).ok()).map(Phi::new);
            }
            _ => {
                let details = entity.get("detail").and_then(Value::as_array);
                for d in details.into_iter().flatten() {
                    if let (Some(k), Some(v)) = (text(d, "type"), text(d, "valueString")) {
                        self.details.push((k.to_owned(), v.to_owned()));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{XorCipher, empty_log, metadata, nurse_amara};
    use crate::{Actor, EventClass, EventDraft, EventSigner, Opener, Purpose, seal_info};
    use keep_domain::ResourceId;

    #[test]
    fn a_full_event_reads_back() {
        let patient: ResourceId = "p-1".parse().expect("id");
        let actor =
            Actor { display: Some("Amara Okafor".into()), ..Actor::new(UserId::of("iss", "amara"), Role::Nurse) };
        let keys = [ResourceKey::new("Observation", "o-1".parse().expect("id"))];
        let draft = EventDraft::new(EventClass::ChartRead)
            .by(actor)
            .about(Phi::new(patient.clone()))
            .with_query(Phi::new("Patient?name=gonz\u{e1}lez".into()))
            .with_reason(Phi::new("seen in the corridor".into()))
            .for_purpose(Purpose::EmergencyTreatment)
            .with_resources(&keys)
            .with_cause("search_row")
            .happened(UtcMillis(1_795_348_800_000), UtcMillis(1_795_348_860_500))
            .with("segment", keep_domain::Segment::Clinical);
        let (entry, _) =
            empty_log().append(&draft, &metadata(0), Some(&XorCipher), Some(&nurse_amara())).expect("written");
        let info = seal_info(empty_log().log(), 0, entry.header.event);
        let view = EventView::read(&XorCipher.open(&info, entry.body.bytes()).expect("opened")).expect("read");
        assert_eq!(view.facts.signer, Some(nurse_amara().public_key()));
        assert_eq!((view.facts.class, view.facts.recorded), (entry.header.class, entry.header.recorded));
        assert_eq!((view.patient, view.query), (draft.patient, draft.query));
        assert_eq!((view.reason, view.touched), (draft.reason, draft.touched));
        assert_eq!((view.purpose.as_deref(), view.happened), (Some("ETREAT"), draft.happened));
        assert_eq!((view.role, view.display.as_deref()), (Some(Role::Nurse), Some("Amara Okafor")));
        assert_eq!(view.user, Some(UserId::of("iss", "amara")));
        let details = [("segment".to_owned(), "clinical".to_owned()), ("resources".to_owned(), "1".to_owned())];
        assert_eq!(view.details, details);
    }

    #[test]
    fn other_json_is_not_an_event() {
        for bad in ["", "{}", r#"{"resourceType":"AuditEvent"}"#, "[1]"] {
            assert_eq!(EventView::read(bad.as_bytes()), None, "{bad}");
        }
    }
}
