//! The rows of the sync page, one for each type.

use crate::dto::sync::{SyncTypeDto, SyncTypeStateDto};
use keep_domain::UtcMillis;
use keep_store::{Completeness, PullOutcome};
use keep_sync::CHART_TYPES;
use std::collections::BTreeMap;

/// The types with records on this device, and those that could not be received or that a chart misses.
pub(super) fn rows(found: &[Completeness], mut counts: BTreeMap<String, u64>) -> Vec<SyncTypeDto> {
    let is_missed = |c: &&Completeness| match c.outcome {
        PullOutcome::NotOffered => CHART_TYPES.contains(&c.resource_type.as_str()),
        other => other.is_failure() || other.is_unavailable(),
    };
    for missed in found.iter().filter(is_missed) {
        counts.entry(missed.resource_type.clone()).or_default();
    }
    let row = |(resource_type, count): (String, u64)| {
        let of = found.iter().find(|c| c.resource_type == resource_type);
        let (state, status) = of.map_or((SyncTypeStateDto::Waiting, None), state_of);
        SyncTypeDto {
            complete: of.and_then(|c| c.complete_as_of).map(UtcMillis::to_rfc3339),
            compared: of.and_then(|c| c.compared).map(UtcMillis::to_rfc3339),
            resource_type,
            count,
            state,
            status,
        }
    };
    counts.into_iter().map(row).collect()
}

fn state_of(found: &Completeness) -> (SyncTypeStateDto, Option<u16>) {
    let state = match found.outcome {
        PullOutcome::Unknown if found.complete_as_of.is_none() => SyncTypeStateDto::Waiting,
        PullOutcome::Unknown | PullOutcome::Complete => SyncTypeStateDto::Complete,
        PullOutcome::NotOffered => SyncTypeStateDto::NotOffered,
        PullOutcome::Refused => SyncTypeStateDto::Refused,
        PullOutcome::Failed(status) => return (SyncTypeStateDto::Failed, Some(status)),
        PullOutcome::Invalid => SyncTypeStateDto::Invalid,
        PullOutcome::TooLarge => SyncTypeStateDto::TooLarge,
        PullOutcome::Interrupted => SyncTypeStateDto::Interrupted,
        PullOutcome::Short => SyncTypeStateDto::Short,
    };
    (state, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_without_records_has_a_row_where_it_is_missed() {
        let of = |name: &str, outcome| Completeness {
            resource_type: name.to_owned(),
            complete_as_of: None,
            outcome,
            compared: None,
        };
        let found = [
            of("Observation", PullOutcome::Failed(500)),
            of("Flag", PullOutcome::NotOffered),
            of("Media", PullOutcome::NotOffered),
            of("Consent", PullOutcome::Refused),
            of("Goal", PullOutcome::Complete),
        ];
        let shown = rows(&found, BTreeMap::from([(String::from("Patient"), 3)]));
        let shown: Vec<_> = shown.iter().map(|r| (r.resource_type.as_str(), r.count, r.state, r.status)).collect();
        assert_eq!(
            shown,
            [
                ("Consent", 0, SyncTypeStateDto::Refused, None),
                ("Flag", 0, SyncTypeStateDto::NotOffered, None),
                ("Observation", 0, SyncTypeStateDto::Failed, Some(500)),
                ("Patient", 3, SyncTypeStateDto::Waiting, None),
            ]
        );
    }
}
