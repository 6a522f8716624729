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
