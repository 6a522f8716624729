//! Starting a new log: the first one of a profile, or one that follows a log that cannot be continued.
//!
//! The new log is created under another name and renamed into place after the old one was set aside. A crash at any
//! moment leaves the old file or the new one in place, or neither but the new one ready; the checkpoint of the old log
//! stays in the keychain until the new log, which names it, is in place.

use super::append::append_in;
use super::condition::{LogFault, examine, is_damage};
use super::opening::{FORMAT, LedgerOpening, PathKind, open_existing, open_file, path_kind};
use super::rows::{OWN_LEDGER, insert_state, read_origin, read_state};
use crate::cipher::OpenMode;
use crate::error::StoreError;
use crate::segment_file::journal_of;
use keep_audit::{ClosedLog, DetailValue, EventClass, EventDraft, EventWriter, LogOrigin, LogState, Outcome};
use keep_domain::{LogId, UtcMillis};
use rusqlite::{Connection, TransactionBehavior, params};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Change sets of a log that follows another are numbered from its start in seconds, times this: above all that may
/// still wait of the earlier log, and exact in JavaScript's numbers until the year 2242.
const NUMBERS_A_SECOND: u64 = 1 << 20;
/// The most files that are set aside within one second.
const MAX_SET_ASIDE: u32 = 1000;

/// The existing ledger, if any.
pub(super) enum ExistingLog {
    /// It may be continued.
    Intact(Connection),
    /// There never was one.
    Nothing,
    /// A new log has to start; the old one is open if it can be read.
    Faulty(LogFault, Option<Connection>),
}

/// Examines the existing ledger. Changes nothing, except that it finishes a start that a crash interrupted.
pub(super) fn find(opening: &LedgerOpening<'_>) -> Result<ExistingLog, StoreError> {
    let path = opening.path;
    let first_time = opening.checkpoint.is_none() && !opening.expected;
    let absent = |fault| if first_time { ExistingLog::Nothing } else { ExistingLog::Faulty(fault, None) };
    if path_kind(path)? == PathKind::Nothing && !finish_interrupted_start(opening)? {
        return Ok(absent(LogFault::Missing));
    }
    match path_kind(path)? {
        PathKind::File(0) => return Ok(absent(LogFault::Empty)),
        PathKind::File(_) => {}
        PathKind::Nothing | PathKind::Other => return Ok(ExistingLog::Faulty(LogFault::NotAFile, None)),
    }
    let mut conn = match open_existing(path, opening.key, OpenMode::Write) {
        Ok(conn) => conn,
        // Left by a crash while the first log was created.
        Err(StoreError::LedgerDamaged) => return Ok(absent(LogFault::Empty)),
        Err(error) if is_damage(&error) || may_not_be_read(path) => {
            return Ok(ExistingLog::Faulty(LogFault::Unreadable, None));
        }
        Err(error) => return Err(error),
    };
    Ok(match examine(&mut conn, opening)? {
        None => ExistingLog::Intact(conn),
        Some(fault) => ExistingLog::Faulty(fault, Some(conn)),
    })
}

/// Replaces the existing file with a new log, and opens that.
pub(super) fn start(
    opening: &LedgerOpening<'_>,
    fault: Option<LogFault>,
    old: Option<Connection>,
) -> Result<Connection, StoreError> {
    let path = opening.path;
    let remains = old.as_ref().map(SalvagedLog::of).unwrap_or_default();
    // Closed before its file is moved.
    drop(old);
    let exists = path_kind(path)? != PathKind::Nothing;
    let aside = SetAsideName::free(path, opening.now)?;
    let new = new_path(path);
    remove_leftover(&new)?;
    let first = FirstEvents::of(opening, fault, &remains, exists.then_some(&aside));
    let mut conn = open_file(&new, opening.key, OpenMode::Create)?;
    write_log(&mut conn, &opening.event_writer, &first, &remains, opening.limit_bytes)?;
    drop(conn);
    remove_if_present(&journal_of(&new))?;
    if exists {
        std::fs::rename(path, aside.path(path))?;
    }
    put_in_place(path, &aside)?;
    open_existing(path, opening.key, OpenMode::Write)
}

/// Finishes a start that was interrupted after the old file was renamed; returns whether there is a ledger now.
fn finish_interrupted_start(opening: &LedgerOpening<'_>) -> Result<bool, StoreError> {
    let new = new_path(opening.path);
    if !matches!(path_kind(&new)?, PathKind::File(length) if length > 0) {
        return Ok(false);
    }
    let follows = open_existing(&new, opening.key, OpenMode::Write)
        .and_then(|conn| read_origin(&conn))
        .is_ok_and(|origin| origin.previous == opening.checkpoint.map(ClosedLog::from));
    if follows {
        remove_if_present(&journal_of(&new))?;
        put_in_place(opening.path, &SetAsideName::free(opening.path, opening.now)?)?;
    }
    Ok(follows)
}

fn put_in_place(path: &Path, aside: &SetAsideName) -> Result<(), StoreError> {
    // A journal of the old file must never be applied to the new one.
    let journal = journal_of(path);
    if path_kind(&journal)? != PathKind::Nothing {
        std::fs::rename(&journal, journal_of(&aside.path(path)))?;
    }
    std::fs::rename(new_path(path), path)?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The events that a log begins with, and the first number of its change sets.
pub(super) struct FirstEvents {
    origin: LogOrigin,
    finding: Option<EventDraft>,
}

impl FirstEvents {
    /// A log that follows `previous` without a finding.
    pub(super) const fn following(previous: Option<ClosedLog>) -> Self {
        Self { origin: LogOrigin { previous, change_set_base: 0 }, finding: None }
    }

    fn of(
        opening: &LedgerOpening<'_>,
        fault: Option<LogFault>,
        remains: &SalvagedLog,
        aside: Option<&SetAsideName>,
    ) -> Self {
        let found = remains.state.as_ref().map(closed_at);
        let previous = opening.checkpoint.map(ClosedLog::from).or(found);
        let Some(fault) = fault else { return Self::following(previous) };
        let mut event =
            EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure).with("finding", fault.name());
        if let Some(old) = previous {
            event = event.with("log", old.log).with("size", old.size).with("root", DetailValue::digest(&old.root));
        }
        if let Some(found) = found {
            event = event.with("found_log", found.log).with("found_size", found.size);
            event = event.with("found_root", DetailValue::digest(&found.root));
        }
        if let Some(undelivered) = remains.undelivered {
            event = event.with("undelivered", undelivered);
        }
        if let Some(aside) = aside {
            event = event.with("set_aside_at", aside.seconds).with("set_aside_number", aside.number);
        }
        let seconds = u64::try_from(opening.now.seconds()).unwrap_or_default();
        let used = remains.next_change_set.max(previous.map_or(0, |p| p.size)).saturating_add(1);
        let change_set_base = seconds.saturating_mul(NUMBERS_A_SECOND).max(used);
        Self { origin: LogOrigin { previous, change_set_base }, finding: Some(event) }
    }
}

/// Creates the tables and writes the first events in one transaction.
pub(super) fn write_log(
    conn: &mut Connection,
    event_writer: &EventWriter,
    first: &FirstEvents,
    remains: &SalvagedLog,
    limit_bytes: u64,
) -> Result<(), StoreError> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(include_str!("schema.sql"))?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    insert_state(&transaction, OWN_LEDGER, &LogState::start(LogId::make_random()))?;
    let origin = first.origin.first_event();
    for event in std::iter::once(&origin).chain(&first.finding) {
        let _committed_below = append_in(&transaction, OWN_LEDGER, event_writer, event, limit_bytes)?;
    }
    for (slot, record) in &remains.unlock {
        transaction.execute("INSERT INTO unlock_record (slot, record) VALUES (?1, ?2)", params![slot, record])?;
    }
    if let Some(mark) = remains.trusted {
        transaction.execute("INSERT INTO trusted_time (one, mark) VALUES (1, ?1)", [mark])?;
    }
    Ok(transaction.commit()?)
}

/// What can still be read of a ledger that is set aside.
///
/// The unlock records are copied: the stricter of the ledger's and the keychain's counts, so an older one relaxes
/// nothing, and without one a user whose keychain item is missing as well would be locked out of an intact slot.
#[derive(Default)]
pub(super) struct SalvagedLog {
    state: Option<LogState>,
    undelivered: Option<u64>,
    next_change_set: u64,
    unlock: Vec<(Vec<u8>, String)>,
    trusted: Option<i64>,
}

impl SalvagedLog {
    fn of(conn: &Connection) -> Self {
        let state = read_state(conn, OWN_LEDGER).ok();
        let events = state.as_ref().map_or(0, LogState::next_sequence);
        let delivered = conn.query_row("SELECT count(*) FROM delivery", [], |r| r.get::<_, i64>(0)).ok();
        let unlock = || {
            let mut statement = conn.prepare("SELECT slot, record FROM unlock_record")?;
            statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<Vec<_>>>()
        };
        Self {
            undelivered: delivered.and_then(|d| u64::try_from(d).ok()).map(|d| events.saturating_sub(d)),
            next_change_set: read_origin(conn).map_or(0, |o| o.change_set_base).saturating_add(events),
            unlock: unlock().unwrap_or_default(),
            trusted: conn.query_row("SELECT mark FROM trusted_time", [], |r| r.get(0)).ok(),
            state,
        }
    }
}

fn closed_at(state: &LogState) -> ClosedLog {
    ClosedLog { log: state.log(), size: state.next_sequence(), root: state.root() }
}

/// How a file that is set aside is called: `ledger.db.damaged-<seconds>`, with a number where that is taken.
struct SetAsideName {
    seconds: i64,
    number: u32,
}

impl SetAsideName {
    /// A name that neither a file nor a journal has.
    fn free(path: &Path, now: UtcMillis) -> Result<Self, StoreError> {
        let names = (0..MAX_SET_ASIDE).map(|number| Self { seconds: now.seconds(), number });
        for name in names {
            let target = name.path(path);
            if path_kind(&target)? == PathKind::Nothing && path_kind(&journal_of(&target))? == PathKind::Nothing {
                return Ok(name);
            }
        }
        Err(StoreError::Io(ErrorKind::AlreadyExists))
    }

    fn path(&self, ledger: &Path) -> PathBuf {
        let number = if self.number == 0 { String::new() } else { format!("-{}", self.number) };
        with_ending(ledger, &format!(".damaged-{}{number}", self.seconds))
    }
}

fn may_not_be_read(path: &Path) -> bool {
    std::fs::File::open(path).is_err_and(|e| e.kind() == ErrorKind::PermissionDenied)
}

fn new_path(path: &Path) -> PathBuf {
    with_ending(path, ".new")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a new log that was never renamed into place; it has only its own first events.
fn remove_leftover(new: &Path) -> Result<(), StoreError> {
    remove_if_present(new)?;
    remove_if_present(&journal_of(new))
}

fn remove_if_present(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}
