//! A resource as the text that was received.

use crate::{Node, Unreadable, UnreadableKind, scan};
use serde::de::IgnoredAny;
use std::fmt;

/// Longest accepted resource: 48 MiB, enough for a document of 32 MiB in base64.
pub const MAX_BYTES: usize = 48 * 1024 * 1024;
/// Deepest accepted nesting; real resources stay below 20.
pub const MAX_DEPTH: usize = 64;

/// One JSON object, checked once and preserved byte for byte, including order, digits and unknown elements.
///
/// Debug shows only the length: the text is PHI.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(String);

impl Raw {
    /// Checks that `text` is one JSON object within the limits.
    ///
    /// # Errors
    /// [`Unreadable`] with the position; the caller retains the text.
    pub fn parse(text: impl Into<String>) -> Result<Self, Unreadable> {
        let text = text.into();
        check_limits(&text)?;
        serde_json::from_str::<IgnoredAny>(&text).map_err(|e| Unreadable::of_json(&text, &e))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Unreadable::whole(UnreadableKind::NotAnObject));
        }
        Ok(Self(if text.trim_ascii().len() == text.len() { text } else { text.trim_ascii().to_owned() }))
    }

    /// INVARIANT: only for text that this crate checked or composed of checked parts.
    pub(crate) fn from_checked(text: String) -> Self {
        debug_assert!(serde_json::from_str::<IgnoredAny>(&text).is_ok(), "composed text is valid json");
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, without its wrapper.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// A view for reading.
    #[must_use]
    pub fn node(&self) -> Node<'_> {
        Node::from_checked(&self.0)
    }

    /// The `resourceType`, where there is one.
    #[must_use]
    pub fn resource_type(&self) -> Option<String> {
        self.node().member_text("resourceType").map(std::borrow::Cow::into_owned)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

/// Refuses text that is too long or nested too deep before anything else reads it.
pub(crate) fn check_limits(text: &str) -> Result<(), Unreadable> {
    if text.len() > MAX_BYTES {
        return Err(Unreadable::whole(UnreadableKind::TooLong));
    }
    // Text with no more opening brackets than the limit cannot nest deeper, and counting them is cheap.
    let opened = scan::opened(text.as_bytes());
    if opened > MAX_DEPTH && scan::depth(text.as_bytes()) > MAX_DEPTH {
        return Err(Unreadable::whole(UnreadableKind::TooDeep));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: UnreadableKind) {
        assert_eq!(Raw::parse(text).map_err(|e| e.kind), Err(expected), "{text:.20}");
    }

    #[test]
    fn text_is_preserved_byte_for_byte() {
        let text = r#"{ "resourceType":"Observation",  "valueDecimal": 1.50, "x":{"unknown":[]} }"#;
        assert_eq!(Raw::parse(text).expect("valid").as_str(), text);
    }

    #[test]
    fn errors_have_a_kind_and_a_position() {
        check("<html>", UnreadableKind::Syntax);
        check(r#"{"resourceType":"Pat"#, UnreadableKind::Truncated);
        check("[1]", UnreadableKind::NotAnObject);
        check("", UnreadableKind::Truncated);
        check(&format!("{{\"a\":{}{}}}", "[".repeat(70), "]".repeat(70)), UnreadableKind::TooDeep);
        check(&format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BYTES)), UnreadableKind::TooLong);
        let e = Raw::parse("{\n\"a\": tru }").expect_err("broken");
        assert_eq!(e.line, 2);
        assert_eq!(e.to_string(), format!("unreadable: syntax at line 2, column {}", e.column));
    }

    #[test]
    fn trailing_text_is_refused() {
        check(r#"{"a":1} {"b":2}"#, UnreadableKind::Syntax);
    }

    #[test]
    fn debug_is_masked() {
        assert_eq!(format!("{:?}", Raw::parse(r#"{"family":"Canary"}"#).expect("valid")), "Raw(19 bytes)");
    }
}
