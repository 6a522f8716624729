//! A record as the policies see it.

use crate::{Group, Labels};
use keep_domain::Segment;

/// What policies know about a record. It carries no id: records that are equal here are treated the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyResource {
    /// What the record is about.
    pub group: Group,
    /// The segment that holds it.
    pub segment: Segment,
    /// Its labels.
    pub labels: Labels,
    /// Whether the requesting user wrote it.
    pub own: bool,
}

impl PolicyResource {
    /// A record without labels, in its group's usual segment, written by another user.
    #[must_use]
    pub const fn of(group: Group) -> Self {
        Self { group, segment: group.usual_segment(), labels: Labels::NONE, own: false }
    }

    /// The same record, written by the requesting user.
    #[must_use]
    pub fn own(self) -> Self {
        Self { own: true, ..self }
    }

    /// The same record with labels; a sensitive label moves it to the restricted segment, as in routing.
    #[must_use]
    pub fn labelled(self, labels: Labels) -> Self {
        let moved = labels.is_sensitive() && self.segment != Segment::Directory;
        let segment = if moved { Segment::Restricted } else { self.segment };
        Self { labels, segment, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensitive_label_moves_records_outside_the_directory_only() {
        assert_eq!(PolicyResource::of(Group::Note).labelled(Labels::of(["PSY"])).segment, Segment::Restricted);
        assert_eq!(PolicyResource::of(Group::Demographics).labelled(Labels::of(["PSY"])).segment, Segment::Directory);
    }
}
