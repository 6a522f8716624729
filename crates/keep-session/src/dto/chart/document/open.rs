//! Opening a document and reading it in chunks.

use super::{DocumentFaultDto, DocumentFormDto, DocumentNoticeDto, PieceDto};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `open_document`: one attachment in full.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenDocumentDto {
    /// The Patient id.
    pub patient: String,
    /// The record, for example `DocumentReference/n1`.
    pub reference: String,
    /// The place of the attachment in the record.
    pub index: u32,
    /// Whether the text that it consists of is wanted instead of its readable form.
    pub source: bool,
}

/// An opened attachment. It stays open until it is closed, or until the lock.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedDocumentDto {
    /// Names it in `document_chunk` and `close_document`; it cannot be guessed.
    pub handle: String,
    /// What it is.
    pub form: DocumentFormDto,
    /// The content type of its bytes.
    pub content_type: String,
    /// Size in bytes.
    pub size: u32,
    /// What is wrong with its bytes.
    pub faults: Vec<DocumentFaultDto>,
    /// What the reader has to know about the way its text is shown.
    pub notices: Vec<DocumentNoticeDto>,
    /// Whether spaces and line breaks of the text count.
    pub preformatted: bool,
    /// Number of parts of its text.
    pub pieces: u32,
}

/// `document_chunk`: the next parts of the text of an opened attachment.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentChunkAskDto {
    /// The handle of the opened attachment.
    pub handle: String,
    /// The first part.
    pub offset: u32,
}

/// Parts of a text, at most 256 kB.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentChunkDto {
    /// The parts.
    pub pieces: Vec<PieceDto>,
    /// The first part of the next chunk; `None` at the end.
    pub next: Option<u32>,
}
