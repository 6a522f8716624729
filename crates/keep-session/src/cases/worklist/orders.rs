//! The open orders of a chart.

use crate::dto::worklist::WorkReasonDto;
use crate::view::visible_record::{VisibleRecord, valid};
use keep_domain::UtcMillis;
use keep_fhir::lens;
use std::borrow::Cow;
use std::collections::BTreeSet;

fn is_open(entry: &VisibleRecord, since: UtcMillis) -> bool {
    let status = entry.facts.as_ref().and_then(|f| f.status.as_deref());
    status == Some("active") && entry.at().is_some_and(|at| at >= since)
}

pub(super) fn to_dispense(entries: &[VisibleRecord], since: UtcMillis) -> Option<WorkReasonDto> {
    let given: BTreeSet<String> = valid(entries, "MedicationDispense")
        .filter_map(|(_, raw)| lens::authorizing_prescription(raw).map(Cow::into_owned))
        .collect();
    let open = valid(entries, "MedicationRequest");
    let count = open.filter(|(e, _)| is_open(e, since) && !given.contains(&e.record.key.to_string())).count();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    (count > 0).then_some(WorkReasonDto::ToDispense { count })
}

pub(super) fn to_draw(entries: &[VisibleRecord], since: UtcMillis) -> Option<WorkReasonDto> {
    let names: Vec<String> = valid(entries, "ServiceRequest")
        .filter(|(e, _)| is_open(e, since))
        .filter_map(|(_, raw)| lens::code_text(raw))
        .collect();
    (!names.is_empty()).then(|| WorkReasonDto::Recorded { text: names.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{seen_by, time};
    use keep_domain::Role;

    #[test]
    fn dispensed_medicines_leave_the_list() {
        let order = |id: &str, at: &str| {
            format!(
                r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"active","intent":"order","subject":{{"reference":"Patient/maria"}},"authoredOn":"{at}"}}"#
            )
        };
        let given = r#"{"resourceType":"MedicationDispense","id":"d","status":"completed","subject":{"reference":"Patient/maria"},"authorizingPrescription":[{"reference":"MedicationRequest/m1"}]}"#;
        let texts =
            [order("m1", "2026-11-21T08:00:00Z"), order("m2", "2026-11-21T08:00:00Z"), order("m3", "2026-01-01")];
        let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        texts.push(given);
        let entries = seen_by(Role::Pharmacist, &texts);
        assert!(to_dispense(&entries, time("2026-11-15T00:00:00Z")) == Some(WorkReasonDto::ToDispense { count: 1 }));
        assert!(to_dispense(&entries, time("2026-11-22T00:00:00Z")).is_none());
    }
}
