//! Writing one resource inside a transaction.

use super::raw_json::IncomingResource;
use super::search_index::IndexEntries;
use super::versions::{StoredVersion, current_version};
use crate::fhir_error::FhirError;
use keep_domain::UtcMillis;
use rusqlite::{Connection, OptionalExtension, params};

/// A create, update or delete of one resource.
#[derive(Debug)]
pub(crate) struct WriteRequest<'a> {
    pub(crate) resource_type: &'a str,
    pub(crate) id: &'a str,
    /// `None` deletes.
    pub(crate) resource: Option<&'a IncomingResource<'a>>,
    /// The version on which the client based its change.
    pub(crate) if_match: Option<&'a str>,
    /// `POST` or `PUT`.
    pub(crate) method: &'static str,
    /// Start of the request; like HAPI, it becomes `meta.lastUpdated`.
    pub(crate) started: UtcMillis,
}

/// Result of a write.
#[derive(Debug)]
pub(crate) struct WriteOutcome {
    pub(crate) version: i64,
    pub(crate) updated: i64,
    pub(crate) created: bool,
    /// `None` after a deletion.
    pub(crate) body: Option<String>,
}

impl From<StoredVersion> for WriteOutcome {
    /// The outcome of a write that changed nothing.
    fn from(stored: StoredVersion) -> Self {
        Self { version: stored.version, updated: stored.updated, created: false, body: stored.body }
    }
}

impl<'a> WriteRequest<'a> {
    /// A PUT without conditions, or a deletion if there is no resource.
    pub(crate) const fn new(
        resource_type: &'a str,
        id: &'a str,
        resource: Option<&'a IncomingResource<'a>>,
        started: UtcMillis,
    ) -> Self {
        Self { resource_type, id, resource, if_match: None, method: "PUT", started }
    }

    /// Performs the write.
    ///
    /// # Errors
    /// 409 for a stale `If-Match` (as HAPI answers) and for a change of an AuditEvent; 405 for its deletion.
    pub(crate) fn apply(&self, connection: &Connection) -> Result<WriteOutcome, FhirError> {
        let rid: Option<i64> = connection
            .prepare_cached("SELECT rid FROM resource WHERE type = ? AND id = ?")
            .and_then(|mut s| s.query_row(params![self.resource_type, self.id], |r| r.get(0)).optional())
            .map_err(FhirError::database)?;
        let current = current_version(connection, self.resource_type, self.id)?;
        let (Some(rid), Some(before)) = (rid, current) else { return self.create(connection) };
        if let (Some(base), Some(_)) = (self.if_match, self.resource)
            && base != before.version.to_string()
        {
            return Err(FhirError::conflict(&format!("version {base} is not the current version {}", before.version)));
        }
        let Some(resource) = self.resource else { return self.delete(connection, rid, before) };
        if let Some(old) = &before.body {
            // Like HAPI, a PUT that changes nothing creates no version, so it can be repeated safely.
            let unchanged = resource.with_meta(self.id, before.version, UtcMillis(before.updated), Some(old));
            if unchanged == *old {
                return Ok(before.into());
            }
            // INVARIANT: an AuditEvent is never changed once it is stored.
            if self.resource_type == "AuditEvent" {
                return Err(FhirError::conflict("an AuditEvent cannot be changed"));
            }
            delete_index_entries(connection, self.resource_type, rid, old)?;
        }
        let body = resource.with_meta(self.id, before.version + 1, self.started, before.body.as_deref());
        self.insert_version(connection, Some(rid), before.version + 1, Some(body))
            .map(|w| WriteOutcome { created: before.body.is_none(), ..w })
    }

    fn create(&self, connection: &Connection) -> Result<WriteOutcome, FhirError> {
        match self.resource {
            // Like HAPI, a PUT with If-Match on an unknown id creates it.
            Some(resource) => {
                let body = resource.with_meta(self.id, 1, self.started, None);
                self.insert_version(connection, None, 1, Some(body)).map(|w| WriteOutcome { created: true, ..w })
            }
            None => Ok(WriteOutcome { version: 0, updated: self.started.0, created: false, body: None }),
        }
    }

    fn delete(&self, connection: &Connection, rid: i64, before: StoredVersion) -> Result<WriteOutcome, FhirError> {
        // INVARIANT: an AuditEvent is never deleted.
        if self.resource_type == "AuditEvent" {
            return Err(FhirError::not_allowed("an AuditEvent cannot be deleted"));
        }
        let Some(old) = &before.body else { return Ok(before.into()) };
        delete_index_entries(connection, self.resource_type, rid, old)?;
        self.insert_version(connection, Some(rid), before.version + 1, None)
    }

    /// Inserts a version with its index entries; `rid` is `None` for a new resource.
    fn insert_version(
        &self,
        connection: &Connection,
        rid: Option<i64>,
        version: i64,
        body: Option<String>,
    ) -> Result<WriteOutcome, FhirError> {
        let method = if body.is_none() { "DELETE" } else { self.method };
        let entries = body.as_deref().map(|b| IndexEntries::extract(self.resource_type, b)).unwrap_or_default();
        let inserted = (|| {
            let vid = connection
                .prepare_cached(
                    "INSERT INTO version (type, id, version, updated, method, body) VALUES (?, ?, ?, ?, ?, ?)",
                )?
                .insert(params![self.resource_type, self.id, version, self.started.0, method, body])?;
            let rid = match rid {
                Some(rid) => {
                    connection
                        .prepare_cached(
                            "UPDATE resource SET vid = ?, updated = ?, happened = ?, deleted = ? WHERE rid = ?",
                        )?
                        .execute(params![vid, self.started.0, entries.happened, body.is_none(), rid])?;
                    rid
                }
                None => connection
                    .prepare_cached(
                        "INSERT INTO resource (type, id, vid, updated, happened, deleted) VALUES (?, ?, ?, ?, ?, 0)",
                    )?
                    .insert(params![self.resource_type, self.id, vid, self.started.0, entries.happened])?,
            };
            let mut word = connection.prepare_cached(
                "INSERT OR IGNORE INTO word (type, param, value, system, rid) VALUES (?, ?, ?, ?, ?)",
            )?;
            for (param, value, system) in &entries.values {
                word.execute(params![self.resource_type, param, value, system, rid])?;
            }
            let mut moment = connection
                .prepare_cached("INSERT OR IGNORE INTO moment (type, param, low, high, rid) VALUES (?, ?, ?, ?, ?)")?;
            for (param, interval) in &entries.dates {
                moment.execute(params![self.resource_type, param, interval.low, interval.high, rid])?;
            }
            Ok(())
        })();
        inserted.map_err(FhirError::database)?;
        Ok(WriteOutcome { version, updated: self.started.0, created: false, body })
    }
}

/// Deletes the index entries of a body that is about to be replaced.
fn delete_index_entries(connection: &Connection, resource_type: &str, rid: i64, old: &str) -> Result<(), FhirError> {
    let entries = IndexEntries::extract(resource_type, old);
    (|| {
        let mut word = connection
            .prepare_cached("DELETE FROM word WHERE type = ? AND param = ? AND value = ? AND system = ? AND rid = ?")?;
        for (param, value, system) in &entries.values {
            word.execute(params![resource_type, param, value, system, rid])?;
        }
        let mut moment = connection
            .prepare_cached("DELETE FROM moment WHERE type = ? AND param = ? AND low = ? AND high = ? AND rid = ?")?;
        for (param, interval) in &entries.dates {
            moment.execute(params![resource_type, param, interval.low, interval.high, rid])?;
        }
        Ok(())
    })()
    .map_err(FhirError::database)
}
