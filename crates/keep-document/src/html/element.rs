//! Elements of HTML as elements of our list.

use super::tags::EMBEDDED;
use crate::font::SymbolFont;
use crate::picture::{self, Parts};
use crate::piece::{Direction, Element, Numbering, Omitted, Piece};
use crate::piece_writer::PieceWriter;
use crate::style::Style;

/// The largest span of a cell.
const WIDEST: u16 = 100;

/// Reads start tags, end tags and text.
pub(super) struct Elements<'a> {
    parts: &'a Parts<'a>,
    writer: PieceWriter,
    open: Vec<Open>,
    /// Number of open elements whose content is not shown.
    hidden: usize,
}

/// An element that is open.
struct Open {
    name: String,
    /// Elements that it wrote.
    written: usize,
    font: Option<SymbolFont>,
    is_hidden: bool,
    /// Text after its content.
    after: &'static str,
}

type Attribute<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl<'a> Elements<'a> {
    /// `parts` has the pictures beside the document.
    pub(super) fn new(parts: &'a Parts<'a>) -> Self {
        Self { parts, writer: PieceWriter::default(), open: Vec::new(), hidden: 0 }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        match self.open.last().and_then(|open| open.font) {
            Some(font) => self.writer.text(&font.text(text)),
            None => self.writer.text(text),
        }
    }

    pub(super) fn start(&mut self, name: &str, attribute: &Attribute<'_>) {
        if self.hidden > 0 {
            return self.push(name, 0, Style::default());
        }
        match name {
            "br" => self.writer.add(Piece::Break),
            "hr" => self.writer.add(Piece::Rule),
            "img" => {
                let label = attribute("alt").or_else(|| attribute("title")).filter(|text| !text.trim().is_empty());
                let address = attribute("src").unwrap_or_default();
                self.writer.add(picture::piece(&address, label, self.parts));
            }
            "input" => self.input(attribute),
            "embed" => self.writer.add(Piece::Omitted(Omitted::Embedded, None)),
            _ if EMBEDDED.contains(&name) => {
                self.writer.add(Piece::Omitted(Omitted::Embedded, None));
                self.push(name, 0, Style::default());
                self.hidden = self.hidden.saturating_add(1);
                if let Some(open) = self.open.last_mut() {
                    open.is_hidden = true;
                }
            }
            _ => self.element(name, attribute),
        }
    }

    fn element(&mut self, name: &str, attribute: &Attribute<'_>) {
        let style = attribute("style").map(|s| Style::parse(&s)).unwrap_or_default();
        let face = attribute("face").map(|face| face.split(',').next().and_then(SymbolFont::named));
        let style = Style { font: style.font.or(face), ..style };
        let direction = attribute("dir").and_then(|dir| direction(&dir));
        let own = element(name, attribute).or_else(|| direction.map(|_| Element::Block));
        let from_style = [
            (style.is_crossed_out, Element::CrossedOut),
            (style.is_raised, Element::Superscript),
            (style.is_lowered, Element::Subscript),
            (style.keeps_spaces, Element::Preformatted),
        ];
        let from_style = from_style.into_iter().filter_map(|(is, element)| is.then_some((element, None)));
        let all: Vec<_> = own.into_iter().map(|element| (element, direction)).chain(from_style).collect();
        let written = all.len();
        all.into_iter().for_each(|(element, direction)| self.writer.open(element, direction));
        self.push(name, written, style);
        match name {
            "q" => self.writer.text("“"),
            "rt" => self.writer.text("("),
            "option" => self.writer.add(Piece::Checkbox(attribute("selected").is_some())),
            _ => {}
        }
    }

    fn input(&mut self, attribute: &Attribute<'_>) {
        let value = attribute("value").unwrap_or_default();
        match attribute("type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "checkbox" | "radio" => self.writer.add(Piece::Checkbox(attribute("checked").is_some())),
            "hidden" | "password" | "image" | "file" => {}
            _ => self.text(&value),
        }
    }

    fn push(&mut self, name: &str, written: usize, style: Style) {
        let inherited = self.open.last().and_then(|open| open.font);
        let after = match name {
            "q" => "”",
            "rt" => ")",
            _ => "",
        };
        let font = style.font.unwrap_or(inherited);
        self.open.push(Open { name: name.to_owned(), written, font, is_hidden: false, after });
    }

    pub(super) fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        for open in self.open.drain(at..).rev().collect::<Vec<_>>() {
            self.writer.text(if self.hidden == 0 { open.after } else { "" });
            (0..open.written).for_each(|_| self.writer.close());
            self.hidden = self.hidden.saturating_sub(usize::from(open.is_hidden));
        }
    }

    pub(super) fn finish(self) -> Vec<Piece> {
        self.writer.finish()
    }
}

fn direction(dir: &str) -> Option<Direction> {
    match dir.trim().to_ascii_lowercase().as_str() {
        "rtl" => Some(Direction::RightToLeft),
        "ltr" => Some(Direction::LeftToRight),
        "auto" => Some(Direction::Auto),
        _ => None,
    }
}

fn element(name: &str, attribute: &Attribute<'_>) -> Option<Element> {
    let number = |name: &str| attribute(name).and_then(|n| n.trim().parse().ok());
    let span = |name: &str| attribute(name).and_then(|n| n.trim().parse().ok()).unwrap_or(1).clamp(1, WIDEST);
    Some(match name {
        "p" => Element::Paragraph,
        "h1" | "title" => Element::Heading(1),
        "h2" => Element::Heading(2),
        "h3" => Element::Heading(3),
        "h4" => Element::Heading(4),
        "h5" => Element::Heading(5),
        "h6" => Element::Heading(6),
        "address" | "article" | "aside" | "center" | "details" | "div" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "header" | "legend" | "main" | "nav" | "section" | "summary" => Element::Block,
        "ul" | "select" => Element::List,
        "ol" => Element::NumberedList(numbering(attribute("type").as_deref()), number("start").unwrap_or(1)),
        "li" => Element::Item(number("value")),
        "option" => Element::Item(None),
        "dl" => Element::Terms,
        "dt" => Element::Term,
        "dd" => Element::Definition,
        "table" => Element::Table,
        "caption" => Element::Caption,
        "tr" => Element::Row,
        "th" => Element::HeaderCell(span("colspan"), span("rowspan")),
        "td" => Element::Cell(span("colspan"), span("rowspan")),
        "blockquote" => Element::Quote,
        "pre" | "textarea" => Element::Preformatted,
        "code" | "samp" | "kbd" | "tt" | "var" => Element::Code,
        "b" | "strong" => Element::Strong,
        "i" | "em" | "cite" | "dfn" => Element::Emphasis,
        "u" => Element::Underlined,
        "s" | "strike" | "del" => Element::CrossedOut,
        "ins" => Element::Inserted,
        "sup" => Element::Superscript,
        "sub" => Element::Subscript,
        "a" => Element::Link(attribute("href").map(|h| h.trim().to_owned()).filter(|h| !h.is_empty())?),
        _ => return None,
    })
}

fn numbering(kind: Option<&str>) -> Numbering {
    match kind.map(str::trim) {
        Some("a") => Numbering::LowerAlpha,
        Some("A") => Numbering::UpperAlpha,
        Some("i") => Numbering::LowerRoman,
        Some("I") => Numbering::UpperRoman,
        _ => Numbering::Decimal,
    }
}
