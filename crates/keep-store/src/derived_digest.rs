//! The digests of derived tables: reading, requiring and writing them.

use crate::derived::{Derived, DigestRow};
use crate::error::{FindingKind, StoreError};
use crate::segment_access::SegmentAccess;
use crate::tagged::TaggedWriter;
use rusqlite::Connection;

impl SegmentAccess {
    /// Refuses to use a derived table that was not confirmed in this session.
    ///
    /// INVARIANT: called before every read of a derived table, for present and for missing entries.
    pub(crate) fn require(&self, table: Derived) -> Result<(), StoreError> {
        if !self.confirmed.has(table) {
            return Err(StoreError::Unconfirmed(self.segment, table.name()));
        }
        // The index of ids is always used to decide that something is missing.
        if table == Derived::Ids && self.confirmed.is_incomplete() {
            return Err(self.derived_differs());
        }
        Ok(())
    }

    /// The digest that a table must have; `None` in a file that was last written before there were digests.
    pub(crate) fn digest(&self, conn: &Connection, table: Derived) -> Result<Option<DigestRow>, StoreError> {
        let stored: Option<DigestRow> = self.journal(conn, table.name().as_bytes())?;
        if stored.is_some() || table == Derived::Names {
            return Ok(stored);
        }
        Ok(self.is_empty(conn)?.then_some(DigestRow::EMPTY))
    }

    /// Whether no row was ever stored.
    fn is_empty(&self, conn: &Connection) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM {}.chart", self.schema);
        Ok(!conn.prepare_cached(&sql)?.exists([])?)
    }

    /// An error about a derived table.
    pub(crate) const fn derived_differs(&self) -> StoreError {
        self.damaged(None, FindingKind::Derived)
    }
}

impl TaggedWriter<'_> {
    /// Writes the digests that this transaction has changed, and with the first rows of a file all of them. It comes
    /// before the charts: a missing digest row means an empty table only while there is no chart.
    pub(crate) fn write_digests(&mut self) -> Result<(), StoreError> {
        let changes = std::mem::take(&mut self.deferred.changes);
        let first = self.access.is_empty(self.conn)?;
        for table in Derived::ALL.into_iter().filter(|t| t.is_in(self.access.segment)) {
            if !first && !changes.has(table) {
                continue;
            }
            if table == Derived::Names {
                self.write_names_digest()?;
            } else if let Some(before) = self.access.digest(self.conn, table)? {
                self.put_journal(table.name().as_bytes(), &changes.applied(table, before))?;
            }
        }
        Ok(())
    }
}
