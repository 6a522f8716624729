//! Checking, before anything is written, that the ledger is the one that was left.

use super::append::append_in;
use super::opening::LedgerOpening;
use super::rows::{OWN_LEDGER, last_checkpoint, read_link, read_origin, read_state};
use crate::error::StoreError;
use keep_audit::{Checkpoint, ClosedLog, EventClass, EventDraft, LogState};
use rusqlite::{Connection, TransactionBehavior, ffi};

/// Why a log cannot be continued. A new one then starts, and the old file is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFault {
    /// There is no file.
    Missing,
    /// The file is empty.
    Empty,
    /// Its path is not a regular file.
    NotAFile,
    /// It does not open with its key, or the rows that the next event depends on cannot be read.
    Unreadable,
    /// It has fewer events than before: an older copy was restored, or its tail was cut off.
    RolledBack,
    /// It has enough events, but other ones than before.
    Disagrees,
    /// It is another log.
    Exchanged,
}

impl LogFault {
    /// The stable name of the finding.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "log_missing",
            Self::Empty => "log_emptied",
            Self::NotAFile => "log_not_a_file",
            Self::Unreadable => "log_unreadable",
            Self::RolledBack => "log_rolled_back",
            Self::Disagrees => "log_disagrees",
            Self::Exchanged => "log_exchanged",
        }
    }
}

/// Compares the open ledger with itself and with the checkpoint stored outside it. `None`: it may be continued.
///
/// # Errors
/// Conditions other than the file's: a full disk, a file that is in use.
pub(super) fn examine(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<Option<LogFault>, StoreError> {
    match inspect(conn, opening) {
        Err(error) if is_damage(&error) => Ok(Some(LogFault::Unreadable)),
        other => other,
    }
}

fn inspect(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<Option<LogFault>, StoreError> {
    if conn.is_readonly(OWN_LEDGER)? {
        return Ok(Some(LogFault::Unreadable));
    }
    let (state, origin) = (read_state(conn, OWN_LEDGER)?, read_origin(conn)?);
    let last: Option<i64> = conn.query_row("SELECT max(sequence) FROM entry", [], |r| r.get(0))?;
    let events = last.map_or(Ok(0), |l| u64::try_from(l).map(|l| l + 1)).map_err(|_| StoreError::LedgerDamaged)?;
    // With one old page among new ones, entries and state end at different places.
    if events != state.next_sequence() || read_link(conn, state.next_sequence())? != Some(*state.link()) {
        return Ok(Some(LogFault::Disagrees));
    }
    if let Some(note) = last_checkpoint(conn, OWN_LEDGER)? {
        let Ok(own) = note.check(&opening.device_key) else { return Ok(Some(LogFault::Disagrees)) };
        if let Some(fault) = compare(conn, &state, &own)? {
            return Ok(Some(fault));
        }
    }
    if let Some(checkpoint) = opening.checkpoint {
        // After a crash between starting a new log and storing its first checkpoint, this log names the old one.
        let follows = origin.previous == Some(ClosedLog::from(checkpoint));
        match compare(conn, &state, checkpoint)? {
            Some(LogFault::Exchanged) if follows => {}
            Some(fault) => return Ok(Some(fault)),
            None => {}
        }
    }
    // The rows that the lock screen reads, then the pages that the next event is written to.
    let _: Vec<String> = conn
        .prepare("SELECT record FROM unlock_record UNION ALL SELECT CAST(mark AS TEXT) FROM trusted_time")?
        .query_map([], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    try_append(conn, opening)?;
    Ok(None)
}

/// Whether the log extends a checkpoint.
fn compare(conn: &Connection, state: &LogState, head: &Checkpoint) -> Result<Option<LogFault>, StoreError> {
    if head.log != state.log() {
        return Ok(Some(LogFault::Exchanged));
    }
    if head.size > state.next_sequence() {
        return Ok(Some(LogFault::RolledBack));
    }
    let same = read_link(conn, head.size)? == Some(head.link);
    let same_root = head.size != state.next_sequence() || head.root == state.root();
    Ok((!same || !same_root).then_some(LogFault::Disagrees))
}

/// Writes an event and rolls it back, so that a damaged page where the next one goes is found now and not during work.
fn try_append(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<(), StoreError> {
    let tried = (|| {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let draft = EventDraft::new(EventClass::LogStop);
        let _taken_back = append_in(&transaction, OWN_LEDGER, &opening.event_writer, &draft, opening.limit_bytes)?;
        Ok(transaction.rollback()?)
    })();
    match tried {
        // No space, or another program's lock: the next event reports it.
        Err(error) if !is_damage(&error) => Ok(()),
        other => other,
    }
}

/// Whether an error means a damaged file, as opposed to a temporary condition of the machine.
pub(super) const fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::NotOpened(_)
        | StoreError::PageDamaged
        | StoreError::LedgerDamaged
        | StoreError::NotAvailable
        | StoreError::Internal(_) => true,
        StoreError::Database(code) => matches!(
            *code & 0xff,
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB | ffi::SQLITE_CONSTRAINT | ffi::SQLITE_READONLY
        ),
        _ => false,
    }
}
