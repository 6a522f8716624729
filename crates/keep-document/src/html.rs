//! HTML: sanitised by ammonia, then read into elements of a closed list.

mod element;
mod tags;

use crate::picture::{self, Parts};
use crate::piece::{Body, Notice, Piece};
use crate::piece_writer::PieceWriter;
use crate::style::sheet_matters;
use crate::xhtml;
use ammonia::Builder;
use element::Elements;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use tags::{ATTRIBUTES, EMBEDDED, REMOVED, TAGS};

pub(crate) use tags::is_tag;

/// The deepest nesting that is parsed: an HTML parser looks at all open elements for each new one.
const DEEPEST: usize = 1_000;
/// The longest HTML that is parsed, bytes.
const LONGEST: usize = 16 * 1024 * 1024;
/// Elements whose end may be left out, and those without one: they do not count as nested.
const UNCLOSED: &[&str] = &[
    "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "optgroup", "colgroup", "html",
    "head", "body", "rt", "rp", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    let attributes = ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect::<HashSet<_>>()));
    builder
        .tags(TAGS.iter().chain(&EMBEDDED).copied().filter(|tag| !matches!(*tag, "svg" | "math")).collect())
        .clean_content_tags(REMOVED.into_iter().collect())
        .tag_attributes(attributes.collect::<HashMap<_, _>>())
        // `data` is a picture's only: a link of that kind would be a document of its own.
        .attribute_filter(|tag, name, value| {
            (tag == "img" || name != "href" || !picture::is_data_url(value)).then(|| value.into())
        })
        .generic_attributes(["dir", "style"].into_iter().collect())
        .url_schemes(["http", "https", "mailto", "tel", "data", "cid"].into_iter().collect())
        .link_rel(None);
    builder
});

/// Reads HTML without pictures beside it.
pub(crate) fn read(html: &str) -> Body {
    read_with(html, &|_| None)
}

/// Reads HTML.
pub(crate) fn read_with(html: &str, parts: &Parts<'_>) -> Body {
    if html.len() > LONGEST || is_too_deep(html) {
        return without_tags(html);
    }
    let clean = SANITISER.clean(html).to_string();
    let mut body = Body { pieces: pieces(&clean, parts), ..Body::default() };
    if style_sheets(html).any(sheet_matters) {
        body.note(Notice::StyleSheetIgnored);
    }
    body
}

/// Reads XHTML; what is not well-formed is read as HTML.
pub(crate) fn read_xhtml(text: &str, parts: &Parts<'_>) -> Body {
    match xhtml::as_html(text) {
        Some(html) => read_with(&html, parts),
        None => read_with(text, parts),
    }
}

/// The pieces of HTML that is sanitised and therefore balanced.
fn pieces(clean: &str, parts: &Parts<'_>) -> Vec<Piece> {
    let sink = Sink(RefCell::new(Elements::new(parts)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(clean));
    while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Sink<'a>(RefCell<Elements<'a>>);

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut elements = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => elements.text(&text),
            Token::TagToken(tag) => {
                let attribute =
                    |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string());
                match tag.kind {
                    TagKind::StartTag => elements.start(&tag.name, &attribute),
                    TagKind::EndTag => elements.end(&tag.name),
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Whether so many elements are open at once that parsing would take minutes.
fn is_too_deep(html: &str) -> bool {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for part in html.split('<').skip(1) {
        let is_end = part.starts_with('/');
        let name = part.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default();
        if name.is_empty() || UNCLOSED.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            continue;
        }
        depth = if is_end { depth.saturating_sub(1) } else { depth.saturating_add(1) };
        deepest = deepest.max(depth);
    }
    deepest > DEEPEST
}

/// The text between tags, where the tags cannot be read.
fn without_tags(html: &str) -> Body {
    let mut writer = PieceWriter::default();
    for (n, part) in html.split('<').enumerate() {
        let text = if n == 0 { part } else { part.split_once('>').map_or(part, |(_, text)| text) };
        writer.text(text);
    }
    Body { pieces: writer.finish(), notices: vec![Notice::Unformatted], is_preformatted: true }
}

fn style_sheets(html: &str) -> impl Iterator<Item = &str> {
    let starts = html.match_indices('<').map(|(at, _)| at);
    starts.filter_map(move |at| {
        let rest = html.get(at..)?;
        let is_style = rest.get(1..6).is_some_and(|name| name.eq_ignore_ascii_case("style"));
        is_style.then(|| rest.split_once("</").map_or(rest, |(sheet, _)| sheet))
    })
}
