//! FHIR dates, whose precision may end at the year, the month, the day or the instant.

use keep_domain::UtcMillis;

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `1958`
    Year,
    /// `1958-03`
    Month,
    /// `1958-03-14`
    Day,
    /// A time of day is given.
    Instant,
}

/// A FHIR `date`, `dateTime` or `instant` (R4, 2.24.0.1) on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FhirDate {
    /// The first instant of what is given; a partial date starts at 00:00 UTC.
    pub start: UtcMillis,
    /// How much was given.
    pub precision: Precision,
    /// Offset from UTC in minutes, where the text has one.
    pub offset_minutes: Option<i32>,
}

impl FhirDate {
    /// Reads a FHIR date. A time without an offset, which the standard forbids but servers send, counts as UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (precision, civil) = match text.len() {
            4 => (Precision::Year, format!("{text}-01-01")),
            7 => (Precision::Month, format!("{text}-01")),
            10 => (Precision::Day, text.to_owned()),
            _ => return Self::parse_instant(text),
        };
        if !civil.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return None;
        }
        let date: jiff::civil::Date = civil.parse().ok()?;
        let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
        Some(Self { start: UtcMillis(start), precision, offset_minutes: None })
    }

    fn parse_instant(text: &str) -> Option<Self> {
        // A date and a `T` must stand first; the library alone would accept other forms, too.
        let bytes = text.as_bytes();
        if bytes.get(4) != Some(&b'-') || bytes.get(10) != Some(&b'T') {
            return None;
        }
        if let Some(start) = UtcMillis::from_rfc3339(text) {
            return Some(Self { start, precision: Precision::Instant, offset_minutes: offset(text) });
        }
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let start = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
        Some(Self { start: UtcMillis(start), precision: Precision::Instant, offset_minutes: None })
    }
}

fn offset(text: &str) -> Option<i32> {
    if text.ends_with('Z') {
        return Some(0);
    }
    let (_, time) = text.split_once('T')?;
    let (sign, at) = match (time.rfind('+'), time.rfind('-')) {
        (Some(at), _) => (1, at),
        (None, Some(at)) => (-1, at),
        (None, None) => return None,
    };
    let (hours, minutes) = time.get(at + 1..)?.split_once(':')?;
    Some(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Precision, Option<i32>)>) {
        let found = FhirDate::parse(text).map(|d| (d.start.to_rfc3339(), d.precision, d.offset_minutes));
        assert_eq!(found, expected.map(|(t, p, o)| (t.to_owned(), p, o)), "{text}");
    }

    #[test]
    fn partial_dates_start_at_their_beginning() {
        check("1958", Some(("1958-01-01T00:00:00.000Z", Precision::Year, None)));
        check("1958-03", Some(("1958-03-01T00:00:00.000Z", Precision::Month, None)));
        check("1958-03-14", Some(("1958-03-14T00:00:00.000Z", Precision::Day, None)));
        check("2026-11-22T09:14:00+03:00", Some(("2026-11-22T06:14:00.000Z", Precision::Instant, Some(180))));
        check("2026-11-22T09:14:00.5Z", Some(("2026-11-22T09:14:00.500Z", Precision::Instant, Some(0))));
        check("2026-11-22T09:14:00-02:30", Some(("2026-11-22T11:44:00.000Z", Precision::Instant, Some(-150))));
        check("2026-11-22T09:14:00", Some(("2026-11-22T09:14:00.000Z", Precision::Instant, None)));
    }

    #[test]
    fn what_is_not_a_date_is_none() {
        for bad in ["", "19", "2026-13-01", "2026-02-30", "yesterday", "20261122", "22-11-2026"] {
            check(bad, None);
        }
    }
}
