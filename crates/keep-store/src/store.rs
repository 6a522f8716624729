//! The open store of one session: one connection that writes, two that read.

use crate::connector::{Connector, Purpose};
use crate::open_transaction::OpenTransaction;
use crate::segment_access::SegmentAccess;
use crate::segment_file::{journal_of, ledger_path, may_be_played_back, remove_stale_journals};
use crate::segment_report::{SegmentReport, open_segments};
use crate::{Ledger, Personal, StoreError, WriteTx, inbox};
use keep_domain::{Clock, Rank, Segment, UserId};
use keep_keys::{DatabaseKey, SegmentKey};
use rusqlite::{Connection, InterruptHandle};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The keys of one session. They are used up by opening.
#[derive(Debug)]
pub struct StoreKeys {
    /// The session's segments, directory first and without gaps; each carries its generation.
    pub segments: Vec<SegmentKey>,
    /// The key of `ledger.db`, which the device holds.
    pub ledger: DatabaseKey,
    /// The clinician and the key of their personal file.
    pub personal: Option<(UserId, DatabaseKey)>,
}

/// The open store. It serves nothing after [`Store::interrupt`], nor after damage that its segments did not
/// survive; dropping it closes all files.
// INVARIANT: the only open segments of the process; `Unlocked` owns it.
pub struct Store {
    pub(crate) profile: PathBuf,
    pub(crate) access: Vec<SegmentAccess>,
    pub(crate) clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
    personal: Option<Personal>,
    /// Readers share it, the writer takes it alone: in TRUNCATE mode a reader would hold a commit up.
    gate: RwLock<()>,
    writer: Mutex<Connection>,
    readers: [Mutex<Connection>; 2],
    next_reader: AtomicUsize,
    pub(crate) waiting_readers: AtomicUsize,
    interrupts: Mutex<Vec<InterruptHandle>>,
    connector: Connector,
    closing: AtomicBool,
    poisoned: AtomicBool,
    /// Segments whose root did not fit at open: readable chart by chart, not writable.
    read_only: HashSet<Segment>,
    pub(crate) verified: Mutex<HashSet<(Segment, u32)>>,
}

impl Store {
    /// Opens the session's segments and attaches the ledger. Of those in `create` the file is made where there is none:
    /// the keys of these, and of no others, were made just now.
    /// The caller holds the profile lock. Every file is checked against its own state first.
    ///
    /// A segment that is missing, newer or damaged is reported and left out with all above it; a damaged
    /// file has then been renamed aside. Without a usable directory there is no store.
    ///
    /// # Errors
    /// What is wrong with the directory, and file errors.
    pub fn open(
        profile: &Path,
        keys: StoreKeys,
        create: &[Segment],
        ledger: Arc<Ledger>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<SegmentReport>), StoreError> {
        remove_stale_journals(profile)?;
        let (usable, reports) = open_segments(profile, &keys.segments, create, clock.as_ref())?;
        let opened: Vec<&SegmentKey> = keys.segments.iter().take(usable).collect();
        if opened.is_empty() {
            return Err(reports.first().map_or(StoreError::NotAvailable, SegmentReport::error));
        }
        let connector = Connector {
            profile: profile.to_owned(),
            segments: opened.iter().map(|k| (k.segment(), k.database_key())).collect(),
            ledger: keys.ledger,
        };
        let writer = connector.connect(Purpose::Write)?;
        let (first, second) = (connector.connect(Purpose::Read)?, connector.connect(Purpose::Read)?);
        let interrupts = [&writer, &first, &second].map(Connection::get_interrupt_handle);
        let personal =
            keys.personal.as_ref().map(|(user, key)| Personal::open(profile, *user, key, Arc::clone(&clock)));
        let store = Self {
            profile: profile.to_owned(),
            access: opened.iter().map(|k| SegmentAccess::new(k)).collect(),
            clock,
            ledger,
            personal: personal.transpose()?,
            gate: RwLock::new(()),
            writer: Mutex::new(writer),
            readers: [Mutex::new(first), Mutex::new(second)],
            next_reader: AtomicUsize::new(0),
            waiting_readers: AtomicUsize::new(0),
            interrupts: Mutex::new(interrupts.into()),
            connector,
            closing: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
            read_only: reports.iter().filter_map(SegmentReport::read_only).collect(),
            verified: Mutex::new(HashSet::new()),
        };
        inbox::publish_drop_boxes(&store)?;
        store.drain_inboxes()?;
        store.bring_to_place()?;
        Ok((store, reports))
    }

    /// The highest segment that is open.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.access.last().map_or(Rank::NONE, |a| Rank::up_to(a.segment))
    }

    /// The ledger of this device.
    #[must_use]
    pub const fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The signed-in clinician's own file.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] where the store was opened without one.
    pub fn personal(&self) -> Result<&Personal, StoreError> {
        self.personal.as_ref().ok_or(StoreError::NotAvailable)
    }

    /// Runs `work` in one transaction over all open files, the ledger included; it is durable when this returns.
    /// An error rolls everything back, the events too.
    ///
    /// # Errors
    /// What `work` and the commit answer.
    pub fn write<T>(&self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // The ledger's turn comes first everywhere, so that no two writers wait for each other.
        let _turn = self.ledger.turn();
        let done = self.transaction("BEGIN IMMEDIATE", work)?;
        // SQLite says nothing of a journal that it could not cut off behind a commit. The ledger's own connection keeps
        // that file: the old super-journal's name would stay at its end, and nothing would be rolled back after a crash.
        if may_be_played_back(&journal_of(&ledger_path(&self.profile))).unwrap_or(true) {
            self.poisoned.store(true, Ordering::SeqCst);
        }
        Ok(done)
    }

    /// Like [`Store::write`] without the ledger: the events of a pull are written at its start and end.
    pub(crate) fn write_bulk<T>(
        &self,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transaction("BEGIN", work)
    }

    fn transaction<T>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut conn = lock(&self.writer);
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        self.check_usable()?;
        let open = OpenTransaction::begin(&conn, begin, &self.poisoned)?;
        let done = (|| {
            let mut tx = WriteTx::new(&conn, self);
            let value = work(&mut tx)?;
            tx.finish()?;
            conn.execute_batch("COMMIT")?;
            Ok(value)
        })();
        drop(open);
        done.inspect_err(|error| self.replace_after(error, &mut conn, Purpose::Write))
    }

    /// Runs `work` on a connection that only reads, inside one read transaction.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.waiting_readers.fetch_add(1, Ordering::SeqCst);
        let _shared = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        self.waiting_readers.fetch_sub(1, Ordering::SeqCst);
        let mut conn = self.reader();
        self.check_usable()?;
        let open = OpenTransaction::begin(&conn, "BEGIN", &self.poisoned)?;
        let done = work(&conn);
        let ended = conn.execute_batch("COMMIT").map_err(StoreError::from);
        drop(open);
        done.and_then(|value| ended.map(|()| value)).inspect_err(|e| self.replace_after(e, &mut conn, Purpose::Read))
    }

    /// A connection beside the writer, for the time of a first load; closing interrupts it, too.
    pub(crate) fn second_writer(&self) -> Result<Connection, StoreError> {
        let conn = self.connector.connect(Purpose::Load)?;
        lock(&self.interrupts).push(conn.get_interrupt_handle());
        Ok(conn)
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        for reader in &self.readers {
            if let Ok(conn) = reader.try_lock() {
                return conn;
            }
        }
        let [first, second] = &self.readers;
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        lock(if turn.is_multiple_of(2) { first } else { second })
    }

    /// Stops everything that runs and refuses what comes; the first step of closing.
    pub fn interrupt(&self) {
        self.closing.store(true, Ordering::SeqCst);
        lock(&self.interrupts).iter().for_each(InterruptHandle::interrupt);
    }

    /// Whether damage was met that the segments did not survive, so that the store has to be opened again.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::SeqCst)
    }

    fn check_usable(&self) -> Result<(), StoreError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(StoreError::Interrupted);
        }
        if self.is_poisoned() { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    // INVARIANT: after a codec error the connection is dropped, and the segments are checked before another
    // one takes its place.
    fn replace_after(&self, error: &StoreError, conn: &mut Connection, purpose: Purpose) {
        if !error.is_damage() {
            return;
        }
        match self.connector.reconnect(purpose, &self.access) {
            Ok(fresh) => {
                lock(&self.interrupts).push(fresh.get_interrupt_handle());
                *conn = fresh;
            }
            Err(_) => self.poisoned.store(true, Ordering::SeqCst),
        }
    }

    /// The open segment, if the session's rank has it.
    pub(crate) fn access(&self, segment: Segment) -> Result<&SegmentAccess, StoreError> {
        self.access.iter().find(|a| a.segment == segment).ok_or(StoreError::NotAvailable)
    }

    pub(crate) fn is_read_only(&self, segment: Segment) -> bool {
        self.read_only.contains(&segment)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves a rolled-back transaction behind, never a half-written row.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("rank", &self.rank()).finish_non_exhaustive()
    }
}
