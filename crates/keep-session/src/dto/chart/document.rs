//! What is attached to a record: files and texts, in parts that the page can show.

mod open;

use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use ts_rs::TS;

pub use open::{DocumentChunkAskDto, DocumentChunkDto, OpenDocumentDto, OpenedDocumentDto};

/// One attachment, or the text of a record that is a document itself.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentPartDto {
    /// Its place in the record, for `open_document`.
    pub index: u32,
    /// Title as recorded.
    pub title: Option<String>,
    /// Content type as recorded.
    pub content_type: Option<String>,
    /// Format beyond the content type, as recorded.
    pub format: Option<String>,
    /// Language as recorded.
    pub language: Option<String>,
    /// When it was made, RFC 3339 or partial.
    pub created: Option<String>,
    /// Size in bytes: that of the bytes where they are here, otherwise as recorded.
    pub size: Option<u32>,
    /// What it is: by its bytes where they are here, otherwise by its content type.
    pub form: DocumentFormDto,
    /// Where its bytes are.
    pub place: DocumentPlaceDto,
    /// What is wrong with its bytes.
    pub faults: Vec<DocumentFaultDto>,
    /// Its text, where it has one; the start of a long one.
    pub body: Option<DocumentBodyDto>,
}

/// What an attachment is.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFormDto {
    /// It has a text.
    Text,
    /// PDF.
    Pdf,
    /// A picture that the page can show.
    Image,
    /// A picture with more pixels than are decoded.
    LargeImage,
    /// Anything else; it cannot be shown.
    Other,
}

/// Where the bytes of an attachment are.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DocumentPlaceDto {
    /// On this workstation.
    Here,
    /// A Binary of the clinic's own server; it is opened from there if it is not on this workstation.
    Server {
        /// The address as recorded.
        address: String,
    },
    /// At another address, which is never opened.
    Elsewhere {
        /// The address as recorded.
        address: String,
    },
    /// Nothing is attached.
    Empty,
    /// In the record, but they cannot be decoded.
    Undecodable,
}

/// What is wrong with the bytes of an attachment.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFaultDto {
    /// More or fewer than recorded.
    WrongSize,
    /// Not those whose hash was recorded.
    WrongHash,
}

/// The text of a document. It contains no markup: the page makes its own elements.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentBodyDto {
    /// Its parts in order. Where the text is cut, elements at the end are still open.
    pub pieces: Vec<PieceDto>,
    /// What the reader has to know about the way it is shown.
    pub notices: Vec<DocumentNoticeDto>,
    /// Whether spaces and line breaks of the text count.
    pub preformatted: bool,
    /// Whether this is all of it.
    pub complete: bool,
}

/// What the reader has to know about the way a document is shown.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DocumentNoticeDto {
    /// No usable character set was declared.
    GuessedCharset {
        /// The one that was taken.
        charset: String,
    },
    /// Formatting was left out.
    Unformatted,
    /// A style sheet that crosses out, hides or adds text was not applied.
    StyleSheetIgnored,
    /// It is not valid in its declared form; the text that it consists of is shown.
    ShownAsSource,
}

/// One part of a text, in reading order.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PieceDto {
    /// An element begins.
    Open {
        /// The element.
        element: ElementDto,
        /// `ltr`, `rtl` or `auto`, where the document says so.
        direction: Option<DirectionDto>,
    },
    /// The innermost open element ends.
    Close,
    /// Text.
    Text {
        /// The text as recorded.
        text: String,
    },
    /// A line break.
    Break,
    /// A horizontal line.
    Rule,
    /// A box to be checked.
    Checkbox {
        /// Whether it is.
        checked: bool,
    },
    /// A picture inside an open document; its bytes are read like those of the document.
    Picture {
        /// The piece that it is.
        index: u32,
        /// The content type of its bytes.
        #[serde(rename = "contentType")]
        content_type: String,
        /// Size in bytes.
        size: u32,
        /// The text that stands for it.
        label: Option<String>,
        /// Its bytes, which never cross with the piece.
        #[serde(skip)]
        file: PictureFile,
    },
    /// A picture or another file that is not shown.
    Omitted {
        /// What it is.
        what: OmittedDto,
        /// The text that stands for it.
        label: Option<String>,
    },
    /// A labelled line.
    Field {
        /// The label.
        field: DocumentFieldDto,
        /// The text as recorded.
        text: String,
    },
}

/// The bytes of a picture inside a document.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PictureFile(pub(crate) Arc<[u8]>);

impl fmt::Debug for PictureFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PictureFile({} bytes)", self.0.len())
    }
}

impl PieceDto {
    /// The most bytes that it needs in JSON.
    pub(crate) fn json_size(&self) -> usize {
        /// What a part without text needs.
        const PLAIN: usize = 96;
        let text = match self {
            Self::Text { text } | Self::Field { text, .. } => text.as_str(),
            Self::Open { element: ElementDto::Link { address }, .. } => address,
            Self::Omitted { label: Some(label), .. } | Self::Picture { label: Some(label), .. } => label,
            _ => return PLAIN,
        };
        let escaped = |c: char| match c {
            '"' | '\\' => 1,
            c if c.is_control() => 5,
            _ => 0,
        };
        text.len().saturating_add(text.chars().map(escaped).sum()).saturating_add(PLAIN)
    }
}

/// The elements of a text.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "name", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ElementDto {
    /// A part without a meaning of its own.
    Block,
    /// A paragraph.
    Paragraph,
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
    },
    /// A list without numbers.
    List,
    /// A numbered list.
    NumberedList {
        /// The way of numbering.
        numbering: NumberingDto,
        /// The number of the first item.
        start: i32,
    },
    /// An item of a list.
    Item {
        /// Its number, where it is out of order.
        number: Option<i32>,
    },
    /// A list of terms.
    Terms,
    /// A term.
    Term,
    /// What is said about a term.
    Definition,
    /// A table.
    Table,
    /// The title of a table.
    Caption,
    /// A row.
    Row,
    /// A cell that is a heading.
    HeaderCell {
        /// The columns that it spans.
        columns: u16,
        /// The rows that it spans.
        rows: u16,
    },
    /// A cell.
    Cell {
        /// The columns that it spans.
        columns: u16,
        /// The rows that it spans.
        rows: u16,
    },
    /// A quotation.
    Quote,
    /// Text whose spaces and line breaks count.
    Preformatted,
    /// A program or a measured string.
    Code,
    /// Strong.
    Strong,
    /// Emphasised.
    Emphasis,
    /// Underlined.
    Underlined,
    /// Crossed out or deleted.
    CrossedOut,
    /// Inserted later.
    Inserted,
    /// Raised.
    Superscript,
    /// Lowered.
    Subscript,
    /// A link, which is not followed.
    Link {
        /// The address as recorded.
        address: String,
    },
}

/// The way a list is numbered.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NumberingDto {
    /// 1, 2, 3.
    Decimal,
    /// a, b, c.
    LowerAlpha,
    /// A, B, C.
    UpperAlpha,
    /// i, ii, iii.
    LowerRoman,
    /// I, II, III.
    UpperRoman,
}

/// A direction of writing.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DirectionDto {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
    /// That of the first letter.
    Auto,
}

/// What is not shown.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum OmittedDto {
    /// A picture.
    Image,
    /// A picture that is shown once the document is opened.
    UnopenedImage,
    /// A picture with more pixels than are decoded.
    LargeImage,
    /// A picture at another address, which is never fetched.
    RemoteImage,
    /// Another file or program.
    Embedded,
}

/// The labels of lines in a text.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFieldDto {
    /// The patient whom the document names.
    Patient,
    /// The birth date that it gives.
    BirthDate,
    /// The author.
    Author,
    /// The time.
    Date,
    /// Whom a section is about, where that is not the patient.
    Subject,
    /// How a section came about: `working`, `snapshot`, `changes`.
    Mode,
    /// The order of a section's entries.
    Order,
    /// Why a section is empty.
    EmptyReason,
    /// A record that a section is based on.
    Entry,
    /// The summary of an assessment.
    Summary,
    /// A description.
    Description,
    /// What was found.
    Finding,
    /// What a finding is based on.
    Basis,
    /// The likely outcome.
    Prognosis,
    /// What was examined.
    Investigation,
    /// A problem that was assessed.
    Problem,
    /// A record that supports an assessment.
    Supporting,
    /// A note.
    Note,
    /// The form that was answered.
    Questionnaire,
}
