//! The connections to the SQLite file.
//!
//! One write connection and a few read connections; WAL mode, so that readers never wait for the writer.
//! SQLCipher is linked, because the workspace builds SQLite only once, but used without a key: the demo's records are fictitious.

use crate::error::BackendError;
use crate::fhir_error::FhirError;
use crate::mutex::acquire;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const SCHEMA: &str = include_str!("schema.sql");
const SCHEMA_VERSION: i64 = 1;
const READERS: usize = 3;

/// The open database.
#[derive(Debug)]
pub(crate) struct Storage {
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
}

impl Storage {
    /// Opens the database file, creating it if missing.
    ///
    /// # Errors
    /// [`BackendError::Database`], also if the file has another schema version.
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
            _ => return Err(BackendError::Database(String::from("created by another version of the program"))),
        }
        // Bulk loads write to random pages of the search tables, which should fit in the cache.
        writer.pragma_update(None, "cache_size", -192_000).map_err(failed)?;
        writer.pragma_update(None, "wal_autocheckpoint", 8_000).map_err(failed)?;
        let readers = (0..READERS).map(|_| connect(path).map(Mutex::new)).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { writer: Mutex::new(writer), readers, next_reader: AtomicUsize::new(0) })
    }

    /// Runs `work` in a write transaction, which is committed if it returns `Ok` and rolled back otherwise.
    ///
    /// # Errors
    /// Those of `work`, and 500 if the database fails.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, FhirError>) -> Result<T, FhirError> {
        let mut connection = acquire(&self.writer);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(FhirError::database)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(FhirError::database)?;
        Ok(result)
    }

    /// Runs `work` on one of the read connections.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, FhirError>) -> Result<T, FhirError> {
        let reader = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let reader = self.readers.get(reader % READERS).unwrap_or(&self.writer);
        work(&acquire(reader))
    }

    /// Whether the load of this name was completed before.
    pub(crate) fn was_loaded(&self, name: &str) -> Result<bool, FhirError> {
        self.read(|c| {
            c.query_row("SELECT EXISTS (SELECT 1 FROM loaded WHERE name = ?)", [name], |r| r.get(0))
                .map_err(FhirError::database)
        })
    }

    /// Records that a load is complete.
    pub(crate) fn mark_loaded(&self, name: &str) -> Result<(), FhirError> {
        self.write(|t| {
            t.execute("INSERT OR IGNORE INTO loaded (name) VALUES (?)", [name]).map(|_| ()).map_err(FhirError::database)
        })
    }
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
