//! The SQL of single rows: entries, state, checkpoints, delivery.

use crate::error::StoreError;
use keep_audit::{
    EntryBody, EntryHeader, EventClass, LedgerEntry, LogOrigin, LogState, Outcome, SignedCheckpoint, UserSignature,
};
use keep_domain::{EventId, LogId, UtcMillis};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// The name under which the store attaches the ledger to its main connection.
pub(crate) const ATTACHED_LEDGER: &str = "ledger";
/// The schema name of the ledger on its own connection.
pub(crate) const OWN_LEDGER: &str = "main";

/// The columns of an entry in the order in which [`entry_of`] reads them.
pub(super) const ENTRY_COLUMNS: &str =
    "sequence, event_id, class, recorded, outcome, body_kind, body, leaf, signature, link";

pub(super) fn insert_state(conn: &Connection, schema: &str, state: &LogState) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {schema}.log_state (one, log_id, next_sequence, frontier, link, last_recorded)
         VALUES (1, ?1, ?2, ?3, ?4, ?5)"
    );
    conn.execute(
        &sql,
        params![
            state.log().as_bytes(),
            signed(state.next_sequence())?,
            state.frontier().to_bytes(),
            state.link(),
            state.last_recorded().0
        ],
    )?;
    Ok(())
}

pub(super) fn read_state(conn: &Connection, schema: &str) -> Result<LogState, StoreError> {
    let sql = format!("SELECT log_id, next_sequence, frontier, link, last_recorded FROM {schema}.log_state");
    let mut statement = conn.prepare_cached(&sql)?;
    let (log, next, frontier, link, recorded): ([u8; 16], i64, Vec<u8>, [u8; 32], i64) =
        statement.query_row([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
    let next = u64::try_from(next).map_err(|_| StoreError::LedgerDamaged)?;
    LogState::from_parts(LogId::from_bytes(log), next, &frontier, link, UtcMillis(recorded))
        .map_err(|_| StoreError::LedgerDamaged)
}

/// The link after the first `size` entries: zeros for none; `None` if the last of them is missing.
pub(super) fn read_link(conn: &Connection, size: u64) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(last) = size.checked_sub(1) else { return Ok(Some([0; 32])) };
    let mut statement = conn.prepare_cached("SELECT link FROM entry WHERE sequence = ?1")?;
    Ok(statement.query_row([signed(last)?], |r| r.get(0)).optional()?)
}

/// The log's origin, as its first event states it.
pub(super) fn read_origin(conn: &Connection) -> Result<LogOrigin, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE sequence = 0"))?;
    let first = statement.query_row([], entry_of).optional()?.transpose()?;
    first.and_then(|entry| LogOrigin::read(&entry.body)).ok_or(StoreError::LedgerDamaged)
}

/// Stores an entry and the state after it; the trigger refuses any sequence but the next.
pub(super) fn insert_entry(
    conn: &Connection,
    schema: &str,
    entry: &LedgerEntry,
    state: &LogState,
) -> Result<(), StoreError> {
    let h = &entry.header;
    let sql = format!("INSERT INTO {schema}.entry ({ENTRY_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    conn.prepare_cached(&sql)?.execute(params![
        signed(h.sequence)?,
        h.event.uuid().as_bytes(),
        h.class.name(),
        h.recorded.0,
        h.outcome.number(),
        entry.body.kind(),
        entry.body.bytes(),
        entry.leaf,
        entry.signature.map(|s| s.to_bytes()),
        entry.link,
    ])?;
    let sql = format!("UPDATE {schema}.log_state SET next_sequence = ?1, frontier = ?2, link = ?3, last_recorded = ?4");
    conn.prepare_cached(&sql)?.execute(params![
        signed(state.next_sequence())?,
        state.frontier().to_bytes(),
        state.link(),
        state.last_recorded().0
    ])?;
    Ok(())
}

/// Reads an entry; `Ok(Err(..))` if the row exists but is not valid.
pub(super) fn entry_of(row: &Row<'_>) -> rusqlite::Result<Result<LedgerEntry, StoreError>> {
    let kind: u8 = row.get(5)?;
    let body: Vec<u8> = row.get(6)?;
    let leaf: [u8; 32] = row.get(7)?;
    let signature: Option<Vec<u8>> = row.get(8)?;
    let link: [u8; 32] = row.get(9)?;
    let header = header_of(row)?;
    let parts = || {
        let signature = signature.map(|s| UserSignature::from_bytes(&s)).transpose()?;
        Ok(LedgerEntry { header: header?, body: EntryBody::from_parts(kind, body)?, leaf, signature, link })
    };
    Ok(parts())
}

/// Reads the header from the first five of [`ENTRY_COLUMNS`].
pub(super) fn header_of(row: &Row<'_>) -> rusqlite::Result<Result<EntryHeader, StoreError>> {
    let sequence: i64 = row.get(0)?;
    let event: [u8; 16] = row.get(1)?;
    let class: String = row.get(2)?;
    let recorded: i64 = row.get(3)?;
    let outcome: u8 = row.get(4)?;
    let parts = || {
        Some(EntryHeader {
            sequence: u64::try_from(sequence).ok()?,
            event: EventId::from_uuid(Uuid::from_bytes(event)),
            class: EventClass::from_name(&class)?,
            recorded: UtcMillis(recorded),
            outcome: Outcome::from_number(outcome)?,
        })
    };
    Ok(parts().ok_or(StoreError::LedgerDamaged))
}

pub(super) fn insert_checkpoint(
    conn: &Connection,
    schema: &str,
    size: u64,
    note: &SignedCheckpoint,
) -> Result<(), StoreError> {
    // A second checkpoint of the same size is the same; the first one stays.
    let sql = format!("INSERT INTO {schema}.checkpoint (size, note) VALUES (?1, ?2) ON CONFLICT (size) DO NOTHING");
    conn.execute(&sql, params![signed(size)?, note.as_str()])?;
    Ok(())
}

pub(super) fn read_checkpoints(conn: &Connection, schema: &str) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let mut statement = conn.prepare(&format!("SELECT note FROM {schema}.checkpoint ORDER BY size"))?;
    let notes = statement.query_map([], |r| r.get(0).map(SignedCheckpoint::from_text))?;
    Ok(notes.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn last_checkpoint(conn: &Connection, schema: &str) -> Result<Option<SignedCheckpoint>, StoreError> {
    let sql = format!("SELECT note FROM {schema}.checkpoint ORDER BY size DESC LIMIT 1");
    Ok(conn.query_row(&sql, [], |r| r.get(0).map(SignedCheckpoint::from_text)).optional()?)
}

/// SQLite's integers are signed; a log never gets that long.
pub(super) fn signed(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::LedgerDamaged)
}
