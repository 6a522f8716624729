//! Where a medicine is listed, and why it is past.

use crate::dto::chart::medicines::{EndedByDto, EndedDto, MedicineGroupDto as Group};
use crate::view::clinic_clock::ClinicClock;
use crate::view::words;
use keep_domain::UtcMillis;
use keep_fhir::Precision;
use keep_fhir::lens::{Bounds, Dosage, MedicationLens, MedicineRecord, Quantity, When};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// A medicine that was given longer ago is past, unless an order says otherwise.
const GIVEN_DAYS: i64 = 30;
/// The same for one that was handed out without saying how long it lasts.
const SUPPLIED_DAYS: i64 = 365;

/// The group of one record by itself, and why it is past.
pub(super) fn group(lens: &MedicationLens, clock: &ClinicClock) -> (Group, Option<EndedDto>) {
    let status = lens.status.as_deref().unwrap_or_default();
    let by_status = || {
        let at = lens.status_changed.as_ref().or_else(|| lens.taken.as_ref().and_then(|t| t.end.as_ref()));
        Some(EndedDto { by: EndedByDto::Status, at: words::when(at) })
    };
    let found = match (lens.record, status) {
        (_, "stopped" | "cancelled" | "not-taken" | "not-done" | "declined") => (Group::Past, by_status()),
        (MedicineRecord::Order | MedicineRecord::Statement, "completed") => (Group::Past, by_status()),
        (_, "on-hold") => (Group::OnHold, None),
        (MedicineRecord::Order, "draft") | (MedicineRecord::Statement, "intended") => (Group::Planned, None),
        (MedicineRecord::Order | MedicineRecord::Statement, "active") => in_force(lens, clock),
        (MedicineRecord::Dispense, "preparation" | "in-progress" | "completed") => dispensed(lens, clock),
        (MedicineRecord::Administration, "in-progress") => (Group::Current, None),
        (MedicineRecord::Administration, "completed") => given(lens, clock),
        _ => (Group::Unknown, None),
    };
    match found {
        (Group::Past, _) => found,
        _ if lens.do_not_perform => (Group::DoNotGive, None),
        _ => found,
    }
}

fn in_force(lens: &MedicationLens, clock: &ClinicClock) -> (Group, Option<EndedDto>) {
    if let Some(ended) = ended(lens, clock) {
        return (Group::Past, Some(ended));
    }
    match (lens.record, lens.intent.as_deref()) {
        (MedicineRecord::Statement, _)
        | (_, Some("order" | "original-order" | "reflex-order" | "filler-order" | "instance-order")) => {}
        (_, Some("plan" | "proposal" | "option" | "directive")) => return (Group::Planned, None),
        _ => return (Group::Unknown, None),
    }
    let begins = lens.dosages.iter().map(|d| bounds_of(d).and_then(|b| b.0)).collect::<Option<Vec<_>>>();
    let starts = begins.filter(|b| !b.is_empty()).unwrap_or_default();
    let taken = lens.taken.as_ref().and_then(|t| t.start.as_ref());
    let is_later = !starts.is_empty() && starts.iter().all(|w| is_later(w, clock));
    let later = is_later || taken.is_some_and(|w| self::is_later(w, clock));
    (if later { Group::Planned } else { Group::Current }, None)
}

/// Whether all that the record says about the time of taking is over. A prescription that may no longer be dispensed
/// says nothing about that.
fn ended(lens: &MedicationLens, clock: &ClinicClock) -> Option<EndedDto> {
    let over = |by, end: Option<&When>| {
        let end = end.filter(|w| is_over(w, clock))?;
        Some(EndedDto { by, at: words::when(Some(end)) })
    };
    over(EndedByDto::Period, lens.taken.as_ref().and_then(|t| t.end.as_ref())).or_else(|| course_over(lens, clock))
}

/// Start and end of a dosage with dates.
fn bounds_of(dosage: &Dosage) -> Option<(Option<&When>, Option<&When>)> {
    match dosage.timing.as_ref()?.repeat.bounds.as_ref()? {
        Bounds::Period(period) => Some((period.start.as_ref(), period.end.as_ref())),
        _ => None,
    }
}

fn course_over(lens: &MedicationLens, clock: &ClinicClock) -> Option<EndedDto> {
    let ends: Option<Vec<&When>> = lens.dosages.iter().map(last_day).collect();
    if let Some(last) = ends.and_then(|ends| ends.into_iter().max_by_key(|w| words::instant(Some(w)))) {
        return is_over(last, clock).then(|| EndedDto { by: EndedByDto::Course, at: words::when(Some(last)) });
    }
    // A course of so many days from its start.
    let start = lens.taken.as_ref().and_then(|t| t.start.as_ref()).or(lens.authored.as_ref());
    let start = words::instant(start.filter(|w| w.date.is_some_and(|d| d.precision >= Precision::Day)))?;
    let lengths: Option<Vec<i64>> = lens.dosages.iter().map(course_days).collect();
    let lengths = lengths.filter(|l| !l.is_empty())?;
    // Steps follow each other; a day more, because a course rarely begins with the order.
    let days: i64 = lengths.iter().sum::<i64>().saturating_add(1);
    let end = start.plus_millis(days.saturating_mul(DAY_MILLIS));
    (end < clock.now).then_some(EndedDto { by: EndedByDto::Course, at: None })
}

/// The last moment of a dosage that has one.
fn last_day(dosage: &Dosage) -> Option<&When> {
    let timing = dosage.timing.as_ref()?;
    if let Some((_, end)) = bounds_of(dosage) {
        return end;
    }
    let is_events_only = timing.repeat == keep_fhir::lens::Repeat::default();
    timing.events.iter().filter(|_| is_events_only).max_by_key(|w| words::instant(Some(w)))
}

fn course_days(dosage: &Dosage) -> Option<i64> {
    match dosage.timing.as_ref()?.repeat.bounds.as_ref()? {
        Bounds::Duration(q) | Bounds::Range(_, Some(q)) => days(q),
        _ => None,
    }
}

/// A length of time in days, rounded up.
fn days(found: &Quantity) -> Option<i64> {
    let unit = found.code.as_deref().or(found.unit.as_deref())?;
    let per_unit = match unit {
        "s" | "min" | "minute" | "minutes" | "h" | "hour" | "hours" => 1,
        "d" | "day" | "days" => 1,
        "wk" | "week" | "weeks" => 7,
        "mo" | "month" | "months" => 31,
        "a" | "year" | "years" => 366,
        _ => return None,
    };
    let number = found.value.as_ref()?.to_f64().ceil();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (0.0..=100_000.0).contains(&number).then(|| (number as i64).saturating_mul(per_unit))
}

fn dispensed(lens: &MedicationLens, clock: &ClinicClock) -> (Group, Option<EndedDto>) {
    let at = when_done(lens);
    let supply = lens.supply.duration.as_ref().and_then(days).map(|days| (days, EndedByDto::Supply));
    let (days, by) = supply.unwrap_or((SUPPLIED_DAYS, EndedByDto::Given));
    past_after(at, days, by, clock)
}

fn given(lens: &MedicationLens, clock: &ClinicClock) -> (Group, Option<EndedDto>) {
    past_after(when_done(lens), GIVEN_DAYS, EndedByDto::Given, clock)
}

fn when_done(lens: &MedicationLens) -> Option<&When> {
    let taken = lens.taken.as_ref();
    taken.and_then(|t| t.end.as_ref().or(t.start.as_ref())).or(lens.authored.as_ref())
}

fn past_after(at: Option<&When>, days: i64, by: EndedByDto, clock: &ClinicClock) -> (Group, Option<EndedDto>) {
    let end: Option<UtcMillis> = words::instant(at).map(|at| at.plus_millis(days.saturating_mul(DAY_MILLIS)));
    if end.is_some_and(|end| end < clock.now) {
        return (Group::Past, Some(EndedDto { by, at: words::when(at) }));
    }
    (Group::WithoutOrder, None)
}

/// Whether a time is over: a date without a time is over when its day, month or year is.
fn is_over(at: &When, clock: &ClinicClock) -> bool {
    compared(at, clock) == Some(std::cmp::Ordering::Less)
}

/// Whether a time is still to come.
fn is_later(at: &When, clock: &ClinicClock) -> bool {
    compared(at, clock) == Some(std::cmp::Ordering::Greater)
}

fn compared(at: &When, clock: &ClinicClock) -> Option<std::cmp::Ordering> {
    let date = at.date?;
    if date.precision == Precision::Instant {
        return Some(date.start.cmp(&clock.now));
    }
    let (text, today) = (at.text.trim(), clock.date_today()?);
    Some(text.cmp(today.get(..text.len())?))
}
