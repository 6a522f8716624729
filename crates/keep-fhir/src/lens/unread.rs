//! What a reader of a nested element could not read, so that it is shown as recorded instead of being dropped.

use super::reader::{Reader, member_owned};
use crate::Node;

/// The longest recorded text of one element, characters.
const LONGEST: usize = 200;

/// What is left of an element after reading.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Unread {
    /// Elements that could not be read or are not known, with their JSON text.
    pub elements: Vec<(String, String)>,
    /// URLs of modifier extensions, which may change the meaning of everything else.
    pub modifiers: Vec<String>,
    /// Whether there are extensions, which say more than the elements.
    pub extended: bool,
}

impl Unread {
    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.elements.is_empty() && self.modifiers.is_empty() && !self.extended
    }
}

/// Adds what `reader` could not read, and the members that are not `known`, to `left`.
pub(super) fn unread(reader: Reader<'_>, known: &[&str], left: &mut Unread) {
    let recorded = |node: Node<'_>| node.raw().chars().take(LONGEST).collect::<String>();
    let members: Vec<_> = reader.node().members().collect();
    let faults = reader.into_faults();
    for (name, node) in members {
        match name.as_ref() {
            "id" | "fhir_comments" => {}
            "modifierExtension" => left.modifiers.extend(urls(node)),
            "extension" => left.extended = true,
            name if name.starts_with('_') => left.extended = true,
            name if !known.contains(&name) || faults.contains(&name) => {
                left.elements.push((name.to_owned(), recorded(node)));
            }
            _ => {}
        }
    }
}

/// The URLs of a list of extensions; one without a URL is still counted.
pub(super) fn urls(extensions: Node<'_>) -> Vec<String> {
    extensions.items().map(|e| member_owned(e, "url").unwrap_or_else(|| String::from("modifierExtension"))).collect()
}
