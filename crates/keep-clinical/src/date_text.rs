//! Dates in the format of every screen, `22-Nov-2026 09:14`, never in a locale's numeric format
//! (NHS Common User Interface, date and time display).

use crate::Zone;
use keep_domain::UtcMillis;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month_name(month: i8) -> Option<&'static str> {
    MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?).copied()
}

/// An instant as `dd-Mmm-yyyy HH:MM` on the zone's wall clock.
fn instant_text(at: UtcMillis, zone: &Zone) -> Option<String> {
    let wall = zone.wall(at)?;
    let month = month_name(wall.month())?;
    Some(format!("{:02}-{month}-{:04} {:02}:{:02}", wall.day(), wall.year(), wall.hour(), wall.minute()))
}

/// A FHIR date with its own precision: `2026`, `Nov-2026`, `22-Nov-2026` or `22-Nov-2026 09:14`.
///
/// A date without a time is never converted between zones. `None` for text that is not a FHIR date.
#[must_use]
pub fn date_text(fhir: &str, zone: &Zone) -> Option<String> {
    let text = fhir.trim();
    let civil = |full: String| full.parse::<jiff::civil::Date>().ok().filter(|_| text.is_ascii());
    match text.len() {
        4 => civil(format!("{text}-01-01")).map(|d| format!("{:04}", d.year())),
        7 => civil(format!("{text}-01")).and_then(|d| Some(format!("{}-{:04}", month_name(d.month())?, d.year()))),
        10 => civil(text.to_owned())
            .and_then(|d| Some(format!("{:02}-{}-{:04}", d.day(), month_name(d.month())?, d.year()))),
        _ => instant_text(UtcMillis::from_rfc3339(text)?, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fhir: &str, expected: Option<&str>) {
        let nairobi = Zone::named("Africa/Nairobi").expect("zone");
        assert_eq!(date_text(fhir, &nairobi).as_deref(), expected, "{fhir}");
    }

    #[test]
    fn a_date_has_its_own_precision() {
        check("2026", Some("2026"));
        check("2026-11", Some("Nov-2026"));
        check("2026-11-02", Some("02-Nov-2026"));
        check("2026-11-22T06:14:59Z", Some("22-Nov-2026 09:14"));
        check("2026-11-22T23:14:00-02:00", Some("23-Nov-2026 04:14"));
        check("2026-02-30", None);
        check("22/11/2026", None);
        check("", None);
    }

    #[test]
    fn utc_is_a_zone() {
        assert_eq!(instant_text(UtcMillis(0), &Zone::utc()).as_deref(), Some("01-Jan-1970 00:00"));
    }

    #[test]
    fn a_date_without_a_time_is_the_same_in_every_zone() {
        for name in ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati"] {
            let zone = Zone::named(name).expect("zone");
            for (date, shown) in [("2026-03-08", "08-Mar-2026"), ("2026-10", "Oct-2026"), ("2026", "2026")] {
                assert_eq!(date_text(date, &zone).as_deref(), Some(shown), "{name}");
            }
        }
    }
}
