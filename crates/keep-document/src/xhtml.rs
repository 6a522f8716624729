//! XHTML as HTML: an HTML parser does not know `<title/>`, and would take the rest of the document for the title.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements that HTML writes without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// The same document with an end tag for every element that has one in HTML; `None` where it is not well-formed XML.
pub(crate) fn as_html(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut out = String::with_capacity(text.len());
    let mut depth = 0usize;
    loop {
        let event = reader.read_event().ok()?;
        match &event {
            Event::Eof => return (depth == 0).then_some(out),
            Event::Start(tag) => {
                depth = depth.saturating_add(1);
                push(&mut out, &["<", unprefixed(tag), ">"]);
            }
            Event::Empty(tag) => {
                let name = tag.name();
                let name = local(name.as_ref());
                push(&mut out, &["<", unprefixed(tag), ">"]);
                if !is_void(name) {
                    push(&mut out, &["</", name, ">"]);
                }
            }
            Event::End(tag) => {
                depth = depth.checked_sub(1)?;
                // `<br></br>` would be two line breaks.
                if !is_void(local(tag.name().as_ref())) {
                    push(&mut out, &["</", local(tag.name().as_ref()), ">"]);
                }
            }
            Event::Text(text) => push(&mut out, &[text]),
            Event::GeneralRef(name) => push(&mut out, &["&", name, ";"]),
            Event::CData(text) => escape(&mut out, text),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// A tag without the prefix of its name: an HTML parser does not know `<h:p>`.
fn unprefixed(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let prefix = tag.get(..end).and_then(|name| name.rfind(':')).map_or(0, |at| at.saturating_add(1));
    tag.get(prefix..).unwrap_or(tag)
}

fn is_void(name: &str) -> bool {
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

/// The part of a name after its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// Text that an HTML parser reads as it is.
pub(crate) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::as_html;

    #[test]
    fn empty_elements_get_an_end() {
        let of = |text: &str| as_html(text);
        assert_eq!(
            of("<html><title/><p/>x<br/><br></br></html>").as_deref(),
            Some("<html><title></title><p></p>x<br><br></html>")
        );
        assert_eq!(of("<p>a &lt; b &amp; <![CDATA[c < d]]></p>").as_deref(), Some("<p>a &lt; b &amp; c &lt; d</p>"));
        assert_eq!(of("<h:p id='a:b'>x<h:br/></h:p>").as_deref(), Some("<p id='a:b'>x<br></p>"));
        assert_eq!(of("<p>a</b></p>"), None);
        assert_eq!(of("<p>a"), None);
    }
}
