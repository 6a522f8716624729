//! The SQLite file: resources with every version, and the tables that search uses.
//!
//! One write connection behind a lock and a few read connections; WAL, so that readers never wait for the writer.
//! SQLCipher is linked, because the workspace builds SQLite only once, but used without a key: the demo's records are made up.

pub(crate) mod find;
mod history;
mod keys;
mod moment;
mod raw;
mod terms;
mod write;

pub(crate) use history::HistoryQuery;
pub(crate) use keys::{fold, fold_contact};
pub(crate) use moment::Interval;
pub(crate) use raw::{Incoming, reduce_to_elements};
pub(crate) use terms::{Kind, term_of, terms_of};
pub(crate) use write::{WriteRequest, Written};

use crate::BackendError;
use crate::fhir::Refusal;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SCHEMA: &str = include_str!("storage/schema.sql");
const SCHEMA_VERSION: i64 = 1;
const READERS: usize = 3;

/// The open database.
#[derive(Debug)]
pub(crate) struct Storage {
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
    turn: AtomicUsize,
}

/// One version as it is served. The body is the whole resource, ready to be spliced into an answer.
#[derive(Debug)]
pub(crate) struct StoredVersion {
    pub(crate) version: i64,
    pub(crate) updated: i64,
    /// `None` = this version is a deletion.
    pub(crate) body: Option<String>,
}

impl Storage {
    /// Opens or makes the database file.
    ///
    /// # Errors
    /// [`BackendError::Database`], also when the file is of another schema.
    pub(crate) fn open(path: &Path) -> Result<Self, BackendError> {
        let failed = |e: rusqlite::Error| BackendError::database(&e);
        let writer = connect(path).map_err(failed)?;
        let found: i64 = writer.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(failed)?;
        match found {
            0 => {
                writer.execute_batch(SCHEMA).map_err(failed)?;
                writer.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(failed)?;
            }
            SCHEMA_VERSION => {}
            _ => return Err(BackendError::Database(String::from("made by another version"))),
        }
        // A load writes all over the search tables: they should stay in memory meanwhile.
        writer.pragma_update(None, "cache_size", -192_000).map_err(failed)?;
        writer.pragma_update(None, "wal_autocheckpoint", 8_000).map_err(failed)?;
        let readers = (0..READERS).map(|_| connect(path).map(Mutex::new)).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { writer: Mutex::new(writer), readers, turn: AtomicUsize::new(0) })
    }

    /// Runs `work` in a write transaction: committed when it gives `Ok`, else rolled back.
    ///
    /// # Errors
    /// Those of `work`, and a 500 when the database fails.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut connection = lock(&self.writer);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Refusal::database)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(Refusal::database)?;
        Ok(done)
    }

    /// Runs `work` on one of the read connections.
    ///
    /// # Errors
    /// Those of `work`.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let reader = self.readers.get(turn % READERS).unwrap_or(&self.writer);
        work(&lock(reader))
    }

    /// The current version of a resource, deletions included.
    pub(crate) fn current(
        connection: &Connection,
        resource_type: &str,
        id: &str,
    ) -> Result<Option<StoredVersion>, Refusal> {
        connection
            .prepare_cached(
                "SELECT v.version, v.updated, v.body FROM resource r JOIN version v ON v.vid = r.vid WHERE r.type = ? AND r.id = ?",
            )
            .and_then(|mut s| s.query_row(params![resource_type, id], read_version).optional())
            .map_err(Refusal::database)
    }

    /// One version of a resource.
    pub(crate) fn version(
        connection: &Connection,
        resource_type: &str,
        id: &str,
        version: i64,
    ) -> Result<Option<StoredVersion>, Refusal> {
        connection
            .prepare_cached("SELECT version, updated, body FROM version WHERE type = ? AND id = ? AND version = ?")
            .and_then(|mut s| s.query_row(params![resource_type, id, version], read_version).optional())
            .map_err(Refusal::database)
    }

    /// Whether a load of this name was completed before.
    pub(crate) fn was_loaded(&self, name: &str) -> Result<bool, Refusal> {
        self.read(|c| {
            c.query_row("SELECT EXISTS (SELECT 1 FROM loaded WHERE name = ?)", [name], |r| r.get(0))
                .map_err(Refusal::database)
        })
    }

    /// Remembers that a load is complete.
    pub(crate) fn mark_loaded(&self, name: &str) -> Result<(), Refusal> {
        self.write(|t| {
            t.execute("INSERT OR IGNORE INTO loaded (name) VALUES (?)", [name]).map(|_| ()).map_err(Refusal::database)
        })
    }
}

fn read_version(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredVersion> {
    Ok(StoredVersion { version: row.get(0)?, updated: row.get(1)?, body: row.get(2)? })
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A panic elsewhere leaves no half-done state here: transactions roll back when they are dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
