//! What differs from run to run: times of the case itself, ids that it made, waiting times.

use keep_domain::UtcMillis;
use serde_json::{Map, Value};

/// Members that are about this moment.
const OF_THE_MOMENT: [&str; 10] = [
    "waitingMinutes",
    "waitSeconds",
    "codeSeconds",
    "incident",
    "now",
    "changeSet",
    "resume",
    "lastUser",
    "clockWrong",
    "mayUndo",
];

/// The answer without what differs from run to run; times from `since` on are of the case itself.
pub(in crate::damage) fn mask(value: &Value, since: UtcMillis) -> Value {
    match value {
        Value::Object(members) => {
            let rest = members.iter().filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str()));
            Value::Object(rest.map(|(name, value)| (name.clone(), member(name, value, since))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(|i| mask(i, since)).collect()),
        Value::String(text) => Value::String(masked(text, since)),
        Value::Number(n) if n.as_i64().is_some_and(|n| n >= since.0) => Value::from("<time>"),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value, since: UtcMillis) -> Value {
    match (name, value.as_str()) {
        // Sent, still to be sent, or to be looked at first: what was sent is looked for on the server.
        ("record", Some(_)) => Value::from("here"),
        // The time alone moves with each sync; that there is one does not.
        ("asOf" | "complete" | "lastSeen" | "kept" | "saved", Some(time)) if !time.is_empty() => Value::from("<time>"),
        // Minutes and hours go on while the case runs; days do not.
        ("age", None) if matches!(value["unit"].as_str(), Some("minutes" | "hours")) => Value::from("<age>"),
        _ => mask(value, since),
    }
}

fn masked(text: &str, since: UtcMillis) -> String {
    if UtcMillis::from_rfc3339(text).is_some_and(|time| time >= since) {
        return String::from("<time>");
    }
    text.split('/').map(|part| if is_uuid(part) { "<id>" } else { part }).collect::<Vec<_>>().join("/")
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
