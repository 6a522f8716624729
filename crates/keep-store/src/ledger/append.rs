//! Writing an event inside the caller's transaction.

use super::capacity::LedgerCapacity;
use super::rows::{insert_entry, read_state};
use super::ticket::TicketInTransaction;
use crate::cipher::PAGE_SIZE;
use crate::error::StoreError;
use keep_audit::{EventDraft, EventWriter};
use rusqlite::Connection;

/// Appends `draft` to the ledger that `conn` has under `schema` ([`ATTACHED_LEDGER`] in a store's
/// write transaction), inside the transaction that is open on `conn`.
///
/// The transaction must have begun with `BEGIN IMMEDIATE`, which locks every attached file: one that
/// starts by reading could not become a writer while the ledger's own connection is writing.
///
/// [`ATTACHED_LEDGER`]: super::ATTACHED_LEDGER
///
/// # Errors
/// [`StoreError::LedgerFull`], [`StoreError::Audit`] where the draft cannot be written (it names a
/// patient and no one is signed in), and what SQLite refuses. The caller must roll back after an error.
pub(crate) fn append_in<'t>(
    conn: &'t Connection,
    schema: &str,
    event_writer: &EventWriter,
    draft: &EventDraft,
    limit_bytes: u64,
) -> Result<TicketInTransaction<'t>, StoreError> {
    if !capacity_in(conn, schema, limit_bytes)?.admits(draft) {
        return Err(StoreError::LedgerFull);
    }
    let state = read_state(conn, schema)?;
    let (entry, next) = event_writer.write(&state, draft)?;
    insert_entry(conn, schema, &entry, &next)?;
    Ok(TicketInTransaction::new(entry.header.sequence, entry.header.event))
}

pub(super) fn capacity_in(conn: &Connection, schema: &str, limit_bytes: u64) -> Result<LedgerCapacity, StoreError> {
    let sql = format!("PRAGMA {schema}.page_count");
    let pages: i64 = conn.prepare_cached(&sql)?.query_row([], |r| r.get(0))?;
    let pages = u64::try_from(pages).map_err(|_| StoreError::LedgerDamaged)?;
    Ok(LedgerCapacity::of(pages.saturating_mul(u64::from(PAGE_SIZE)), limit_bytes))
}
