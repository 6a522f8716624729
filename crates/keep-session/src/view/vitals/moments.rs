//! Which values are one measurement, and in which row of the chart it is.

use super::reading::Reading;
use crate::dto::chart::vitals::SignDto;

/// The order of the chart.
pub(super) const ORDER: [SignDto; 11] = [
    SignDto::BloodPressure,
    SignDto::Pulse,
    SignDto::Respiration,
    SignDto::Spo2,
    SignDto::Temperature,
    SignDto::News2,
    SignDto::Other,
    SignDto::Weight,
    SignDto::Height,
    SignDto::Bmi,
    SignDto::HeadCircumference,
];

/// One measurement: a value, or the two of a blood pressure.
#[derive(Clone)]
pub(super) struct Moment<'r, 'e> {
    pub(super) first: &'r Reading<'e>,
    pub(super) second: Option<&'r Reading<'e>>,
    /// Other records of the same measurement.
    pub(super) same: Vec<&'r Reading<'e>>,
}

impl<'r, 'e> Moment<'r, 'e> {
    const fn of(first: &'r Reading<'e>) -> Self {
        Self { first, second: None, same: Vec::new() }
    }

    /// The values, systolic first.
    pub(super) fn parts(&self) -> Vec<&'r Reading<'e>> {
        let mut parts: Vec<_> = std::iter::once(self.first).chain(self.second).collect();
        parts.sort_by_key(|r| r.sign);
        parts
    }
}

/// The row that a reading belongs to: by sign, or else by its name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) place: usize,
    pub(super) name: String,
}

pub(super) fn row_of(reading: &Reading<'_>) -> Row {
    let sign = shown_sign(reading.sign);
    let place = ORDER.iter().position(|s| *s == sign).unwrap_or(ORDER.len());
    let name = if sign == SignDto::Other {
        let code = reading.code.and_then(|c| c.codings.first()).map(|c| c.code.clone());
        let focus = if reading.lens.focus.is_empty() { "" } else { "focus" };
        code.unwrap_or_else(|| reading.name().to_lowercase()) + focus
    } else {
        String::new()
    };
    Row { place, name }
}

/// The row of a sign: both pressures are one.
pub(super) const fn shown_sign(sign: SignDto) -> SignDto {
    match sign {
        SignDto::Systolic | SignDto::Diastolic => SignDto::BloodPressure,
        other => other,
    }
}

/// Systolic and diastolic pressure of one Observation, or of two of the same time, are one measurement; a second record
/// of the same values is no second one.
pub(super) fn moments<'r, 'e>(all: &'r [Reading<'e>]) -> Vec<Moment<'r, 'e>> {
    let mut found: Vec<Moment<'r, 'e>> = Vec::new();
    for same_time in all.chunk_by(|a, b| a.at == b.at) {
        let start = found.len();
        for reading in same_time {
            let is_pressure = shown_sign(reading.sign) == SignDto::BloodPressure && reading.value.is_some();
            if !is_pressure {
                match found.iter_mut().skip(start).find(|m| m.second.is_none() && repeats(m.first, reading)) {
                    Some(moment) => moment.same.push(reading),
                    None => found.push(Moment::of(reading)),
                }
                continue;
            }
            let belongs = |m: &Moment<'r, 'e>, own: bool| {
                m.second.is_none()
                    && m.first.sign != reading.sign
                    && shown_sign(m.first.sign) == SignDto::BloodPressure
                    && m.first.value.is_some()
                    && (m.first.entry.record.key == reading.entry.record.key) == own
                    && (own || (m.first.lens.components.is_empty() && reading.lens.components.is_empty()))
            };
            let here = found.get(start..).unwrap_or_default();
            let at = here.iter().position(|m| belongs(m, true)).or_else(|| here.iter().position(|m| belongs(m, false)));
            match at.and_then(|at| found.get_mut(start + at)) {
                Some(moment) => moment.second = Some(reading),
                None => found.push(Moment::of(reading)),
            }
        }
        join_repeated_pressures(&mut found, start);
    }
    found
}

/// Whether two readings of one time are the same measurement: sign, status, value and what is said of it.
fn repeats(a: &Reading<'_>, b: &Reading<'_>) -> bool {
    let is_panel = |r: &Reading<'_>| !r.lens.components.is_empty();
    a.at.is_some()
        && a.sign == b.sign
        && is_panel(a) != is_panel(b)
        && row_of(a) == row_of(b)
        && a.value == b.value
        && a.lens.status == b.lens.status
        && a.judgement.said == b.judgement.said
}

/// Single pressures of the same values as a panel of the same time are the same measurement.
fn join_repeated_pressures(found: &mut Vec<Moment<'_, '_>>, start: usize) {
    let is_panel = |m: &Moment<'_, '_>| m.second.is_some() && !m.first.lens.components.is_empty();
    let mut at = start;
    while found.iter().skip(start).any(is_panel) && at < found.len() {
        let home = found.get(at).filter(|m| m.first.lens.components.is_empty()).and_then(|single| {
            let in_panel = |panel: &Moment<'_, '_>| {
                is_panel(panel) && single.parts().iter().all(|r| panel.parts().iter().any(|p| repeats(p, r)))
            };
            found.iter().skip(start).position(in_panel)
        });
        let Some(home) = home else {
            at += 1;
            continue;
        };
        let single = found.remove(at);
        // The panel's place, from which the single one was removed.
        let home = start + home - usize::from(start + home > at);
        if let Some(panel) = found.get_mut(home) {
            panel.same.extend(single.parts());
        }
    }
}
