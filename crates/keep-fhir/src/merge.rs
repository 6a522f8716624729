//! Three-way merge of the last shared version, this device's version and the server's version.
//!
//! INVARIANT: nothing is lost. A merge takes every change of both sides or reports a conflict; the caller retains
//! both texts.

mod conflict;
mod field;

pub use conflict::{Conflict, ConflictField, ConflictReason, Side};

use crate::patch::{Step, remove, set};
use crate::{FhirError, Kind, Node, Raw, meaning_equal};
use conflict::mandatory_conflict;
use field::{Field, fields, in_field, label_of};
use keep_domain::Phi;

/// A resource on one side.
#[derive(Debug, Clone, Copy)]
pub enum Version<'a> {
    /// Its text.
    Present(&'a Raw),
    /// Deleted.
    Deleted,
}

/// The result of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// The server's version already includes this device's changes: nothing to send.
    AlreadyThere,
    /// Both sides' changes in one text, to be sent on top of the server's version.
    Merged(Raw),
    /// Both sides have deleted the record.
    BothDeleted,
    /// The user has to decide.
    Conflict(Conflict),
}

/// Merges two versions. `base` is the last shared version, `None` where that is not known.
///
/// A side that means the same as the base counts as unchanged, and the other side is taken.
///
/// # Errors
/// [`FhirError`] where a text cannot be patched, which is not expected of a checked text.
pub fn merge(base: Option<&Raw>, ours: Version<'_>, theirs: Version<'_>) -> Result<Merge, FhirError> {
    let (ours, theirs) = match (ours, theirs) {
        (Version::Deleted, Version::Deleted) => return Ok(Merge::BothDeleted),
        (Version::Present(ours), Version::Present(theirs)) => (ours, theirs),
        (Version::Present(_), Version::Deleted) | (Version::Deleted, Version::Present(_)) => {
            return Ok(Merge::Conflict(Conflict { reason: ConflictReason::Deletion, fields: Vec::new() }));
        }
    };
    if meaning_equal(ours, theirs) {
        return Ok(Merge::AlreadyThere);
    }
    let Some(base) = base else {
        let fields = differences(None, ours, theirs, false);
        return Ok(Merge::Conflict(Conflict { reason: ConflictReason::NoBase, fields }));
    };
    if meaning_equal(base, ours) {
        return Ok(Merge::AlreadyThere);
    }
    if !meaning_equal(base, theirs) {
        let found = fields(&[base, ours, theirs]);
        let both = found.iter().any(|f| f.changed(base, ours) && f.changed(base, theirs) && f.changed(ours, theirs));
        if let Some(reason) = mandatory_conflict(base, ours, theirs).or(both.then_some(ConflictReason::SameField)) {
            let by_hand = matches!(reason, ConflictReason::Allergy | ConflictReason::Medicine);
            let fields = differences(Some(base), ours, theirs, !by_hand);
            return Ok(Merge::Conflict(Conflict { reason, fields }));
        }
    }
    let changed: Vec<Field> = fields(&[base, ours, theirs]).into_iter().filter(|f| f.changed(base, ours)).collect();
    take_fields(theirs, ours, &changed).map(Merge::Merged)
}

/// The server's version with this device's values in the fields for which [`Side::Ours`] was chosen.
/// A field without a choice has the server's value.
///
/// # Errors
/// As [`merge`].
pub fn apply_choices(ours: &Raw, theirs: &Raw, choices: &[(String, Side)]) -> Result<Raw, FhirError> {
    let chosen = |f: &Field| choices.iter().any(|(path, side)| *side == Side::Ours && *path == f.path());
    let taken: Vec<Field> = fields(&[ours, theirs]).into_iter().filter(chosen).collect();
    take_fields(theirs, ours, &taken)
}

fn differences(base: Option<&Raw>, ours: &Raw, theirs: &Raw, preselect: bool) -> Vec<ConflictField> {
    let texts: Vec<&Raw> = base.into_iter().chain([ours, theirs]).collect();
    let found = fields(&texts).into_iter().filter(|f| f.changed(ours, theirs));
    found
        .map(|f| {
            let side = match base.map(|b| (f.changed(b, ours), f.changed(b, theirs))) {
                Some((true, false)) => Some(Side::Ours),
                Some((false, true)) => Some(Side::Theirs),
                _ => None,
            };
            ConflictField {
                label: label_of(&f.path()),
                base: base.and_then(|b| f.value(b)).map(Phi::new),
                ours: f.value(ours).map(Phi::new),
                theirs: f.value(theirs).map(Phi::new),
                preselect: side.filter(|_| preselect),
                path: f.path(),
            }
        })
        .collect()
}

/// `onto` with the given fields of `from`; every other byte is unchanged.
fn take_fields(onto: &Raw, from: &Raw, taken: &[Field]) -> Result<Raw, FhirError> {
    let mut out = onto.clone();
    for field in taken {
        let (parent, source): (&[Step<'_>], Option<Node<'_>>) = match field {
            Field::Top(_) => (&[], Some(from.node())),
            Field::Meta(_) => (&[Step::Member("meta")], from.node().member("meta")),
        };
        let members: Vec<_> = source.into_iter().flat_map(Node::members).filter(|(k, _)| in_field(field, k)).collect();
        let stale: Vec<String> = {
            let target = match field {
                Field::Top(_) => Some(out.node()),
                Field::Meta(_) => out.node().member("meta").filter(|m| m.kind() == Kind::Object),
            };
            let keys = target.into_iter().flat_map(Node::members).map(|(k, _)| k.into_owned());
            keys.filter(|k| in_field(field, k) && !members.iter().any(|(m, _)| m == k)).collect()
        };
        for key in stale {
            out = remove(&out, &path_to(parent, &key))?;
        }
        for (key, value) in members {
            out = set(&out, &path_to(parent, &key), value.raw())?;
        }
    }
    Ok(out)
}

fn path_to<'a>(parent: &[Step<'a>], key: &'a str) -> Vec<Step<'a>> {
    parent.iter().copied().chain([Step::Member(key)]).collect()
}

#[cfg(test)]
mod tests;
