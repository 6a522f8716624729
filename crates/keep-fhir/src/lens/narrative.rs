//! The narrative of a resource (R4 `text`) as plain text.

use super::detail::narrative_text;
use crate::Node;
use keep_domain::Phi;

/// How the narrative relates to the elements (R4 NarrativeStatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NarrativeStatus {
    /// It says no more than the elements.
    Generated,
    /// It may say more than the elements, or no status says that it does not.
    Additional,
}

/// The text of a resource's narrative; `None` where there is none or it is blank.
pub(super) fn narrative(resource: Node<'_>) -> Option<(NarrativeStatus, Phi<String>)> {
    let text = resource.member("text")?;
    let status = match text.member_text("status").as_deref() {
        Some("generated") => NarrativeStatus::Generated,
        _ => NarrativeStatus::Additional,
    };
    let words = on_one_line(&narrative_text(&text.member_text("div")?));
    (!words.is_empty()).then(|| (status, Phi::new(words)))
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Raw;

    #[test]
    fn a_narrative_has_a_status_and_words_on_one_line() {
        let check = |text: &str, expected: Option<(NarrativeStatus, &str)>| {
            let raw = Raw::parse(format!(r#"{{"text":{text}}}"#)).expect("valid");
            let found = narrative(raw.node());
            // EXPOSE: a test compares the words.
            let found = found.as_ref().map(|(status, words)| (*status, words.expose().as_str()));
            assert_eq!(found, expected, "{text}");
        };
        let list =
            r#"{"status":"generated","div":"<div><ul><li>Penicillin &amp; co</li>\n <li>Latex</li></ul></div>"}"#;
        check(list, Some((NarrativeStatus::Generated, "Penicillin & co Latex")));
        check(r#"{"status":"additional","div":"<div>Rash</div>"}"#, Some((NarrativeStatus::Additional, "Rash")));
        check(r#"{"div":"<div>Rash</div>"}"#, Some((NarrativeStatus::Additional, "Rash")));
        check(r#"{"status":"empty","div":"<div> </div>"}"#, None);
    }
}
