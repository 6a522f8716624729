//! The clinic's time zone, in which every time is displayed.

use jiff::tz::TimeZone;
use keep_domain::UtcMillis;

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self(TimeZone::system())
    }

    /// UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// An IANA zone such as `Africa/Nairobi`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The calendar date of this zone at an instant, as `2026-11-22`.
    #[must_use]
    pub fn date(&self, at: UtcMillis) -> Option<String> {
        Some(self.wall(at)?.date().to_string())
    }

    /// The wall clock of this zone at an instant.
    pub(crate) fn wall(&self, at: UtcMillis) -> Option<jiff::civil::DateTime> {
        let instant = jiff::Timestamp::from_millisecond(at.0).ok()?;
        Some(instant.to_zoned(self.0.clone()).datetime())
    }
}
