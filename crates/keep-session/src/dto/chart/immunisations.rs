//! Immunisations.

use super::record_state::RecordStateDto;
use serde::Serialize;
use ts_rs::TS;

/// One immunisation.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImmunisationDto {
    /// The resource id.
    pub id: String,
    /// Vaccine; `None` where it could not be read.
    pub vaccine: Option<String>,
    /// When, RFC 3339 or partial.
    pub given: Option<String>,
    /// Status code as recorded.
    pub status: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}
