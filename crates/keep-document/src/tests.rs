//! Documents as other systems write them.

mod formats;
mod hostile;

use crate::{Body, ContentType, Element, Piece, identify, read};

/// A document of that declared type.
fn body_of(content_type: &str, bytes: impl AsRef<[u8]>) -> Body {
    let content_type = ContentType::parse(content_type);
    read(identify(&content_type, bytes.as_ref()), &content_type, bytes.as_ref())
}

fn text_of(content_type: &str, bytes: impl AsRef<[u8]>) -> String {
    body_of(content_type, bytes).text()
}

/// The body with its elements, in a short form: `<Paragraph>text</>`.
fn outline(body: &Body) -> String {
    let mut out = String::new();
    for piece in &body.pieces {
        match piece {
            Piece::Open(element, _) => out.push_str(&format!("<{element:?}>")),
            Piece::Close => out.push_str("</>"),
            Piece::Text(text) => out.push_str(text),
            Piece::Break => out.push_str("<br>"),
            Piece::Rule => out.push_str("<hr>"),
            Piece::Checkbox(checked) => out.push_str(if *checked { "[x]" } else { "[ ]" }),
            Piece::Omitted(what, label) => {
                out.push_str(&format!("<{what:?} {}>", label.as_deref().unwrap_or_default()))
            }
            Piece::Picture(picture) => {
                let label = picture.label.as_deref().unwrap_or_default();
                out.push_str(&format!("<{:?} of {} bytes {label}>", picture.kind, picture.bytes.len()))
            }
            Piece::Field(field, text) => out.push_str(&format!("<{field:?} {text}>")),
        }
    }
    out
}

/// Every open element is closed, in order.
fn is_balanced(body: &Body) -> bool {
    let mut depth = 0i64;
    for piece in &body.pieces {
        match piece {
            Piece::Open(..) => depth += 1,
            Piece::Close => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The addresses of links.
fn links(body: &Body) -> Vec<&str> {
    let links = body.pieces.iter().filter_map(|piece| match piece {
        Piece::Open(Element::Link(address), _) => Some(address.as_str()),
        _ => None,
    });
    links.collect()
}
