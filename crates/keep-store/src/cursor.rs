//! How far each pull has come, and since when a type is complete.

use crate::tagged::{Journal, JournalKind};
use crate::{Store, StoreError, WriteTx};
use keep_domain::{Segment, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A cursor belongs to one server, type and visibility: who sees less must not move another's cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CursorKey {
    /// The server's base address.
    pub server: String,
    /// The FHIR type, or another name for what is pulled, such as `Patient/_history`.
    pub resource_type: String,
    /// The signed-in subject, or what the policy says instead.
    pub visibility: String,
}

/// How far a pull has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// Where the next pass starts; empty before the first has ended. Opaque to the store.
    pub position: String,
    /// Where an interrupted pass goes on; empty between passes. Opaque to the store.
    pub resume: String,
    /// What the pass in progress will set `position` to. Opaque to the store.
    pub target: String,
    /// The time of which everything of this type that the server shows is here.
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

/// Since when one type is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The FHIR type.
    pub resource_type: String,
    /// Complete as of; `None` before the first pass has ended.
    pub complete_as_of: Option<UtcMillis>,
}

impl CursorKey {
    fn bytes(&self) -> Vec<u8> {
        length_prefixed(&[self.server.as_bytes(), self.visibility.as_bytes(), self.resource_type.as_bytes()])
    }
}

impl WriteTx<'_> {
    /// Saves a cursor; in the transaction of the page that it stands behind.
    ///
    /// # Errors
    /// What SQLite refuses.
    // All cursors lie in the directory, since every session that pulls holds it.
    pub fn save_cursor(&mut self, key: &CursorKey, cursor: &Cursor) -> Result<(), StoreError> {
        let row = CursorRow {
            server: key.server.clone(),
            resource_type: key.resource_type.clone(),
            visibility: key.visibility.clone(),
            cursor: cursor.clone(),
        };
        self.writer(Segment::Directory)?.put_journal(&key.bytes(), &row)
    }
}

impl Store {
    /// A cursor; a pull that never ran starts at the default.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where its row does not fit its tag.
    pub fn cursor(&self, key: &CursorKey) -> Result<Cursor, StoreError> {
        let access = self.access(Segment::Directory)?;
        let row: Option<CursorRow> = self.read(|conn| access.journal(conn, &key.bytes()))?;
        Ok(row.map_or_else(|| self.first_cursor(), |r| r.cursor))
    }

    /// The cursors of the same server and type that belong to other views.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn other_cursors(&self, key: &CursorKey) -> Result<Vec<Cursor>, StoreError> {
        let others = self
            .cursor_rows(&[&key.server])?
            .filter(|r| r.resource_type == key.resource_type && r.visibility != key.visibility);
        Ok(others.map(|r| r.cursor).collect())
    }

    /// The types that a pull from `server` has completed at least once, whosever session it was.
    ///
    /// Says that records are here, not that one person's view of them is complete.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn completed_by_anyone(&self, server: &str) -> Result<BTreeSet<String>, StoreError> {
        let done = self.cursor_rows(&[server])?.filter(|r| r.cursor.complete_as_of.is_some());
        Ok(done.map(|r| r.resource_type).filter(|t| self.is_usable(t)).collect())
    }

    /// What is complete as of when, for all types that were ever pulled from `server` with this visibility. A type of
    /// which something lies in a segment that is not whole is complete as of no time.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn completeness(&self, server: &str, visibility: &str) -> Result<Vec<Completeness>, StoreError> {
        let of = |r: CursorRow| Completeness {
            complete_as_of: r.cursor.complete_as_of.filter(|_| self.is_whole(&r.resource_type)),
            resource_type: r.resource_type,
        };
        Ok(self.cursor_rows(&[server, visibility])?.map(of).collect())
    }

    /// The cursors whose key begins so: server, visibility.
    pub(crate) fn cursor_rows(
        &self,
        beginning: &[&str],
    ) -> Result<impl Iterator<Item = CursorRow> + use<>, StoreError> {
        let access = self.access(Segment::Directory)?;
        let parts: Vec<&[u8]> = beginning.iter().map(|part| part.as_bytes()).collect();
        let rows: Vec<(Vec<u8>, CursorRow)> = self.read(|conn| access.journals(conn, &length_prefixed(&parts)))?;
        Ok(rows.into_iter().map(|(_, row)| row))
    }
}
