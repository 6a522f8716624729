//! What opening a ledger needs, and opening its file.

use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use keep_audit::{Checkpoint, EventWriter};
use keep_domain::UtcMillis;
use keep_keys::DatabaseKey;
use rusqlite::Connection;
use std::io::ErrorKind;
use std::path::Path;

/// The format in `PRAGMA user_version`.
pub(super) const FORMAT: i64 = 1;

/// Everything that opening the ledger needs.
#[derive(Debug)]
pub struct LedgerOpening<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its key.
    pub key: &'a DatabaseKey,
    /// Writes its events.
    pub event_writer: EventWriter,
    /// The size at which it counts as full.
    pub limit_bytes: u64,
    /// The device's public key, which signs checkpoints.
    pub device_key: [u8; 32],
    /// The newest checkpoint that was stored outside the file.
    pub checkpoint: Option<&'a Checkpoint>,
    /// Whether users are enrolled, so that a ledger must exist.
    pub expected: bool,
    /// The time, for the name of a file that is set aside.
    pub now: UtcMillis,
}

/// Opens a ledger file that must exist and be of this format.
pub(super) fn open_existing(path: &Path, key: &DatabaseKey, mode: OpenMode) -> Result<Connection, StoreError> {
    let conn = open_file(path, key, mode)?;
    let format: i64 = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
    match format {
        FORMAT => Ok(conn),
        f if f > FORMAT => Err(StoreError::Newer("ledger")),
        _ => Err(StoreError::LedgerDamaged),
    }
}

pub(super) fn open_file(path: &Path, key: &DatabaseKey, mode: OpenMode) -> Result<Connection, StoreError> {
    open_cipher(path, key, mode).map_err(|error| match error {
        StoreError::NotOpened(_) | StoreError::PageDamaged => StoreError::NotOpened("ledger"),
        other => other,
    })
}

/// What a path refers to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    Nothing,
    /// A regular file of that many bytes.
    File(u64),
    Other,
}

/// Does not open the path: opening a pipe would block.
pub(super) fn path_kind(path: &Path) -> Result<PathKind, StoreError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(PathKind::File(found.len())),
        Ok(_) => Ok(PathKind::Other),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(PathKind::Nothing),
        Err(e) => Err(e.into()),
    }
}
