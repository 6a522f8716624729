//! Verifying a ledger file, damaged ones included.

use super::opening::{PathKind, open_existing, path_kind};
use super::rows::{ENTRY_COLUMNS, OWN_LEDGER, entry_of, read_checkpoints, read_state, signed};
use crate::cipher::OpenMode;
use crate::error::StoreError;
use keep_audit::{
    Evidence, Finding, FindingKind, LedgerEntry, Opener, Report, SignedCheckpoint, UnreadableEntry, verify,
};
use keep_domain::UserId;
use keep_hardening::private_file::{self, Access};
use keep_keys::DatabaseKey;
use rusqlite::Connection;
use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::path::Path;

/// Entries read at once.
const STEP: u64 = 256;

/// What the caller knows in addition to the file.
#[derive(Debug, Default)]
pub struct LedgerEvidence<'a> {
    /// The device's public key, which signs checkpoints.
    pub device_key: Option<[u8; 32]>,
    /// Checkpoints that the server or the keychain stored.
    pub trusted: &'a [SignedCheckpoint],
    /// The audit key, if the reader holds it.
    pub opener: Option<&'a dyn Opener>,
    /// The clinicians' public keys.
    pub known_keys: Option<&'a BTreeMap<[u8; 32], UserId>>,
}

/// Verifies the ledger at `path`: every event, and the authentication code of every page. Damage is a finding, never an
/// error; a file that cannot be opened yields a report with that one finding.
#[must_use]
pub fn verify_ledger(path: &Path, key: &DatabaseKey, known: &LedgerEvidence<'_>) -> Report {
    // Opening a pipe would block.
    if !matches!(path_kind(path), Ok(PathKind::File(_))) {
        return unreadable("there is no ledger file");
    }
    let conn = match open_readable(path, key) {
        Ok(conn) => conn,
        Err(_) => return unreadable("the ledger cannot be opened"),
    };
    let (state, checkpoints) = (read_state(&conn, OWN_LEDGER), read_checkpoints(&conn, OWN_LEDGER));
    drop(conn);
    let (state_lost, checkpoints_lost) = (state.is_err(), checkpoints.is_err());
    let (state, checkpoints) = (state.ok(), checkpoints.unwrap_or_default());
    let mut reader = Reader { path, key, conn: None, ready: VecDeque::new(), next: 0, end: 0 };
    let last = reader.last_sequence();
    let end = match (last, &state) {
        (Ok(last), state) => last.map_or(0, |l| l + 1).max(state.as_ref().map_or(0, |s| s.next_sequence())),
        (Err(_), Some(state)) => state.next_sequence(),
        (Err(_), None) => return unreadable("the ledger cannot be read"),
    };
    reader.end = end;
    let evidence = Evidence {
        log: None,
        device_key: known.device_key,
        checkpoints: &checkpoints,
        trusted: known.trusted,
        state: state.as_ref(),
        opener: known.opener,
        known_keys: known.known_keys,
    };
    let mut report = verify(reader, &evidence);
    if state_lost {
        report.findings.push(Finding::about_log(FindingKind::Unreadable, "the state of the log cannot be read"));
    }
    if checkpoints_lost {
        report.findings.push(Finding::about_log(FindingKind::Unreadable, "the checkpoints cannot be read"));
    }
    report.findings.extend(check_pages(path, key));
    report
}

/// Checks what no query reads: the file's first bytes, and the authentication code of every page, free ones included.
fn check_pages(path: &Path, key: &DatabaseKey) -> Option<Finding> {
    let found = |what: String| Some(Finding::about_log(FindingKind::Unreadable, what));
    let mut head = [0; 16];
    // SQLCipher gets key and salt as parameters, so it never reads the stored salt.
    let read = private_file::open(path, Access::Read).and_then(|mut file| file.read_exact(&mut head));
    if read.is_err() || head != *key.salt() {
        return found(String::from("the first bytes of the file are not those of this ledger"));
    }
    match open_readable(path, key).and_then(|conn| damaged_pages(&conn)) {
        Ok(0) => None,
        Ok(pages) => found(format!("the seal of {pages} page(s) of the file does not hold")),
        Err(_) => found(String::from("the pages of the file cannot be checked")),
    }
}

/// The number of pages that SQLCipher reports as damaged.
fn damaged_pages(conn: &Connection) -> Result<usize, StoreError> {
    let mut statement = conn.prepare("PRAGMA cipher_integrity_check")?;
    let mut rows = statement.query([])?;
    let mut complaints = 0;
    while rows.next()?.is_some() {
        complaints += 1;
    }
    Ok(complaints)
}

fn unreadable(what: &str) -> Report {
    Report { findings: vec![Finding::about_log(FindingKind::Unreadable, what)], ..Report::default() }
}

/// Read-only if possible; an interrupted transaction has to be rolled back first.
fn open_readable(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    open_existing(path, key, OpenMode::Read).or_else(|_| open_existing(path, key, OpenMode::Write))
}

/// Reads all entries in order. A page that fails its check takes the connection with it (SQLCipher
/// refuses everything afterwards), so the reader opens a new one and halves the range until the
/// entries that cannot be read stand alone.
struct Reader<'a> {
    path: &'a Path,
    key: &'a DatabaseKey,
    conn: Option<Connection>,
    ready: VecDeque<Result<LedgerEntry, UnreadableEntry>>,
    next: u64,
    end: u64,
}

impl Reader<'_> {
    fn last_sequence(&mut self) -> Result<Option<u64>, StoreError> {
        let last: Option<i64> = self.connection()?.query_row("SELECT max(sequence) FROM entry", [], |r| r.get(0))?;
        last.map(|l| u64::try_from(l).map_err(|_| StoreError::LedgerDamaged)).transpose()
    }

    fn connection(&mut self) -> Result<&Connection, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => open_readable(self.path, self.key)?,
        };
        Ok(self.conn.insert(conn))
    }

    fn read(&mut self, from: u64, to: u64) {
        match self.try_read(from, to) {
            Ok(entries) => self.ready.extend(entries.into_iter().map(Ok)),
            Err(_) => {
                self.conn = None;
                if to - from <= 1 {
                    self.ready.push_back(Err(UnreadableEntry { sequence: from }));
                } else {
                    let middle = from + (to - from) / 2;
                    self.read(from, middle);
                    self.read(middle, to);
                }
            }
        }
    }

    fn try_read(&mut self, from: u64, to: u64) -> Result<Vec<LedgerEntry>, StoreError> {
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence");
        let mut statement = self.connection()?.prepare_cached(&sql)?;
        let rows = statement.query_map([signed(from)?, signed(to)?], entry_of)?;
        rows.map(|r| r.map_err(StoreError::from)?).collect()
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<LedgerEntry, UnreadableEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && self.next < self.end {
            let to = self.end.min(self.next + STEP);
            self.read(self.next, to);
            self.next = to;
        }
        self.ready.pop_front()
    }
}
