//! What answers and records say about the case itself and not about the damage.

use super::oracle::mask;
use serde_json::Value;

/// An answer without what this case itself has or has not done: the visit that it opened because it did not know of
/// one under way, and, where a chart could not be opened, which charts this person opened today, by which rows of
/// patients are put in order.
pub(super) fn without_own_traces(answer: &Value, charts_failed: bool) -> Value {
    let mut answer = answer.clone();
    let mut gone = 0;
    if let Some(rows) = answer.get_mut("rows").and_then(Value::as_array_mut) {
        let had = rows.len();
        rows.retain(|r| !(r["reference"] == "Encounter/<id>" && r["at"] == "<time>"));
        gone = had - rows.len();
        if charts_failed {
            for row in rows.iter_mut() {
                let patient = if row["patient"].is_object() { &mut row["patient"] } else { row };
                if let Some(members) = patient.as_object_mut() {
                    members.remove("openedToday");
                }
            }
            rows.sort_by_key(Value::to_string);
        }
    }
    if let Some(total) = answer.get("total").and_then(Value::as_u64).filter(|_| gone > 0) {
        answer["total"] = Value::from(total.saturating_sub(gone as u64));
    }
    if let Some(counts) = answer.get_mut("counts").and_then(Value::as_array_mut).filter(|_| charts_failed) {
        counts.retain(|c| c["list"] != "my_patients");
    }
    answer
}

/// What a sentence is about, without the values.
pub(super) fn subject(sentence: &str) -> &str {
    sentence.split('"').next().unwrap_or(sentence)
}

pub(super) fn kind(key: &str) -> &str {
    key.split('/').next().unwrap_or(key)
}

/// A record without what each server adds.
pub(super) fn bare(record: &Value) -> Value {
    let mut bare = mask(record, keep_domain::UtcMillis(i64::MAX));
    if let Some(members) = bare.as_object_mut() {
        members.remove("meta");
        // The time of a check-in is that of the case.
        if members.get("resourceType").and_then(Value::as_str) == Some("Appointment") {
            members.remove("participant");
        }
    }
    bare
}
