//! When a server answered, as far as that can be believed.

use crate::cursor::OVERLAP_MILLIS;
use keep_domain::UtcMillis;

/// So far the clocks of a working server, a gateway and this device may lie apart, milliseconds.
pub(crate) const CLOCK_ERROR_MILLIS: i64 = 10 * 60 * 1000;

/// The time of an answer. Both times are lower bounds, so a clock that is ahead moves neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnswerTime {
    /// What a claim may say: not later than trusted time, the `Date` header or the bundle's own time.
    pub(crate) claim: UtcMillis,
    /// Records that the server stamped up to here were visible in the answer.
    pub(crate) settled_until: UtcMillis,
}

impl AnswerTime {
    /// From trusted time, the `Date` header, which may be a gateway's, and the bundle's `meta.lastUpdated`.
    pub(crate) fn of(trusted: UtcMillis, date: Option<UtcMillis>, bundle: Option<UtcMillis>) -> Self {
        // A `Date` has whole seconds, rounded down.
        let latest = date.map_or(trusted, |d| d.plus_millis(999).min(trusted));
        // A bundle that is far older than the answer is a copy from elsewhere, or its time is a defect.
        let fresh = |b: &UtcMillis| date.is_none() || latest.0.saturating_sub(b.0) < OVERLAP_MILLIS * 10;
        let own = bundle.filter(fresh);
        let claim = own.map_or(latest, |b| b.min(latest));
        // INVARIANT: only the server's own time says what it had stamped by then; without it the clocks may differ.
        let sure = if own.is_some() { claim } else { claim.plus_millis(-CLOCK_ERROR_MILLIS) };
        Self { claim, settled_until: sure.plus_millis(-OVERLAP_MILLIS) }
    }

    /// Whether nothing that is stamped up to `stamp` can become visible after this answer.
    pub(crate) fn settles(self, stamp: UtcMillis) -> bool {
        stamp <= self.settled_until
    }
}

/// `date` unless it is ahead of trusted time: what a provider whose clock is behind says of its tokens is true of it, and
/// makes nothing last longer.
pub(crate) fn not_ahead(trusted: UtcMillis, date: Option<UtcMillis>) -> Option<UtcMillis> {
    date.filter(|d| d.0.saturating_sub(trusted.0) <= CLOCK_ERROR_MILLIS)
}

/// `date` where it agrees with trusted time: a clock that is wrong says nothing about the time.
pub(crate) fn believable(trusted: UtcMillis, date: Option<UtcMillis>) -> Option<UtcMillis> {
    date.filter(|d| d.0.saturating_sub(trusted.0).saturating_abs() <= CLOCK_ERROR_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: UtcMillis = UtcMillis(1_795_338_000_000);
    const YEAR: i64 = 365 * 86_400_000;

    #[track_caller]
    fn check(date: Option<i64>, bundle: Option<i64>, claim: i64, settled: i64) {
        let at = |offset: Option<i64>| offset.map(|o| T.plus_millis(o));
        let expected = AnswerTime {
            claim: T.plus_millis(claim),
            settled_until: T.plus_millis(settled.saturating_sub(OVERLAP_MILLIS)),
        };
        assert_eq!(AnswerTime::of(T, at(date), at(bundle)), expected);
    }

    #[test]
    fn no_clock_that_is_ahead_moves_a_claim() {
        check(Some(0), Some(-500), -500, -500);
        check(Some(YEAR), Some(-500), -500, -500);
        check(Some(YEAR), Some(YEAR), 0, 0);
        check(Some(YEAR), None, 0, -CLOCK_ERROR_MILLIS);
        check(None, Some(YEAR), 0, 0);
        check(None, None, 0, -CLOCK_ERROR_MILLIS);
    }

    #[test]
    fn one_that_is_behind_is_taken_at_its_word() {
        check(Some(-3_600_000), Some(-3_600_000), -3_600_000, -3_600_000);
        // A copy from elsewhere.
        check(Some(0), Some(-YEAR), 0, -CLOCK_ERROR_MILLIS);
    }

    #[test]
    fn a_date_that_is_far_off_is_not_believed() {
        assert_eq!(believable(T, Some(T.plus_millis(120_000))), Some(T.plus_millis(120_000)));
        for off in [YEAR, -YEAR, CLOCK_ERROR_MILLIS + 1] {
            assert_eq!(believable(T, Some(T.plus_millis(off))), None);
            assert_eq!(not_ahead(T, Some(T.plus_millis(off))).is_some(), off < 0);
        }
    }
}
