//! The open ledger: one connection, one writing thread.

use super::alerts::KnownAlerts;
use super::append::capacity_in;
use super::capacity::LedgerCapacity;
use super::condition::{LogFault, is_damage};
use super::group::{PendingTicket, Request, write_groups};
use super::new_log::{ExistingLog, FirstEvents, SalvagedLog, find, start, write_log};
use super::opening::{LedgerOpening, PathKind, open_existing, open_file, path_kind};
use super::rows::{OWN_LEDGER, insert_checkpoint, read_origin, read_state};
use super::ticket::AuditTicket;
use crate::cipher::{OpenMode, persist_journal_file};
use crate::error::StoreError;
use crate::mutex::acquire;
use keep_audit::{Checkpoint, ClosedLog, EventDraft, EventSigner, EventWriter, LogState, SignedCheckpoint};
use keep_keys::DatabaseKey;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;

/// The error for creating a ledger over another one.
const EXISTS: &str = "a ledger exists already";

/// `ledger.db`, opened with the device's key.
///
/// One thread appends, so that concurrent events share an fsync. While unlocked, the store writes to the same file
/// through its own connection, under a [`WriteLease`].
#[derive(Debug)]
pub struct Ledger {
    conn: Arc<Mutex<Connection>>,
    /// Reads for the access review and the upload; opened on first use, and again after damage.
    reading: Mutex<Option<Connection>>,
    pub(super) alerts: Mutex<KnownAlerts>,
    path: PathBuf,
    key: DatabaseKey,
    event_writer: RwLock<EventWriter>,
    requests: Option<Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    limit_bytes: u64,
    change_set_base: u64,
}

/// The exclusive right to write to the ledger file.
// INVARIANT: the holder of a lease never calls `append`, which would wait for itself.
#[derive(Debug)]
pub struct WriteLease<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, Connection>);

impl Ledger {
    /// Opens the ledger if it is the one that was left, and checks that before anything is written to it. Otherwise the
    /// existing file is set aside and a new log starts, whose first events name the old one and the finding.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::DiskFull`] and file errors: no event could be made durable then.
    pub fn open_or_start(opening: LedgerOpening<'_>) -> Result<(Self, Option<LogFault>), StoreError> {
        let (conn, fault) = match find(&opening)? {
            ExistingLog::Intact(conn) => (conn, None),
            ExistingLog::Nothing => (start(&opening, None, None)?, None),
            ExistingLog::Faulty(fault, old) => (start(&opening, Some(fault), old)?, Some(fault)),
        };
        let LedgerOpening { path, key, event_writer, limit_bytes, .. } = opening;
        Ok((Self::start(conn, path, key, event_writer, limit_bytes)?, fault))
    }

    /// Creates a new log in a new file; its first event names the `previous` log, if any.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if the file has a log, [`StoreError::NotOpened`] if it belongs to another key, and file
    /// errors.
    pub fn create(
        path: &Path,
        key: &DatabaseKey,
        event_writer: EventWriter,
        previous: Option<&Checkpoint>,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        let mut conn = open_file(path, key, OpenMode::Create)?;
        if !is_blank(&conn)? {
            return Err(StoreError::Invalid(EXISTS));
        }
        let first = FirstEvents::following(previous.map(ClosedLog::from));
        write_log(&mut conn, &event_writer, &first, &SalvagedLog::default(), limit_bytes)?;
        Self::start(conn, path, key, event_writer, limit_bytes)
    }

    /// Opens an existing ledger without comparing it with anything.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`] if the key is not the file's, [`StoreError::Newer`].
    pub fn open(
        path: &Path,
        key: &DatabaseKey,
        event_writer: EventWriter,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        if path_kind(path)? == PathKind::Other {
            return Err(StoreError::NotOpened("ledger"));
        }
        let conn = open_existing(path, key, OpenMode::Write)?;
        Self::start(conn, path, key, event_writer, limit_bytes)
    }

    /// Opens the ledger, or creates it if there is no file.
    ///
    /// # Errors
    /// See [`Ledger::open`] and [`Ledger::create`].
    pub fn open_or_create(
        path: &Path,
        key: &DatabaseKey,
        event_writer: EventWriter,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        // A crash during `create` leaves a file without tables.
        if path.exists() && !is_blank(&open_file(path, key, OpenMode::Write)?)? {
            Self::open(path, key, event_writer, limit_bytes)
        } else {
            Self::create(path, key, event_writer, None, limit_bytes)
        }
    }

    fn start(
        conn: Connection,
        path: &Path,
        key: &DatabaseKey,
        event_writer: EventWriter,
        limit_bytes: u64,
    ) -> Result<Self, StoreError> {
        // Each event is one small transaction that a user waits for: the journal file is not truncated for it.
        persist_journal_file(&conn)?;
        let change_set_base = read_origin(&conn)?.change_set_base;
        let conn = Arc::new(Mutex::new(conn));
        let (requests, queue) = channel();
        let writing = Arc::clone(&conn);
        let writer = std::thread::Builder::new()
            .name("ledger".into())
            .spawn(move || write_groups(&queue, &writing, limit_bytes))
            .map_err(|_| StoreError::Interrupted)?;
        Ok(Self {
            conn,
            reading: Mutex::default(),
            alerts: Mutex::default(),
            path: path.to_owned(),
            key: key.duplicate(),
            event_writer: RwLock::new(event_writer),
            requests: Some(requests),
            writer: Some(writer),
            limit_bytes,
            change_set_base,
        })
    }

    /// Replaces the event writer: with keys after an unlock, without them at lock.
    pub fn use_event_writer(&self, event_writer: EventWriter) {
        *self.event_writer.write().unwrap_or_else(PoisonError::into_inner) = event_writer;
    }

    /// The current event writer.
    #[must_use]
    pub fn event_writer(&self) -> EventWriter {
        self.event_writer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The size at which the ledger counts as full.
    #[must_use]
    pub const fn limit_bytes(&self) -> u64 {
        self.limit_bytes
    }

    /// The number of the change set that an event of this log records: above those of the logs before.
    #[must_use]
    pub const fn change_set_number(&self, sequence: u64) -> u64 {
        self.change_set_base.saturating_add(sequence)
    }

    /// Starts writing an event; the read that it records may run meanwhile.
    pub fn begin_append(&self, draft: EventDraft) -> PendingTicket {
        let (request, pending) = Request::new(draft, self.event_writer());
        if let Some(requests) = &self.requests {
            // If the thread has ended, the request is dropped, and waiting returns `Interrupted`.
            let _ended = requests.send(request);
        }
        pending
    }

    /// Writes an event in a transaction of its own and waits until it is durable.
    ///
    /// # Errors
    /// [`StoreError::LedgerFull`], [`StoreError::LedgerDamaged`], [`StoreError::DiskFull`], and those of the event writer.
    pub fn append(&self, draft: EventDraft) -> Result<AuditTicket, StoreError> {
        self.begin_append(draft).wait()
    }

    /// Waits for the right to write to the file through another connection.
    pub fn write_lease(&self) -> WriteLease<'_> {
        WriteLease(self.connection())
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
    pub fn capacity(&self) -> Result<LedgerCapacity, StoreError> {
        capacity_in(&self.connection(), OWN_LEDGER, self.limit_bytes)
    }

    /// Signs and stores a checkpoint of the current log. The caller also stores it elsewhere, since only a copy outside
    /// this file shows that its tail was cut off.
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

    /// Runs `work` on a read-only connection. A damaged page makes its connection unusable (SQLCipher then refuses
    /// everything), so old events are not read through the connection that writes new ones.
    pub(super) fn with_reader<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // No writes meanwhile: in a rollback-journal mode a reader would delay the commit.
        let _lease = self.write_lease();
        let mut reader = acquire(&self.reading);
        let conn = match reader.take() {
            Some(conn) => conn,
            None => open_existing(&self.path, &self.key, OpenMode::Read)?,
        };
        let done = work(&conn);
        if !done.as_ref().is_err_and(is_damage) {
            *reader = Some(conn);
        }
        done
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        acquire(&self.conn)
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

fn is_blank(conn: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok(tables == 0)
}
