//! Laboratory results.

use super::flag::FlagDto;
use super::record_state::RecordStateDto;
use serde::Serialize;
use ts_rs::TS;

/// One result.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultDto {
    /// The Observation's id.
    pub id: String,
    /// Test name; `None` where it could not be read.
    pub name: Option<String>,
    /// Value with unit as text, as precise as recorded up to four decimals.
    pub value: String,
    /// The value as recorded, where that differs from what is shown.
    pub recorded: Option<String>,
    /// Flag.
    pub flag: Option<FlagDto>,
    /// Reference range as text.
    pub range: Option<String>,
    /// When, RFC 3339 or partial.
    #[serde(rename = "taken")]
    pub measured_at: Option<String>,
    /// The report or panel it belongs to.
    pub panel: Option<String>,
    /// Status code as recorded.
    pub status: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One window of results.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultsDto {
    /// Rows, newest first.
    pub rows: Vec<ResultDto>,
    /// Number of results.
    pub total: u32,
}
