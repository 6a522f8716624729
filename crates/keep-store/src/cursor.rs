//! The position of each pull, and as of when a type is complete.

use crate::journal::{Journal, JournalKind};
use keep_domain::{UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};

/// A cursor belongs to one server, type and visibility: a user who sees less must not move another's cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CursorKey {
    /// The server's base address.
    pub server: String,
    /// The FHIR type, or the name of another pull, such as `Patient/_history`.
    pub resource_type: String,
    /// The signed-in subject, or the scope that the policy sets instead.
    pub visibility: String,
}

/// The position of a pull.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// The state of the pull; empty before the first batch. Opaque to the store.
    pub position: String,
    /// The time as of which everything of this type that the server shows is stored.
    pub complete_as_of: Option<UtcMillis>,
    /// How the last pull ended.
    pub outcome: PullOutcome,
    /// The time as of which the server's own count or list of the type agreed with what is stored; `None` where the
    /// server has never allowed a comparison.
    pub compared: Option<UtcMillis>,
    /// The server asked not to request the type before this.
    pub retry_at: Option<UtcMillis>,
}

/// How the last pull of a type ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullOutcome {
    /// It was never requested, or by a version that did not record this.
    #[default]
    Unknown,
    /// Everything that the server shows was received.
    Complete,
    /// The server does not have the type.
    NotOffered,
    /// The server refuses the type to this user.
    Refused,
    /// The server responds with this error status.
    Failed(u16),
    /// The server's response is invalid.
    Invalid,
    /// A single record is larger than is accepted.
    TooLarge,
    /// The connection was lost.
    Interrupted,
    /// The server counts more records than it shows.
    Short,
}

impl PullOutcome {
    /// Whether the type cannot be had from this server by this user, so that nothing waits for it.
    #[must_use]
    pub const fn is_unavailable(self) -> bool {
        matches!(self, Self::NotOffered | Self::Refused)
    }

    /// Whether the type could not be received although the server should have it.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed(_) | Self::Invalid | Self::TooLarge | Self::Interrupted | Self::Short)
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct CursorRow {
    pub(crate) server: String,
    pub(crate) resource_type: String,
    pub(crate) visibility: String,
    pub(crate) cursor: Cursor,
}

impl Journal for CursorRow {
    const KIND: JournalKind = JournalKind::Cursor;
}

/// As of when one type is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The FHIR type.
    pub resource_type: String,
    /// Complete as of; `None` before the first pass has ended.
    pub complete_as_of: Option<UtcMillis>,
    /// How the last pull ended.
    pub outcome: PullOutcome,
    /// The time as of which the server's own count or list agreed; `None` if it never did.
    pub compared: Option<UtcMillis>,
}

impl CursorKey {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        length_prefixed(&[self.server.as_bytes(), self.visibility.as_bytes(), self.resource_type.as_bytes()])
    }
}
