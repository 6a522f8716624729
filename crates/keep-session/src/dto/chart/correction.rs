//! Records entered in error.

use serde::Serialize;
use ts_rs::TS;

/// Who marked a record as entered in error, when and why, as far as that is recorded and the role may see it.
#[derive(Serialize, Clone, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct CorrectionDto {
    /// The person's display name.
    pub who: Option<String>,
    /// When, RFC 3339 or partial.
    pub when: Option<String>,
    /// The reason as recorded.
    pub why: Option<String>,
    /// Whether this user can undo it: they marked it, and it was not sent yet.
    pub may_undo: bool,
}

/// What the user may do with a record of a list, and who marked one that was entered in error.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CorrectableDto {
    /// Type/id.
    pub reference: String,
    /// Whether the user may mark it as entered in error.
    pub may_mark: bool,
    /// Of a record entered in error: who marked it, when and why.
    pub corrected: Option<CorrectionDto>,
}
