//! Whether the ledger that was found is the one that was left, looked at before anything is written to it.

use super::append::append_in;
use super::rows::{last_checkpoint, read_link, read_origin, read_state};
use super::{LedgerOpening, OWN_LEDGER};
use crate::StoreError;
use keep_audit::{Checkpoint, ClosedLog, EventClass, EventDraft, LogState};
use rusqlite::{Connection, TransactionBehavior, ffi};

/// Why a log cannot be continued. A new one then starts, and what was found is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFault {
    /// There is no file.
    Missing,
    /// The file is empty.
    Empty,
    /// Something that is no file has its name.
    NotAFile,
    /// It does not open with its key, or what the next event depends on cannot be read.
    Unreadable,
    /// It has fewer events than it had: an older copy was put back, or its tail was cut.
    RolledBack,
    /// It has as many events as it should have, and others than those that were there.
    Disagrees,
    /// It is another log than the one that was left.
    Exchanged,
}

impl LogFault {
    /// The word of the finding.
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

/// Compares the open ledger with itself and with the checkpoint that was kept outside it. `None`: it may go on.
///
/// # Errors
/// What is no property of the file: a full disk, a file that is in use.
pub(super) fn examine(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<Option<LogFault>, StoreError> {
    match look(conn, opening) {
        Err(error) if is_damage(&error) => Ok(Some(LogFault::Unreadable)),
        other => other,
    }
}

fn look(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<Option<LogFault>, StoreError> {
    if conn.is_readonly(OWN_LEDGER)? {
        return Ok(Some(LogFault::Unreadable));
    }
    let (state, origin) = (read_state(conn, OWN_LEDGER)?, read_origin(conn)?);
    let last: Option<i64> = conn.query_row("SELECT max(sequence) FROM entry", [], |r| r.get(0))?;
    let events = last.map_or(Ok(0), |l| u64::try_from(l).map(|l| l + 1)).map_err(|_| StoreError::LedgerDamaged)?;
    // One old page among new ones: entries and state then end at different places.
    if events != state.next_sequence() || read_link(conn, state.next_sequence())? != Some(*state.link()) {
        return Ok(Some(LogFault::Disagrees));
    }
    if let Some(note) = last_checkpoint(conn, OWN_LEDGER)? {
        let Ok(own) = note.check(&opening.device_key) else { return Ok(Some(LogFault::Disagrees)) };
        if let Some(fault) = compare(conn, &state, &own)? {
            return Ok(Some(fault));
        }
    }
    if let Some(kept) = opening.kept {
        // A crash between starting a new log and keeping its first checkpoint: this log says that it follows.
        let follows = origin.previous == Some(ClosedLog::from(kept));
        match compare(conn, &state, kept)? {
            Some(LogFault::Exchanged) if follows => {}
            Some(fault) => return Ok(Some(fault)),
            None => {}
        }
    }
    // What the lock screen reads of it, and the pages that the next event is written to.
    let _: Vec<String> = conn
        .prepare("SELECT record FROM unlock_record UNION ALL SELECT CAST(mark AS TEXT) FROM trusted_time")?
        .query_map([], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    try_append(conn, opening)?;
    Ok(None)
}

/// Whether the log begins with what a checkpoint says.
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

/// Writes an event and takes it back: a damaged page where the next one goes would stop all work in the middle of it.
fn try_append(conn: &mut Connection, opening: &LedgerOpening<'_>) -> Result<(), StoreError> {
    let tried = (|| {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let draft = EventDraft::new(EventClass::LogStop);
        let _taken_back = append_in(&transaction, OWN_LEDGER, &opening.event_writer, &draft, opening.limit_bytes)?;
        Ok(transaction.rollback()?)
    })();
    match tried {
        // No room, or another program's lock: whoever writes the next event is told.
        Err(error) if !is_damage(&error) => Ok(()),
        other => other,
    }
}

/// Whether an error says that the file is not what was written, and not that the machine is in trouble.
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
