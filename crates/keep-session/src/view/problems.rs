//! Problems: active ones first, unconfirmed and refuted ones apart.

use super::marks::marks;
use super::visible_record::{VisibleRecord, readable};
use super::{allergies, moment, words};
use crate::dto::chart::problems::{ProblemDto, ProblemGroupDto, StageDto};
use keep_domain::UtcMillis;
use keep_fhir::lens::{Concept, ConditionLens, Moment};
use std::cmp::Reverse;

/// All problems and diagnoses by group, each group by onset, newest first.
pub(crate) fn problems(entries: &[VisibleRecord]) -> Vec<ProblemDto> {
    let read = readable(entries, "Condition").filter_map(|(e, _)| Some((e, e.condition()?)));
    let mut found: Vec<(Option<UtcMillis>, ProblemDto)> = read.map(|(e, c)| (began(c), dto(e, c))).collect();
    found.sort_by(|(a, x), (b, y)| (x.group, Reverse(a), &x.text).cmp(&(y.group, Reverse(b), &y.text)));
    found.into_iter().map(|(_, p)| p).collect()
}

fn began(lens: &ConditionLens) -> Option<UtcMillis> {
    let onset = match &lens.onset {
        Some(Moment::At(at)) => words::instant(Some(at)),
        Some(Moment::Within(period)) => words::instant(period.start.as_ref().or(period.end.as_ref())),
        _ => None,
    };
    onset.or_else(|| words::instant(lens.recorded.as_ref()))
}

/// INVARIANT: a status that is not understood never moves a problem out of the current ones.
fn group(entry: &VisibleRecord, lens: &ConditionLens) -> ProblemGroupDto {
    use ProblemGroupDto as G;
    if entry.is_entered_in_error() || lens.is_void() {
        return G::Void;
    }
    let is_current = lens.is_active() && (lens.abatement.is_none() || says_active(lens));
    match (lens.absence.is_some(), is_current) {
        (true, true) => G::Statement,
        (false, true) if lens.is_unconfirmed() => G::Unconfirmed,
        (false, true) => G::Active,
        (_, false) => G::Past,
    }
}

/// An active status outweighs an abatement, which may lie ahead or belong to an earlier episode.
fn says_active(lens: &ConditionLens) -> bool {
    lens.clinical_status.as_ref().is_some_and(|s| s.code.is_none() || s.is_one_of(&["active", "recurrence", "relapse"]))
}

fn dto(entry: &VisibleRecord, lens: &ConditionLens) -> ProblemDto {
    let labels = |list: &[Concept]| list.iter().filter_map(|c| words::label(Some(c))).collect();
    ProblemDto {
        id: entry.id(),
        text: words::label(lens.code.as_ref()),
        group: group(entry, lens),
        absence: lens.absence.as_ref().map(allergies::absence),
        marks: marks(entry),
        status: lens.clinical_status.as_ref().map(|s| s.recorded.clone()),
        onset: lens.onset.as_ref().and_then(moment::value),
        abatement: lens.abatement.as_ref().and_then(moment::value),
        recorded: words::when(lens.recorded.as_ref()),
        severity: words::label(lens.severity.as_ref()),
        body_sites: labels(&lens.body_sites),
        stages: lens
            .stages
            .iter()
            .map(|s| StageDto { summary: words::label(s.summary.as_ref()), kind: words::label(s.kind.as_ref()) })
            .collect(),
        evidence: labels(&lens.evidence),
        categories: labels(&lens.categories),
        notes: words::texts(&lens.notes),
        narrative: words::beyond(lens.narrative.as_ref(), lens.code.as_ref()),
        record: entry.state(),
    }
}

#[cfg(test)]
mod tests;
