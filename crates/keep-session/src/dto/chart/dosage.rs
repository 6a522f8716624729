//! A dosage in parts. The page joins them and owns every word but those that are recorded.

use super::value::{QuantityDto, ValueDto};
use serde::Serialize;
use ts_rs::TS;

/// One instruction. INVARIANT: its parts and `words` together say everything that is recorded.
#[derive(Serialize, Clone, PartialEq, Eq, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct DosageDto {
    /// The recorded text in full, where the parts say less than it or something else.
    pub words: Option<String>,
    /// The place in a sequence of steps, as recorded.
    pub sequence: Option<String>,
    /// Amounts and rates.
    pub doses: Vec<DoseDto>,
    /// When.
    pub timing: DoseTimingDto,
    /// Whether it is taken as needed only.
    pub as_needed: bool,
    /// The reason for taking it.
    pub as_needed_for: Option<String>,
    /// The route, as recorded.
    pub route: Option<String>,
    /// The place on the body, as recorded.
    pub site: Option<String>,
    /// The technique, as recorded.
    pub method: Option<String>,
    /// The most that may be given.
    pub maxima: Vec<MaximumDoseDto>,
    /// Additional instructions and those to the patient, as recorded.
    pub instructions: Vec<String>,
    /// Elements that could not be read.
    pub unread: Vec<UnreadElementDto>,
}

/// An amount, a rate, or both.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoseDto {
    /// `ordered`, `calculated`, or the recorded words.
    pub kind: Option<String>,
    /// The amount.
    pub dose: Option<ValueDto>,
    /// The rate.
    pub rate: Option<ValueDto>,
}

/// An upper limit.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "per", rename_all = "snake_case")]
pub enum MaximumDoseDto {
    /// In a period.
    Period {
        /// The amount.
        amount: QuantityDto,
        /// The period; `None` where only the amount is recorded.
        period: Option<QuantityDto>,
    },
    /// At a time.
    Administration {
        /// The amount.
        amount: QuantityDto,
    },
    /// In a lifetime.
    Lifetime {
        /// The amount.
        amount: QuantityDto,
    },
}

/// When a dose is due.
#[derive(Serialize, Clone, PartialEq, Eq, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoseTimingDto {
    /// Moments, RFC 3339 or partial.
    pub moments: Vec<String>,
    /// Times per period.
    pub frequency: Option<LimitsDto>,
    /// The period.
    pub period: Option<TimeSpanDto>,
    /// Number of doses in all.
    pub count: Option<LimitsDto>,
    /// Length of one dose.
    pub duration: Option<TimeSpanDto>,
    /// Weekdays.
    pub days: Vec<WeekdayDto>,
    /// Times of day, `08:00`.
    pub times: Vec<String>,
    /// Events of the day.
    pub events: Vec<DayEventDto>,
    /// Minutes from the event.
    pub offset: Option<String>,
    /// How long: a quantity, a range or a period.
    pub bounds: Option<ValueDto>,
    /// A timing in its own words, where the other parts do not say it.
    pub code: Option<String>,
}

/// A number or a range; digits as they are shown.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsDto {
    /// The number, or the lower limit.
    pub low: Option<String>,
    /// The upper limit.
    pub high: Option<String>,
}

/// A length of time.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimeSpanDto {
    /// How many.
    pub limits: LimitsDto,
    /// Of what.
    pub unit: TimeUnitDto,
}

/// An element as it was recorded.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnreadElementDto {
    /// Its FHIR name.
    pub element: String,
    /// Its JSON text.
    pub recorded: String,
}

/// A unit of time (R4 `units-of-time`).
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnitDto {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `wk`
    Week,
    /// `mo`
    Month,
    /// `a`
    Year,
}

/// A day of the week.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum WeekdayDto {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// An event of the day (R4 `event-timing`).
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum DayEventDto {
    Morning,
    EarlyMorning,
    LateMorning,
    Noon,
    Afternoon,
    EarlyAfternoon,
    LateAfternoon,
    Evening,
    EarlyEvening,
    LateEvening,
    Night,
    AfterSleep,
    Bedtime,
    Waking,
    WithMeal,
    WithBreakfast,
    WithLunch,
    WithDinner,
    BeforeMeal,
    BeforeBreakfast,
    BeforeLunch,
    BeforeDinner,
    AfterMeal,
    AfterBreakfast,
    AfterLunch,
    AfterDinner,
}
