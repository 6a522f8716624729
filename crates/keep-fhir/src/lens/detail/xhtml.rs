//! The narrative of a resource as text.

use std::borrow::Cow;

/// Elements after which a line ends.
const BLOCKS: [&str; 21] = [
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
];
/// Elements whose content is no text.
const SILENT: [&str; 3] = ["head", "script", "style"];

/// The text of an XHTML fragment: markup is left out, blocks end a line, table cells are separated by a tab.
pub(in crate::lens) fn narrative_text(xhtml: &str) -> String {
    let mut out = String::with_capacity(xhtml.len() / 2);
    let mut rest = xhtml;
    while let Some((text, after)) = rest.split_once('<') {
        push_text(&mut out, text);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, next)| next);
            continue;
        }
        if let Some(verbatim) = after.strip_prefix("![CDATA[") {
            let (text, next) = verbatim.split_once("]]>").unwrap_or((verbatim, ""));
            out.push_str(text);
            rest = next;
            continue;
        }
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let Some((tag, next)) = after.split_once('>').filter(|_| is_tag) else {
            // No markup: a bare character, which is shown.
            out.push('<');
            rest = after;
            continue;
        };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let is_silent = SILENT.contains(&name.as_str()) && !tag.starts_with('/') && !tag.ends_with('/');
        rest = if is_silent { next.split_once(&format!("</{name}")).map_or("", |(_, end)| end) } else { next };
        if is_silent {
            rest = rest.split_once('>').map_or("", |(_, end)| end);
        } else if matches!(name.as_str(), "td" | "th") && tag.starts_with('/') {
            out.push('\t');
        } else if BLOCKS.contains(&name.as_str()) {
            out.push('\n');
        }
    }
    push_text(&mut out, rest);
    tidied(&out)
}

/// Text between tags: runs of white space are one space, entities are characters.
fn push_text(out: &mut String, text: &str) {
    for (i, word) in text.split([' ', '\n', '\r', '\t']).enumerate() {
        if i > 0 && !out.ends_with([' ', '\n', '\t']) {
            out.push(' ');
        }
        out.push_str(&characters(word));
    }
}

/// The text with its entities resolved; an unknown one stays.
fn characters(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let found = after.split_once(';').and_then(|(name, next)| Some((character(name)?, next)));
        match found {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "deg" => '°',
        "micro" => 'µ',
        "plusmn" => '±',
        "le" => '≤',
        "ge" => '≥',
        "ndash" => '–',
        "mdash" => '—',
        "bull" => '•',
        "hellip" => '…',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        _ => return None,
    })
}

/// Lines without space at their ends, and no empty ones.
fn tidied(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::with_capacity(text.len()), |mut out, line| {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xhtml: &str, expected: &str) {
        assert_eq!(narrative_text(xhtml), expected, "{xhtml}");
    }

    #[test]
    fn markup_is_left_out_and_no_word_is_lost() {
        check(
            "<div xmlns=\"x\"><p>Severe <b>penicillin</b>\n  allergy</p><p>since 1998</p></div>",
            "Severe penicillin allergy\nsince 1998",
        );
        check("<table><tr><td>K</td><td>5.1</td></tr><tr><td>Na</td><td>140</td></tr></table>", "K\t5.1\nNa\t140");
        check("a<br/>b &amp; c &lt; 5 &#176;C &#xb5;g &unknown; &", "a\nb & c < 5 °C µg &unknown; &");
        check("x <!-- no <p>text</p> -->y<script>alert(1)</script><style>p{}</style>z", "x yz");
        check("value < 5", "value < 5");
        check("1 < 2 and 3 > 2 <![CDATA[a <b]]>", "1 < 2 and 3 > 2 a <b");
        check("", "");
    }
}
