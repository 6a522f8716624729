//! Notes and documents.

use super::record_state::RecordStateDto;
use serde::Serialize;
use ts_rs::TS;

/// One note.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDto {
    /// The resource id.
    pub id: String,
    /// Kind as recorded, for example "Progress note".
    pub kind: Option<String>,
    /// Author's display name.
    pub author: Option<String>,
    /// Signed or written, RFC 3339 or partial.
    pub written: Option<String>,
    /// How far it is.
    pub status: NoteStatusDto,
    /// The text; `None` where it could not be read.
    pub text: Option<String>,
    /// Whether the user may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Status of a note.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteStatusDto {
    /// Not signed.
    Draft,
    /// Signed.
    Signed,
    /// Followed by a later version.
    Amended,
    /// Entered in error.
    EnteredInError,
}

/// One window of notes.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotesDto {
    /// Rows, newest first.
    pub rows: Vec<NoteDto>,
    /// Number of notes.
    pub total: u32,
}
