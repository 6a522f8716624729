//! Connections over all files of a session, at open and again after damage.

use crate::cipher::{OpenMode, attach_cipher, open_cipher};
use crate::error::StoreError;
use crate::ledger::ATTACHED_LEDGER;
use crate::segment_access::SegmentAccess;
use crate::segment_file::{ledger_path, schema_of};
use crate::tagged::verify_charts;
use keep_domain::Segment;
use keep_keys::DatabaseKey;
use rusqlite::Connection;
use std::path::PathBuf;

/// Page cache per segment in KiB: (writer, each reader); at most 48 MB in all.
const CACHE_KIB: [(Segment, u32, u32); 4] = [
    (Segment::Directory, 6_000, 4_000),
    (Segment::Encounters, 5_000, 2_000),
    (Segment::Clinical, 9_000, 6_000),
    (Segment::Restricted, 2_000, 1_000),
];

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Writes, with the ledger attached.
    Write,
    /// Writes segments together with the writer during a first load.
    Load,
    /// Only reads.
    Read,
}

/// The files of a session and their keys.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) profile: PathBuf,
    /// Each with its file; the directory, or its stand-in, comes first.
    pub(crate) segments: Vec<(Segment, DatabaseKey, PathBuf)>,
    pub(crate) ledger: DatabaseKey,
}

impl Connector {
    /// A connection with the directory as main and all other files attached.
    pub(crate) fn connect(&self, purpose: Purpose) -> Result<Connection, StoreError> {
        let Some(((_, key, path), others)) = self.segments.split_first() else {
            return Err(StoreError::NotAvailable);
        };
        let conn = open_cipher(path, key, OpenMode::Write)?;
        for (segment, key, path) in others {
            attach_cipher(&conn, path, schema_of(*segment), key)?;
        }
        match purpose {
            Purpose::Write => attach_cipher(&conn, &ledger_path(&self.profile), ATTACHED_LEDGER, &self.ledger)?,
            Purpose::Load => {}
            Purpose::Read => conn.pragma_update(None, "query_only", true)?,
        }
        for (segment, writer, reader) in CACHE_KIB {
            if self.segments.iter().any(|(s, ..)| *s == segment) {
                let kib = if purpose == Purpose::Write { writer } else { reader };
                conn.pragma_update(Some(schema_of(segment)), "cache_size", -i64::from(kib))?;
            }
        }
        Ok(conn)
    }

    /// A connection that replaces one that met damage: every segment is verified before it is used again.
    pub(crate) fn reconnect(&self, purpose: Purpose, access: &[SegmentAccess]) -> Result<Connection, StoreError> {
        let conn = self.connect(purpose)?;
        for segment in access {
            verify_charts(&conn, segment)?;
        }
        Ok(conn)
    }
}
