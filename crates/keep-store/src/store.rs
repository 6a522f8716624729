//! The open store of one session: one connection writes, two read.

use crate::awaited_targets::{AwaitedTargets, MovedTargets};
use crate::connector::{Connector, Purpose};
use crate::error::StoreError;
use crate::ledger::Ledger;
use crate::mutex::acquire;
use crate::open_transaction::OpenTransaction;
use crate::page_damage;
use crate::personal::Personal;
use crate::repair::{CarriedOver, Repair};
use crate::segment_access::SegmentAccess;
use crate::segment_file::remove_stand_in;
use crate::skipped_rows::SkippedRows;
use keep_domain::{Clock, Rank, Segment};
use rusqlite::{Connection, InterruptHandle};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The open store. Every call fails after [`Store::interrupt`], and after damage that leaves a segment unusable.
/// Dropping it closes all files.
// INVARIANT: the only open segments of the process; `Unlocked` owns it.
pub struct Store {
    pub(crate) profile: PathBuf,
    pub(crate) access: Vec<SegmentAccess>,
    pub(crate) entitled: Rank,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) personal: Option<Personal>,
    pub(crate) personal_set_aside: Option<PathBuf>,
    pub(crate) personal_lost: bool,
    pub(crate) carried_over: Mutex<Vec<(Segment, CarriedOver)>>,
    /// Shared by readers, exclusive for the writer: in TRUNCATE mode a reader would delay a commit.
    pub(crate) gate: RwLock<()>,
    pub(crate) writer: Mutex<Connection>,
    pub(crate) readers: [Mutex<Connection>; 2],
    pub(crate) next_reader: AtomicUsize,
    pub(crate) waiting_readers: AtomicUsize,
    pub(crate) interrupts: Mutex<Vec<InterruptHandle>>,
    pub(crate) connector: Connector,
    pub(crate) closing: AtomicBool,
    pub(crate) poisoned: AtomicBool,
    /// Segments whose root did not match when they were opened: readable chart by chart, not writable.
    pub(crate) read_only: HashSet<Segment>,
    /// Whether an empty file replaces a directory that could not be opened; nothing is written to it.
    pub(crate) has_stand_in: bool,
    pub(crate) repairs: Mutex<Vec<Repair>>,
    /// Held while derived tables are compared.
    pub(crate) confirming: Mutex<()>,
    /// What Provenances without a chart wait for.
    pub(crate) awaited: AwaitedTargets,
    pub(crate) skipped: SkippedRows,
    pub(crate) moved: MovedTargets,
}

impl Store {
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

    /// Whether the personal file was missing, so that an empty one was created.
    #[must_use]
    pub const fn personal_lost(&self) -> bool {
        self.personal_lost
    }

    /// The path of a personal file that could not be used and was replaced by a new one.
    #[must_use]
    pub fn personal_set_aside(&self) -> Option<&Path> {
        self.personal_set_aside.as_deref()
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

    /// A second writing connection for a first load; closing interrupts it as well.
    pub(crate) fn second_writer(&self) -> Result<Connection, StoreError> {
        let conn = self.connector.connect(Purpose::Load)?;
        acquire(&self.interrupts).push(conn.get_interrupt_handle());
        Ok(conn)
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        for reader in &self.readers {
            if let Ok(conn) = reader.try_lock() {
                return conn;
            }
        }
        let [first, second] = &self.readers;
        let next = self.next_reader.fetch_add(1, Ordering::Relaxed);
        acquire(if next.is_multiple_of(2) { first } else { second })
    }

    /// Stops running work and refuses new work; the first step of closing.
    pub fn interrupt(&self) {
        self.closing.store(true, Ordering::SeqCst);
        acquire(&self.interrupts).iter().for_each(InterruptHandle::interrupt);
    }

    /// Whether damage made a segment unusable, so that the store has to be opened again.
    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::SeqCst)
    }

    pub(crate) fn check_usable(&self) -> Result<(), StoreError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(StoreError::Interrupted);
        }
        if self.is_poisoned() { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    // INVARIANT: after a codec error the connection is dropped, and the segments are checked before another
    // one takes its place.
    pub(crate) fn replace_after(&self, error: &StoreError, conn: &mut Connection, purpose: Purpose) {
        if !error.is_damage() {
            return;
        }
        match self.connector.reconnect(purpose, &self.access) {
            Ok(fresh) => {
                acquire(&self.interrupts).push(fresh.get_interrupt_handle());
                *conn = fresh;
                if *error == StoreError::PageDamaged {
                    page_damage::note(conn, purpose, &self.access, || self.closing.load(Ordering::SeqCst));
                }
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

impl Drop for Store {
    fn drop(&mut self) {
        // Its connections are still open; where that prevents removal, the next opening removes it.
        if let Some((_, _, stand_in)) = self.connector.segments.first().filter(|_| self.has_stand_in) {
            let _left = remove_stand_in(stand_in);
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("rank", &self.rank()).finish_non_exhaustive()
    }
}
