//! The open ledger: one connection, one writing thread.

use super::append::room_in;
use super::group::{PendingTicket, Request, write_groups};
use super::rows::{insert_checkpoint, insert_state, last_checkpoint, read_state};
use super::{AuditTicket, LedgerRoom, OWN_LEDGER};
use crate::cipher::keep_journal_file;
use crate::{OpenMode, StoreError, open_cipher};
use keep_audit::{Checkpoint, DetailValue, EventClass, EventDraft, EventSigner, LogState, Scribe, SignedCheckpoint};
use keep_domain::LogId;
use keep_keys::DatabaseKey;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;

/// The refusal to make a ledger over another one.
const EXISTS: &str = "a ledger exists already";
/// The format in `PRAGMA user_version`.
const FORMAT: i64 = 1;

/// `ledger.db`, open under the device's key.
///
/// Appends go through one thread, so that concurrent events share an fsync. While unlocked the
/// store writes to the same file through its own connection: it takes the [`Ledger::turn`] first.
#[derive(Debug)]
pub struct Ledger {
    conn: Arc<Mutex<Connection>>,
    scribe: RwLock<Scribe>,
    requests: Option<Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    limit_bytes: u64,
}

/// The exclusive right to write to the ledger file; nobody else's transaction is in the way.
// INVARIANT: whoever holds a turn never calls `append`, which would wait for itself.
#[derive(Debug)]
pub struct Turn<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, Connection>);

impl Ledger {
    /// Makes a new log in a new file; its first event names the `previous` log where there was one.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where the file holds a log, [`StoreError::NotOpened`] where it is another
    /// key's, and what the disk refuses.
    pub fn create(
        path: &Path,
        key: &DatabaseKey,
        scribe: Scribe,
        previous: Option<&Checkpoint>,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        let mut conn = open_file(path, key, OpenMode::Create)?;
        if !is_blank(&conn)? {
            return Err(StoreError::Invalid(EXISTS));
        }
        let mut start = EventDraft::new(EventClass::LogStart);
        if let Some(old) = previous {
            start = start
                .with("previous_log", old.log)
                .with("previous_size", old.size)
                .with("previous_root", DetailValue::digest(&old.root));
        }
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(include_str!("schema.sql"))?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        insert_state(&transaction, OWN_LEDGER, &LogState::start(LogId::make_random()))?;
        let _committed_below = super::append_in(&transaction, OWN_LEDGER, &scribe, &start, limit_bytes)?;
        transaction.commit()?;
        Self::start(conn, scribe, limit_bytes)
    }

    /// Opens an existing ledger.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`] where file and key do not fit, [`StoreError::Newer`].
    pub fn open(path: &Path, key: &DatabaseKey, scribe: Scribe, limit_bytes: u64) -> Result<Self, StoreError> {
        let conn = open_existing(path, key, OpenMode::Write)?;
        Self::start(conn, scribe, limit_bytes)
    }

    /// Opens the ledger, or makes it where there is no file.
    ///
    /// # Errors
    /// See [`Ledger::open`] and [`Ledger::create`].
    pub fn open_or_create(
        path: &Path,
        key: &DatabaseKey,
        scribe: Scribe,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        // A file without a single table is what a crash in the middle of `create` leaves behind.
        if path.exists() && !is_blank(&open_file(path, key, OpenMode::Write)?)? {
            Self::open(path, key, scribe, limit_bytes)
        } else {
            Self::create(path, key, scribe, None, limit_bytes)
        }
    }

    fn start(conn: Connection, scribe: Scribe, limit_bytes: u64) -> Result<Self, StoreError> {
        // An event is one small transaction that somebody waits for: no blocks are given back and taken again for it.
        keep_journal_file(&conn)?;
        let conn = Arc::new(Mutex::new(conn));
        let (requests, queue) = channel();
        let writing = Arc::clone(&conn);
        let writer = std::thread::Builder::new()
            .name("ledger".into())
            .spawn(move || write_groups(&queue, &writing, limit_bytes))
            .map_err(|_| StoreError::Interrupted)?;
        Ok(Self { conn, scribe: RwLock::new(scribe), requests: Some(requests), writer: Some(writer), limit_bytes })
    }

    /// Who writes from now on: with keys after an unlock, without them at lock.
    pub fn use_scribe(&self, scribe: Scribe) {
        *self.scribe.write().unwrap_or_else(PoisonError::into_inner) = scribe;
    }

    /// Who writes now; the store hands it to [`append_in`](super::append_in).
    #[must_use]
    pub fn scribe(&self) -> Scribe {
        self.scribe.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The size at which the ledger counts as full.
    #[must_use]
    pub const fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// Starts writing an event; the read that it records may run meanwhile.
    pub fn begin_append(&self, draft: EventDraft) -> PendingTicket {
        let (request, pending) = Request::new(draft, self.scribe());
        if let Some(requests) = &self.requests {
            // A thread that has ended drops the request, and waiting then says `Closed`.
            let _ended = requests.send(request);
        }
        pending
    }

    /// Writes an event in a transaction of its own and waits until it is durable.
    ///
    /// # Errors
    /// See [`append_in`](super::append_in).
    pub fn append(&self, draft: EventDraft) -> Result<AuditTicket, StoreError> {
        self.begin_append(draft).wait()
    }

    /// Waits for the right to write to the file through another connection.
    pub fn turn(&self) -> Turn<'_> {
        Turn(self.connection())
    }

    /// The state of the log.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn state(&self) -> Result<LogState, StoreError> {
        read_state(&self.connection(), OWN_LEDGER)
    }

    /// How full the ledger is.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn room(&self) -> Result<LedgerRoom, StoreError> {
        room_in(&self.connection(), OWN_LEDGER, self.limit_bytes)
    }

    /// Signs and stores a checkpoint of the log as it is; the caller also keeps it elsewhere, since
    /// only a copy outside this file shows that its tail was cut off.
    ///
    /// # Errors
    /// What the key or SQLite refuses.
    pub fn checkpoint(&self, device: &dyn EventSigner) -> Result<SignedCheckpoint, StoreError> {
        let conn = self.connection();
        let head = Checkpoint::of(&read_state(&conn, OWN_LEDGER)?);
        let note = head.sign(device)?;
        insert_checkpoint(&conn, OWN_LEDGER, head.size, &note)?;
        Ok(note)
    }

    /// The newest stored checkpoint.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn last_checkpoint(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        last_checkpoint(&self.connection(), OWN_LEDGER)
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves a rolled-back transaction behind, never a half-written row.
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is queued and closes the file.
    pub fn close(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        self.requests = None;
        if let Some(writer) = self.writer.take() {
            let _panicked = writer.join();
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.stop();
    }
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

fn is_blank(conn: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok(tables == 0)
}

fn open_file(path: &Path, key: &DatabaseKey, mode: OpenMode) -> Result<Connection, StoreError> {
    open_cipher(path, key, mode).map_err(|error| match error {
        StoreError::NotOpened(_) | StoreError::PageDamaged => StoreError::NotOpened("ledger"),
        other => other,
    })
}
