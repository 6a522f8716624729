//! FHIR dates as half-open intervals of milliseconds (FHIR R4 3.1.1.4.7: a date covers the whole period of its precision).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use keep_domain::UtcMillis;
use serde_json::Value;

/// From `low` inclusive to `high` exclusive, ms since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

impl Interval {
    /// Parses `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a date-time to the minute, second or fraction.
    /// Without an offset, UTC is assumed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some((_, time)) = text.split_once('T') {
            return parse_instant(text, time);
        }
        let mut parts = text.splitn(3, '-');
        let year: i16 = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
        let month: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
        let day: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let precision = match (month, day) {
            (None, _) => 1.year(),
            (_, None) => 1.month(),
            _ => 1.day(),
        };
        let next = first.checked_add(precision).ok()?;
        Some(Self { low: midnight(first)?, high: midnight(next)? })
    }

    /// Parses a JSON string as above, or a Period, whose open ends are `i64::MIN` and `i64::MAX`.
    pub(crate) fn parse_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Object(period) => {
                let end = |name: &str| period.get(name).and_then(Value::as_str).and_then(Self::parse);
                match (end("start"), end("end")) {
                    (None, None) => None,
                    (start, end) => {
                        Some(Self { low: start.map_or(i64::MIN, |s| s.low), high: end.map_or(i64::MAX, |e| e.high) })
                    }
                }
            }
            _ => None,
        }
    }
}

fn parse_instant(text: &str, time: &str) -> Option<Interval> {
    let time_of_day: &str = time.split(['Z', '+', '-']).next()?;
    let has_offset = time_of_day.len() < time.len();
    let complete = match (time_of_day.len(), has_offset) {
        // FHIR requires an offset with a time, but some clients omit it.
        (_, false) => format!("{text}Z"),
        // Minutes without seconds are allowed in searches.
        (5, true) => text.replacen(time_of_day, &format!("{time_of_day}:00"), 1),
        _ => text.to_owned(),
    };
    let low = UtcMillis::from_rfc3339(&complete)?.0;
    let width = match time_of_day.len() {
        5 => 60_000,
        8 => 1000,
        _ => 1,
    };
    Some(Interval { low, high: low + width })
}

fn midnight(date: Date) -> Option<i64> {
    date.to_zoned(TimeZone::UTC).ok().map(|z| Timestamp::as_millisecond(z.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_as_wide_as_the_precision() {
        let width = |text: &str| Interval::parse(text).map(|i| i.high - i.low);
        assert_eq!(width("2026"), Some(365 * 86_400_000));
        assert_eq!(width("2026-12"), Some(31 * 86_400_000));
        assert_eq!(width("2026-11-22"), Some(86_400_000));
        assert_eq!(width("2026-11-22T09:14Z"), Some(60_000));
        assert_eq!(width("2026-11-22T09:14:05+03:00"), Some(1000));
        assert_eq!(width("2026-11-22T09:14:05.123Z"), Some(1));
        for bad in ["", "26", "2026-13", "2026-02-30", "yesterday", "2026-11-22Tx"] {
            assert_eq!(width(bad), None, "{bad}");
        }
    }

    #[test]
    fn periods_without_an_end_are_unbounded() {
        let value = serde_json::json!({"start": "2026-01-01"});
        assert_eq!(Interval::parse_value(&value).map(|i| i.high), Some(i64::MAX));
    }
}
