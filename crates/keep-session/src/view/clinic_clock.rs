//! The present moment and the clinic's calendar.

use crate::dto::elapsed::{ElapsedDto, ElapsedUnitDto};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};
use keep_clinical::{Age, Zone, age_at};
use keep_domain::UtcMillis;
use keep_fhir::lens::{Period, When};
use keep_fhir::{FhirDate, Precision};
use keep_store::AlertPeriod;
use std::cmp::Ordering;

/// How far a time may be ahead of this computer's clock before it counts as in the future.
pub(crate) const AHEAD_MILLIS: i64 = 5 * 60 * 1000;

/// Now, and the zone in which days begin.
#[derive(Debug, Clone)]
pub(crate) struct ClinicClock {
    /// Now.
    pub(crate) now: UtcMillis,
    /// For dates and ages.
    pub(crate) zone: Zone,
    calendar: TimeZone,
}

impl ClinicClock {
    /// In the workstation's own zone.
    pub(crate) fn at(now: UtcMillis) -> Self {
        Self { now, zone: Zone::system(), calendar: TimeZone::system() }
    }

    /// In a zone of the IANA database, for tests.
    #[cfg(test)]
    pub(crate) fn in_zone(now: UtcMillis, name: &str) -> Self {
        let calendar = TimeZone::get(name).expect("a zone");
        Self { now, zone: Zone::named(name).expect("a zone"), calendar }
    }

    /// In UTC, for tests.
    #[cfg(test)]
    pub(crate) const fn utc(now: UtcMillis) -> Self {
        Self { now, zone: Zone::utc(), calendar: TimeZone::UTC }
    }

    fn day_of(&self, at: UtcMillis) -> Option<Date> {
        let instant = Timestamp::from_millisecond(at.0).ok()?;
        Some(instant.to_zoned(self.calendar.clone()).date())
    }

    /// Today as an ISO date.
    pub(crate) fn date_today(&self) -> Option<String> {
        self.day_of(self.now).map(|day| day.to_string())
    }

    fn start_of(&self, day: Date) -> Option<UtcMillis> {
        let start = day.to_zoned(self.calendar.clone()).ok()?;
        Some(UtcMillis(start.timestamp().as_millisecond()))
    }

    /// Today's first instant and tomorrow's.
    pub(crate) fn today(&self) -> (UtcMillis, UtcMillis) {
        let start = self.day_of(self.now).and_then(|d| self.start_of(d));
        let end = self.day_of(self.now).and_then(|d| d.checked_add(1.day()).ok()).and_then(|d| self.start_of(d));
        // Without a calendar, the last and the next twelve hours.
        let half = 12 * 60 * 60 * 1000;
        (start.unwrap_or(self.now.plus_millis(-half)), end.unwrap_or(self.now.plus_millis(half)))
    }

    /// Whether an instant is within today.
    pub(crate) fn is_today(&self, at: UtcMillis) -> bool {
        let (from, to) = self.today();
        at >= from && at < to
    }

    /// Whether a time is later than now, so that it is not the latest of what has happened. A date is later only from
    /// the next day, a month from the next month.
    pub(crate) fn is_future_date(&self, at: &When) -> bool {
        match at.date {
            Some(date) if date.precision == Precision::Instant => self.is_future(date.start),
            Some(_) => self.compare_day(&at.text).is_gt(),
            None => false,
        }
    }

    /// Whether a period is over; the day, month or year of its end belongs to it.
    pub(crate) fn has_ended(&self, period: Option<&Period>) -> bool {
        let Some(end) = period.and_then(|p| p.end.as_ref()) else { return false };
        match end.date {
            Some(date) if date.precision == Precision::Instant => date.start <= self.now,
            Some(_) => self.compare_day(&end.text).is_lt(),
            None => false,
        }
    }

    /// A date without a time compared with today, with the precision that it has.
    fn compare_day(&self, date: &str) -> Ordering {
        let (date, today) = (date.trim(), self.zone.date(self.now).unwrap_or_default());
        date.cmp(today.get(..date.len()).unwrap_or(&today))
    }

    /// Whether now is within a period. The days, months or years of partial dates belong to it; a date that cannot be
    /// read does not end or postpone it.
    pub(crate) fn is_within(&self, period: &Period) -> bool {
        let is_ahead = period.start.as_ref().is_some_and(|start| self.is_future_date(start));
        !is_ahead && !self.has_ended(Some(period))
    }

    /// Whether now is within the period of an alert.
    pub(crate) fn is_in_force(&self, alert: &AlertPeriod) -> bool {
        let when = |text: &Option<String>| text.clone().map(|text| When { date: FhirDate::parse(&text), text });
        self.is_within(&Period { start: when(&alert.start), end: when(&alert.end) })
    }

    /// Time from the day of `at` to today; `None` for a later day.
    pub(crate) fn elapsed(&self, at: UtcMillis) -> Option<ElapsedDto> {
        let (then, today) = (self.day_of(at)?, self.day_of(self.now)?);
        if then > today {
            return None;
        }
        let days = then.until((Unit::Day, today)).ok()?.get_days();
        let months = then.until((Unit::Month, today)).ok()?.get_months();
        let (unit, count) = match days {
            0 => (ElapsedUnitDto::Today, 0),
            1..14 => (ElapsedUnitDto::Days, days),
            14..63 => (ElapsedUnitDto::Weeks, days / 7),
            _ if months < 24 => (ElapsedUnitDto::Months, months),
            _ => (ElapsedUnitDto::Years, months / 12),
        };
        Some(ElapsedDto { unit, count: u32::try_from(count).ok()? })
    }

    /// Time since an instant in minutes or hours; `None` from a day on, and for a later instant.
    pub(crate) fn since(&self, at: UtcMillis) -> Option<ElapsedDto> {
        if self.is_future(at) {
            return None;
        }
        let minutes = u32::try_from(self.now.0.saturating_sub(at.0).max(0) / 60_000).ok()?;
        match minutes {
            0..60 => Some(ElapsedDto { unit: ElapsedUnitDto::Minutes, count: minutes }),
            60..1440 => Some(ElapsedDto { unit: ElapsedUnitDto::Hours, count: minutes / 60 }),
            _ => None,
        }
    }

    /// Whether an instant is later than a clock that is a little slow would explain.
    pub(crate) fn is_future(&self, at: UtcMillis) -> bool {
        at > self.now.plus_millis(AHEAD_MILLIS)
    }

    /// The age of someone born at `birth_date` (ISO, may be partial), now.
    pub(crate) fn age_of(&self, birth_date: &str) -> Option<Age> {
        age_at(birth_date, self.now, &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{NOON, time};

    #[test]
    fn elapsed_time_uses_the_unit_that_reads_best() {
        let clinic_clock = ClinicClock::utc(NOON);
        let check = |at: &str, unit: ElapsedUnitDto, count: u32| {
            assert_eq!(clinic_clock.elapsed(time(at)), Some(ElapsedDto { unit, count }), "{at}");
        };
        check("2026-11-22T00:00:00Z", ElapsedUnitDto::Today, 0);
        check("2026-11-21T23:59:00Z", ElapsedUnitDto::Days, 1);
        check("2026-11-01T08:00:00Z", ElapsedUnitDto::Weeks, 3);
        check("2026-03-12T08:00:00Z", ElapsedUnitDto::Months, 8);
        check("2024-11-23T08:00:00Z", ElapsedUnitDto::Months, 23);
        check("2024-09-30T08:00:00Z", ElapsedUnitDto::Years, 2);
        assert_eq!(clinic_clock.elapsed(time("2026-11-23T08:00:00Z")), None);
    }

    #[test]
    fn a_recent_time_is_given_in_minutes_and_hours() {
        let clinic_clock = ClinicClock::utc(NOON);
        let check = |at: &str, expected: Option<(ElapsedUnitDto, u32)>| {
            assert_eq!(clinic_clock.since(time(at)).map(|e| (e.unit, e.count)), expected, "{at}");
        };
        check("2026-11-22T11:59:30Z", Some((ElapsedUnitDto::Minutes, 0)));
        check("2026-11-22T11:01:00Z", Some((ElapsedUnitDto::Minutes, 59)));
        check("2026-11-22T10:59:00Z", Some((ElapsedUnitDto::Hours, 1)));
        check("2026-11-21T12:01:00Z", Some((ElapsedUnitDto::Hours, 23)));
        check("2026-11-21T11:59:00Z", None);
        check("2026-11-22T12:30:00Z", None);
        assert!(clinic_clock.is_future(time("2026-11-22T12:06:00Z")));
        assert!(!clinic_clock.is_future(time("2026-11-22T12:04:00Z")));
    }

    #[test]
    fn a_period_includes_its_first_and_last_day() {
        let check = |clock: &ClinicClock, start: &str, end: &str, expected: bool| {
            let when = |text: &str| {
                let date = keep_fhir::FhirDate::parse(text);
                (!text.is_empty()).then(|| When { text: text.to_owned(), date })
            };
            let found = clock.is_within(&Period { start: when(start), end: when(end) });
            assert_eq!(found, expected, "{start} to {end}");
        };
        let noon = ClinicClock::utc(NOON);
        check(&noon, "", "", true);
        check(&noon, "2026-11-22", "2026-11-22", true);
        check(&noon, "2026-11-23", "", false);
        check(&noon, "", "2026-11-21", false);
        check(&noon, "2026", "2026-11", true);
        check(&noon, "2027", "", false);
        check(&noon, "", "2026-10", false);
        check(&noon, "2026-11-22T11:59:00Z", "2026-11-22T12:01:00Z", true);
        check(&noon, "2026-11-22T12:06:00Z", "", false);
        check(&noon, "", "2026-11-22T11:59:00Z", false);
        check(&noon, "soon", "never", true);
    }

    #[test]
    fn today_is_the_calendar_day() {
        let clinic_clock = ClinicClock::utc(NOON);
        assert_eq!(clinic_clock.today(), (time("2026-11-22T00:00:00Z"), time("2026-11-23T00:00:00Z")));
        assert!(
            clinic_clock.is_today(time("2026-11-22T23:59:59Z")) && !clinic_clock.is_today(time("2026-11-21T23:59:59Z"))
        );
    }

    fn when(text: &str) -> When {
        When { text: text.to_owned(), date: keep_fhir::FhirDate::parse(text) }
    }

    #[test]
    fn a_date_is_future_from_the_next_day_of_the_clinic() {
        for (zone, now, today, tomorrow) in [
            ("America/New_York", "2026-11-23T04:30:00Z", "2026-11-22", "2026-11-23"),
            ("Europe/Berlin", "2026-11-22T23:30:00Z", "2026-11-23", "2026-11-24"),
            ("Asia/Kolkata", "2026-11-22T18:00:00Z", "2026-11-22", "2026-11-23"),
            ("Pacific/Kiritimati", "2026-11-22T11:00:00Z", "2026-11-23", "2026-11-24"),
        ] {
            let clinic_clock = ClinicClock::in_zone(time(now), zone);
            let ended = |end: &str| clinic_clock.has_ended(Some(&Period { start: None, end: Some(when(end)) }));
            assert!(
                !clinic_clock.is_future_date(&when(today)) && clinic_clock.is_future_date(&when(tomorrow)),
                "{zone}"
            );
            assert!(
                !clinic_clock.is_future_date(&when("2026-11")) && clinic_clock.is_future_date(&when("2026-12")),
                "{zone}"
            );
            assert!(
                !clinic_clock.is_future_date(&when("2026")) && clinic_clock.is_future_date(&when("2027")),
                "{zone}"
            );
            assert!(!ended(today) && !ended("2026") && !ended("2026-11") && !ended(tomorrow), "{zone}");
            assert!(ended("2026-11-21") && ended("2026-10") && ended("2025"), "{zone}");
            let soon = time(now).plus_millis(60_000).to_rfc3339();
            let later = time(now).plus_millis(600_000).to_rfc3339();
            assert!(!clinic_clock.is_future_date(&when(&soon)) && clinic_clock.is_future_date(&when(&later)), "{zone}");
        }
        assert!(!ClinicClock::utc(NOON).is_future_date(&when("next year")));
    }
}
