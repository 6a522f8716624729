//! What an event's canonical JSON says, read back for the verifier and the access review.

use crate::fhir::EXTENSION;
use crate::{BootId, EventClass, Outcome};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keep_domain::{DeviceId, EventId, LogId, PatientId, Phi, ResourceKey, Role, UserId, UtcMillis};
use serde_json::Value;
use uuid::Uuid;

/// The facts of writing, as they stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFacts {
    /// The log.
    pub log: LogId,
    /// The position.
    pub sequence: u64,
    /// The event.
    pub event: EventId,
    /// The class.
    pub class: EventClass,
    /// Corrected wall time.
    pub recorded: UtcMillis,
    /// How it ended.
    pub outcome: Outcome,
    /// The run of the program.
    pub boot: BootId,
    /// Milliseconds of the monotonic clock.
    pub monotonic_ms: u64,
    /// What was added to the raw wall clock, milliseconds.
    pub clock_offset_ms: i64,
    /// The salt of the leaf.
    pub salt: [u8; 32],
    /// The clinician's public key; none for device-asserted events.
    pub signer: Option<[u8; 32]>,
}

impl ChainFacts {
    /// Reads a body; `None` where anything is missing or malformed.
    #[must_use]
    pub fn read(canonical: &[u8]) -> Option<Self> {
        Self::of(&serde_json::from_slice(canonical).ok()?)
    }

    fn of(event: &Value) -> Option<Self> {
        let list = |v: &Value, key: &str| v.get(key).and_then(Value::as_array).cloned();
        let place = list(event, "extension")?.into_iter().find(|e| text(e, "url") == Some(EXTENSION))?;
        let parts = list(&place, "extension")?;
        let part = |url: &str| parts.iter().find(|p| text(p, "url") == Some(url)).and_then(|p| text(p, "valueString"));
        let class = list(event, "subtype")?
            .iter()
            .find(|s| text(s, "system") == Some(crate::coding::CLASS_SYSTEM))
            .and_then(|s| EventClass::from_name(text(s, "code")?))?;
        let signer = match part("signer")? {
            "device" => None,
            other => Some(hex32(other.strip_prefix("user:")?)?),
        };
        Some(Self {
            log: part("log")?.parse().ok()?,
            sequence: part("sequence")?.parse().ok()?,
            event: EventId::from_uuid(Uuid::parse_str(text(event, "id")?).ok()?),
            class,
            recorded: UtcMillis::from_rfc3339(text(event, "recorded")?)?,
            outcome: Outcome::from_number(text(event, "outcome")?.parse().ok()?)?,
            boot: BootId(Uuid::parse_str(part("boot")?).ok()?),
            monotonic_ms: part("monotonic")?.parse().ok()?,
            clock_offset_ms: part("offset")?.parse().ok()?,
            salt: hex32(part("salt")?)?,
            signer,
        })
    }
}

/// What the access review shows of an event whose body could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// The facts of writing.
    pub facts: ChainFacts,
    /// The device.
    pub device: Option<DeviceId>,
    /// Who did it.
    pub user: Option<UserId>,
    /// In which role.
    pub role: Option<Role>,
    /// The clinician's name.
    pub display: Option<String>,
    /// Whose data it was.
    pub patient: Option<Phi<PatientId>>,
    /// What was asked.
    pub query: Option<Phi<String>>,
    /// Which records, as far as they were listed.
    pub touched: Vec<Phi<ResourceKey>>,
    /// The purpose of use, an ActReason code.
    pub purpose: Option<String>,
    /// The reason that was typed.
    pub reason: Option<Phi<String>>,
    /// The closed cause.
    pub cause: Option<String>,
    /// First and last time, where it happened before it could be recorded.
    pub happened: Option<(UtcMillis, UtcMillis)>,
    /// Further facts that name no patient, the number of resources among them.
    pub details: Vec<(String, String)>,
}

impl EventView {
    /// Reads a body; `None` where it is not an event of a Chartkeep log.
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

    /// A further fact by its name.
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

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn hex32(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{XorBox, empty_log, nurse_amara, stamp};
    use crate::{Actor, EventDraft, EventSigner, Opener, Purpose, seal_info};
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
            .asking(Phi::new("Patient?name=gonz\u{e1}lez".into()))
            .because(Phi::new("seen in the corridor".into()))
            .for_purpose(Purpose::EmergencyTreatment)
            .touching(&keys)
            .caused_by("search_row")
            .happened(UtcMillis(1_795_348_800_000), UtcMillis(1_795_348_860_500))
            .with("segment", keep_domain::Segment::Clinical);
        let (entry, _) = empty_log().append(&draft, &stamp(0), Some(&XorBox), Some(&nurse_amara())).expect("written");
        let info = seal_info(empty_log().log(), 0, entry.header.event);
        let view = EventView::read(&XorBox.open(&info, entry.body.bytes()).expect("opened")).expect("read");
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
    fn foreign_json_is_no_event() {
        for bad in ["", "{}", r#"{"resourceType":"AuditEvent"}"#, "[1]"] {
            assert_eq!(EventView::read(bad.as_bytes()), None, "{bad}");
        }
    }
}
