//! The text of a document as it crosses to the page.

use crate::dto::chart::document::{
    DirectionDto, DocumentBodyDto, DocumentFieldDto, DocumentNoticeDto, ElementDto, NumberingDto, OmittedDto,
    PictureFile, PieceDto,
};
use keep_document::{Body, Direction, Element, Field, Notice, Numbering, Omitted, Piece};

/// The text, at most `longest` bytes of it.
pub(super) fn of_body(body: Body, longest: usize) -> DocumentBodyDto {
    let (preformatted, notices) = (body.is_preformatted, notices(&body.notices));
    let all: Vec<PieceDto> = body.pieces.into_iter().map(piece).collect();
    let (pieces, complete) = shortened(all, longest);
    DocumentBodyDto { pieces, notices, preformatted, complete }
}

/// Parts that are not those of a file, at most `longest` bytes of them.
pub(super) fn of_pieces(pieces: Vec<PieceDto>, longest: usize) -> DocumentBodyDto {
    let (pieces, complete) = shortened(pieces, longest);
    DocumentBodyDto { pieces, notices: Vec::new(), preformatted: false, complete }
}

/// The first parts, and whether they are all.
fn shortened(all: Vec<PieceDto>, longest: usize) -> (Vec<PieceDto>, bool) {
    let (mut kept, mut left, mut complete) = (Vec::new(), longest, true);
    for mut piece in all {
        if let PieceDto::Picture { label, .. } = &mut piece {
            complete = false;
            piece = PieceDto::Omitted { what: OmittedDto::UnopenedImage, label: label.take() };
        }
        let size = piece.json_size();
        if size <= left {
            left = left.saturating_sub(size);
            kept.push(piece);
            continue;
        }
        if let PieceDto::Text { text } = piece {
            let at = text.floor_char_boundary(left / 2);
            let start = text.split_at_checked(at).map_or("", |(start, _)| start);
            kept.push(PieceDto::Text { text: start.to_owned() });
        }
        return (kept, false);
    }
    (kept, complete)
}

pub(super) fn notices(notices: &[Notice]) -> Vec<DocumentNoticeDto> {
    let notice = |notice: &Notice| match notice {
        Notice::GuessedCharset(charset) => DocumentNoticeDto::GuessedCharset { charset: (*charset).to_owned() },
        Notice::Unformatted => DocumentNoticeDto::Unformatted,
        Notice::StyleSheetIgnored => DocumentNoticeDto::StyleSheetIgnored,
        Notice::ShownAsSource => DocumentNoticeDto::ShownAsSource,
    };
    notices.iter().map(notice).collect()
}

/// All parts of a text.
pub(crate) fn pieces(body: Body) -> Vec<PieceDto> {
    body.pieces.into_iter().map(piece).collect()
}

fn piece(piece: Piece) -> PieceDto {
    match piece {
        Piece::Open(element, direction) => {
            PieceDto::Open { element: self::element(element), direction: direction.map(self::direction) }
        }
        Piece::Close => PieceDto::Close,
        Piece::Text(text) => PieceDto::Text { text },
        Piece::Break => PieceDto::Break,
        Piece::Rule => PieceDto::Rule,
        Piece::Checkbox(checked) => PieceDto::Checkbox { checked },
        Piece::Picture(picture) => PieceDto::Picture {
            index: 0,
            content_type: picture.kind.content_type().to_owned(),
            size: u32::try_from(picture.bytes.len()).unwrap_or(u32::MAX),
            label: picture.label,
            file: PictureFile(picture.bytes.into()),
        },
        Piece::Omitted(what, label) => {
            let what = match what {
                Omitted::Image => OmittedDto::Image,
                Omitted::LargeImage => OmittedDto::LargeImage,
                Omitted::RemoteImage => OmittedDto::RemoteImage,
                Omitted::Embedded => OmittedDto::Embedded,
            };
            PieceDto::Omitted { what, label }
        }
        Piece::Field(field, text) => PieceDto::Field { field: self::field(field), text },
    }
}

const fn field(field: Field) -> DocumentFieldDto {
    match field {
        Field::Patient => DocumentFieldDto::Patient,
        Field::BirthDate => DocumentFieldDto::BirthDate,
        Field::Author => DocumentFieldDto::Author,
        Field::Date => DocumentFieldDto::Date,
        Field::Subject => DocumentFieldDto::Subject,
    }
}

const fn direction(direction: Direction) -> DirectionDto {
    match direction {
        Direction::LeftToRight => DirectionDto::Ltr,
        Direction::RightToLeft => DirectionDto::Rtl,
        Direction::Auto => DirectionDto::Auto,
    }
}

const fn numbering(numbering: Numbering) -> NumberingDto {
    match numbering {
        Numbering::Decimal => NumberingDto::Decimal,
        Numbering::LowerAlpha => NumberingDto::LowerAlpha,
        Numbering::UpperAlpha => NumberingDto::UpperAlpha,
        Numbering::LowerRoman => NumberingDto::LowerRoman,
        Numbering::UpperRoman => NumberingDto::UpperRoman,
    }
}

fn element(element: Element) -> ElementDto {
    match element {
        Element::Block => ElementDto::Block,
        Element::Paragraph => ElementDto::Paragraph,
        Element::Heading(level) => ElementDto::Heading { level },
        Element::List => ElementDto::List,
        Element::NumberedList(how, start) => ElementDto::NumberedList { numbering: numbering(how), start },
        Element::Item(number) => ElementDto::Item { number },
        Element::Terms => ElementDto::Terms,
        Element::Term => ElementDto::Term,
        Element::Definition => ElementDto::Definition,
        Element::Table => ElementDto::Table,
        Element::Caption => ElementDto::Caption,
        Element::Row => ElementDto::Row,
        Element::HeaderCell(columns, rows) => ElementDto::HeaderCell { columns, rows },
        Element::Cell(columns, rows) => ElementDto::Cell { columns, rows },
        Element::Quote => ElementDto::Quote,
        Element::Preformatted => ElementDto::Preformatted,
        Element::Code => ElementDto::Code,
        Element::Strong => ElementDto::Strong,
        Element::Emphasis => ElementDto::Emphasis,
        Element::Underlined => ElementDto::Underlined,
        Element::CrossedOut => ElementDto::CrossedOut,
        Element::Inserted => ElementDto::Inserted,
        Element::Superscript => ElementDto::Superscript,
        Element::Subscript => ElementDto::Subscript,
        Element::Link(address) => ElementDto::Link { address },
    }
}

/// Writes parts that are not those of a file.
#[derive(Default)]
pub(super) struct Pieces(Vec<PieceDto>);

impl Pieces {
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        self.0.push(PieceDto::Open { element: ElementDto::Heading { level }, direction: None });
        self.0.push(PieceDto::Text { text: text.to_owned() });
        self.0.push(PieceDto::Close);
    }

    /// A labelled line, if there is a text.
    pub(super) fn field(&mut self, field: DocumentFieldDto, text: Option<String>) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.0.push(PieceDto::Field { field, text });
        }
    }

    pub(super) fn open(&mut self, element: ElementDto) {
        self.0.push(PieceDto::Open { element, direction: None });
    }

    pub(super) fn close(&mut self) {
        self.0.push(PieceDto::Close);
    }

    pub(super) fn text(&mut self, text: String) {
        self.0.push(PieceDto::Text { text });
    }

    pub(super) fn add(&mut self, piece: PieceDto) {
        self.0.push(piece);
    }

    /// The text of a file or a narrative, as an element of its own.
    pub(super) fn body(&mut self, body: Body) {
        let element = if body.is_preformatted { ElementDto::Preformatted } else { ElementDto::Block };
        self.open(element);
        self.0.extend(pieces(body));
        self.close();
    }

    pub(super) fn finish(self) -> Vec<PieceDto> {
        self.0
    }
}
