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
}

impl CursorKey {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        length_prefixed(&[self.server.as_bytes(), self.visibility.as_bytes(), self.resource_type.as_bytes()])
    }
}
