//! Windows of the ledger: for the access review's table and for the upload.

use super::file::Ledger;
use super::rows::{ENTRY_COLUMNS, OWN_LEDGER, entry_of, header_of, read_state, signed};
use crate::error::StoreError;
use crate::mutex::acquire;
use keep_audit::{EntryHeader, EventClass, LedgerEntry};
use keep_domain::UtcMillis;
use rusqlite::{OptionalExtension, params};

/// The most rows of one window, which keeps a reply below 256 kB and a read below 20 ms.
const WINDOW_LIMIT: u32 = 500;

/// Restricts the headers of a window. Without restrictions: all, newest first.
#[derive(Debug, Clone, Default)]
pub struct HeaderFilter {
    /// Only entries before this sequence, the last one of the previous window.
    pub before: Option<u64>,
    /// Only this class.
    pub class: Option<EventClass>,
    /// Only from this time on.
    pub since: Option<UtcMillis>,
    /// Only before this time.
    pub until: Option<UtcMillis>,
    /// Only failures.
    pub failures_only: bool,
    /// The number of newest entries to skip.
    pub skip: u64,
}

/// A window of headers, newest first.
#[derive(Debug, Clone)]
pub struct LedgerWindow {
    /// The headers.
    pub headers: Vec<EntryHeader>,
    /// The number of entries in the ledger.
    pub total: u64,
}

/// The condition of a filter; its parameters are those of [`bounds_of`].
const FITS: &str = "sequence < ?1 AND (?2 IS NULL OR class = ?2) AND recorded >= ?3 AND recorded < ?4
               AND (?5 = 0 OR outcome <> 0)";

/// Sequence before, class, since, until, failures only.
fn bounds_of(filter: &HeaderFilter) -> Result<(i64, Option<&'static str>, i64, i64, bool), StoreError> {
    Ok((
        filter.before.map_or(Ok(i64::MAX), signed)?,
        filter.class.map(EventClass::name),
        filter.since.map_or(i64::MIN, |t| t.0),
        filter.until.map_or(i64::MAX, |t| t.0),
        filter.failures_only,
    ))
}

impl Ledger {
    /// The headers of the alerts that no one has signed off, newest first. Does not verify the chain.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn open_alerts(&self) -> Result<Vec<EntryHeader>, StoreError> {
        let mut known = acquire(&self.alerts);
        let classes = EventClass::ALL.iter().filter(|c| c.needs_sign_off() || **c == EventClass::AlertSignedOff);
        let classes: Vec<String> = classes.map(|c| format!("'{c}'")).collect();
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence >= ?1 AND class IN ({}) ORDER BY sequence",
            classes.join(",")
        );
        let from = signed(known.next)?;
        let (next, entries) = self.with_reader(|conn| {
            let next = read_state(conn, OWN_LEDGER)?.next_sequence();
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map([from], entry_of)?;
            let entries: Vec<LedgerEntry> = rows.map(|r| r.map_err(StoreError::from)?).collect::<Result<_, _>>()?;
            Ok((next, entries))
        })?;
        entries.iter().for_each(|entry| known.take(entry));
        known.next = next;
        Ok(known.open.iter().rev().copied().collect())
    }

    /// Headers for the access review, newest first, at most `limit` and never over 500.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn headers(&self, filter: &HeaderFilter, limit: u32) -> Result<LedgerWindow, StoreError> {
        let (before, class, since, until, failures) = bounds_of(filter)?;
        let skip = signed(filter.skip)?;
        self.with_reader(|conn| {
            let mut statement = conn.prepare_cached(&format!(
                "SELECT sequence, event_id, class, recorded, outcome FROM entry
                 WHERE {FITS} ORDER BY sequence DESC LIMIT ?6 OFFSET ?7"
            ))?;
            let rows = statement
                .query_map(params![before, class, since, until, failures, limit.min(WINDOW_LIMIT), skip], header_of)?;
            let headers = rows.map(|r| r.map_err(StoreError::from)?).collect::<Result<_, _>>()?;
            let total: i64 = conn.query_row("SELECT next_sequence FROM log_state", [], |r| r.get(0))?;
            Ok(LedgerWindow { headers, total: u64::try_from(total).map_err(|_| StoreError::LedgerDamaged)? })
        })
    }

    /// The number of entries that match the filter, including those that it skips.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn count(&self, filter: &HeaderFilter) -> Result<u64, StoreError> {
        let bounds = bounds_of(filter)?;
        let n: i64 = self.with_reader(|conn| {
            let sql = format!("SELECT count(*) FROM entry WHERE {FITS}");
            Ok(conn.prepare_cached(&sql)?.query_row(bounds, |r| r.get(0))?)
        })?;
        u64::try_from(n).map_err(|_| StoreError::LedgerDamaged)
    }

    /// One entry with its body; `None` past the end.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn entry(&self, sequence: u64) -> Result<Option<LedgerEntry>, StoreError> {
        let sequence = signed(sequence)?;
        self.with_reader(|conn| {
            let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence = ?1");
            conn.prepare_cached(&sql)?.query_row([sequence], entry_of).optional()?.transpose()
        })
    }

    /// The oldest entries from number `from` on that the server has not confirmed, in order, at most `limit` and never over 500.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn undelivered(&self, from: u64, limit: u32) -> Result<Vec<LedgerEntry>, StoreError> {
        self.with_reader(|conn| {
            let mut statement = conn.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence >= ?1
                 AND sequence NOT IN (SELECT sequence FROM delivery) ORDER BY sequence LIMIT ?2"
            ))?;
            let rows = statement.query_map(params![signed(from)?, limit.min(WINDOW_LIMIT)], entry_of)?;
            rows.map(|r| r.map_err(StoreError::from)?).collect()
        })
    }

    /// Records that the server has confirmed entries; a repeat changes nothing.
    ///
    /// # Errors
    /// What SQLite refuses; an entry that does not exist is refused by its foreign key.
    pub fn mark_delivered(&self, sequences: &[u64], at: UtcMillis) -> Result<(), StoreError> {
        let mut conn = self.connection();
        let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for sequence in sequences {
            transaction
                .prepare_cached(
                    "INSERT INTO delivery (sequence, delivered_at) VALUES (?1, ?2) ON CONFLICT (sequence) DO NOTHING",
                )?
                .execute(params![signed(*sequence)?, at.0])?;
        }
        Ok(transaction.commit()?)
    }

    /// The number of entries.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn event_count(&self) -> Result<u64, StoreError> {
        Ok(self.state()?.next_sequence())
    }

    /// The number of entries that the server has not confirmed.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn pending_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT next_sequence FROM log_state) - (SELECT count(*) FROM delivery)";
        let n: i64 = self.with_reader(|conn| Ok(conn.query_row(sql, [], |r| r.get(0))?))?;
        u64::try_from(n).map_err(|_| StoreError::LedgerDamaged)
    }
}
