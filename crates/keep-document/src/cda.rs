//! HL7 Clinical Document Architecture, release 2: header and narrative blocks.

mod narrative;

use crate::content_type::ContentType;
use crate::piece::{Field, Piece};
use crate::xhtml::local;
use narrative::Narrative;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Reads a CDA document; `None` where it is not well-formed or has no body that could be shown.
pub(crate) fn read(text: &str) -> Option<CdaDocument> {
    let mut reader = Reader::from_str(text);
    let mut document = Document::default();
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(tag) => document.start(&tag, false),
            Event::Empty(tag) => document.start(&tag, true),
            Event::End(_) => document.end()?,
            Event::Text(text) => document.text(&text),
            Event::CData(text) => document.text(&text),
            Event::GeneralRef(name) => document.text(&narrative::reference(&name)?),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    document.finish()
}

/// What a CDA document says.
pub(crate) struct CdaDocument {
    /// Header and narrative.
    pub(crate) pieces: Vec<Piece>,
    /// A body that is not XML, with its declared type.
    pub(crate) embedded: Option<(ContentType, Vec<u8>)>,
}

/// A document that is being read.
#[derive(Default)]
struct Document {
    /// Local names of the open elements.
    path: Vec<String>,
    narrative: Narrative,
    /// The text of a header element.
    value: String,
    /// Names of persons are in parts.
    name: Vec<String>,
    embedded: Option<Embedded>,
    /// Whether there was a body with text.
    has_body: bool,
}

/// A body that is not XML.
#[derive(Default)]
struct Embedded {
    content_type: ContentType,
    is_base64: bool,
    text: String,
}

impl Document {
    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        let name = local(tag.name().as_ref()).to_owned();
        let attribute = |wanted: &str| narrative::attribute(tag, wanted);
        self.path.push(name.clone());
        if self.narrative.is_open() {
            self.narrative.start(&name, &attribute);
        } else {
            self.value.clear();
            match name.as_str() {
                "text" if self.is_in(&["section"]) => {
                    self.narrative.open();
                    self.has_body = true;
                }
                "text" if self.is_in(&["nonXMLBody"]) => {
                    let content_type = ContentType::parse(&attribute("mediaType").unwrap_or_default());
                    let is_base64 = attribute("representation").is_some_and(|r| r.eq_ignore_ascii_case("B64"));
                    self.embedded = Some(Embedded { content_type, is_base64, text: String::new() });
                }
                "birthTime" => self.header(&["patient", "birthTime"], Field::BirthDate, attribute("value")),
                "effectiveTime" => self.header(&["ClinicalDocument", "effectiveTime"], Field::Date, attribute("value")),
                "name" => self.name.clear(),
                _ => {}
            }
        }
        if is_empty {
            // An element without content ends at once; its end was counted.
            self.end();
        }
    }

    /// `None` where an end has no start.
    fn end(&mut self) -> Option<()> {
        let name = self.path.last()?.clone();
        if self.narrative.is_open() {
            self.narrative.end(&name);
        } else {
            let value = std::mem::take(&mut self.value);
            let value = value.trim();
            match name.as_str() {
                "title" if self.is_in(&["section"]) => self.heading(value),
                "title" if self.is_in(&["ClinicalDocument"]) => self.heading(value),
                "prefix" | "given" | "family" | "suffix" if self.is_in(&["name"]) => self.name.push(value.to_owned()),
                "name" => self.end_name(value),
                _ => {}
            }
        }
        self.path.pop();
        Some(())
    }

    fn text(&mut self, text: &str) {
        if self.narrative.is_open() {
            self.narrative.text(text);
        } else if let Some(embedded) = self.embedded.as_mut().filter(|_| self.path.last().is_some_and(|n| n == "text"))
        {
            embedded.text.push_str(text);
        } else {
            self.value.push_str(text);
        }
    }

    /// Whether the parents of the innermost element end with these.
    fn is_in(&self, parents: &[&str]) -> bool {
        let outer = self.path.split_last().map_or(&[][..], |(_, outer)| outer);
        outer.len() >= parents.len() && outer.iter().rev().zip(parents.iter().rev()).all(|(a, b)| a == b)
    }

    fn heading(&mut self, title: &str) {
        if !title.is_empty() {
            let depth = self.path.iter().filter(|name| *name == "section").count();
            let level = u8::try_from(depth.saturating_add(1)).unwrap_or(6).min(6);
            self.narrative.heading(level, title);
        }
    }

    /// Adds a line of the header, if the innermost elements are these.
    fn header(&mut self, path: &[&str], field: Field, value: Option<String>) {
        let found = self.path.len() >= path.len() && self.path.iter().rev().zip(path.iter().rev()).all(|(a, b)| a == b);
        if let Some(value) = value.filter(|v| found && !v.trim().is_empty()) {
            self.narrative.add(Piece::Field(field, value));
        }
    }

    fn end_name(&mut self, value: &str) {
        let parts = std::mem::take(&mut self.name);
        let name = if parts.is_empty() { value.to_owned() } else { parts.join(" ") };
        let field = match () {
            () if self.is_in(&["recordTarget", "patientRole", "patient"]) => Field::Patient,
            () if self.is_in(&["ClinicalDocument", "author", "assignedAuthor", "assignedPerson"]) => Field::Author,
            () if self.is_in(&["section", "subject", "relatedSubject", "subject"]) => Field::Subject,
            () => return,
        };
        if !name.trim().is_empty() {
            self.narrative.add(Piece::Field(field, name));
        }
    }

    fn finish(mut self) -> Option<CdaDocument> {
        if !self.path.is_empty() || !(self.has_body || self.embedded.is_some()) {
            return None;
        }
        let pieces = self.narrative.finish();
        Some(CdaDocument { pieces, embedded: self.embedded.take().and_then(Embedded::into_bytes) })
    }
}

impl Embedded {
    fn into_bytes(self) -> Option<(ContentType, Vec<u8>)> {
        let bytes = if self.is_base64 { narrative::base64(&self.text)? } else { self.text.into_bytes() };
        Some((self.content_type, bytes))
    }
}
