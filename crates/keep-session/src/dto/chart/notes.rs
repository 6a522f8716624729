//! Notes and documents.

use super::correction::CorrectionDto;
use super::document::{DocumentBodyDto, DocumentPartDto};
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::value::ValueDto;
use serde::Serialize;
use ts_rs::TS;

/// One note or document.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDto {
    /// The resource id.
    pub id: String,
    /// The record, for example `DocumentReference/n1`.
    pub reference: String,
    /// Kind as recorded, for example "Progress note", or else the title.
    pub kind: Option<String>,
    /// The first author's display name.
    pub author: Option<String>,
    /// The display names of the other authors.
    pub more_authors: Vec<String>,
    /// Signed or written, RFC 3339 or partial.
    pub written: Option<String>,
    /// How far it is.
    pub status: NoteStatusDto,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// The documents that it replaces, changes or signs, and those that do so to it.
    pub relations: Vec<NoteRelationDto>,
    /// What else is recorded about it.
    pub details: Vec<NoteDetailDto>,
    /// Its attachments in order.
    pub parts: Vec<DocumentPartDto>,
    /// The narrative of the record, where it says more than the attachments.
    pub narrative: Option<DocumentBodyDto>,
    /// Whether the user may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Of a note entered in error: who marked it, when and why.
    pub corrected: Option<CorrectionDto>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Status of a note.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteStatusDto {
    /// Not signed.
    Draft,
    /// Complete; nothing says who vouches for it.
    Final,
    /// Complete, and somebody vouches for it.
    Signed,
    /// Changed after it was complete.
    Amended,
    /// Nothing is recorded about it.
    Unstated,
    /// Recorded in words that R4 does not have; its marks say so.
    Unknown,
    /// Entered in error.
    EnteredInError,
}

/// A relation between two documents.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRelationDto {
    /// `replaces`, `transforms`, `signs`, `appends`, or another code as recorded.
    pub code: String,
    /// Whether the other document does this to the shown one.
    pub incoming: bool,
    /// The other document, where it is a record.
    pub reference: Option<String>,
    /// Its kind or title.
    pub title: Option<String>,
    /// When it was written, RFC 3339 or partial.
    pub written: Option<String>,
}

/// What else is recorded about a document.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDetailDto {
    /// The label.
    pub field: NoteFieldDto,
    /// The value.
    pub value: ValueDto,
}

/// The labels of details.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteFieldDto {
    /// The title.
    Title,
    /// The description.
    Description,
    /// The conclusion of a report.
    Conclusion,
    /// A category.
    Category,
    /// What was done.
    Event,
    /// When that was.
    Period,
    /// The kind of facility.
    Facility,
    /// The specialty.
    Practice,
    /// A security label.
    SecurityLabel,
    /// The code of its confidentiality.
    Confidentiality,
    /// Who vouches for it.
    Authenticator,
    /// Who vouches for it as its author.
    AttesterPersonal,
    /// Who vouches for it by profession.
    AttesterProfessional,
    /// Who vouches for it by law.
    AttesterLegal,
    /// Who vouches for it for an organisation.
    AttesterOfficial,
    /// When that was.
    AttestedAt,
    /// Who stores it.
    Custodian,
    /// The patient as the source names them.
    SourcePatient,
    /// Why the status is what it is.
    StatusReason,
    /// Who answered the questions.
    Source,
    /// Image, video or audio.
    MediaKind,
    /// The projection of a picture.
    View,
    /// What a picture shows of the body.
    BodySite,
    /// Why it was made.
    Reason,
    /// The device that made it.
    Device,
    /// When it was published.
    Issued,
    /// A note about it.
    Note,
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
