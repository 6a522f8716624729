//! Rich Text Format (Microsoft, version 1.9.1) as text with line breaks.
//!
//! Only what changes the meaning of the text is read: characters in every encoding, paragraphs, cells, crossed-out,
//! deleted, raised and lowered text, and boxes to be checked.

mod code_page;
mod control;
mod group;
mod token;

use crate::piece::{Body, Element, Notice, Omitted, Piece};
use crate::piece_writer::PieceWriter;
use group::{Destination, Font, Group};
use std::collections::HashMap;
use token::{Token, Tokens};

/// The deepest nesting of groups; the specification's own limit is lower.
const DEEPEST: usize = 1_000;

/// Reads RTF; `None` where it is not RTF.
pub(crate) fn read(bytes: &[u8]) -> Option<Body> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(b))?;
    let bytes = bytes.get(start..).filter(|rest| rest.starts_with(b"{\\rtf"))?;
    let mut document = Document::default();
    for token in Tokens::of(bytes) {
        document.token(token)?;
    }
    document.flush();
    document.set_format(&[]);
    let body = Body { pieces: document.writer.finish(), notices: vec![Notice::Unformatted], is_preformatted: true };
    (!body.is_blank()).then_some(body)
}

/// A document that is being read.
#[derive(Default)]
struct Document {
    writer: PieceWriter,
    group: Group,
    outer: Vec<Group>,
    fonts: HashMap<i32, Font>,
    /// The code page of the document, and its font.
    code_page: Option<u32>,
    default_font: i32,
    text: Pending,
    /// Formats that are open in `writer`.
    format: Vec<Element>,
    checkbox: Checkbox,
}

/// Text that is not yet decoded: a character may have several bytes.
#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    units: Vec<u16>,
    /// Characters that stand for a Unicode character in older programs.
    skip: usize,
}

/// A form field that is being read.
#[derive(Default, Clone, Copy)]
struct Checkbox {
    is_one: bool,
    default: bool,
    result: Option<bool>,
}

impl Document {
    /// `None` where groups are nested too deeply.
    fn token(&mut self, token: Token<'_>) -> Option<()> {
        match token {
            Token::Open => {
                self.flush();
                self.text.skip = 0;
                if self.outer.len() >= DEEPEST {
                    return None;
                }
                self.outer.push(self.group.clone());
                self.group.is_start = true;
            }
            Token::Close => self.close(),
            Token::Byte(byte) => self.bytes(&[byte]),
            Token::Text(text) => self.bytes(text),
            Token::Star => self.group.is_starred = true,
            Token::Word(name, number) => {
                if self.text.skip > 0 {
                    self.text.skip = self.text.skip.saturating_sub(1);
                    return Some(());
                }
                self.word(name, number);
                (self.group.is_starred, self.group.is_start) = (false, false);
            }
            Token::Character(c) => {
                self.group.is_start = false;
                self.character(c);
            }
        }
        Some(())
    }

    fn close(&mut self) {
        self.flush();
        self.text.skip = 0;
        let was = self.group.destination;
        self.group = self.outer.pop().unwrap_or_default();
        if was == Destination::FormField && self.group.destination != Destination::FormField {
            let Checkbox { is_one, default, result } = std::mem::take(&mut self.checkbox);
            if is_one {
                self.writer.add(Piece::Checkbox(result.unwrap_or(default)));
            }
        }
    }

    fn bytes(&mut self, text: &[u8]) {
        self.group.is_start = false;
        match self.group.destination {
            Destination::Fonts => self.font_name(text),
            Destination::Body => {
                let skipped = self.text.skip.min(text.len());
                self.text.skip = self.text.skip.saturating_sub(skipped);
                let text = text.get(skipped..).unwrap_or_default();
                if !text.is_empty() {
                    self.end_units();
                    self.text.bytes.extend_from_slice(text);
                }
            }
            Destination::Skipped | Destination::Instruction | Destination::FormField => {}
        }
    }

    fn character(&mut self, c: char) {
        if self.text.skip > 0 {
            self.text.skip = self.text.skip.saturating_sub(1);
        } else if self.group.destination == Destination::Body {
            self.flush();
            self.put(c.encode_utf8(&mut [0; 4]));
        }
    }

    /// A Unicode character in UTF-16, which may take two of them.
    fn unit(&mut self, number: i32) {
        if self.group.destination == Destination::Body {
            self.end_bytes();
            self.text.units.push(u16::try_from(number & 0xFFFF).unwrap_or_default());
            self.text.skip = self.group.skipped_after_unicode;
        }
    }

    /// Writes what is pending.
    fn flush(&mut self) {
        self.end_bytes();
        self.end_units();
    }

    fn end_bytes(&mut self) {
        if !self.text.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.text.bytes);
            let font = self.fonts.get(&self.group.font.unwrap_or(self.default_font));
            let page = font.and_then(|f| f.code_page).or(self.code_page).unwrap_or(1252);
            let text = match font.and_then(Font::symbols) {
                Some(symbols) => symbols.text(&bytes.iter().map(|b| char::from(*b)).collect::<String>()),
                None => code_page::decode(page, &bytes),
            };
            self.put(&text);
        }
    }

    fn end_units(&mut self) {
        if !self.text.units.is_empty() {
            let units = std::mem::take(&mut self.text.units);
            let text = String::from_utf16_lossy(&units);
            let symbols = self.fonts.get(&self.group.font.unwrap_or(self.default_font)).and_then(Font::symbols);
            self.put(&symbols.map_or(text.clone(), |s| s.text(&text)));
        }
    }

    fn put(&mut self, text: &str) {
        let group = &self.group;
        let format = [
            (group.is_crossed_out || group.is_deleted, Element::CrossedOut),
            (group.is_raised, Element::Superscript),
            (group.is_lowered, Element::Subscript),
        ];
        let format: Vec<Element> = format.into_iter().filter_map(|(on, element)| on.then_some(element)).collect();
        self.set_format(&format);
        self.writer.text(text);
    }

    fn set_format(&mut self, format: &[Element]) {
        if self.format != format {
            self.format.iter().for_each(|_| self.writer.close());
            format.iter().for_each(|element| self.writer.open(element.clone(), None));
            self.format = format.to_vec();
        }
    }

    fn omit(&mut self, what: Omitted) {
        if self.group.destination == Destination::Body {
            self.flush();
            self.writer.add(Piece::Omitted(what, None));
        }
    }

    fn font_name(&mut self, text: &[u8]) {
        if let Some(font) = self.group.font.map(|n| self.fonts.entry(n).or_default()) {
            font.name.extend(text.iter().filter(|b| **b != b';').map(|b| char::from(*b)));
        }
    }
}
