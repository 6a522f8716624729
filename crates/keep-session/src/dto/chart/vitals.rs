//! Vital signs.

use super::correction::CorrectionDto;
use super::flag::FlagDto;
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::results::{RangeDto, ResultDetailDto};
use super::value::ValueDto;
use crate::dto::elapsed::ElapsedDto;
use serde::Serialize;
use ts_rs::TS;

keep_domain::named_enum! {
    /// The signs of the chart.
    #[derive(TS)]
    pub enum SignDto {
        /// Blood pressure: systolic and diastolic of one measurement.
        BloodPressure = "blood_pressure",
        /// Systolic blood pressure.
        Systolic = "systolic",
        /// Diastolic blood pressure.
        Diastolic = "diastolic",
        /// Heart rate.
        Pulse = "pulse",
        /// Respiratory rate.
        Respiration = "respiration",
        /// Oxygen saturation.
        Spo2 = "spo2",
        /// Body temperature.
        Temperature = "temperature",
        /// Early warning score.
        News2 = "news2",
        /// Weight.
        Weight = "weight",
        /// Height.
        Height = "height",
        /// Body mass index.
        Bmi = "bmi",
        /// Head circumference.
        HeadCircumference = "head_circumference",
        /// Another one, by its recorded name.
        Other = "other",
    }
}

/// One vital sign over time.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalSeriesDto {
    /// The sign.
    pub key: SignDto,
    /// The sign's recorded name, where the chart has none of its own.
    pub name: Option<String>,
    /// Unit of the points that are drawn; a score has none.
    pub unit: Option<String>,
    /// The latest measurement that counts; `None` where all are cancelled or in the future.
    pub latest: Option<VitalPointDto>,
    /// Time since then; `None` from a day on, and where the record has no time of day.
    pub age: Option<ElapsedDto>,
    /// Whether the newest set of vital signs is later than this one's latest.
    pub older: bool,
    /// Reference ranges of this patient's age.
    pub ranges: Vec<VitalRangeDto>,
    /// The measurements, oldest first, at most 200.
    pub points: Vec<VitalPointDto>,
    /// Measurements entered in error, oldest first: listed, and never drawn, counted or judged.
    pub entered_in_error: Vec<VitalInErrorDto>,
}

/// A measurement entered in error.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalInErrorDto {
    /// The measurement; its values have neither number nor flag.
    pub point: VitalPointDto,
    /// Who marked it, when and why.
    pub corrected: CorrectionDto,
}

/// A reference range of a sign.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalRangeDto {
    /// The sign.
    pub sign: SignDto,
    /// Lowest normal.
    pub low: f64,
    /// Highest normal.
    pub high: f64,
    /// Where the range comes from, where it is not that of adults.
    pub source: Option<String>,
}

/// One measurement.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalPointDto {
    /// The Observation's id; of two single pressures the systolic one's.
    pub id: String,
    /// When, milliseconds since the epoch, UTC; `None` where no time is recorded.
    pub at: Option<i64>,
    /// When, RFC 3339 or partial.
    #[serde(rename = "taken")]
    pub measured_at: Option<String>,
    /// The value; systolic and diastolic for a blood pressure; empty where the record has none that counts.
    pub values: Vec<VitalValueDto>,
    /// Ids of other Observations of the same measurement, which have no row of their own.
    pub same: Vec<String>,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// What else the record says.
    pub details: Vec<ResultDetailDto>,
    /// Whether the user may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One value of a measurement.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalValueDto {
    /// The Observation's id.
    pub id: String,
    /// The sign.
    pub sign: SignDto,
    /// The number, for drawing only; never rounded. `None` for a value that is not drawn: its unit is unknown, it is
    /// not exact, or it is no number.
    pub number: Option<f64>,
    /// The value, rounded for reading and in the unit of the chart where that is possible.
    pub value: ValueDto,
    /// Flag.
    pub flag: Option<FlagDto>,
    /// Interpretations as recorded, where the flag does not say them.
    pub interpretation: Vec<String>,
    /// The reference ranges of the record.
    pub ranges: Vec<RangeDto>,
}
