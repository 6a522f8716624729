//! Problems and diagnoses.

use super::record_state::RecordStateDto;
use serde::Serialize;
use ts_rs::TS;

/// One problem.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDto {
    /// The resource id.
    pub id: String,
    /// Text; `None` where it could not be read.
    pub text: Option<String>,
    /// Active, or resolved and so on.
    pub active: bool,
    /// The clinical status code as recorded.
    pub status: String,
    /// Onset, RFC 3339 or partial.
    pub since: Option<String>,
    /// End, RFC 3339 or partial.
    pub until: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}
