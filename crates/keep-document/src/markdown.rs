//! Markdown (CommonMark with tables, task lists and crossed-out text), by way of HTML.

use crate::html;
use crate::piece::{Body, Element, Piece};
use pulldown_cmark::{CowStr, Event, Options, Parser};

/// Reads markdown. Nothing that looks like markup by accident is lost: `pH <normal` and `[STOP]: warfarin` are text.
pub(crate) fn read(text: &str) -> Body {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let parser = Parser::new_ext(text, options);
    // A definition is not shown by itself; in a note it may be a sentence.
    let mut definitions: Vec<_> = parser.reference_definitions().iter().map(|(_, found)| found.span.clone()).collect();
    definitions.sort_by_key(|span| span.start);
    let events = parser.map(|event| match event {
        Event::Html(markup) if !is_html(&markup) => Event::Text(markup),
        Event::InlineHtml(markup) if !is_html(&markup) => Event::Text(markup),
        // A line break in a note is meant.
        Event::SoftBreak => Event::HardBreak,
        Event::FootnoteReference(name) => Event::Text(CowStr::from(format!("[^{name}]"))),
        other => other,
    });
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    pulldown_cmark::html::push_html(&mut out, events);
    let mut body = html::read(&out);
    for span in definitions {
        let Some(definition) = text.get(span) else { continue };
        body.pieces.push(Piece::Open(Element::Paragraph, None));
        body.pieces.push(Piece::Text(definition.trim().to_owned()));
        body.pieces.push(Piece::Close);
    }
    body
}

/// Whether markup is that of HTML and not words in angle brackets. Comments and scripts are shown as they are written.
fn is_html(markup: &str) -> bool {
    let name = markup.trim_start().trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let (name, rest) = name.split_at_checked(end).unwrap_or((name, ""));
    let known = html::is_tag(name);
    // A tag is a name, attributes with values and an end: "<b and c>" is none.
    let attributes = rest.split('>').next().unwrap_or_default().trim().trim_end_matches('/');
    known && (attributes.is_empty() || attributes.contains('='))
}
