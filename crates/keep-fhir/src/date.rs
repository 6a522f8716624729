//! FHIR dates with the precision of a year, a month, a day or an instant.

use keep_domain::UtcMillis;

/// The precision of a date.
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
    /// The first instant; a partial date starts at 00:00 UTC.
    pub start: UtcMillis,
    /// The precision of the text.
    pub precision: Precision,
}

impl FhirDate {
    /// Reads a FHIR date. A time without an offset, which FHIR forbids but servers send, counts as UTC.
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
        Some(Self { start: UtcMillis(start), precision })
    }

    fn parse_instant(text: &str) -> Option<Self> {
        // FHIR requires a full date and a `T`; the library alone accepts other forms.
        let bytes = text.as_bytes();
        if bytes.get(4) != Some(&b'-') || bytes.get(10) != Some(&b'T') {
            return None;
        }
        if let Some(start) = UtcMillis::from_rfc3339(text) {
            return Some(Self { start, precision: Precision::Instant });
        }
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let start = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
        Some(Self { start: UtcMillis(start), precision: Precision::Instant })
    }
}

/// The date of a FHIR date or time as written: a birth date with a time of day is that day in every time zone.
#[must_use]
pub fn calendar_date(text: &str) -> &str {
    let text = text.trim();
    text.split_once('T').filter(|(date, _)| date.len() == 10).map_or(text, |(date, _)| date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Precision)>) {
        let found = FhirDate::parse(text).map(|d| (d.start.to_rfc3339(), d.precision));
        assert_eq!(found, expected.map(|(t, p)| (t.to_owned(), p)), "{text}");
    }

    #[test]
    fn partial_dates_start_at_their_beginning() {
        check("1958", Some(("1958-01-01T00:00:00.000Z", Precision::Year)));
        check("1958-03", Some(("1958-03-01T00:00:00.000Z", Precision::Month)));
        check("1958-03-14", Some(("1958-03-14T00:00:00.000Z", Precision::Day)));
        check("2026-11-22T09:14:00+03:00", Some(("2026-11-22T06:14:00.000Z", Precision::Instant)));
        check("2026-11-22T09:14:00.5Z", Some(("2026-11-22T09:14:00.500Z", Precision::Instant)));
        check("2026-11-22T09:14:00-02:30", Some(("2026-11-22T11:44:00.000Z", Precision::Instant)));
        check("2026-11-22T09:14:00", Some(("2026-11-22T09:14:00.000Z", Precision::Instant)));
    }

    #[test]
    fn a_time_of_day_is_left_out_of_a_calendar_date() {
        assert_eq!(calendar_date("1990-02-28T00:00:00"), "1990-02-28");
        assert_eq!(calendar_date(" 1990-02-28T23:30:00-05:00 "), "1990-02-28");
        assert_eq!(calendar_date("1990-02"), "1990-02");
        assert_eq!(calendar_date("Tuesday"), "Tuesday");
    }

    #[test]
    fn other_text_is_not_a_date() {
        for bad in ["", "19", "2026-13-01", "2026-02-30", "yesterday", "20261122", "22-11-2026"] {
            check(bad, None);
        }
    }
}
