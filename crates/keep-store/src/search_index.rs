//! Queries of the search index.

use crate::error::StoreError;
use crate::search_keys::birth_word;
use rusqlite::{Connection, params_from_iter};

/// The charts that a query yields.
pub(crate) fn charts(conn: &Connection, sql: &str, values: &[&str], limit: usize) -> Result<Vec<u32>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{sql} LIMIT {limit}"))?;
    let rows = statement.query_map(params_from_iter(values), |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The charts of a query of the full-text index.
pub(crate) const MATCHING: &str = "SELECT rowid FROM main.patient_name WHERE patient_name MATCH ?1";

/// Birth dates, of which one must match, as a query of the full-text index.
pub(crate) fn born_expression(dates: &[String]) -> String {
    let words: Vec<String> = dates.iter().map(|d| format!("\"{}\"*", birth_word(d))).collect();
    format!("({})", words.join(" OR "))
}
