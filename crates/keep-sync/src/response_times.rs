//! The time of a response, as far as it can be trusted.

use keep_domain::UtcMillis;

/// Records may become visible this long after their own `lastUpdated` (one server documents 120 s), milliseconds.
pub(crate) const OVERLAP_MILLIS: i64 = 120_000 + 5_000;

/// Largest plausible difference between the clocks of a working server, a gateway and this device, milliseconds.
pub(crate) const MAX_CLOCK_SKEW_MILLIS: i64 = 10 * 60 * 1000;

/// What a response proves about time. Both are lower bounds, so a clock that is ahead moves neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResponseTimes {
    /// The time for "complete as of": not later than trusted time, the `Date` header or the bundle's own time.
    pub(crate) as_of: UtcMillis,
    /// Records with a `lastUpdated` up to this were visible in the response.
    pub(crate) visible_until: UtcMillis,
}

impl ResponseTimes {
    /// From trusted time, the `Date` header, which may be a gateway's, and the bundle's `meta.lastUpdated`.
    pub(crate) fn new(trusted: UtcMillis, date: Option<UtcMillis>, bundle: Option<UtcMillis>) -> Self {
        // A `Date` has whole seconds, rounded down.
        let latest = date.map_or(trusted, |d| d.plus_millis(999).min(trusted));
        // A bundle that is far older than the response is a cached copy, or its time is a defect.
        let is_fresh = |b: &UtcMillis| date.is_none() || latest.0.saturating_sub(b.0) < OVERLAP_MILLIS * 10;
        let bundle = bundle.filter(is_fresh);
        let as_of = bundle.map_or(latest, |b| b.min(latest));
        // INVARIANT: only the server's own time proves what it had stored by then; without it the clocks may differ.
        let certain = if bundle.is_some() { as_of } else { as_of.plus_millis(-MAX_CLOCK_SKEW_MILLIS) };
        Self { as_of, visible_until: certain.plus_millis(-OVERLAP_MILLIS) }
    }

    /// Whether no record with a `lastUpdated` up to `last_updated` can become visible after this response.
    pub(crate) fn cover(self, last_updated: UtcMillis) -> bool {
        last_updated <= self.visible_until
    }
}

/// `date` unless it is ahead of trusted time. A provider whose clock is behind judges its own tokens correctly, and
/// cannot make anything last longer.
pub(crate) fn not_ahead(trusted: UtcMillis, date: Option<UtcMillis>) -> Option<UtcMillis> {
    date.filter(|d| d.0.saturating_sub(trusted.0) <= MAX_CLOCK_SKEW_MILLIS)
}

/// `date` where it agrees with trusted time; a date from a wrong clock is ignored.
pub(crate) fn plausible(trusted: UtcMillis, date: Option<UtcMillis>) -> Option<UtcMillis> {
    date.filter(|d| d.0.saturating_sub(trusted.0).saturating_abs() <= MAX_CLOCK_SKEW_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: UtcMillis = UtcMillis(1_795_338_000_000);
    const YEAR: i64 = 365 * 86_400_000;

    #[track_caller]
    fn check(date: Option<i64>, bundle: Option<i64>, as_of: i64, certain: i64) {
        let at = |offset: Option<i64>| offset.map(|o| T.plus_millis(o));
        let expected = ResponseTimes {
            as_of: T.plus_millis(as_of),
            visible_until: T.plus_millis(certain.saturating_sub(OVERLAP_MILLIS)),
        };
        assert_eq!(ResponseTimes::new(T, at(date), at(bundle)), expected);
    }

    #[test]
    fn a_clock_that_is_ahead_moves_no_claim() {
        check(Some(0), Some(-500), -500, -500);
        check(Some(YEAR), Some(-500), -500, -500);
        check(Some(YEAR), Some(YEAR), 0, 0);
        check(Some(YEAR), None, 0, -MAX_CLOCK_SKEW_MILLIS);
        check(None, Some(YEAR), 0, 0);
        check(None, None, 0, -MAX_CLOCK_SKEW_MILLIS);
    }

    #[test]
    fn a_clock_that_is_behind_is_accepted() {
        check(Some(-3_600_000), Some(-3_600_000), -3_600_000, -3_600_000);
        // A cached copy.
        check(Some(0), Some(-YEAR), 0, -MAX_CLOCK_SKEW_MILLIS);
    }

    #[test]
    fn a_date_that_is_far_off_is_ignored() {
        assert_eq!(plausible(T, Some(T.plus_millis(120_000))), Some(T.plus_millis(120_000)));
        for off in [YEAR, -YEAR, MAX_CLOCK_SKEW_MILLIS + 1] {
            assert_eq!(plausible(T, Some(T.plus_millis(off))), None);
            assert_eq!(not_ahead(T, Some(T.plus_millis(off))).is_some(), off < 0);
        }
    }
}
