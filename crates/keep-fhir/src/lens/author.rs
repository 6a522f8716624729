//! The authors of a record of any type.

use super::parts::Reference;
use super::reader::reference;
use crate::{Node, Raw};
use keep_domain::ResourceKey;

/// The elements that name an author, the most specific first.
const AUTHORS: [&str; 6] = ["requester", "recorder", "asserter", "author", "performer", "informationSource"];

/// The first author that the record names.
#[must_use]
pub fn author(raw: &Raw) -> Option<Reference> {
    let found = AUTHORS.into_iter().find_map(|name| raw.node().member(name))?;
    reference(found.items().next().unwrap_or(found))
}

/// Whether the record names `author` as one of its authors.
#[must_use]
pub fn is_authored_by(raw: &Raw, author: &ResourceKey) -> bool {
    let is_author = |node: Node<'_>| {
        let reference = node.member_text("reference");
        let id = reference.as_deref().and_then(|r| r.strip_prefix(author.resource_type.as_str())?.strip_prefix('/'));
        id == Some(author.id.as_str())
    };
    let found = AUTHORS.into_iter().filter_map(|name| raw.node().member(name));
    found.into_iter().any(|node| is_author(node) || node.items().any(is_author))
}
