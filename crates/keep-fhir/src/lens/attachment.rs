//! Plain text that is attached inside a record.

use crate::Node;
use base64::Engine;

/// The bytes of an attachment's `data`.
fn decoded(data: &str) -> Option<Vec<u8>> {
    let packed: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(packed).ok()
}

/// The text of an attachment that is plain text inside the record: UTF-8, or else Latin-1.
pub(super) fn attached(attachment: Node<'_>) -> Option<String> {
    let bytes = decoded(&attachment.member_text("data")?)?;
    let latin = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect();
    String::from_utf8(bytes).map_or_else(|e| Some(latin(e.into_bytes())), Some)
}
