//! Laboratory results, newest first.

use super::clinic_clock::ClinicClock;
use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::results::{ResultDto, ResultsDto};
use keep_clinical::{Rounding, abnormal_flag};
use keep_fhir::lens::{Measured, ObservationLens, report};
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// A normal result is shown in the summary for this long: 90 days.
const FRESH_MILLIS: i64 = 90 * 24 * 60 * 60 * 1000;
/// The most results of the summary.
const MOST_RECENT: usize = 40;

/// The longest value that is shown, characters.
const LONGEST: usize = 500;

/// All results, newest first, not yet formatted.
fn found(entries: &[VisibleRecord]) -> Vec<&VisibleRecord> {
    let of_kind = valid(entries, "Observation").filter(|(e, _)| e.has_category("laboratory"));
    let mut found: Vec<&VisibleRecord> = of_kind.map(|(entry, _)| entry).collect();
    found.sort_by_key(|e| std::cmp::Reverse(e.at()));
    found
}

/// One window of all results.
pub(crate) fn window(entries: &[VisibleRecord], offset: usize, limit: usize) -> ResultsDto {
    let (found, panels) = (found(entries), panels(entries));
    let rows = found.iter().skip(offset).take(limit).filter_map(|f| dto(f, &panels));
    ResultsDto { rows: rows.collect(), total: u32::try_from(found.len()).unwrap_or(u32::MAX) }
}

/// The latest of each test where it is abnormal, and all of the last 90 days.
pub(crate) fn recent_and_abnormal(entries: &[VisibleRecord], clinic_clock: &ClinicClock) -> Vec<ResultDto> {
    // Reports are read only where there is something to show.
    let panels = LazyCell::new(|| panels(entries));
    let since = clinic_clock.now.plus_millis(-FRESH_MILLIS);
    let mut seen = std::collections::BTreeSet::new();
    let mut rows = Vec::new();
    for entry in found(entries) {
        let Some(lens) = entry.observation() else { continue };
        let is_latest = seen.insert(words::label(lens.code.as_ref()).map(|name| name.to_lowercase()));
        let is_fresh = entry.at().is_some_and(|at| at >= since);
        if is_fresh || (is_latest && flag(lens).is_some()) {
            rows.extend(dto(entry, &panels));
        }
        if rows.len() >= MOST_RECENT {
            break;
        }
    }
    rows
}

/// The report that an Observation belongs to, by the Observation's id.
fn panels(entries: &[VisibleRecord]) -> BTreeMap<String, String> {
    let mut panels = BTreeMap::new();
    for (_, raw) in valid(entries, "DiagnosticReport") {
        let Ok(lens) = report(raw) else { continue };
        let Some(name) = words::label(lens.code.as_ref()) else { continue };
        for key in lens.results.iter().filter_map(|l| l.key.as_ref()) {
            panels.insert(key.id.to_string(), name.clone());
        }
    }
    panels
}

fn dto(entry: &VisibleRecord, panels: &BTreeMap<String, String>) -> Option<ResultDto> {
    let lens = entry.observation()?;
    let id = entry.id();
    Some(ResultDto {
        name: words::label(lens.code.as_ref()),
        value: words::cut(&value_text(lens, words::RESULT), LONGEST),
        recorded: recorded(lens),
        flag: flag(lens),
        range: words::range(&lens.ranges),
        measured_at: words::when(lens.effective.as_ref().or(lens.issued.as_ref())),
        panel: panels.get(&id).cloned(),
        status: lens.status.clone(),
        record: entry.state(),
        id,
    })
}

/// The value as it was recorded, where less of it is shown.
pub(crate) fn recorded(lens: &ObservationLens) -> Option<String> {
    let exact = value_text(lens, Rounding::AsRecorded);
    (exact != value_text(lens, words::RESULT)).then(|| words::cut(&exact, LONGEST))
}

/// The value, or those of a panel's parts.
pub(crate) fn value_text(lens: &ObservationLens, rounding: Rounding) -> String {
    if let Some(value) = &lens.value {
        return words::measured(value, rounding);
    }
    let parts = lens.components.iter().map(|c| {
        let value = c.value.as_ref().map(|v| words::measured(v, rounding)).unwrap_or_default();
        words::joined([words::label(c.code.as_ref()).unwrap_or_default(), value], " ")
    });
    words::joined(parts, ", ")
}

/// The recorded interpretation of the value, else its place in its range.
pub(crate) fn flag(lens: &ObservationLens) -> Option<FlagDto> {
    let number = match &lens.value {
        Some(Measured::Quantity(q)) => q.value.as_ref().map(keep_fhir::Decimal::to_f64),
        _ => None,
    };
    let (low, high) = words::limits(&lens.ranges);
    abnormal_flag(&lens.interpretation, number, low, high).and_then(FlagDto::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{NOON, nurse_amara_sees, seen_by};
    use keep_domain::Role;

    fn test(id: &str, name: &str, at: &str, value: &str, range: &str) -> String {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"laboratory"}}]}}],"code":{{"coding":[{{"code":"x-{name}"}}],"text":"{name}"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","valueQuantity":{{"value":{value},"unit":"mmol/L"}},"referenceRange":[{range}]}}"#
        )
    }

    const RANGE: &str = r#"{"low":{"value":3.5,"unit":"mmol/L"},"high":{"value":5.10,"unit":"mmol/L"}}"#;

    fn sample() -> Vec<String> {
        vec![
            test("o1", "Potassium", "2026-11-11T08:00:00Z", "4.60", RANGE),
            test("o2", "Potassium", "2026-02-11T08:00:00Z", "5.5", RANGE),
            test("o3", "Sodium", "2026-01-11T08:00:00Z", "140", r#"{"text":"as usual"}"#),
            test("o4", "Calcium", "2025-01-11T08:00:00Z", "3.2", RANGE),
            String::from(
                r#"{"resourceType":"DiagnosticReport","id":"r","status":"final","category":[{"coding":[{"code":"LAB"}]}],"code":{"text":"Basic metabolic panel"},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-11","result":[{"reference":"Observation/o1"}]}"#,
            ),
        ]
    }

    #[test]
    fn the_summary_shows_recent_and_abnormal_results() {
        let texts = sample();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rows = recent_and_abnormal(&nurse_amara_sees(&texts), &ClinicClock::utc(NOON));
        let shown: Vec<_> = rows.iter().map(|r| (r.id.as_str(), r.value.as_str(), r.flag)).collect();
        assert_eq!(shown, [("o1", "4.60 mmol/L", None), ("o4", "3.2 mmol/L", Some(FlagDto::Low))]);
        assert_eq!(
            (rows[0].range.as_deref(), rows[0].panel.as_deref()),
            (Some("3.5 – 5.10 mmol/L"), Some("Basic metabolic panel"))
        );
    }

    #[test]
    fn a_value_with_more_digits_than_are_shown_keeps_its_recorded_form() {
        let rows = |value: &str| {
            let text = test("o1", "Glucose", "2026-11-11T08:00:00Z", value, RANGE);
            window(&nurse_amara_sees(&[&text]), 0, 1).rows.remove(0)
        };
        let row = rows("5.123456789012345");
        assert_eq!((row.value.as_str(), row.recorded.as_deref()), ("5.1235 mmol/L", Some("5.123456789012345 mmol/L")));
        let row = rows("4.20");
        assert_eq!((row.value.as_str(), row.recorded.as_deref()), ("4.20 mmol/L", None));
    }

    #[test]
    fn a_window_counts_all_and_the_front_desk_sees_none() {
        let texts = sample();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let entries = nurse_amara_sees(&texts);
        let part = window(&entries, 1, 2);
        assert_eq!((part.total, part.rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>()), (4, vec!["o2", "o3"]));
        assert_eq!(part.rows[1].range.as_deref(), Some("as usual"));
        assert_eq!(window(&seen_by(Role::FrontDesk, &texts), 0, 10).total, 0);
    }
}
