//! Numbers and dates of a dosage.

use crate::{Grouping, number_text};

/// A decimal in millionths: exact for every number of a dosage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(pub(super) i64);

pub(super) const ONE: Number = Number(1_000_000);

impl Number {
    /// `None` for a number that is not exact in millionths.
    pub(super) fn read(digits: &str) -> Option<Self> {
        let plain = number_text(digits, Grouping::Plain)?;
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        if whole.len() > 12 || fraction.len() > 6 || whole.starts_with('-') {
            return None;
        }
        let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
        Some(Self(whole.parse::<i64>().ok()?.checked_mul(ONE.0)?.checked_add(fraction)?))
    }
}

/// A number or a range.
pub(super) type Limits = (Number, Number);

/// A date, its year where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayOfYear {
    pub(super) year: Option<i64>,
    pub(super) month: i64,
    pub(super) day: i64,
}

impl DayOfYear {
    /// The date part of an ISO date or time.
    pub(super) fn read(iso: &str) -> Option<Self> {
        let mut parts = iso.get(..10)?.split('-');
        let mut next = || parts.next()?.parse::<i64>().ok();
        Some(Self { year: Some(next()?), month: next()?, day: next()? })
    }

    /// Whether it is that day; a date without a year is one of any year.
    pub(super) fn is(self, other: Self) -> bool {
        self.month == other.month && self.day == other.day && (self.year == other.year || other.year.is_none())
    }
}
