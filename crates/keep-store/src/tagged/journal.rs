//! Writing and reading journal rows.

use super::writer::TaggedWriter;
use crate::codec;
use crate::error::{FindingKind, StoreError};
use crate::journal::{Journal, JournalKind};
use crate::segment_access::SegmentAccess;
use crate::tag::same;
use rusqlite::{Connection, OptionalExtension, params};

const BROKEN: StoreError = StoreError::Internal("journal row");

impl TaggedWriter<'_> {
    /// Writes or replaces one journal row.
    pub(crate) fn put_journal<J: Journal>(&mut self, key: &[u8], row: &J) -> Result<(), StoreError> {
        self.drop_journal(J::KIND, key)?;
        let body = codec::compress(&serde_json::to_vec(row).map_err(|_| BROKEN)?)?;
        let kind = J::KIND as u8;
        let tag = self.access.tagger.journal(kind, key, &body);
        let sql = format!("INSERT INTO {}.journal (kind, key, body, tag) VALUES (?1, ?2, ?3, ?4)", self.access.schema);
        self.conn.prepare_cached(&sql)?.execute(params![kind, key, body, tag])?;
        self.state.root.add(&tag);
        self.state.rows += 1;
        self.changed = true;
        Ok(())
    }

    /// Removes one journal row; a missing one is not an error.
    pub(crate) fn drop_journal(&mut self, kind: JournalKind, key: &[u8]) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {}.journal WHERE kind = ?1 AND key = ?2 RETURNING tag", self.access.schema);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let tag: Option<[u8; 32]> = statement.query_row(params![kind as u8, key], |r| r.get(0)).optional()?;
        if let Some(tag) = tag {
            self.state.root.remove(&tag);
            self.state.rows -= 1;
            self.changed = true;
        }
        Ok(())
    }
}

impl SegmentAccess {
    /// One journal row, checked.
    pub(crate) fn journal<J: Journal>(&self, conn: &Connection, key: &[u8]) -> Result<Option<J>, StoreError> {
        let sql = format!("SELECT body, tag FROM {}.journal WHERE kind = ?1 AND key = ?2", self.schema);
        let mut statement = conn.prepare_cached(&sql)?;
        let row: Option<(Vec<u8>, [u8; 32])> =
            statement.query_row(params![J::KIND as u8, key], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
        row.map(|(body, tag)| self.open_journal(key, &body, &tag)).transpose()
    }

    /// All journal rows of a kind whose key starts with `prefix`, in key order, checked.
    pub(crate) fn journals<J: Journal>(
        &self,
        conn: &Connection,
        prefix: &[u8],
    ) -> Result<Vec<(Vec<u8>, J)>, StoreError> {
        let sql =
            format!("SELECT key, body, tag FROM {}.journal WHERE kind = ?1 AND key >= ?2 ORDER BY key", self.schema);
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params![J::KIND as u8, prefix])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let key: Vec<u8> = row.get(0)?;
            if !key.starts_with(prefix) {
                break;
            }
            let (body, tag): (Vec<u8>, [u8; 32]) = (row.get(1)?, row.get(2)?);
            let journal = self.open_journal(&key, &body, &tag)?;
            found.push((key, journal));
        }
        Ok(found)
    }

    fn open_journal<J: Journal>(&self, key: &[u8], body: &[u8], tag: &[u8; 32]) -> Result<J, StoreError> {
        if !same(&self.tagger.journal(J::KIND as u8, key, body), tag) {
            return Err(self.damaged(None, FindingKind::RowTag));
        }
        let json = codec::decompress(codec::DICTIONARY, body).ok_or_else(|| self.damaged(None, FindingKind::Body))?;
        // The text of a serde error may quote the row.
        serde_json::from_str(&json).map_err(|_| BROKEN)
    }
}
