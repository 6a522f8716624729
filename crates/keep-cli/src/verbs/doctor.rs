//! `chartkeep doctor`.

use crate::report::Report;
use crate::status::Status;
use keep_session::Workstation;
use keep_session::cases::device;
use keep_session::dto::device::SegmentStateDto;
use serde_json::{Map, Value, json};

/// Shows the health of the workstation; damage to a segment or key slot is a finding.
pub(crate) fn run(workstation: &Workstation) -> Result<Report, Report> {
    let device = device::look(workstation)?;
    let versions: Map<String, Value> =
        device.versions.iter().map(|v| (v.name.clone(), Value::String(v.value.clone()))).collect();
    let segments: Vec<Value> = device
        .segments
        .iter()
        .map(|s| json!({"name": s.name, "bytes": s.bytes, "generation": s.generation, "state": s.state}))
        .collect();
    let mut report = Report::ok(json!({
        "versions": versions,
        "keychain": serde_json::to_value(&device.keychain).unwrap_or(Value::Null),
        "slots": device.slots,
        "segments": segments,
        "ledger": {"events": device.ledger_events, "pending": device.ledger_pending},
    }));
    if device.segments.iter().any(|s| s.state == SegmentStateDto::Aside) {
        report.status = Status::Finding;
    }
    if !device.findings.is_empty() {
        report.status = Status::Finding;
        report.body.insert(String::from("findings"), json!(device.findings));
    }
    let unchecked = device::slots_not_yet_checked(workstation);
    if unchecked > 0 {
        report.body.insert(String::from("slots_not_yet_checked"), json!(unchecked));
    }
    Ok(report)
}
