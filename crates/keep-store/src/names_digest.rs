//! The digest of the full-text index of names: a hash over the blocks that FTS5 stores.
//!
//! FTS5 writes its blocks itself, so no sum can follow them entry by entry. A small index is hashed in the transaction
//! that changed it; the digest of a large one is removed and computed later, in the background. If it is missing at the
//! next unlock, the index is rebuilt from `patient_key`, which has its own digest.

use crate::derived::{Derived, DigestRow};
use crate::error::StoreError;
use crate::journal::JournalKind;
use crate::search_keys::name_words;
use crate::store::Store;
use crate::tagged::TaggedWriter;
use keep_domain::Segment;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// The most blocks, about 2 MB, that are hashed in the transaction that changed the index.
const FEW_BLOCKS: i64 = 512;

/// FTS5's tables, in a fixed order.
const STORED: [&str; 4] = [
    // Each block by its number, as FTS5 reads it: an old page inside the tree could lead to another one.
    "SELECT d.id, (SELECT b.block FROM main.patient_name_data b WHERE b.id = d.id) FROM main.patient_name_data d ORDER BY d.id",
    "SELECT segid, term, pgno FROM main.patient_name_idx ORDER BY segid, term",
    "SELECT id, sz, origin FROM main.patient_name_docsize ORDER BY id",
    "SELECT k, v FROM main.patient_name_config ORDER BY k",
];

/// Hashes the stored index.
pub(crate) fn hash_names(conn: &Connection) -> Result<DigestRow, StoreError> {
    let (mut hash, mut rows) = (Sha256::new(), 0);
    for sql in STORED {
        let mut statement = conn.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut stored = statement.query([])?;
        while let Some(row) = stored.next()? {
            for column in 0..columns {
                let (kind, bytes): (u8, &[u8]) = match row.get_ref(column)? {
                    ValueRef::Null => (0, &[]),
                    ValueRef::Integer(n) => {
                        hash.update([1]);
                        hash.update(n.to_be_bytes());
                        continue;
                    }
                    ValueRef::Real(_) => return Err(StoreError::Internal("name index")),
                    ValueRef::Text(text) => (2, text),
                    ValueRef::Blob(blob) => (3, blob),
                };
                hash.update([kind]);
                hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
                hash.update(bytes);
            }
            rows += 1;
        }
        hash.update(b"end of table");
    }
    Ok(DigestRow { digest: hash.finalize().into(), rows, whole: true })
}

/// Has FTS5 write its changes, which it would otherwise do inside the commit.
fn flush_names(conn: &Connection) -> Result<(), StoreError> {
    conn.execute_batch("INSERT INTO main.patient_name (patient_name) VALUES ('flush')")?;
    Ok(())
}

impl TaggedWriter<'_> {
    /// Writes the digest of a small index, or removes that of a large one.
    pub(crate) fn write_names_digest(&mut self) -> Result<(), StoreError> {
        flush_names(self.conn)?;
        let sql = "SELECT count(*) FROM (SELECT 1 FROM main.patient_name_data LIMIT ?1)";
        let blocks: i64 = self.conn.prepare_cached(sql)?.query_row([FEW_BLOCKS + 1], |r| r.get(0))?;
        let key = Derived::Names.name().as_bytes();
        if blocks > FEW_BLOCKS {
            return self.drop_journal(JournalKind::Digest, key);
        }
        let digest = hash_names(self.conn)?;
        self.put_journal(key, &digest)
    }

    /// Writes the digest of an index of any size.
    pub(crate) fn seal_names(&mut self) -> Result<(), StoreError> {
        flush_names(self.conn)?;
        let digest = hash_names(self.conn)?;
        self.put_journal(Derived::Names.name().as_bytes(), &digest)
    }

    /// Rebuilds the index from `patient_key`.
    pub(crate) fn rebuild_names(&mut self) -> Result<(), StoreError> {
        let conn = self.conn;
        conn.execute_batch("INSERT INTO main.patient_name (patient_name) VALUES ('delete-all')")?;
        let mut insert = conn.prepare_cached("INSERT INTO main.patient_name (rowid, words) VALUES (?1, ?2)")?;
        let mut keys = conn.prepare_cached("SELECT ordinal, words, born FROM main.patient_key ORDER BY ordinal")?;
        let mut rows = keys.query([])?;
        while let Some(row) = rows.next()? {
            let (chart_number, words, born): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            insert.execute(params![chart_number, name_words(&words, &born)])?;
        }
        self.seal_names()
    }
}

impl Store {
    /// Computes the digest of the name index after a large load has removed it.
    ///
    /// # Errors
    /// What stops a write.
    pub fn seal_search(&self) -> Result<(), StoreError> {
        let access = self.access(Segment::Directory)?;
        let sealed = self.read(|conn| Ok(access.digest(conn, Derived::Names)?.is_some()))?;
        if sealed || !access.confirmed.has(Derived::Names) {
            return Ok(());
        }
        self.write_bulk(|tx| tx.writer(Segment::Directory)?.seal_names())
    }
}
