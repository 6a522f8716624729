//! Versions of a type or of one resource, newest first.

use super::Storage;
use crate::fhir::Refusal;
use rusqlite::{Connection, params};

/// Which versions.
#[derive(Debug, Clone)]
pub(crate) struct HistoryQuery {
    pub(crate) resource_type: String,
    /// `None` = the whole type.
    pub(crate) id: Option<String>,
    /// Inclusive, ms.
    pub(crate) since: i64,
    pub(crate) count: usize,
    /// Continue below this (updated, vid).
    pub(crate) before: Option<(i64, i64)>,
}

/// One version.
#[derive(Debug)]
pub(crate) struct HistoryRow {
    pub(crate) vid: i64,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) updated: i64,
    pub(crate) method: String,
    pub(crate) body: Option<String>,
}

impl Storage {
    /// One page and one row more, which says that there is a next page.
    pub(crate) fn history(connection: &Connection, query: &HistoryQuery) -> Result<Vec<HistoryRow>, Refusal> {
        let (updated, vid) = query.before.unwrap_or((i64::MAX, i64::MAX));
        let limit = i64::try_from(query.count).unwrap_or(i64::MAX).saturating_add(1);
        let one = if query.id.is_some() { "AND id = ?6" } else { "AND ?6 IS NULL" };
        let sql = format!(
            "SELECT vid, id, version, updated, method, body FROM version
             WHERE type = ?1 AND updated >= ?2 AND (updated, vid) < (?3, ?4) {one}
             ORDER BY updated DESC, vid DESC LIMIT ?5"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(Refusal::database)?;
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
            .map_err(Refusal::database)
    }
}
