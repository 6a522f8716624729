//! Time that has passed.

use serde::Serialize;
use ts_rs::TS;

/// Time from one moment to now, or from one day to today, in the unit that reads best.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct ElapsedDto {
    /// The unit.
    pub unit: ElapsedUnitDto,
    /// The number of units; 0 for today.
    pub count: u32,
}

/// Unit of elapsed time.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum ElapsedUnitDto {
    /// Less than an hour.
    Minutes,
    /// Less than a day.
    Hours,
    /// The same day.
    Today,
    /// Up to 13 days.
    Days,
    /// Up to 8 weeks.
    Weeks,
    /// Up to 23 months.
    Months,
    /// More.
    Years,
}
