//! Results, newest first: observations that are no vital signs, and what reports say besides their results.

mod panels;
pub(crate) mod rows;

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::corrections::Corrections;
use super::judge::{Population, interpreted};
use super::members::Observations;
use super::unfounded::unfounded;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::results::{ResultDto, ResultsDto};
use keep_clinical::{AbnormalFlag, Rounding};
use keep_fhir::Raw;
use keep_fhir::lens::{self, ObservationLens, ReportLens};
use panels::Panels;
use rows::Rows;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A normal result is shown in the summary for this long: 90 days.
const FRESH_MILLIS: i64 = 90 * 24 * 60 * 60 * 1000;
/// The most results of the summary.
const MOST_RECENT: usize = 40;
/// The most text of one window, bytes; keeps a reply below 256 kB.
const MOST_TEXT: usize = 120_000;
/// The longest text of one detail: in a window and in the summary, characters.
const LONGEST: usize = 8_000;
const LONGEST_IN_SUMMARY: usize = 400;
/// Categories that are shown in the summary only where there is room.
const LESS_URGENT: [&str; 4] = ["survey", "social-history", "activity", "therapy"];

/// One window of all results.
pub(crate) fn window(entries: &[VisibleRecord], clinic_clock: &ClinicClock, offset: usize, limit: usize) -> ResultsDto {
    let panels = Panels::of(entries);
    let population = Population::of(entries, &clinic_clock.zone);
    let unfounded = &unfounded(entries);
    let observations = &Observations::of(entries);
    let rows =
        Rows { panels: &panels, clinic_clock, population: &population, unfounded, observations, longest: LONGEST };
    let found = sorted(entries.iter().filter(|e| panels.has_row(e)).collect());
    let mut length = 0;
    let shown = found.iter().skip(offset).take(limit).filter_map(|e| rows.row(e)).enumerate();
    // At least one row, so that the page comes to the end.
    let shown = shown.take_while(|(at, row)| {
        length += row.details.iter().map(|d| d.text.len()).sum::<usize>() + 600;
        *at == 0 || length <= MOST_TEXT
    });
    ResultsDto { rows: shown.map(|(_, row)| row).collect(), total: u32::try_from(found.len()).unwrap_or(u32::MAX) }
}

/// Adds whether the user may mark each of these results as entered in error, and who did.
pub(crate) fn add_corrections(
    rows: &mut [ResultDto],
    entries: &[VisibleRecord],
    view: &AccessView,
    corrections: &Corrections,
) {
    let results = entries.iter().filter(|e| matches!(e.kind(), "Observation" | "DiagnosticReport"));
    let by_key: BTreeMap<(bool, &str), &VisibleRecord> =
        results.map(|e| ((e.kind() == "DiagnosticReport", e.record.key.id.as_str()), e)).collect();
    for row in rows {
        let Some(entry) = by_key.get(&(row.is_report, row.id.as_str())) else { continue };
        row.may_mark_entered_in_error = entry.may_mark_entered_in_error(view);
        row.corrected = corrections.of(&entry.record.key.to_string());
    }
}

fn sorted(mut found: Vec<&VisibleRecord>) -> Vec<&VisibleRecord> {
    found.sort_by_key(|e| Reverse(e.at()));
    found
}

/// The latest of each test where it is abnormal, and all results and reports of the last 90 days.
pub(crate) fn recent_and_abnormal(
    entries: &[VisibleRecord],
    population: &Population,
    clinic_clock: &ClinicClock,
) -> Vec<ResultDto> {
    let since = clinic_clock.now.plus_millis(-FRESH_MILLIS);
    let is_fresh = |entry: &VisibleRecord| entry.at().is_some_and(|at| at >= since);
    let panels = Panels::since(entries, since);
    let unfounded = &unfounded(entries);
    let observations = &Observations::of(entries);
    let rows = Rows { panels: &panels, clinic_clock, population, unfounded, observations, longest: LONGEST_IN_SUMMARY };
    let mut seen = BTreeSet::new();
    let mut chosen: Vec<(u8, &VisibleRecord)> = Vec::new();
    let found = entries.iter().filter(|e| !e.is_entered_in_error() && panels.has_row(e));
    for entry in sorted(found.collect()) {
        let Some(lens) = entry.observation() else {
            chosen.extend(is_fresh(entry).then_some((1, entry)));
            continue;
        };
        let is_latest = seen.insert(words::label(lens.code.as_ref()).map(|name| name.to_lowercase()));
        let stands_out = is_latest && rows.stands_out(lens, entry.at());
        let less_urgent = LESS_URGENT.iter().any(|category| entry.has_category(category));
        match (stands_out, is_fresh(entry)) {
            (true, _) => chosen.push((0, entry)),
            (false, true) => chosen.push((if less_urgent { 2 } else { 1 }, entry)),
            (false, false) => {}
        }
    }
    // What stands out comes before what is only recent.
    chosen.sort_by_key(|(rank, entry)| (*rank, Reverse(entry.at())));
    chosen.truncate(MOST_RECENT);
    sorted(chosen.into_iter().map(|(_, entry)| entry).collect()).into_iter().filter_map(|e| rows.row(e)).collect()
}

/// The value, or those of a panel's parts, as one text.
pub(crate) fn value_text(lens: &ObservationLens, rounding: Rounding) -> String {
    let own = lens.value.as_ref().map(|value| words::measured(value, rounding));
    let parts = lens.components.iter().map(|c| {
        let value = c.value.as_ref().map(|v| words::measured(v, rounding)).unwrap_or_default();
        words::joined([words::label(c.code.as_ref()).unwrap_or_default(), value], " ")
    });
    words::joined(own.into_iter().chain(parts), ", ")
}

/// The value as it was recorded, where less of it is shown.
pub(crate) fn recorded(lens: &ObservationLens) -> Option<String> {
    let exact = value_text(lens, Rounding::AsRecorded);
    (exact != value_text(lens, words::RESULT)).then(|| words::cut(&exact, LONGEST_IN_SUMMARY))
}

/// What a report says in words: its conclusion, or else its text.
pub(crate) fn report_text(raw: &Raw, lens: &ReportLens) -> Option<String> {
    // EXPOSE: the conclusion is what is shown.
    let conclusion = lens.conclusion.as_ref().and_then(|c| words::some(c.expose().trim()));
    conclusion.or_else(|| {
        let details = lens::report_details(raw).ok()?;
        let coded = details.conclusion_codes.iter().filter_map(|c| words::label(Some(c)));
        // EXPOSE: so is its text.
        let texts = details.files.iter().filter_map(|f| f.text.as_ref()).map(|t| t.expose().trim().to_owned());
        words::some(words::joined(coded.chain(texts), "; "))
    })
}

/// The recorded interpretation of a value that counts.
pub(crate) fn recorded_flag(lens: &ObservationLens) -> Option<AbnormalFlag> {
    let counts = super::judge::StatusClass::of(lens.status.as_deref()) != super::judge::StatusClass::NoValue;
    interpreted(&lens.interpretation).0.filter(|_| counts)
}

#[cfg(test)]
mod tests;
