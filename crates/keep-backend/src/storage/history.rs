//! Versions of a type or of one resource, newest first.

use crate::fhir_error::FhirError;
use rusqlite::{Connection, params};

/// Selects versions.
#[derive(Debug, Clone)]
pub(crate) struct HistoryQuery {
    pub(crate) resource_type: String,
    /// `None` = the whole type.
    pub(crate) id: Option<String>,
    /// Earliest `meta.lastUpdated`, inclusive, ms.
    pub(crate) since: i64,
    pub(crate) count: usize,
    /// Whether deletions are among the versions.
    pub(crate) with_deletions: bool,
    /// Continue after this version: (updated, vid).
    pub(crate) before: Option<(i64, i64)>,
}

/// One version, a row of the table `version`.
#[derive(Debug)]
pub(crate) struct HistoryRow {
    pub(crate) vid: i64,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) updated: i64,
    pub(crate) method: String,
    pub(crate) body: Option<String>,
}

/// One page, plus one row if there is a next page.
pub(crate) fn find_history(connection: &Connection, query: &HistoryQuery) -> Result<Vec<HistoryRow>, FhirError> {
    let (updated, vid) = query.before.unwrap_or((i64::MAX, i64::MAX));
    let limit = i64::try_from(query.count).unwrap_or(i64::MAX).saturating_add(1);
    let by_id = if query.id.is_some() { "AND id = ?6" } else { "AND ?6 IS NULL" };
    let deletions = if query.with_deletions { "" } else { "AND body IS NOT NULL" };
    let sql = format!(
        "SELECT vid, id, version, updated, method, body FROM version
         WHERE type = ?1 AND updated >= ?2 AND (updated, vid) < (?3, ?4) {by_id} {deletions}
         ORDER BY updated DESC, vid DESC LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(FhirError::database)?;
    statement
        .query_map(params![query.resource_type, query.since, updated, vid, limit, query.id], |r| {
            Ok(HistoryRow {
                vid: r.get(0)?,
                id: r.get(1)?,
                version: r.get(2)?,
                updated: r.get(3)?,
                method: r.get(4)?,
                body: r.get(5)?,
            })
        })
        .and_then(Iterator::collect)
        .map_err(FhirError::database)
}
