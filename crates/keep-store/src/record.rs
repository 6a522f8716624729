//! Records as callers see them.

use keep_domain::{Phi, ResourceKey, Segment, UtcMillis};

/// Whether the server has this version of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordState {
    /// The server has this version.
    Synced,
    /// Not on the server yet.
    Pending,
    /// The server has another version; the user has to decide.
    Conflict,
    /// The server refused it.
    Rejected,
}

impl RecordState {
    const ALL: [Self; 4] = [Self::Synced, Self::Pending, Self::Conflict, Self::Rejected];
}

/// The stored state: two bits of [`RecordState`] and flags; part of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateBits(pub(crate) i64);

impl StateBits {
    /// The record could not be read as a resource.
    const UNREADABLE: i64 = 1 << 4;
    /// Deleted here, but not on the server yet.
    const DELETED: i64 = 1 << 5;

    pub(crate) const SYNCED: Self = Self(0);

    pub(crate) const fn of(state: RecordState) -> Self {
        Self(match state {
            RecordState::Synced => 0,
            RecordState::Pending => 1,
            RecordState::Conflict => 2,
            RecordState::Rejected => 3,
        })
    }

    pub(crate) fn state(self) -> RecordState {
        RecordState::ALL.into_iter().find(|s| Self::of(*s).0 == self.0 & 3).unwrap_or(RecordState::Conflict)
    }

    /// The same flags with another state.
    pub(crate) const fn with(self, state: RecordState) -> Self {
        Self(self.0 & !3 | Self::of(state).0)
    }

    pub(crate) const fn unreadable(self) -> Self {
        Self(self.0 | Self::UNREADABLE)
    }

    pub(crate) const fn deleted(self) -> Self {
        Self(self.0 | Self::DELETED)
    }

    pub(crate) const fn is_unreadable(self) -> bool {
        self.0 & Self::UNREADABLE != 0
    }

    pub(crate) const fn is_deleted(self) -> bool {
        self.0 & Self::DELETED != 0
    }

    pub(crate) const fn is_synced(self) -> bool {
        self.0 & 3 == 0
    }
}

/// One record. Debug shows neither content nor id.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Type and id.
    pub key: ResourceKey,
    /// The segment that stores it.
    pub segment: Segment,
    /// `meta.versionId` as the server gave it; `None` before the server has it.
    pub version: Option<String>,
    /// `meta.lastUpdated` as the server gave it.
    pub updated: Option<UtcMillis>,
    /// Whether the server has this version.
    pub state: RecordState,
    /// Whether it could not be read as a resource.
    pub unreadable: bool,
    /// Security label codes.
    pub labels: Vec<String>,
    /// Changes made on this device since the row was first written.
    pub revision: i64,
    /// The text as received or as written here.
    pub raw: Phi<String>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("resource_type", &self.key.resource_type)
            .field("segment", &self.segment)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Labels as one column: codes hold no line feed.
pub(crate) fn join_labels(labels: &[String]) -> String {
    labels.join("\n")
}

/// The inverse of [`join_labels`].
pub(crate) fn split_labels(column: &str) -> Vec<String> {
    column.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_flags_are_independent() {
        for state in RecordState::ALL {
            let bits = StateBits::SYNCED.unreadable().deleted().with(state);
            assert_eq!((bits.state(), bits.is_unreadable(), bits.is_deleted()), (state, true, true));
        }
        assert_eq!(split_labels(&join_labels(&["R".into(), "HIV".into()])), ["R", "HIV"]);
        assert!(split_labels("").is_empty());
    }
}
