//! The moment at which something is looked at, and the clinic's calendar around it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};
use keep_clinical::{Age, Zone, age_at};
use keep_domain::UtcMillis;

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

    /// In UTC, where tests live.
    #[cfg(test)]
    pub(crate) const fn utc(now: UtcMillis) -> Self {
        Self { now, zone: Zone::utc(), calendar: TimeZone::UTC }
    }

    fn day_of(&self, at: UtcMillis) -> Option<Date> {
        let instant = Timestamp::from_millisecond(at.0).ok()?;
        Some(instant.to_zoned(self.calendar.clone()).date())
    }

    fn begin_of(&self, day: Date) -> Option<UtcMillis> {
        let begin = day.to_zoned(self.calendar.clone()).ok()?;
        Some(UtcMillis(begin.timestamp().as_millisecond()))
    }

    /// Today's first instant and tomorrow's.
    pub(crate) fn today(&self) -> (UtcMillis, UtcMillis) {
        let begin = self.day_of(self.now).and_then(|d| self.begin_of(d));
        let end = self.day_of(self.now).and_then(|d| d.checked_add(1.day()).ok()).and_then(|d| self.begin_of(d));
        // Without a calendar the last and the next twelve hours stand in.
        let half = 12 * 60 * 60 * 1000;
        (begin.unwrap_or(self.now.plus_millis(-half)), end.unwrap_or(self.now.plus_millis(half)))
    }

    /// Whether an instant is of today.
    pub(crate) fn is_today(&self, at: UtcMillis) -> bool {
        let (from, to) = self.today();
        at >= from && at < to
    }

    /// How long ago: `today`, `3 d`, `5 w`, `8 mo`, `2 y`; empty for what lies ahead or cannot be read.
    pub(crate) fn elapsed(&self, at: UtcMillis) -> String {
        self.spell(at).unwrap_or_default()
    }

    fn spell(&self, at: UtcMillis) -> Option<String> {
        let (then, today) = (self.day_of(at)?, self.day_of(self.now)?);
        if then > today {
            return None;
        }
        let days = then.until((Unit::Day, today)).ok()?.get_days();
        let months = then.until((Unit::Month, today)).ok()?.get_months();
        Some(match days {
            0 => String::from("today"),
            1..14 => format!("{days} d"),
            14..63 => format!("{} w", days / 7),
            _ if months < 24 => format!("{months} mo"),
            _ => format!("{} y", months / 12),
        })
    }

    /// The age of someone born at `birth_date` (ISO, may be partial), now.
    pub(crate) fn age_of(&self, birth_date: &str) -> Option<Age> {
        age_at(birth_date, self.now, &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::ClinicClock;
    use crate::view::fixtures::{NOON, time};

    #[test]
    fn a_value_says_how_old_it_is() {
        let clinic_clock = ClinicClock::utc(NOON);
        let check = |at: &str, expected: &str| assert_eq!(clinic_clock.elapsed(time(at)), expected, "{at}");
        check("2026-11-22T00:00:00Z", "today");
        check("2026-11-21T23:59:00Z", "1 d");
        check("2026-11-01T08:00:00Z", "3 w");
        check("2026-03-12T08:00:00Z", "8 mo");
        check("2024-11-23T08:00:00Z", "23 mo");
        check("2024-09-30T08:00:00Z", "2 y");
        check("2026-11-23T08:00:00Z", "");
    }

    #[test]
    fn today_is_the_calendar_day() {
        let clinic_clock = ClinicClock::utc(NOON);
        assert_eq!(clinic_clock.today(), (time("2026-11-22T00:00:00Z"), time("2026-11-23T00:00:00Z")));
        assert!(
            clinic_clock.is_today(time("2026-11-22T23:59:59Z")) && !clinic_clock.is_today(time("2026-11-21T23:59:59Z"))
        );
    }
}
