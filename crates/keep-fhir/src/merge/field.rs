//! The fields of a resource as a user would count them.

use crate::meaning::{SERVER_META, same_value};
use crate::{Node, Raw};

/// Elements whose name carries their type: all forms of one are one field (R4, 2.6.2 choice types).
const CHOICES: [&str; 15] = [
    "abatement",
    "asNeeded",
    "born",
    "deceased",
    "effective",
    "medication",
    "multipleBirth",
    "occurred",
    "occurrence",
    "onset",
    "performed",
    "reported",
    "scheduled",
    "serviced",
    "value",
];

/// One field: a top-level element with its `_` sibling and all forms of a choice, or a part of `meta`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Top(String),
    Meta(String),
}

impl Field {
    /// The path that identifies the field on the screen and in a choice.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Top(name) if CHOICES.contains(&name.as_str()) => format!("{name}[x]"),
            Self::Top(name) => name.clone(),
            Self::Meta(name) => format!("meta.{name}"),
        }
    }

    fn members<'a>(&self, raw: &'a Raw) -> Vec<(String, Node<'a>)> {
        let parent = match self {
            Self::Top(_) => Some(raw.node()),
            Self::Meta(_) => raw.node().member("meta"),
        };
        let members = parent.into_iter().flat_map(Node::members).filter(|(k, _)| in_field(self, k));
        members.map(|(k, v)| (k.into_owned(), v)).collect()
    }

    /// Whether two texts differ in this field by meaning.
    pub(super) fn changed(&self, a: &Raw, b: &Raw) -> bool {
        let (a, b) = (self.members(a), self.members(b));
        a.len() != b.len() || !a.iter().all(|(k, v)| b.iter().any(|(x, w)| x == k && same_value(*v, *w)))
    }

    /// The field's JSON text: the value itself, or an object where it has several members.
    pub(super) fn value(&self, raw: &Raw) -> Option<String> {
        match self.members(raw).as_slice() {
            [] => None,
            [(_, one)] => Some(one.raw().to_owned()),
            many => {
                let parts = many.iter().map(|(k, v)| format!("{}:{}", crate::compose::quoted(k), v.raw()));
                Some(format!("{{{}}}", parts.collect::<Vec<_>>().join(",")))
            }
        }
    }
}

/// The name of the field that a top-level member belongs to.
fn field_name(member: &str) -> &str {
    let name = member.strip_prefix('_').unwrap_or(member);
    let choice = CHOICES.iter().find(|c| {
        name.strip_prefix(**c).is_some_and(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_uppercase()))
    });
    choice.copied().unwrap_or(name)
}

pub(super) fn in_field(field: &Field, member: &str) -> bool {
    match field {
        Field::Top(name) => member != "meta" && field_name(member) == name,
        Field::Meta(name) => member.strip_prefix('_').unwrap_or(member) == name,
    }
}

/// All fields that any of the texts has, in order of appearance.
pub(super) fn fields(texts: &[&Raw]) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for raw in texts {
        for (key, value) in raw.node().members() {
            let new: Vec<Field> = if key == "meta" {
                let parts = value.members().map(|(k, _)| k.strip_prefix('_').unwrap_or(&k).to_owned());
                parts.filter(|k| !SERVER_META.contains(&k.as_str())).map(Field::Meta).collect()
            } else {
                vec![Field::Top(field_name(&key).to_owned())]
            };
            found.extend(new.into_iter().filter(|f| !found.contains(f)).collect::<Vec<_>>());
        }
    }
    found
}

/// `valueQuantity` → `value quantity`.
pub(super) fn label_of(path: &str) -> String {
    let mut out = String::new();
    for c in path.trim_end_matches("[x]").chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(if c == '.' { ' ' } else { c.to_ascii_lowercase() });
    }
    out
}
