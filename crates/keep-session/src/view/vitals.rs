//! Vital signs: the values of all signs, whatever their form and unit.

mod chart_value;
mod moments;
mod reading;
mod series;

use super::judge::StatusClass;
use super::sign::is_vital;
use super::unfounded::unfounded;
use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::vitals::SignDto;
pub(crate) use chart_value::in_chart_unit;
use chart_value::number_of;
use chart_value::{shown, shown_recorded};
use keep_domain::{BLOOD_PRESSURE_PANEL, NEWS2_TOTAL, UtcMillis};
use keep_fhir::lens::{Concept, ObservationLens};
use reading::Judgement;
pub(crate) use reading::Reading;
pub(crate) use series::{SeriesContext, add_in_error, series};

/// All values of all signs, oldest first; those without a time come first.
///
/// A value later than `now` has no number, nor has one that was computed from a value entered in error.
pub(crate) fn readings(entries: &[VisibleRecord], now: UtcMillis) -> Vec<Reading<'_>> {
    let mut found = Vec::new();
    let unfounded = unfounded(entries);
    for (entry, _) in valid(entries, "Observation").filter(|(e, _)| is_vital(e)) {
        let Some(lens) = entry.observation() else { continue };
        let class = StatusClass::of(lens.status.as_deref());
        let is_unfounded = unfounded.contains(&entry.record.key);
        add_readings(Source { entry, lens, class, is_unfounded }, now, &mut found);
    }
    found.sort_by_key(|r| r.at);
    found
}

/// The values entered in error, oldest first; none has a number.
pub(crate) fn readings_in_error(entries: &[VisibleRecord]) -> Vec<Reading<'_>> {
    let mut found = Vec::new();
    for entry in entries.iter().filter(|e| e.is_entered_in_error() && !e.masked && is_vital(e)) {
        let Some(lens) = entry.observation() else { continue };
        // A status that R4 does not have keeps its value and is never drawn.
        let source = Source { entry, lens, class: StatusClass::Unknown, is_unfounded: false };
        add_readings(source, UtcMillis(0), &mut found);
    }
    found.sort_by_key(|r| r.at);
    found
}

/// An Observation that is a vital sign.
struct Source<'e> {
    entry: &'e VisibleRecord,
    lens: &'e ObservationLens,
    class: StatusClass,
    /// Whether a value that it was computed from was entered in error.
    is_unfounded: bool,
}

fn add_readings<'e>(source: Source<'e>, now: UtcMillis, found: &mut Vec<Reading<'e>>) {
    let Source { entry, lens, class, is_unfounded } = source;
    let at = words::instant(lens.effective.as_ref().or(lens.issued.as_ref()));
    let counts = class != StatusClass::NoValue;
    let is_drawn = matches!(class, StatusClass::Final | StatusClass::NotFinal)
        && lens.focus.is_empty()
        && !is_unfounded
        && at.is_none_or(|at| at <= now.plus_millis(super::clinic_clock::AHEAD_MILLIS));
    let sign_of = |code: Option<&Concept>| match code.and_then(SignDto::of) {
        // Somebody else's sign has a row of its own.
        Some(sign) if lens.focus.is_empty() => sign,
        _ => SignDto::Other,
    };
    let before = found.len();
    let whole = sign_of(lens.code.as_ref());
    // The parts of an early warning score are points, not measurements.
    let is_score = whole == SignDto::News2 || lens.code.as_ref().is_some_and(|c| c.has_code(NEWS2_TOTAL));
    for part in lens.components.iter().filter(|_| counts && !is_score) {
        let (sign, value) = (sign_of(part.code.as_ref()), part.value.as_ref());
        let number = value.filter(|_| is_drawn).and_then(|v| number_of(sign, v));
        let (code, judgement) =
            (part.code.as_ref(), Judgement { said: &part.interpretation, ranges: &part.ranges, is_unfounded });
        found.push(Reading { sign, entry, lens, at, number, code, value, judgement });
    }
    let has_parts = found.len() > before;
    let value = lens.value.as_ref().filter(|_| counts);
    // A panel is shown by its parts.
    if has_parts && value.is_none() {
        return;
    }
    let sign = if has_parts || is_score || value.is_some() { whole } else { panel_of(lens).unwrap_or(whole) };
    let number = value.filter(|_| is_drawn).and_then(|v| number_of(sign, v));
    let (code, judgement) =
        (lens.code.as_ref(), Judgement { said: &lens.interpretation, ranges: &lens.ranges, is_unfounded });
    found.push(Reading { sign, entry, lens, at, number, code, value, judgement });
}

/// The sign of a panel without values of its own: they do not count, or its members have them.
fn panel_of(lens: &ObservationLens) -> Option<SignDto> {
    if lens.code.as_ref().is_some_and(|c| c.has_code(BLOOD_PRESSURE_PANEL)) {
        return Some(SignDto::BloodPressure);
    }
    let pressure = |sign: SignDto| matches!(sign, SignDto::Systolic | SignDto::Diastolic);
    let signs = lens.components.iter().filter_map(|c| SignDto::of(c.code.as_ref()?));
    signs.into_iter().find(|sign| pressure(*sign))
}

/// The latest value of one sign that counts and is not in the future.
pub(crate) fn latest<'r, 'e>(readings: &'r [Reading<'e>], sign: SignDto) -> Option<&'r Reading<'e>> {
    readings.iter().rev().find(|r| r.sign == sign && r.number.is_some() && r.at.is_some())
}

/// Values of one moment as a line: "162/98 mmHg, pulse 76 /min".
pub(crate) fn summary(readings: &[Reading<'_>]) -> String {
    let find = |sign: SignDto| readings.iter().find(|r| r.sign == sign && r.value.is_some()).map(shown);
    let pressure = match (find(SignDto::Systolic), find(SignDto::Diastolic)) {
        (None, None) => String::new(),
        (Some(high), None) => format!("{}/–", high),
        (None, Some(low)) => format!("–/{low}"),
        (Some(high), Some(low)) => match high.split_once(' ').zip(low.split_once(' ')) {
            Some(((number, unit), (lower, same))) if unit == same => format!("{number}/{lower} {unit}"),
            _ => format!("{high} / {low}"),
        },
    };
    let others = readings.iter().filter(|r| !matches!(r.sign, SignDto::Systolic | SignDto::Diastolic));
    let others = others.map(|r| words::joined([r.name(), shown(r)], " "));
    words::joined(std::iter::once(pressure).chain(others), ", ")
}

/// The values among these that are shown rounded or in another unit, as they were recorded.
pub(crate) fn recorded(readings: &[Reading<'_>]) -> Option<String> {
    let differing = readings.iter().filter_map(|r| Some(words::joined([r.name(), shown_recorded(r)?], " ")));
    words::some(words::joined(differing, ", "))
}

#[cfg(test)]
mod tests;
