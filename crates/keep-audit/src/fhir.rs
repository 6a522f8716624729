//! The FHIR R4 AuditEvent of a draft (IHE BALP where a profile fits), in RFC 8785 canonical form.

use crate::coding::{self as c, Coding};
use crate::event_class::{AuditAction, EventCategory};
use crate::{AuditError, EventDraft, EventMetadata};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keep_domain::LogId;
use serde_json::{Map, Value, json};

/// The extension that holds the position of an event in its log.
pub(crate) const EXTENSION: &str = "urn:chartkeep:audit";

/// The position of an event in its log, and its signer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogPosition {
    pub(crate) log: LogId,
    pub(crate) sequence: u64,
    /// The clinician's Ed25519 public key; `None` for device-asserted events.
    pub(crate) signer: Option<[u8; 32]>,
}

/// The canonical bytes of an event: what the leaf hash covers and what the server receives.
pub(crate) fn canonical(
    draft: &EventDraft,
    metadata: &EventMetadata,
    position: &LogPosition,
) -> Result<Vec<u8>, AuditError> {
    serde_json_canonicalizer::to_vec(&audit_event(draft, metadata, position)).map_err(|_| AuditError::NotCanonical)
}

fn audit_event(draft: &EventDraft, metadata: &EventMetadata, position: &LogPosition) -> Value {
    let codes = draft.class.codes();
    let class = Coding { system: c::CLASS_SYSTEM, code: draft.class.name(), display: draft.class.name() };
    let mut event = Map::new();
    event.insert("resourceType".into(), "AuditEvent".into());
    event.insert("id".into(), metadata.event.to_string().into());
    if let Some(profile) = profile_of(draft) {
        event.insert("meta".into(), json!({ "profile": [profile] }));
    }
    event.insert("extension".into(), json!([position_extension(metadata, position)]));
    event.insert("type".into(), coding(codes.kind));
    event.insert("subtype".into(), json!([coding(codes.subtype), coding(class)]));
    event.insert("action".into(), codes.action.code().into());
    if let Some((first, last)) = draft.happened {
        event.insert("period".into(), json!({ "start": first.to_rfc3339(), "end": last.to_rfc3339() }));
    }
    event.insert("recorded".into(), metadata.recorded.to_rfc3339().into());
    event.insert("outcome".into(), draft.outcome.number().to_string().into());
    if let Some(cause) = draft.cause {
        event.insert("outcomeDesc".into(), cause.into());
    }
    if let Some(purpose) = purpose(draft) {
        event.insert("purposeOfEvent".into(), json!([purpose]));
    }
    event.insert("agent".into(), agents(draft, metadata).into());
    event.insert("source".into(), source(metadata));
    let entities = entities(draft);
    if !entities.is_empty() {
        event.insert("entity".into(), entities.into());
    }
    Value::Object(event)
}

fn profile_of(draft: &EventDraft) -> Option<String> {
    let name = draft.class.codes().balp?;
    let patient = if draft.patient.is_some() { "Patient" } else { "" };
    Some(format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.{patient}{name}"))
}

fn coding(coding: Coding) -> Value {
    json!({ "system": coding.system, "code": coding.code, "display": coding.display })
}

/// All values are strings, because servers rewrite numbers.
fn position_extension(metadata: &EventMetadata, position: &LogPosition) -> Value {
    let part = |url: &str, value: String| json!({ "url": url, "valueString": value });
    let signer = position.signer.map_or_else(|| "device".to_owned(), |key| format!("user:{}", hex::encode(key)));
    json!({ "url": EXTENSION, "extension": [
        part("log", position.log.to_string()),
        part("sequence", position.sequence.to_string()),
        part("boot", metadata.boot.0.to_string()),
        part("monotonic", metadata.monotonic_ms.to_string()),
        part("offset", metadata.clock_offset_ms.to_string()),
        part("salt", hex::encode(metadata.salt)),
        part("signer", signer),
    ] })
}

fn purpose(draft: &EventDraft) -> Option<Value> {
    // EXPOSE: the typed reason is part of the event; such a body is sealed.
    let text = draft.reason.as_ref().map(|r| r.expose().clone());
    let code = draft.purpose.map(|p| json!([{ "system": c::ACT_REASON, "code": p.code() }]));
    match (code, text) {
        (None, None) => None,
        (Some(code), None) => Some(json!({ "coding": code })),
        (None, Some(text)) => Some(json!({ "text": text })),
        (Some(code), Some(text)) => Some(json!({ "coding": code, "text": text })),
    }
}

/// The program on this device, and the user where one is known (IHE BALP: client and user).
fn agents(draft: &EventDraft, metadata: &EventMetadata) -> Vec<Value> {
    let codes = draft.class.codes();
    let client_kind = match (codes.category, codes.action) {
        (EventCategory::Security, _) => c::APPLICATION,
        (_, AuditAction::Read) => c::DESTINATION,
        _ => c::SOURCE,
    };
    let mut agents = vec![json!({
        "type": { "coding": [coding(client_kind)] },
        "who": { "identifier": { "system": "urn:chartkeep:device", "value": metadata.device.to_string() } },
        "name": "Chartkeep",
        "requestor": draft.actor.is_none(),
    })];
    if let Some(actor) = &draft.actor {
        let kind = if codes.action == AuditAction::Read { c::RECIPIENT } else { c::AUTHOR };
        let mut who = json!({ "identifier": { "system": "urn:chartkeep:user", "value": actor.user.to_string() } });
        if let (Some(display), Some(who)) = (&actor.display, who.as_object_mut()) {
            who.insert("display".into(), display.clone().into());
        }
        agents.push(json!({
            "type": { "coding": [coding(kind)] },
            "role": [{ "coding": [{ "system": c::ROLE_SYSTEM, "code": actor.role.name() }] }],
            "who": who,
            "requestor": true,
        }));
    }
    agents
}

fn source(metadata: &EventMetadata) -> Value {
    json!({
        "observer": { "identifier": { "system": "urn:chartkeep:device", "value": metadata.device.to_string() } },
        // 1 = user interface device (FHIR R4, security-source-type).
        "type": [{ "system": c::SOURCE_TYPE, "code": "1", "display": "User Device" }],
    })
}

fn entities(draft: &EventDraft) -> Vec<Value> {
    let kind = |code: &str| json!({ "system": c::ENTITY_TYPE, "code": code });
    let role = |code: &str| json!({ "system": c::OBJECT_ROLE, "code": code });
    let mut out = Vec::new();
    if let Some(patient) = &draft.patient {
        // EXPOSE: the patient is part of the event; such a body is sealed.
        let reference = format!("Patient/{}", patient.expose());
        out.push(json!({ "what": { "reference": reference }, "type": kind("1"), "role": role("1") }));
    }
    if let Some(query) = &draft.query {
        // EXPOSE: the query is part of the event; such a body is sealed.
        let encoded = BASE64_STANDARD.encode(query.expose());
        out.push(json!({ "type": kind("2"), "role": role("24"), "query": encoded }));
    }
    for key in &draft.touched {
        // EXPOSE: the records are part of the event; such a body is sealed.
        let reference = key.expose().to_string();
        out.push(json!({ "what": { "reference": reference }, "type": kind("2"), "role": role("4") }));
    }
    let mut details: Vec<Value> =
        draft.details.iter().map(|(k, v)| json!({ "type": k, "valueString": v.as_str() })).collect();
    if draft.touched_count > 0 {
        details.push(json!({ "type": "resources", "valueString": draft.touched_count.to_string() }));
    }
    if !details.is_empty() {
        // 3 = report: facts about the event itself.
        out.push(json!({ "type": kind("2"), "role": role("3"), "detail": details }));
    }
    out
}
