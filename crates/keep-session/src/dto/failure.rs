//! How a failed command is told to the interface.

use keep_domain::{ErrorCode, IncidentId};
use serde::Serialize;
use ts_rs::TS;

/// A closed code with what the wording needs; never a message text.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureDto {
    /// What went wrong.
    pub code: ErrorCode,
    /// Links the screen to the local log.
    pub incident: IncidentId,
    /// Seconds to wait before trying again, where that is known.
    pub wait_seconds: Option<u32>,
    /// Attempts left before the next wait or hold, for unlock.
    pub attempts_left: Option<u32>,
    /// Names of fields that were not acceptable, for forms.
    pub fields: Vec<FieldProblemDto>,
}

/// One field that was not acceptable.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldProblemDto {
    /// The field's name in the request.
    pub field: String,
    /// A closed word for the reason, for example `impossible`, `missing`, `not_a_number`, `too_short`.
    pub reason: String,
}
