//! The narrative block of CDA (StrucDoc.Text): its elements as ours.

use crate::piece::{Element, Numbering, Omitted, Piece};
use crate::piece_writer::PieceWriter;
use base64::Engine;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart};

/// The largest span of a cell.
const WIDEST: u16 = 100;

/// Narrative blocks, one after the other, with headings between them.
#[derive(Default)]
pub(super) struct Narrative {
    writer: PieceWriter,
    /// Elements that each open element of the block wrote; the first is the block itself.
    open: Vec<usize>,
}

impl Narrative {
    /// Whether a block is open.
    pub(super) const fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// A block begins.
    pub(super) fn open(&mut self) {
        self.writer.open(Element::Block, None);
        self.open.push(1);
    }

    pub(super) fn heading(&mut self, level: u8, title: &str) {
        self.writer.open(Element::Heading(level), None);
        self.writer.text(title);
        self.writer.close();
    }

    pub(super) fn add(&mut self, piece: Piece) {
        self.writer.add(piece);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.writer.text(text);
    }

    pub(super) fn start(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        let mut written = 0usize;
        let is_crossed_out = attribute("revised").as_deref() == Some("delete")
            || attribute("styleCode").is_some_and(|code| code.to_ascii_lowercase().contains("strike"));
        let is_inserted = attribute("revised").as_deref() == Some("insert");
        let own = element(name, attribute).into_iter();
        let changed = [(is_crossed_out, Element::CrossedOut), (is_inserted, Element::Inserted)];
        for element in own.chain(changed.into_iter().filter_map(|(is, element)| is.then_some(element))) {
            self.writer.open(element, None);
            written = written.saturating_add(1);
        }
        match name {
            "br" => self.writer.add(Piece::Break),
            "renderMultiMedia" => self.writer.add(Piece::Omitted(Omitted::Image, None)),
            _ => {}
        }
        self.open.push(written);
    }

    pub(super) fn end(&mut self, name: &str) {
        // A list's title is no item of it.
        if name == "caption" {
            self.writer.text(" ");
        }
        (0..self.open.pop().unwrap_or_default()).for_each(|_| self.writer.close());
    }

    pub(super) fn finish(self) -> Vec<Piece> {
        self.writer.finish()
    }
}

fn element(name: &str, attribute: &dyn Fn(&str) -> Option<String>) -> Option<Element> {
    let span = |name: &str| attribute(name).and_then(|n| n.trim().parse().ok()).unwrap_or(1).clamp(1, WIDEST);
    let style = attribute("styleCode").unwrap_or_default();
    Some(match name {
        "paragraph" => Element::Paragraph,
        "list" if attribute("listType").as_deref() == Some("ordered") => Element::NumberedList(numbering(&style), 1),
        "list" => Element::List,
        "item" => Element::Item(None),
        "table" => Element::Table,
        "caption" => Element::Caption,
        "tr" => Element::Row,
        "th" => Element::HeaderCell(span("colspan"), span("rowspan")),
        "td" => Element::Cell(span("colspan"), span("rowspan")),
        "footnote" => Element::Block,
        "sup" => Element::Superscript,
        "sub" => Element::Subscript,
        "content" if style.contains("Bold") => Element::Strong,
        "content" if style.contains("Italics") => Element::Emphasis,
        "content" if style.contains("Underline") => Element::Underlined,
        "linkHtml" => Element::Link(attribute("href").filter(|h| !h.trim().is_empty())?),
        _ => return None,
    })
}

fn numbering(style: &str) -> Numbering {
    match style {
        "LittleAlpha" => Numbering::LowerAlpha,
        "BigAlpha" => Numbering::UpperAlpha,
        "LittleRoman" => Numbering::LowerRoman,
        "BigRoman" => Numbering::UpperRoman,
        _ => Numbering::Decimal,
    }
}

/// The value of an attribute of that local name.
pub(super) fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == wanted)?;
    let value = found.value.into_owned();
    Some(quick_xml::escape::unescape(&value).map(std::borrow::Cow::into_owned).unwrap_or(value))
}

/// The text of `&name;`; `None` for an entity that XML does not know.
pub(super) fn reference(name: &BytesRef<'_>) -> Option<String> {
    if let Some(c) = name.resolve_char_ref().ok()? {
        return Some(c.to_string());
    }
    let known = resolve_xml_entity(name).or((&**name == "nbsp").then_some("\u{A0}"));
    known.map(str::to_owned)
}

/// Decodes base64 with line breaks.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(packed).ok()
}
