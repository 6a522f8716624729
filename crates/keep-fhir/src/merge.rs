//! Three-way merge: what was last shared, what this device made of it, what the server has now.
//!
//! INVARIANT: nothing is lost. A merge takes every change of both sides or reports a conflict; both texts stay
//! with the caller.

mod field;

use crate::patch::{Step, remove, set};
use crate::{FhirError, Kind, Node, Raw, meaning_equal};
use field::{Field, fields, in_field, is_default_conflict, label_of};
use keep_domain::Phi;
use std::fmt;

/// One of the two sides that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// This device.
    Ours,
    /// The server.
    Theirs,
}

/// A resource on one side: its text, or gone.
#[derive(Debug, Clone, Copy)]
pub enum Version<'a> {
    /// There.
    Present(&'a Raw),
    /// Deleted.
    Deleted,
}

/// What a merge comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// The server's version already says what this device says: nothing to send.
    AlreadyThere,
    /// Both sides' changes in one text, to be sent on top of the server's version.
    Merged(Raw),
    /// Both sides want the record gone.
    BothDeleted,
    /// A person decides.
    Conflict(Conflict),
}

/// Why a person has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictReason {
    /// Both changed the same field.
    SameField,
    /// Allergies are never merged by the machine.
    Allergy,
    /// Nor are medicines.
    Medicine,
    /// Nor signed documents.
    Signed,
    /// One side deleted or struck out what the other changed.
    Deletion,
    /// What was last shared is not known.
    NoBase,
}

/// A conflict, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Why.
    pub reason: ConflictReason,
    /// The fields in which the two sides differ; empty when one side has deleted the record.
    pub fields: Vec<ConflictField>,
}

/// One field in which the sides differ; the texts are JSON values as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct ConflictField {
    /// Where: `status`, `value[x]`, `meta.security`.
    pub path: String,
    /// The path in plain words, for a screen that has no better ones.
    pub label: String,
    /// What was last shared.
    pub base: Option<Phi<String>>,
    /// What this device has.
    pub ours: Option<Phi<String>>,
    /// What the server has.
    pub theirs: Option<Phi<String>>,
    /// The side that alone changed it, where choosing for the person is safe.
    pub preselect: Option<Side>,
}

impl fmt::Debug for ConflictField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConflictField").field("path", &self.path).field("preselect", &self.preselect).finish()
    }
}

/// Merges. `base` is what was last shared, `None` where that is not known.
///
/// A side that means the same as the base has not changed, however its text looks, and the other side is taken.
///
/// # Errors
/// [`FhirError`] only when a text cannot be patched, which checked texts can.
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
        if let Some(reason) = is_default_conflict(base, ours, theirs).or(both.then_some(ConflictReason::SameField)) {
            let by_hand = matches!(reason, ConflictReason::Allergy | ConflictReason::Medicine);
            let fields = differences(Some(base), ours, theirs, !by_hand);
            return Ok(Merge::Conflict(Conflict { reason, fields }));
        }
    }
    let changed: Vec<Field> = fields(&[base, ours, theirs]).into_iter().filter(|f| f.changed(base, ours)).collect();
    take_fields(theirs, ours, &changed).map(Merge::Merged)
}

/// The server's version with this device's values in the fields for which [`Side::Ours`] was chosen.
/// A field without a choice keeps the server's value.
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

/// `onto` with the given fields as they are in `from`, every other byte as it is.
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
