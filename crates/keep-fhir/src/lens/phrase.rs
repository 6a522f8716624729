//! Short texts that count only as a whole: "NKDA", "Do not resuscitate".

/// The text in small letters with single spaces and without punctuation; `None` where it has characters that may change
/// its meaning, such as a question mark.
pub(super) fn phrase(text: &str) -> Option<String> {
    let text = without_tag(text.trim());
    let mut out = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            out.extend(character.to_lowercase());
        } else if character.is_whitespace() || ".,;:-–—()/'’\"!*_[]".contains(character) {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            return None;
        }
    }
    Some(out.trim_end().to_owned()).filter(|phrase| !phrase.is_empty())
}

/// Without SNOMED CT's semantic tag.
fn without_tag(text: &str) -> &str {
    ["(situation)", "(finding)", "(disorder)", "(procedure)", "(qualifier value)"]
        .iter()
        .find_map(|tag| text.strip_suffix(tag))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_punctuation_is_left_out() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(phrase(text).as_deref(), expected, "{text}");
        check(" NKDA. ", Some("nkda"));
        check("N.K.D.A.", Some("n k d a"));
        check("No Known Latex Allergy (situation)", Some("no known latex allergy"));
        check("Pas d’allergie connue", Some("pas d allergie connue"));
        check("NKDA?", None);
        check("NKDA + latex", None);
        check("...", None);
    }
}
