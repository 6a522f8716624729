//! Which types were downloaded completely and when, and which records could not be read.

use super::tabs::has_tab;
use super::visible_record::VisibleRecord;
use crate::dto::chart::{DownloadCompletenessDto, UnreadableDto};
use keep_domain::UtcMillis;
use keep_store::Completeness;
use keep_sync::pull_order;
use std::collections::BTreeMap;

/// The types that every server has and every chart shows.
const SHOWN: [&str; 9] = [
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "MedicationRequest",
    "Flag",
    "Observation",
    "DiagnosticReport",
    "DocumentReference",
    "Immunization",
];

/// The oldest time of the shown types, and the types that were never completed.
///
/// A type that every server has is missing until it was completed. Any other type is missing while its download, or
/// that of the types before it, has not finished; a server that does not have it is asked for the next one.
/// `holds` is whether a type can be in this session's segments at all, `partial` whether one of these is not whole.
pub(crate) fn completeness(
    found: &[Completeness],
    partial: bool,
    holds: impl Fn(&str) -> bool,
) -> DownloadCompletenessDto {
    let as_of = |name: &str| found.iter().find(|c| c.resource_type == name).and_then(|c| c.complete_as_of);
    let (mut oldest, mut missing): (Option<UtcMillis>, Vec<String>) = (None, Vec::new());
    for name in SHOWN.into_iter().filter(|n| holds(n)) {
        match as_of(name) {
            Some(at) => oldest = Some(oldest.map_or(at, |o| o.min(at))),
            None => missing.push(name.to_owned()),
        }
    }
    let began = |name: &str| found.iter().any(|c| c.resource_type == name);
    let others: Vec<&str> = pull_order().filter(|n| !SHOWN.contains(n) && has_tab(n) && holds(n)).collect();
    for (at, name) in others.iter().enumerate() {
        let has_passed = others.iter().skip(at).any(|later| began(later));
        if as_of(name).is_none() && (began(name) || !has_passed) {
            missing.push((*name).to_owned());
        }
    }
    DownloadCompletenessDto { as_of: oldest.map(UtcMillis::to_rfc3339), missing, partial }
}

/// Whether all of these types that this session can hold were completed once.
pub(crate) fn has_all(found: &[Completeness], types: &[&str], holds: impl Fn(&str) -> bool) -> bool {
    types
        .iter()
        .filter(|t| holds(t))
        .all(|t| found.iter().any(|c| c.resource_type == **t && c.complete_as_of.is_some()))
}

/// Number of records of each type that could not be read, wholly or in part.
pub(crate) fn unreadable(entries: &[VisibleRecord]) -> Vec<UnreadableDto> {
    let mut counts: BTreeMap<Option<&str>, u32> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.is_unreadable()) {
        let name = Some(entry.kind()).filter(|kind| *kind != keep_store::UNREADABLE);
        let count = counts.entry(name).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().map(|(name, count)| UnreadableDto { resource_type: name.map(str::to_owned), count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{nurse_amara_sees, time};

    fn done(name: &str, at: Option<&str>) -> Completeness {
        Completeness { resource_type: name.to_owned(), complete_as_of: at.map(time) }
    }

    #[test]
    fn the_oldest_type_sets_the_claim() {
        let found = [
            done("Patient", Some("2026-11-22T08:40:00Z")),
            done("Flag", Some("2026-11-22T08:20:00Z")),
            done("Condition", None),
        ];
        let directory = |t: &str| matches!(t, "Patient" | "Flag" | "Condition");
        let claim = completeness(&found, false, directory);
        assert_eq!(claim.as_of.as_deref(), Some("2026-11-22T08:20:00.000Z"));
        assert_eq!(claim.missing, ["Condition"]);
        assert!(has_all(&found, &["Patient", "Flag", "Observation"], |t| t != "Observation"));
        assert!(!has_all(&found, &["Patient", "Condition"], |_| true));
    }

    #[test]
    fn a_type_is_missing_until_its_turn_has_passed() {
        let missing =
            |found: &[Completeness]| completeness(found, false, |t| ["Goal", "Procedure"].contains(&t)).missing;
        assert_eq!(missing(&[]), ["Procedure", "Goal"]);
        let procedures = done("Procedure", Some("2026-11-22T08:40:00Z"));
        assert_eq!(missing(std::slice::from_ref(&procedures)), ["Goal"]);
        assert_eq!(missing(&[procedures, done("Goal", None)]), ["Goal"]);
        // The server has no procedures: the goals, which come later, were downloaded.
        assert_eq!(missing(&[done("Goal", Some("2026-11-22T08:40:00Z"))]), [""; 0]);
    }

    #[test]
    fn unreadable_records_are_counted_by_type() {
        let texts = [
            "{",
            r#"{"resourceType":"Observation","id":"o","status":7}"#,
            r#"{"resourceType":"Observation","id":"p","status":"final"}"#,
        ];
        let found = unreadable(&nurse_amara_sees(&texts));
        let shown: Vec<_> = found.iter().map(|u| (u.resource_type.as_deref(), u.count)).collect();
        assert_eq!(shown, [(None, 1), (Some("Observation"), 1)]);
    }
}
