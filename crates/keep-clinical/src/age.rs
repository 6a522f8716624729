//! Age as the patient banner shows it (NHS Common User Interface, ISB 1505: age display).

use crate::Zone;
use jiff::civil::Date;
use keep_domain::UtcMillis;

/// An age on a given day, from a birth date that may be partial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Completed years.
    pub years: u32,
    /// Completed months beyond the years.
    pub months: u32,
    /// Days beyond the months.
    pub days: u32,
    /// Days since birth.
    pub total_days: u32,
    /// Whether the birth date has only a year or month.
    pub approximate: bool,
}

/// The age at an instant; `None` for a birth date that is invalid or later.
///
/// Of a year or a month the first day counts: a person is never older than shown, and one who may have been born by
/// then has an age. A birth date with a time is that date in every zone.
#[must_use]
pub fn age_at(birth_date: &str, at: UtcMillis, zone: &Zone) -> Option<Age> {
    let text = birth_date.trim();
    let text = text.split_once('T').map_or(text, |(date, _)| date);
    let (full, approximate) = match text.len() {
        4 => (format!("{text}-01-01"), true),
        7 => (format!("{text}-01"), true),
        10 => (text.to_owned(), false),
        _ => return None,
    };
    let birth: Date = full.parse().ok()?;
    let today = zone.wall(at)?.date();
    if birth > today {
        return None;
    }
    let span = birth.until((jiff::Unit::Year, today)).ok()?;
    let total = birth.until((jiff::Unit::Day, today)).ok()?.get_days();
    Some(Age {
        years: u32::try_from(span.get_years()).ok()?,
        months: u32::try_from(span.get_months()).ok()?,
        days: u32::try_from(span.get_days()).ok()?,
        total_days: u32::try_from(total).ok()?,
        approximate,
    })
}

/// `12 d` below four weeks, `31 w 2 d` below one year, `15 mo 3 d` below two, `7 y 4 mo` below eighteen, then `65 y`.
///
/// A second unit of zero is omitted; an approximate age is marked with `~` and has one unit.
#[must_use]
pub fn age_text(age: &Age) -> String {
    let (first, second) = match age {
        Age { total_days, .. } if *total_days < 28 => ((*total_days, "d"), None),
        Age { years: 0, total_days, .. } => ((total_days / 7, "w"), Some((total_days % 7, "d"))),
        Age { years: 1, months, days, .. } => ((12 + months, "mo"), Some((*days, "d"))),
        Age { years, months, .. } if *years < 18 => ((*years, "y"), Some((*months, "mo"))),
        Age { years, .. } => ((*years, "y"), None),
    };
    let one = format!("{} {}", first.0, first.1);
    match second {
        _ if age.approximate => format!("~{one}"),
        Some((n, unit)) if n > 0 => format!("{one} {n} {unit}"),
        _ => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(birth: &str, on: &str, expected: Option<&str>) {
        let at = UtcMillis::from_rfc3339(&format!("{on}T12:00:00Z")).expect("instant");
        let found = age_at(birth, at, &Zone::utc()).map(|a| age_text(&a));
        assert_eq!(found.as_deref(), expected, "{birth} on {on}");
    }

    #[test]
    fn the_unit_depends_on_the_age() {
        check("2026-11-20", "2026-11-22", Some("2 d"));
        check("2026-11-22", "2026-11-22", Some("0 d"));
        check("2026-10-25", "2026-11-22", Some("4 w"));
        check("2026-10-24", "2026-11-22", Some("4 w 1 d"));
        check("2025-08-22", "2026-11-22", Some("15 mo"));
        check("2025-08-19", "2026-11-22", Some("15 mo 3 d"));
        check("2024-11-22", "2026-11-22", Some("2 y"));
        check("2008-11-23", "2026-11-22", Some("17 y 11 mo"));
        check("1961-08-03", "2026-11-22", Some("65 y"));
        check("2024-02-29", "2026-02-28", Some("23 mo 30 d"));
    }

    #[test]
    fn partial_and_invalid_birth_dates() {
        check("1958", "2026-11-22", Some("~68 y"));
        check("2024-06", "2026-11-22", Some("~2 y"));
        check("2026", "2026-03-15", Some("~10 w"));
        check("2026-11", "2026-11-10", Some("~9 d"));
        check("2026-11", "2026-11-01", Some("~0 d"));
        check("1990-02-28T00:00:00", "2026-11-22", Some("36 y"));
        check("2027-01-01", "2026-11-22", None);
        check("14/03/1958", "2026-11-22", None);
    }

    #[test]
    fn a_birth_date_is_the_same_day_in_every_zone() {
        for name in ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"] {
            let zone = Zone::named(name).expect("zone");
            let age = |at: &str| {
                let at = UtcMillis::from_rfc3339(at).expect("instant");
                age_at("1990-02-28T23:30:00-05:00", at, &zone).map(|age| (age.years, zone.date(at)))
            };
            let noon = |day: u8| {
                format!(
                    "2026-02-{day}T{}",
                    match name {
                        "America/New_York" => "12:00:00-05:00",
                        "Europe/Berlin" => "12:00:00+01:00",
                        "Asia/Kolkata" => "12:00:00+05:30",
                        _ => "12:00:00+14:00",
                    }
                )
            };
            assert_eq!(age(&noon(27)), Some((35, Some("2026-02-27".to_owned()))), "{name}");
            assert_eq!(age(&noon(28)), Some((36, Some("2026-02-28".to_owned()))), "{name}");
        }
    }
}
