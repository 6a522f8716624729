//! A borrowed view of one value in checked JSON text.

use crate::scan;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One JSON value in a text that serde_json has accepted. Numbers have their digits as written.
///
/// Debug shows only the kind of value: the text is PHI.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    text: &'a str,
}

/// The members of an object in order.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    /// Borrows one value, which serde_json checks.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self::from_checked(raw.get()))
    }
}

/// The kind of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

impl<'a> Node<'a> {
    /// INVARIANT: `text` is one valid JSON value, possibly with white space around it.
    pub(crate) fn from_checked(text: &'a str) -> Self {
        Self { text: text.trim_ascii() }
    }

    /// The value's own text, byte for byte.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.text
    }

    /// The kind of value.
    pub(crate) fn kind(self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    fn part(self, range: std::ops::Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// The members of an object in order; nothing for other kinds.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> {
        scan::members(self.text.as_bytes())
            .map(move |m| (decode(self.part(m.key)).unwrap_or_default(), Self { text: self.part(m.value) }))
    }

    /// The items of an array in order; nothing for other kinds.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        scan::items(self.text.as_bytes()).map(move |r| Self { text: self.part(r) })
    }

    /// The first member of that name.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Node<'a>> {
        let found = scan::members(self.text.as_bytes()).find(|m| is_key(self.part(m.key.clone()), name))?;
        Some(Self { text: self.part(found.value) })
    }

    /// The first member of each of these names, in one pass.
    pub(crate) fn first_of<const N: usize>(self, names: [&str; N]) -> [Option<Node<'a>>; N] {
        let mut found = [None; N];
        for member in scan::members(self.text.as_bytes()) {
            let key = self.part(member.key);
            let open = names.iter().zip(&mut found).find(|(name, value)| value.is_none() && is_key(key, name));
            if let Some((_, value)) = open {
                *value = Some(Self { text: self.part(member.value) });
                if found.iter().all(Option::is_some) {
                    break;
                }
            }
        }
        found
    }

    /// Follows members by name; of an array on the path the first item counts.
    #[must_use]
    pub fn at(self, path: &[&str]) -> Option<Node<'a>> {
        path.iter().try_fold(self, |node, name| {
            let node = if node.kind() == Kind::Array { node.items().next()? } else { node };
            node.member(name)
        })
    }

    /// The text of a string value with its escapes resolved.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        if self.kind() == Kind::Text { decode(self.text) } else { None }
    }

    /// The digits of a number, exactly as written.
    #[must_use]
    pub fn number(self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then_some(self.text)
    }

    /// A boolean value.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The text of a string member.
    #[must_use]
    pub fn member_text(self, name: &str) -> Option<Cow<'a, str>> {
        self.member(name)?.text()
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({:?}, {} bytes)", self.kind(), self.text.len())
    }
}

/// Whether a key, given with its quotes, is `name`. Only a key with escapes is decoded; it is longer than its name.
fn is_key(quoted: &str, name: &str) -> bool {
    let inner = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default();
    let has_escape = || inner.len() > name.len() && inner.bytes().any(|byte| byte == b'\\');
    inner == name || (has_escape() && decode(quoted).is_some_and(|key| key == name))
}

fn decode(quoted: &str) -> Option<Cow<'_, str>> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(quoted).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let n = Node::from_checked(r#" {"a":[{"b":"x\u0041\n"}],"n":1.50,"t":true,"z":null,"\u0062":2} "#);
        assert_eq!(n.at(&["a", "b"]).and_then(Node::text).as_deref(), Some("xA\n"));
        assert_eq!(n.member("n").and_then(Node::number), Some("1.50"));
        assert_eq!(n.member("t").and_then(Node::boolean), Some(true));
        assert_eq!(n.member("z").map(Node::kind), Some(Kind::Null));
        assert_eq!(n.member("b").and_then(Node::number), Some("2"));
        assert_eq!(n.at(&["a", "c"]).map(Node::raw), None);
    }

    #[test]
    fn debug_shows_no_content() {
        let n = Node::from_checked(r#"{"family":"Canary"}"#);
        assert_eq!(format!("{n:?}"), "Node(Object, 19 bytes)");
    }
}
