//! `chartkeep doctor`.

use crate::answer::Answer;
use keep_session::Workstation;
use keep_session::cases::device;
use serde_json::{Map, Value, json};

/// Shows the health of the device; exit 1 when a segment or a slot is damaged.
pub(crate) fn run(app: &Workstation) -> Answer {
    let device = match device::look(app) {
        Ok(device) => device,
        Err(failure) => return Answer::failure(&failure),
    };
    let versions: Map<String, Value> =
        device.versions.iter().map(|v| (v.name.clone(), Value::String(v.value.clone()))).collect();
    let keychain = serde_json::to_value(&device.keychain).unwrap_or(Value::Null);
    let segments: Vec<Value> = device
        .segments
        .iter()
        .map(|s| json!({"name": s.name, "bytes": s.bytes, "generation": s.generation, "state": s.state}))
        .collect();
    let unwell = device.segments.iter().any(|s| matches!(s.state.as_str(), "damaged" | "newer" | "aside"));
    let mut body = json!({
        "versions": versions,
        "keychain": keychain,
        "slots": device.slots,
        "segments": segments,
        "ledger": {"events": device.ledger_events, "pending": device.ledger_pending},
    });
    if let (false, Some(members)) = (device.findings.is_empty(), body.as_object_mut()) {
        members.insert(String::from("findings"), json!(device.findings));
    }
    let unchecked = device::slots_not_yet_checked(app);
    if let (true, Some(members)) = (unchecked > 0, body.as_object_mut()) {
        members.insert(String::from("slots_not_yet_checked"), json!(unchecked));
    }
    if unwell || !device.findings.is_empty() { Answer::finding(body) } else { Answer::ok(body) }
}
