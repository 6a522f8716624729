//! The open store of one session: one connection writes, two read.

use crate::connector::{Connector, Purpose};
use crate::open_transaction::OpenTransaction;
use crate::opening::{is_absent, make_files, open_personal};
use crate::page_damage;
use crate::repair::put as put_repair;
use crate::segment_access::SegmentAccess;
use crate::segment_check::opens;
use crate::segment_file::{journal_of, ledger_path, may_be_played_back};
use crate::{
    CarriedOver, CheckedSegments, Ledger, Mirror, Personal, Repair, SegmentReport, StoreError, WriteTx, inbox,
};
use keep_domain::{Clock, Rank, Segment, UserId};
use keep_keys::{DatabaseKey, SegmentKey};
use rusqlite::{Connection, InterruptHandle};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The keys of one session; opening consumes them.
#[derive(Debug)]
pub struct StoreKeys {
    /// The session's segment keys, of one or several generations.
    pub segments: Vec<SegmentKey>,
    /// The rank that the user is entitled to, whether or not its keys are present.
    pub entitled: Rank,
    /// The key of `ledger.db`, which the device holds.
    pub ledger: DatabaseKey,
    /// The clinician and the key of their personal file.
    pub personal: Option<(UserId, DatabaseKey)>,
}

/// What opening a store needs besides its checked segments.
#[derive(Debug)]
pub struct Opening {
    /// The rank that the user is entitled to, whether or not its keys are present.
    pub entitled: Rank,
    /// The key of `ledger.db`, which the device holds.
    pub ledger_key: DatabaseKey,
    /// The clinician and the key of their personal file.
    pub personal: Option<(UserId, DatabaseKey)>,
    /// Whether that file existed before, so that its absence means that it was lost.
    pub had_personal: bool,
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The open store. Every call fails after [`Store::interrupt`], and after damage that leaves a segment unusable.
/// Dropping it closes all files.
// INVARIANT: the only open segments of the process; `Unlocked` owns it.
pub struct Store {
    pub(crate) profile: PathBuf,
    pub(crate) access: Vec<SegmentAccess>,
    pub(crate) entitled: Rank,
    pub(crate) clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
    personal: Option<Personal>,
    personal_set_aside: Option<PathBuf>,
    personal_lost: bool,
    carried_over: Mutex<Vec<(Segment, CarriedOver)>>,
    /// Shared by readers, exclusive for the writer: in TRUNCATE mode a reader would delay a commit.
    gate: RwLock<()>,
    writer: Mutex<Connection>,
    readers: [Mutex<Connection>; 2],
    next_reader: AtomicUsize,
    pub(crate) waiting_readers: AtomicUsize,
    interrupts: Mutex<Vec<InterruptHandle>>,
    connector: Connector,
    closing: AtomicBool,
    poisoned: AtomicBool,
    /// Segments whose root did not match when they were opened: readable chart by chart, not writable.
    read_only: HashSet<Segment>,
    /// Whether an empty file replaces a directory that could not be opened; nothing is written to it.
    pub(crate) has_stand_in: bool,
    pub(crate) repairs: Mutex<Vec<Repair>>,
    /// Held while derived tables are compared.
    pub(crate) confirming: Mutex<()>,
}

impl Store {
    /// Checks the session's segments, opens those that are usable and attaches the ledger. A missing file is created
    /// only for the segments in `create`, whose keys were made just now. The caller holds the profile lock.
    ///
    /// # Errors
    /// File errors, and those of the ledger.
    pub fn open(
        profile: &Path,
        keys: StoreKeys,
        create: &[Segment],
        ledger: Arc<Ledger>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<SegmentReport>), StoreError> {
        let mut checked = CheckedSegments::check(profile, keys.segments, &Mirror::new(), clock.as_ref())?;
        checked.make_missing(create);
        let reports = checked.reports().to_vec();
        let StoreKeys { entitled, ledger: ledger_key, personal, .. } = keys;
        let had_personal = false;
        let with = Opening { entitled, ledger_key, personal, had_personal, ledger, clock };
        let store = Self::open_checked(profile, checked, with)?;
        Ok((store, reports))
    }

    /// Opens checked segments together and attaches the ledger. A segment that is not usable is left out. One that was
    /// added with a new key is created, after a repair entry says that it has to be filled from the server.
    ///
    /// # Errors
    /// File errors, and those of the ledger.
    pub fn open_checked(profile: &Path, checked: CheckedSegments, with: Opening) -> Result<Self, StoreError> {
        let Opening { entitled, ledger_key, personal, had_personal, ledger, clock } = with;
        let (mut read_only, repairs) = (checked.read_only(), checked.repairs(profile, clock.now()));
        let (keys, has_stand_in) = make_files(profile, &checked, &repairs)?;
        if has_stand_in {
            read_only.insert(Segment::Directory);
        }
        let connector = Connector {
            profile: profile.to_owned(),
            segments: keys.iter().map(|(k, path)| (k.segment(), k.database_key(), path.clone())).collect(),
            ledger: ledger_key,
        };
        let writer = connector.connect(Purpose::Write)?;
        let (first, second) = (connector.connect(Purpose::Read)?, connector.connect(Purpose::Read)?);
        let interrupts = [&writer, &first, &second].map(Connection::get_interrupt_handle);
        let lost = personal.as_ref().is_some_and(|(user, _)| is_absent(profile, *user));
        let (personal, personal_set_aside) = match personal.as_ref() {
            Some((user, key)) => open_personal(profile, *user, key, &clock),
            None => (None, None),
        };
        let personal_lost = lost && had_personal;
        let access = |key: &SegmentKey| {
            let mut access = SegmentAccess::new(key);
            let others = checked.other_keys.iter().filter(|k| k.segment() == key.segment());
            access.other_recipient_keys = others.map(|k| (k.generation(), k.hpke_key_pair())).collect();
            access.disputed = read_only.contains(&key.segment());
            access
        };
        let store = Self {
            profile: profile.to_owned(),
            access: keys.iter().map(|(key, _)| access(key)).collect(),
            entitled,
            clock,
            ledger,
            personal,
            personal_set_aside,
            personal_lost,
            carried_over: Mutex::default(),
            gate: RwLock::new(()),
            writer: Mutex::new(writer),
            readers: [Mutex::new(first), Mutex::new(second)],
            next_reader: AtomicUsize::new(0),
            waiting_readers: AtomicUsize::new(0),
            interrupts: Mutex::new(interrupts.into()),
            connector,
            closing: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
            read_only,
            has_stand_in,
            repairs: Mutex::default(),
            confirming: Mutex::new(()),
        };
        if !has_stand_in {
            store.load_repairs()?;
            store.mark_stale_entries_in_flight(&repairs)?;
            inbox::publish_recipient_keys(&store)?;
            store.carry_over_from(&checked)?;
            store.drain_inboxes()?;
            store.relocate_rows()?;
        }
        Ok(store)
    }

    /// Copies the unsent work of files that were set aside into their replacements, once. A file whose key this session
    /// does not hold waits for a session that does.
    fn carry_over_from(&self, checked: &CheckedSegments) -> Result<(), StoreError> {
        let waiting = |r: &Repair| !r.carried_over && !r.set_aside.is_empty() && self.is_open(r.segment);
        for repair in self.repairs().into_iter().filter(waiting) {
            let old_file = self.profile.join("segments").join(&repair.set_aside);
            let fits = |k: &&SegmentKey| k.segment() == repair.segment && opens(&old_file, k);
            let has_its_key = |k: &SegmentKey| k.segment() == repair.segment && k.generation() + 1 >= repair.generation;
            if !checked.other_keys.iter().any(|k| fits(&k)) && checked.other_keys.iter().any(has_its_key) {
                // Its first page is damaged, so no key will ever open it.
                let done = CarriedOver { incomplete: true, ..CarriedOver::default() };
                self.write_bulk(|tx| {
                    put_repair(tx.writer(Segment::Directory)?, &Repair { carried_over: true, ..repair.clone() })
                })?;
                lock(&self.carried_over).push((repair.segment, done));
            } else if let Some(key) = checked.other_keys.iter().find(fits) {
                let done = self.carry_over(&old_file, key, &repair)?;
                lock(&self.carried_over).push((repair.segment, done));
            }
        }
        Ok(())
    }

    /// What happened to the unsent work of files that were set aside when this store was opened.
    #[must_use]
    pub fn carried_over(&self) -> Vec<(Segment, CarriedOver)> {
        lock(&self.carried_over).clone()
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

    /// Runs `work` in one transaction over all open files, the ledger included; it is durable when this returns.
    /// An error rolls everything back, the events too.
    ///
    /// # Errors
    /// Those of `work` and of the commit.
    pub fn write<T>(&self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.confirm_ids()?;
        // The ledger is always locked first, so that two writers never wait for each other.
        let _lease = self.ledger.write_lease();
        let done = self.transaction("BEGIN IMMEDIATE", work)?;
        // SQLite does not report a journal that it could not truncate after a commit. The ledger's own connection keeps
        // that file: with the old super-journal's name at its end, nothing would be rolled back after a crash.
        if may_be_played_back(&journal_of(&ledger_path(&self.profile))).unwrap_or(true) {
            self.poisoned.store(true, Ordering::SeqCst);
        }
        Ok(done)
    }

    /// Like [`Store::write`] without the ledger: a pull writes its events at its start and end.
    pub(crate) fn write_bulk<T>(
        &self,
        work: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.confirm_ids()?;
        self.transaction("BEGIN", work)
    }

    /// Like [`Store::write_bulk`], for work that looks up no record.
    pub(crate) fn write_unconfirmed<T>(
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
        self.access.iter().for_each(|a| a.verified.end_transaction(done.is_ok()));
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

    /// A second writing connection for a first load; closing interrupts it as well.
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
        let next = self.next_reader.fetch_add(1, Ordering::Relaxed);
        lock(if next.is_multiple_of(2) { first } else { second })
    }

    /// Stops running work and refuses new work; the first step of closing.
    pub fn interrupt(&self) {
        self.closing.store(true, Ordering::SeqCst);
        lock(&self.interrupts).iter().for_each(InterruptHandle::interrupt);
    }

    /// Whether damage made a segment unusable, so that the store has to be opened again.
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
            let _left = crate::opening::remove_stand_in(stand_in);
        }
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
