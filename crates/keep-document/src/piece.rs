//! The readable parts of a document.

use crate::identify::ImageKind;

/// What a document says.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its parts in order; every [`Piece::Open`] has its [`Piece::Close`].
    pub pieces: Vec<Piece>,
    /// What the reader has to know about the way it is shown.
    pub notices: Vec<Notice>,
    /// Whether spaces and line breaks of the text are part of what is said.
    pub is_preformatted: bool,
}

/// What the reader has to know about the way a document is shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Notice {
    /// No usable character set was declared; this one was taken because the bytes are valid in it.
    GuessedCharset(&'static str),
    /// Formatting was left out.
    Unformatted,
    /// A style sheet that crosses out or hides text, or adds some, was not applied.
    StyleSheetIgnored,
    /// It is not valid in its declared form and shown as the text it consists of.
    ShownAsSource,
}

/// One part of a document, in reading order.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// An element begins.
    Open(Element, Option<Direction>),
    /// The innermost open element ends.
    Close,
    /// Text.
    Text(String),
    /// A line break.
    Break,
    /// A horizontal line.
    Rule,
    /// A box to be checked, and whether it is.
    Checkbox(bool),
    /// A picture inside the document, with the text that stands for it.
    Picture(Picture),
    /// Something that is not shown, with the text that stands for it.
    Omitted(Omitted, Option<String>),
    /// A labelled line of the document's header.
    Field(Field, String),
}

/// A picture inside a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// What its first bytes say that it is.
    pub kind: ImageKind,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
    /// The text that stands for it.
    pub label: Option<String>,
}

/// What is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omitted {
    /// A picture.
    Image,
    /// A picture with more pixels than are decoded.
    LargeImage,
    /// A picture at another address, which is never fetched.
    RemoteImage,
    /// Another file or program.
    Embedded,
}

/// The elements that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// A part without a meaning of its own.
    Block,
    /// A paragraph.
    Paragraph,
    /// A heading, 1 to 6.
    Heading(u8),
    /// A list without numbers.
    List,
    /// A numbered list with the number of its first item.
    NumberedList(Numbering, i32),
    /// An item, with its number where it is out of order.
    Item(Option<i32>),
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
    /// A cell that is a heading, with the columns and rows that it spans.
    HeaderCell(u16, u16),
    /// A cell, with the columns and rows that it spans.
    Cell(u16, u16),
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
    /// A link; its address is shown as text.
    Link(String),
}

/// How a list is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
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

/// The direction of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    LeftToRight,
    /// Right to left.
    RightToLeft,
    /// That of the first letter.
    Auto,
}

/// The labelled lines of a document's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The patient whom the document names.
    Patient,
    /// The birth date that it gives, as recorded.
    BirthDate,
    /// The author.
    Author,
    /// The time, as recorded.
    Date,
    /// Whom a section is about, where that is not the patient.
    Subject,
}

impl Body {
    /// All text, without the elements, for tests and for the question whether anything is said.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text)
                | Piece::Field(_, text)
                | Piece::Omitted(_, Some(text))
                | Piece::Picture(Picture { label: Some(text), .. }) => out.push_str(text),
                Piece::Close | Piece::Break | Piece::Rule => out.push('\n'),
                Piece::Checkbox(checked) => out.push(if *checked { '☑' } else { '☐' }),
                Piece::Open(..) | Piece::Omitted(_, None) | Piece::Picture(_) => {}
            }
        }
        out
    }

    /// Whether there is anything to see.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let is_seen = |piece: &Piece| match piece {
            Piece::Text(text) | Piece::Field(_, text) => !text.trim().is_empty(),
            Piece::Checkbox(_) | Piece::Omitted(..) | Piece::Picture(_) => true,
            Piece::Open(..) | Piece::Close | Piece::Break | Piece::Rule => false,
        };
        !self.pieces.iter().any(is_seen)
    }

    /// Notes something once.
    pub(crate) fn note(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }
}
