//! Truncation of texts to a number of bytes.

/// Marks a truncated text.
const ELLIPSIS: char = '…';

/// The start of a text, at most `limit` bytes, cut at a character boundary.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or_default()
}

/// The text, or its start and an ellipsis, at most `limit` bytes in total.
pub(crate) fn cut_with_ellipsis(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let mut short = cut(&text, limit.saturating_sub(ELLIPSIS.len_utf8())).to_owned();
    short.push(ELLIPSIS);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character_boundary_and_marked() {
        assert_eq!(cut_with_ellipsis("Zoë Adeyemi".into(), 11), "Zoë Ade…");
        assert_eq!(cut_with_ellipsis("Zoë".into(), 4), "Zoë");
        assert_eq!((cut("Zoë", 3), cut("Zoë", 0), cut("Zoë", 99)), ("Zo", "", "Zoë"));
    }
}
