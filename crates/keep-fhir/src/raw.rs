//! A resource as the text it arrived in.

use crate::{Node, Unreadable, UnreadableKind, scan};
use serde::de::IgnoredAny;
use std::fmt;

/// Longest resource text that is read: 16 MiB, room for an inline scan.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Deepest nesting that is read; real resources stay below 20.
pub const MAX_DEPTH: usize = 64;

/// One JSON object, checked once and kept byte for byte: order, digits and unknown elements stay.
///
/// Debug shows only the length: the text is PHI.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(String);

impl Raw {
    /// Checks that `text` is one JSON object within the limits.
    ///
    /// # Errors
    /// [`Unreadable`] with the place; the caller keeps the text.
    pub fn parse(text: impl Into<String>) -> Result<Self, Unreadable> {
        let text = text.into();
        check_limits(&text)?;
        serde_json::from_str::<IgnoredAny>(&text).map_err(|e| Unreadable::of_json(&text, &e))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Unreadable::whole(UnreadableKind::NotAnObject));
        }
        Ok(Self(if text.trim_ascii().len() == text.len() { text } else { text.trim_ascii().to_owned() }))
    }

    /// Like [`Raw::parse`], from bytes as they come from a file or a socket.
    ///
    /// # Errors
    /// [`Unreadable`], also when the bytes are not UTF-8.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::whole(UnreadableKind::NotUtf8))?;
        Self::parse(text)
    }

    /// INVARIANT: only for text that this room itself checked, or put together from checked parts.
    pub(crate) fn of_checked(text: String) -> Self {
        debug_assert!(serde_json::from_str::<IgnoredAny>(&text).is_ok(), "made text is valid json");
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, taken out.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// A view for reading.
    #[must_use]
    pub fn node(&self) -> Node<'_> {
        Node::of_checked(&self.0)
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

/// Refuses what is too long or nested too deep before anything walks it.
pub(crate) fn check_limits(text: &str) -> Result<(), Unreadable> {
    if text.len() > MAX_BYTES {
        return Err(Unreadable::whole(UnreadableKind::TooLong));
    }
    // What opens no more than the limit cannot nest deeper; counting is far cheaper than following.
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
    fn text_is_kept_byte_for_byte() {
        let text = r#"{ "resourceType":"Observation",  "valueDecimal": 1.50, "x":{"unknown":[]} }"#;
        assert_eq!(Raw::parse(text).expect("valid").as_str(), text);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        check("<html>", UnreadableKind::Syntax);
        check(r#"{"resourceType":"Pat"#, UnreadableKind::Truncated);
        check("[1]", UnreadableKind::NotAnObject);
        check("", UnreadableKind::Truncated);
        check(&format!("{{\"a\":{}{}}}", "[".repeat(70), "]".repeat(70)), UnreadableKind::TooDeep);
        check(&format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BYTES)), UnreadableKind::TooLong);
        assert_eq!(Raw::parse_bytes(b"{\"a\":\"\xff\"}").map_err(|e| e.kind), Err(UnreadableKind::NotUtf8));
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
