//! Which types were downloaded completely and when, and which records could not be read.

use super::tabs::has_tab;
use super::visible_record::VisibleRecord;
use crate::dto::chart::{DownloadCompletenessDto, UnreadableDto};
use keep_domain::UtcMillis;
use keep_store::{Completeness, PullOutcome};
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

/// The oldest time of the shown types, the types that were never completed, and those that cannot be had.
///
/// A type that every server has is missing until it was completed. Any other type is missing while its download, or
/// that of the types before it, has not finished; a server that does not have it is asked for the next one.
/// `holds` is whether a type can be in this session's segments at all, `partial` whether one of these is not whole.
pub(crate) fn completeness(
    found: &[Completeness],
    partial: bool,
    holds: impl Fn(&str) -> bool,
) -> DownloadCompletenessDto {
    let as_of = |name: &str| of_type(found, name).and_then(|c| c.complete_as_of);
    let outcome = |name: &str| of_type(found, name).map_or(PullOutcome::Unknown, |c| c.outcome);
    let mut shown = DownloadCompletenessDto {
        as_of: None,
        missing: Vec::new(),
        unavailable: Vec::new(),
        failed: Vec::new(),
        partial,
    };
    let mut oldest: Option<UtcMillis> = None;
    for name in SHOWN.into_iter().filter(|n| holds(n)) {
        match (as_of(name), outcome(name)) {
            (_, end) if end.is_unavailable() => shown.unavailable.push(name.to_owned()),
            (Some(at), _) => oldest = Some(oldest.map_or(at, |o| o.min(at))),
            (None, end) if has_failed(end) => shown.failed.push(name.to_owned()),
            (None, _) => shown.missing.push(name.to_owned()),
        }
    }
    let began = |name: &str| of_type(found, name).is_some_and(|c| c.outcome != PullOutcome::NotOffered);
    let others: Vec<&str> = pull_order().filter(|n| !SHOWN.contains(n) && has_tab(n) && holds(n)).collect();
    for (at, name) in others.iter().enumerate() {
        let has_passed = others.iter().skip(at).any(|later| began(later));
        match outcome(name) {
            PullOutcome::NotOffered => {}
            PullOutcome::Refused => shown.unavailable.push((*name).to_owned()),
            end if as_of(name).is_none() && has_failed(end) => shown.failed.push((*name).to_owned()),
            _ if as_of(name).is_none() && (began(name) || !has_passed) => shown.missing.push((*name).to_owned()),
            _ => {}
        }
    }
    shown.as_of = oldest.map(UtcMillis::to_rfc3339);
    shown
}

fn of_type<'f>(found: &'f [Completeness], name: &str) -> Option<&'f Completeness> {
    found.iter().find(|c| c.resource_type == name)
}

/// Whether a download failed for a reason that the next one may meet again; an interrupted one continues.
const fn has_failed(outcome: PullOutcome) -> bool {
    outcome.is_failure() && !matches!(outcome, PullOutcome::Interrupted)
}

/// Whether all of these types that this session can hold were completed once.
pub(crate) fn has_all(found: &[Completeness], types: &[&str], holds: impl Fn(&str) -> bool) -> bool {
    let is_complete = |c: &Completeness| c.complete_as_of.is_some() && c.outcome != PullOutcome::Refused;
    types.iter().filter(|t| holds(t)).all(|t| of_type(found, t).is_some_and(is_complete))
}

/// The same where what is not recorded may be called absent: a server without Flag has no flags, but a server without
/// AllergyIntolerance says nothing about allergies.
pub(crate) fn may_say_absent(found: &[Completeness], types: &[&str], holds: impl Fn(&str) -> bool) -> bool {
    let is_empty = |t: &str| t == "Flag" && of_type(found, t).is_some_and(|c| c.outcome == PullOutcome::NotOffered);
    has_all(found, types, |t| holds(t) && !is_empty(t))
}

/// Whether a chart need not wait for a type: it cannot be had, or the server could not deliver it. The completeness
/// line names it. Without patients there is no chart; those that the server shows have one.
pub(crate) fn opens_without(found: &[Completeness], name: &str) -> bool {
    let outcome = of_type(found, name).map_or(PullOutcome::Unknown, |c| c.outcome);
    outcome == PullOutcome::Short || name != "Patient" && (outcome.is_unavailable() || has_failed(outcome))
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
        Completeness {
            resource_type: name.to_owned(),
            complete_as_of: at.map(time),
            outcome: PullOutcome::Unknown,
            compared: None,
        }
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
    fn what_cannot_be_had_is_named_and_does_not_keep_charts_closed() {
        let at = Some("2026-11-22T08:40:00Z");
        let with = |name: &str, at, outcome| Completeness { outcome, ..done(name, at) };
        let types = ["Patient", "Flag", "Condition", "AllergyIntolerance"];
        let chart = |flag, condition, allergy| {
            let found = [
                with("Patient", at, PullOutcome::Complete),
                with("Flag", None, flag),
                with("Condition", None, condition),
                with("AllergyIntolerance", at, allergy),
            ];
            let claim = completeness(&found, false, |t| types.contains(&t));
            let opens = types.iter().all(|t| has_all(&found, &[*t], |_| true) || opens_without(&found, t));
            (claim.missing, claim.unavailable, claim.failed, opens, may_say_absent(&found, &types[..2], |_| true))
        };
        let names = |all: &[&str]| all.iter().map(|n| String::from(*n)).collect::<Vec<_>>();
        assert_eq!(
            chart(PullOutcome::NotOffered, PullOutcome::Failed(500), PullOutcome::Complete),
            (names(&[]), names(&["Flag"]), names(&["Condition"]), true, true)
        );
        assert_eq!(
            chart(PullOutcome::Refused, PullOutcome::Interrupted, PullOutcome::Refused),
            (names(&["Condition"]), names(&["AllergyIntolerance", "Flag"]), names(&[]), false, false)
        );
        let none = [with("Patient", None, PullOutcome::Failed(500))];
        assert!(!opens_without(&none, "Patient"), "without patients there is no chart");
        let some = [with("Patient", None, PullOutcome::Short)];
        assert!(opens_without(&some, "Patient"), "those that are shown have one");
        let gone = [with("AllergyIntolerance", None, PullOutcome::NotOffered)];
        assert!(!may_say_absent(&gone, &["AllergyIntolerance"], |_| true), "that server says nothing of allergies");
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
