//! Journal rows: tagged, few, and read as a whole. Change sets, entries, holds, cursors, conflicts, markers.

use super::TaggedWriter;
use crate::error::FindingKind;
use crate::segment_access::SegmentAccess;
use crate::tag::same;
use crate::{StoreError, codec};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The kind of a journal row; the number is part of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalKind {
    /// A change set, by sequence.
    ChangeSet = 1,
    /// An entry of a change set, by resource and sequence.
    Entry = 2,
    /// A hold of a higher-ranked change set on a resource of this segment.
    Hold = 3,
    /// A pull cursor, by server, type and visibility.
    Cursor = 4,
    /// Two versions of one record, stored permanently.
    Conflict = 5,
    /// The HPKE public key of a higher segment's inbox, by segment.
    HpkeKeyPair = 6,
    /// {type, id, version} of a record whose segment does not exist on this device.
    Elsewhere = 7,
    /// The patient of an allergy above the clinical segment, by resource.
    RestrictedAllergy = 8,
    /// In the directory: that a patient has a Flag above it, by patient and a hash of which.
    Alert = 9,
    /// In the directory: that a segment's rows were moved to where the routing table has them, by segment.
    Placement = 10,
    /// The digest of a derived table, by its name.
    Digest = 12,
    /// A repair in progress, by segment.
    Repair = 16,
}

/// A journal row's content.
pub(crate) trait Journal: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: JournalKind;
}

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
