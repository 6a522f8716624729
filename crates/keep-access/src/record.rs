//! The record, the person and the situation of a question.

use crate::{Action, Group};
use keep_domain::{Role, Segment};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The codes of `meta.security`, sorted and each once, with the knowledge whether one is sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels {
    codes: Vec<String>,
    sensitive: bool,
}

impl Labels {
    /// No labels.
    pub const NONE: Self = Self { codes: Vec::new(), sensitive: false };

    /// The labels with these codes.
    #[must_use]
    pub fn of<S: AsRef<str>>(codes: impl IntoIterator<Item = S>) -> Self {
        let codes: BTreeSet<String> = codes.into_iter().map(|c| c.as_ref().to_owned()).collect();
        let sensitive = codes.iter().any(|c| SENSITIVE.contains(c));
        Self { codes: codes.into_iter().collect(), sensitive }
    }

    /// The codes, sorted.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Whether one of them lifts a record to the restricted segment.
    #[must_use]
    pub const fn is_sensitive(&self) -> bool {
        self.sensitive
    }
}

/// The sensitive labels of the routing table, so that routing and policies never disagree.
static SENSITIVE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Table {
        sensitive_labels: Vec<Label>,
    }
    #[derive(Deserialize)]
    struct Label {
        code: String,
    }
    // A test reads the same asset and fails where it cannot be read.
    let table: Option<Table> = serde_json::from_str(include_str!("../../../assets/routing/segments.json")).ok();
    table.map(|t| t.sensitive_labels.into_iter().map(|l| l.code).collect()).unwrap_or_default()
});

/// What is asked about a record. Carries no id: two records that are alike here are treated alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyResource {
    /// What it is about.
    pub group: Group,
    /// Where it lies.
    pub segment: Segment,
    /// Its labels.
    pub labels: Labels,
    /// Whether the person who asks wrote it.
    pub own: bool,
}

impl PolicyResource {
    /// A record without labels, in its group's usual segment, written by somebody else.
    #[must_use]
    pub const fn of(group: Group) -> Self {
        Self { group, segment: group.usual_segment(), labels: Labels::NONE, own: false }
    }

    /// The same record, written by the person who asks.
    #[must_use]
    pub fn own(self) -> Self {
        Self { own: true, ..self }
    }

    /// The same record with labels; a sensitive one lifts it as routing does.
    #[must_use]
    pub fn labelled(self, labels: Labels) -> Self {
        let lifted = labels.is_sensitive() && self.segment != Segment::Directory;
        let segment = if lifted { Segment::Restricted } else { self.segment };
        Self { labels, segment, ..self }
    }
}

/// What else counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Situation {
    /// The person has been assigned the restricted segment.
    pub assigned_restricted: bool,
    /// Break-glass is running.
    pub break_glass: bool,
}

/// A question to the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Who asks.
    pub role: Role,
    /// What for.
    pub action: Action,
    /// About which record; none for what is done to the program itself.
    pub record: Option<&'a PolicyResource>,
    /// What else counts.
    pub situation: Situation,
}

impl<'a> Request<'a> {
    /// About a record, in the ordinary situation.
    #[must_use]
    pub fn about(role: Role, action: Action, record: &'a PolicyResource) -> Self {
        Self { role, action, record: Some(record), situation: Situation::default() }
    }

    /// About the program, in the ordinary situation.
    #[must_use]
    pub fn system_action(role: Role, action: Action) -> Self {
        Self { role, action, record: None, situation: Situation::default() }
    }

    /// The same in another situation.
    #[must_use]
    pub const fn when(self, situation: Situation) -> Self {
        Self { situation, ..self }
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Yes.
    Allow,
    /// See that it is there, without what the role may not see: the privacy officer no name, billing
    /// no narrative, the front desk no detail of what is labelled and no text of an alert.
    Masked,
    /// No.
    Deny,
}

impl Decision {
    /// Whether it may be done in full.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// Whether anything may be shown.
    #[must_use]
    pub const fn is_visible(self) -> bool {
        !matches!(self, Self::Deny)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_routing_table() {
        assert!(Labels::of(["HIV"]).is_sensitive() && Labels::of(["N", "R"]).is_sensitive());
        assert!(!Labels::of(["N", "M"]).is_sensitive() && SENSITIVE.len() >= 20);
        assert_eq!(Labels::of(["b", "a", "b"]).codes(), ["a", "b"]);
        assert_eq!(PolicyResource::of(Group::Note).labelled(Labels::of(["PSY"])).segment, Segment::Restricted);
        assert_eq!(PolicyResource::of(Group::Demographics).labelled(Labels::of(["PSY"])).segment, Segment::Directory);
    }
}
