//! Reading and saving the cursors of pulls.

use crate::cursor::{Completeness, Cursor, CursorKey, CursorRow};
use crate::error::StoreError;
use crate::store::Store;
use crate::write_tx::WriteTx;
use keep_domain::{Segment, length_prefixed};
use std::collections::BTreeSet;

impl WriteTx<'_> {
    /// Saves a cursor in the transaction of the page before it.
    ///
    /// # Errors
    /// What SQLite refuses.
    // All cursors are in the directory, since every session that pulls has it.
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
    /// A cursor; the default for a pull that never ran.
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

    /// The types that a pull from `server` has completed at least once, in any user's session: their records are
    /// stored, though not necessarily all that this user may see.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn completed_by_anyone(&self, server: &str) -> Result<BTreeSet<String>, StoreError> {
        let done = self.cursor_rows(&[server])?.filter(|r| r.cursor.complete_as_of.is_some());
        Ok(done.map(|r| r.resource_type).filter(|t| self.is_usable(t)).collect())
    }

    /// As of when each type that was pulled from `server` with this visibility is complete. A type with a segment that
    /// is not whole is never complete.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn completeness(&self, server: &str, visibility: &str) -> Result<Vec<Completeness>, StoreError> {
        let of = |r: CursorRow| Completeness {
            complete_as_of: r.cursor.complete_as_of.filter(|_| self.is_whole(&r.resource_type)),
            outcome: r.cursor.outcome,
            compared: r.cursor.compared.filter(|_| self.is_whole(&r.resource_type)),
            resource_type: r.resource_type,
        };
        Ok(self.cursor_rows(&[server, visibility])?.map(of).collect())
    }

    /// The cursors whose key begins with these parts: server, visibility.
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
