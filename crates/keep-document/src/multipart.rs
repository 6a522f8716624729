//! A text with its pictures: the parts of one message (RFC 2046, RFC 2387), as a saved web page or a mail has them.

use crate::content_type::ContentType;
use crate::identify::{DocumentKind, identify};
use crate::picture::{BASE64, Parts, of_bytes};
use crate::piece::{Body, Element, Omitted, Piece};
use base64::Engine;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The deepest nesting of parts.
const DEEPEST: usize = 4;
/// The most parts that are read.
const MOST_PARTS: usize = 200;

/// One part that is not made of others.
struct Part {
    content_type: ContentType,
    /// Content-ID without its brackets.
    id: Option<String>,
    bytes: Vec<u8>,
}

/// How a part with a text is read.
type ReadPart = fn(DocumentKind, &ContentType, &[u8], &Parts<'_>) -> Body;

/// Reads a message; `None` where it has no parts.
pub(crate) fn read(bytes: &[u8], read_part: ReadPart) -> Option<Body> {
    let mut parts = Vec::new();
    split(bytes, 0, &mut parts)?;
    let shown = RefCell::new(BTreeSet::new());
    let find = |id: &str| {
        let part = parts.iter().find(|part| part.id.as_deref() == Some(id))?;
        shown.borrow_mut().insert(id.to_owned());
        Some(part.bytes.clone())
    };
    let read = |part: &Part| {
        let kind = identify(&part.content_type, &part.bytes);
        let kind = if kind == DocumentKind::Multipart { DocumentKind::Text } else { kind };
        kind.is_text().then(|| read_part(kind, &part.content_type, &part.bytes, &find))
    };
    let texts: Vec<Option<Body>> = parts.iter().map(read).collect();
    let mut body = Body::default();
    for (part, text) in parts.iter().zip(texts) {
        if let Some(text) = text {
            let element = if text.is_preformatted { Element::Preformatted } else { Element::Block };
            body.pieces.push(Piece::Open(element, None));
            body.pieces.extend(text.pieces);
            body.pieces.push(Piece::Close);
            text.notices.into_iter().for_each(|notice| body.note(notice));
        } else if !part.id.as_ref().is_some_and(|id| shown.borrow().contains(id)) {
            body.pieces.push(alone(part));
        }
    }
    Some(body)
}

/// A part that no text refers to.
fn alone(part: &Part) -> Piece {
    let label = Some(part.content_type.essence.clone()).filter(|essence| !essence.is_empty());
    match identify(&part.content_type, &part.bytes) {
        DocumentKind::Image(_) => of_bytes(part.bytes.clone(), label),
        _ => Piece::Omitted(Omitted::Embedded, label),
    }
}

/// Adds the parts of a message; `None` where no delimiter divides it.
fn split(bytes: &[u8], depth: usize, parts: &mut Vec<Part>) -> Option<()> {
    let delimiter = delimiter(bytes)?;
    let mut part: Option<Vec<&[u8]>> = None;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let Some(rest) = line.strip_prefix(delimiter).filter(|rest| matches!(rest.trim_ascii(), b"" | b"--")) else {
            part.iter_mut().for_each(|lines| lines.push(line));
            continue;
        };
        part.replace(Vec::new()).into_iter().for_each(|lines| add(&lines.concat(), depth, parts));
        if rest.trim_ascii() == b"--" {
            part = None;
        }
    }
    Some(())
}

/// The first line that begins with two hyphens and has an end of the same name after it.
fn delimiter(bytes: &[u8]) -> Option<&[u8]> {
    let lines = || bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    let candidates = lines().filter(|line| line.starts_with(b"--") && line.len() > 2 && line.len() <= 76).take(8);
    candidates.into_iter().find(|line| lines().any(|end| end.strip_suffix(b"--") == Some(*line)))
}

fn add(part: &[u8], depth: usize, parts: &mut Vec<Part>) {
    if parts.len() >= MOST_PARTS {
        return;
    }
    let (headers, body) = headers_of(part);
    let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    let content_type = ContentType::parse(header("Content-Type").unwrap_or("text/plain"));
    // The line break before a delimiter belongs to it.
    let body = body.strip_suffix(b"\n").map_or(body, |b| b.strip_suffix(b"\r").unwrap_or(b));
    if content_type.essence.starts_with("multipart/")
        && depth < DEEPEST
        && split(body, depth.saturating_add(1), parts).is_some()
    {
        return;
    }
    let bytes = match header("Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: Vec<u8> = body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
            BASE64.decode(packed).unwrap_or_else(|_| body.to_vec())
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    };
    let id = header("Content-ID").map(|id| id.trim_matches(['<', '>']).to_owned());
    parts.push(Part { content_type, id, bytes });
}

/// The headers, unfolded, and what follows the empty line after them.
fn headers_of(part: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for line in part.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        let text = String::from_utf8_lossy(line);
        if text.trim().is_empty() {
            break;
        }
        match (text.starts_with([' ', '\t']), headers.last_mut(), text.split_once(':')) {
            (true, Some((_, value)), _) => value.push_str(text.trim_end()),
            (_, _, Some((name, value))) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
            _ => {}
        }
    }
    (headers, part.get(at..).unwrap_or_default())
}

/// RFC 2045, section 6.7.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            out.push(*first);
        } else if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else if let Some(byte) =
            after.get(..2).and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok())
        {
            out.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            out.push(b'=');
        }
    }
    out
}
