//! Single versions of a resource.

use crate::fhir_error::FhirError;
use rusqlite::{Connection, OptionalExtension, Params, params};

/// One version as it is served.
#[derive(Debug)]
pub(crate) struct StoredVersion {
    pub(crate) version: i64,
    /// `meta.lastUpdated`, ms.
    pub(crate) updated: i64,
    /// The whole resource as JSON, or `None` if this version is a deletion.
    pub(crate) body: Option<String>,
}

/// The current version of a resource, which may be a deletion.
pub(crate) fn current_version(
    connection: &Connection,
    resource_type: &str,
    id: &str,
) -> Result<Option<StoredVersion>, FhirError> {
    let sql = "SELECT v.version, v.updated, v.body FROM resource r JOIN version v ON v.vid = r.vid WHERE r.type = ? AND r.id = ?";
    query_version(connection, sql, params![resource_type, id])
}

/// A given version of a resource.
pub(crate) fn read_version(
    connection: &Connection,
    resource_type: &str,
    id: &str,
    version: i64,
) -> Result<Option<StoredVersion>, FhirError> {
    let sql = "SELECT version, updated, body FROM version WHERE type = ? AND id = ? AND version = ?";
    query_version(connection, sql, params![resource_type, id, version])
}

/// Whether the body of a current resource names another one as `Type/id`.
pub(crate) fn is_referenced(connection: &Connection, resource_type: &str, id: &str) -> Result<bool, FhirError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM resource r JOIN version v ON v.vid = r.vid WHERE r.deleted = 0 AND instr(v.body, ?) > 0)";
    connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row([format!("\"{resource_type}/{id}\"")], |r| r.get(0)))
        .map_err(FhirError::database)
}

fn query_version(connection: &Connection, sql: &str, values: impl Params) -> Result<Option<StoredVersion>, FhirError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            s.query_row(values, |r| Ok(StoredVersion { version: r.get(0)?, updated: r.get(1)?, body: r.get(2)? }))
                .optional()
        })
        .map_err(FhirError::database)
}
