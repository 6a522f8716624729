//! Reading a document of any kind.

use crate::cda::CdaDocument;
use crate::charset::{Decoded, decode};
use crate::content_type::ContentType;
use crate::identify::{DocumentKind, identify};
use crate::picture::Parts;
use crate::piece::{Body, Element, Notice, Omitted, Piece};
use crate::piece_writer::PieceWriter;
use crate::{cda, html, markdown, multipart, rtf};

/// Where HTML and XML name their character set, bytes from the start.
const DECLARATION: usize = 1024;

/// Reads a document of a kind that has text; [`DocumentKind::is_text`] says which. Any other has an empty body.
#[must_use]
pub fn read(kind: DocumentKind, content_type: &ContentType, bytes: &[u8]) -> Body {
    read_with(kind, content_type, bytes, &|_| None)
}

/// As [`read()`], with the pictures that HTML refers to by their Content-ID.
#[must_use]
pub fn read_with(kind: DocumentKind, content_type: &ContentType, bytes: &[u8], parts: &Parts<'_>) -> Body {
    if !kind.is_text() {
        return Body::default();
    }
    if kind == DocumentKind::Rtf {
        return rtf::read(bytes).unwrap_or_else(|| as_source(bytes, content_type, kind));
    }
    if kind == DocumentKind::Multipart {
        return multipart::read(bytes, read_with).unwrap_or_else(|| as_source(bytes, content_type, kind));
    }
    let decoded = decode(bytes, charset(kind, content_type, bytes).as_deref());
    let mut body = match kind {
        DocumentKind::Html => html::read_with(&decoded.text, parts),
        DocumentKind::Xhtml => html::read_xhtml(&decoded.text, parts),
        DocumentKind::Markdown => markdown::read(&decoded.text),
        DocumentKind::Cda => cda::read(&decoded.text).map(cda_body).unwrap_or_default(),
        _ => return plain(&decoded),
    };
    // INVARIANT: a document with text is never shown as nothing.
    if body.is_blank() && !decoded.text.trim().is_empty() {
        return as_source(bytes, content_type, kind);
    }
    note_guess(&mut body, &decoded);
    body
}

/// The text of a CDA document with that of the file inside it.
fn cda_body(document: CdaDocument) -> Body {
    let mut body = Body { pieces: document.pieces, ..Body::default() };
    let Some((content_type, bytes)) = document.embedded else { return body };
    let kind = identify(&content_type, &bytes);
    let inner = match kind {
        // A document inside a document inside a document is not followed.
        DocumentKind::Cda => as_source(&bytes, &content_type, kind),
        kind if kind.is_text() => read(kind, &content_type, &bytes),
        _ => {
            let what = if matches!(kind, DocumentKind::Image(_)) { Omitted::Image } else { Omitted::Embedded };
            let label = Some(content_type.essence).filter(|essence| !essence.is_empty());
            Body { pieces: vec![Piece::Omitted(what, label)], ..Body::default() }
        }
    };
    let element = if inner.is_preformatted { Element::Preformatted } else { Element::Block };
    body.pieces.push(Piece::Open(element, None));
    body.pieces.extend(inner.pieces);
    body.pieces.push(Piece::Close);
    inner.notices.into_iter().for_each(|notice| body.note(notice));
    body
}

/// Reads the text that a document consists of, whatever its kind.
#[must_use]
pub fn read_source(kind: DocumentKind, content_type: &ContentType, bytes: &[u8]) -> Body {
    plain(&decode(bytes, charset(kind, content_type, bytes).as_deref()))
}

/// Reads the narrative of a resource or of one of its sections (R4 Narrative.div).
#[must_use]
pub fn read_narrative(div: &str) -> Body {
    let body = html::read_xhtml(div, &|_| None);
    if !body.is_blank() || div.trim().is_empty() || is_empty_div(div) {
        return body;
    }
    let mut body = plain(&Decoded { text: div.to_owned(), guessed: None });
    body.note(Notice::ShownAsSource);
    body
}

/// Whether a narrative has neither text nor anything else between its tags.
fn is_empty_div(div: &str) -> bool {
    div.split('<').skip(1).all(|part| part.split_once('>').is_some_and(|(_, text)| text.trim().is_empty()))
        && !div.contains("<!--")
}

fn as_source(bytes: &[u8], content_type: &ContentType, kind: DocumentKind) -> Body {
    let mut body = read_source(kind, content_type, bytes);
    body.note(Notice::ShownAsSource);
    body
}

fn plain(decoded: &Decoded) -> Body {
    let mut writer = PieceWriter::default();
    writer.text(&decoded.text);
    let mut body = Body { pieces: writer.finish(), notices: Vec::new(), is_preformatted: true };
    note_guess(&mut body, decoded);
    body
}

fn note_guess(body: &mut Body, decoded: &Decoded) {
    if let Some(name) = decoded.guessed {
        body.note(Notice::GuessedCharset(name));
    }
}

/// The declared character set: that of the content type, or else the document's own declaration.
fn charset(kind: DocumentKind, content_type: &ContentType, bytes: &[u8]) -> Option<String> {
    let own = || {
        let start = bytes.get(..bytes.len().min(DECLARATION)).unwrap_or_default();
        let start = String::from_utf8_lossy(start).to_ascii_lowercase();
        match kind {
            DocumentKind::Html => value_after(&start, "charset="),
            DocumentKind::Xhtml | DocumentKind::Cda => value_after(&start, "encoding="),
            DocumentKind::Text if start.trim_start().starts_with("<?xml") => value_after(&start, "encoding="),
            _ => None,
        }
    };
    content_type.charset.clone().or_else(own)
}

fn value_after(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start_matches(['"', '\'', ' ']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c))).unwrap_or(rest.len());
    rest.get(..end).filter(|found| !found.is_empty()).map(str::to_owned)
}
