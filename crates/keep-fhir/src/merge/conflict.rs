//! Conflicts between two versions, and when a conflict is mandatory.

use crate::{Node, Raw};
use keep_domain::Phi;
use std::fmt;

keep_domain::named_enum! {
    /// One of the two sides that may be chosen.
    pub enum Side {
        /// This device.
        Ours = "ours",
        /// The server.
        Theirs = "theirs",
    }
}

/// Why the user has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictReason {
    /// Both sides changed the same field.
    SameField,
    /// Changes of an allergy are never merged automatically.
    Allergy,
    /// Changes of a medicine are never merged automatically.
    Medicine,
    /// Changes of a signed document are never merged automatically.
    Signed,
    /// One side deleted, or marked as entered in error, what the other changed.
    Deletion,
    /// The last shared version is not known.
    NoBase,
}

/// A conflict, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The reason.
    pub reason: ConflictReason,
    /// The fields in which the two sides differ; empty when one side has deleted the record.
    pub fields: Vec<ConflictField>,
}

/// One field in which the sides differ; the texts are JSON values as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct ConflictField {
    /// For example `status`, `value[x]`, `meta.security`.
    pub path: String,
    /// The path in plain words, for a screen without a label of its own.
    pub label: String,
    /// The last shared value.
    pub base: Option<Phi<String>>,
    /// This device's value.
    pub ours: Option<Phi<String>>,
    /// The server's value.
    pub theirs: Option<Phi<String>>,
    /// The side that alone changed it, where it is safe to preselect that side.
    pub preselect: Option<Side>,
}

impl fmt::Debug for ConflictField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConflictField").field("path", &self.path).field("preselect", &self.preselect).finish()
    }
}

/// Why changes on both sides are never merged, whichever fields they touch.
pub(super) fn mandatory_conflict(base: &Raw, ours: &Raw, theirs: &Raw) -> Option<ConflictReason> {
    if is_entered_in_error(ours) != is_entered_in_error(theirs) {
        return Some(ConflictReason::Deletion);
    }
    let resource_type = theirs.resource_type();
    match resource_type.as_deref() {
        Some("AllergyIntolerance") => Some(ConflictReason::Allergy),
        Some(
            "Medication"
            | "MedicationAdministration"
            | "MedicationDispense"
            | "MedicationRequest"
            | "MedicationStatement",
        ) => Some(ConflictReason::Medicine),
        Some("DocumentReference" | "Composition") if [base, ours, theirs].into_iter().any(is_signed) => {
            Some(ConflictReason::Signed)
        }
        _ => None,
    }
}

fn is_entered_in_error(raw: &Raw) -> bool {
    let node = raw.node();
    let is_error = |n: Option<Node<'_>>| n.and_then(Node::text).as_deref() == Some("entered-in-error");
    is_error(node.member("status")) || is_error(node.at(&["verificationStatus", "coding", "code"]))
}

fn is_signed(raw: &Raw) -> bool {
    let node = raw.node();
    // A Composition has its document status in `status`.
    let name = if raw.resource_type().as_deref() == Some("Composition") { "status" } else { "docStatus" };
    matches!(node.member_text(name).as_deref(), Some("final" | "amended"))
}
