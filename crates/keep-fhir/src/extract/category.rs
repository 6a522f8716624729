//! The categories that decide a resource's segment.

use super::facts::{Code, owned};
use crate::{Kind, Node};

/// Stands for a category that has no code or is in none of the known systems.
const OTHER: &str = "other";

/// The categories of a resource routed by them; a code in any other system does not count and so grants no access.
pub(super) fn in_systems(known: &[String], category: Node<'_>) -> Vec<Code> {
    let concepts: Vec<Node<'_>> =
        if category.kind() == Kind::Array { category.items().collect() } else { vec![category] };
    let mut found = Vec::new();
    for concept in concepts {
        let codings: Vec<Node<'_>> = concept.member("coding").into_iter().flat_map(Node::items).collect();
        let read = codings.iter().map(|coding| {
            let system = coding.member("system").and_then(owned);
            let counts = system.as_ref().is_some_and(|s| known.contains(s));
            let code = coding.member("code").and_then(owned).filter(|_| counts);
            Code { system, code: code.unwrap_or_else(|| OTHER.to_owned()) }
        });
        found.extend(read);
        if codings.is_empty() {
            found.push(Code { system: None, code: OTHER.to_owned() });
        }
    }
    found
}
