//! Vital signs.

use super::flag::FlagDto;
use super::record_state::RecordStateDto;
use crate::dto::elapsed::ElapsedDto;
use serde::Serialize;
use ts_rs::TS;

keep_domain::named_enum! {
    /// The signs of the chart.
    #[derive(TS)]
    pub enum SignDto {
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
    }
}

/// One vital sign over time.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalSeriesDto {
    /// The sign.
    pub key: SignDto,
    /// Unit as displayed; a score has none.
    pub unit: Option<String>,
    /// The latest value as text, rounded for reading.
    pub value: String,
    /// The latest value with its unit as recorded, where that differs from what is shown.
    pub recorded: Option<String>,
    /// Flag of the latest value.
    pub flag: Option<FlagDto>,
    /// When the latest was measured, RFC 3339.
    #[serde(rename = "taken")]
    pub measured_at: String,
    /// Time since then.
    pub age: Option<ElapsedDto>,
    /// Reference range, lowest normal.
    pub low: Option<f64>,
    /// Reference range, highest normal.
    pub high: Option<f64>,
    /// The points, oldest first, at most 200.
    pub points: Vec<VitalPointDto>,
}

/// One point of a series.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalPointDto {
    /// The Observation's id.
    pub id: String,
    /// When, milliseconds since the epoch, UTC.
    pub at: i64,
    /// The value, for drawing only; never rounded.
    pub value: f64,
    /// The value as text, rounded for reading.
    pub text: String,
    /// The value with its unit as recorded, where that differs from what is shown.
    pub recorded: Option<String>,
    /// Flag.
    pub flag: Option<FlagDto>,
    /// Whether the user may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}
