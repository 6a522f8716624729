//! The current day and time of the demo clinic.

use crate::error::BackendError;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use keep_domain::UtcMillis;

/// Kisumu is three hours ahead of UTC all year.
const ZONE_HOURS: i8 = 3;

/// A day at the clinic and the time of day there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    date: Date,
    /// Minutes since midnight, clinic time.
    minute: i64,
}

impl Today {
    /// The day and time at the clinic at `now`.
    #[must_use]
    pub fn of(now: UtcMillis) -> Self {
        let zone = TimeZone::fixed(Offset::constant(ZONE_HOURS));
        let local = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
        Self { date: local.date(), minute: i64::from(local.hour()) * 60 + i64::from(local.minute()) }
    }

    /// A given day, `YYYY-MM-DD`, at the time of day of `now`.
    ///
    /// # Errors
    /// [`BackendError::Demo`] for any other text.
    pub(crate) fn parse(text: &str, now: UtcMillis) -> Result<Self, BackendError> {
        let date: Date = text.parse().map_err(|_| BackendError::Demo("date, expected YYYY-MM-DD"))?;
        Ok(Self { date, ..Self::of(now) })
    }

    /// The date `days_ago`, `YYYY-MM-DD`.
    pub(crate) fn date(&self, days_ago: i64) -> String {
        self.day(days_ago).to_string()
    }

    /// The date `months` and `days` ago, `YYYY-MM-DD`.
    pub(crate) fn date_months_ago(&self, months: i64, days: i64) -> String {
        self.date.saturating_sub(months.months()).saturating_sub(days.days()).to_string()
    }

    /// The FHIR dateTime of a minute of the day `days_ago`, with the clinic's offset.
    pub(crate) fn at(&self, days_ago: i64, minute: i64) -> String {
        let day = self.day(days_ago).saturating_add(minute.div_euclid(1440).days());
        let minute = minute.rem_euclid(1440);
        format!("{day}T{:02}:{:02}:00+0{ZONE_HOURS}:00", minute / 60, minute % 60)
    }

    /// Current time in minutes since midnight.
    pub(crate) const fn minute(&self) -> i64 {
        self.minute
    }

    /// Whole days from a date to today.
    pub(crate) fn days_since(&self, date: &str) -> i64 {
        date.parse::<Date>().ok().and_then(|d| d.until(self.date).ok()).map_or(0, |s| i64::from(s.get_days()))
    }

    fn day(&self, days_ago: i64) -> Date {
        self.date.saturating_sub(days_ago.days())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clinic_is_three_hours_ahead_of_utc() {
        let now = UtcMillis::from_rfc3339("2026-11-22T22:30:00Z").expect("a time");
        let today = Today::of(now);
        assert_eq!((today.date(0), today.minute()), (String::from("2026-11-23"), 90));
        assert_eq!(today.at(1, 9 * 60 + 14), "2026-11-22T09:14:00+03:00");
        assert_eq!(today.days_since("2026-11-03"), 20);
        assert!(Today::parse("soon", now).is_err());
    }
}
