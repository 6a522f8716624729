//! Resources of any type, where little of them is shown.

use super::reader::{member_owned, owned};
use crate::{Node, Raw};
use std::borrow::Cow;

/// A resource without a lens of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct OtherLens {
    /// The text, or else the first display, of its code, medicine or type.
    pub title: Option<String>,
    /// `status`.
    pub status: Option<String>,
}

/// Reads a resource of any type.
#[must_use]
pub fn other(raw: &Raw) -> OtherLens {
    let node = raw.node();
    let words = |name: &str| node.at(&[name, "text"]).or_else(|| node.at(&[name, "coding", "display"]));
    let title = ["code", "medicationCodeableConcept", "type"].into_iter().find_map(words);
    OtherLens { title: title.and_then(owned), status: member_owned(node, "status") }
}

/// The text, or else the first display, of `code`: the name of a Medication or an ordered service.
#[must_use]
pub fn code_text(raw: &Raw) -> Option<String> {
    let code = raw.node().member("code")?;
    let display = || code.at(&["coding", "display"]).and_then(Node::text);
    code.member_text("text").or_else(display).map(Cow::into_owned)
}
