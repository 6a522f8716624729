//! Writing one resource inside a transaction.

use super::keys::Keys;
use super::{Incoming, Storage};
use crate::fhir::Refusal;
use keep_domain::UtcMillis;
use rusqlite::{Connection, OptionalExtension, params};

/// What is to be done to one resource.
#[derive(Debug)]
pub(crate) struct WriteRequest<'a> {
    pub(crate) resource_type: &'a str,
    pub(crate) id: &'a str,
    /// `None` deletes.
    pub(crate) resource: Option<&'a Incoming<'a>>,
    /// The version that the client based its change on.
    pub(crate) if_match: Option<&'a str>,
    /// POST or PUT.
    pub(crate) method: &'static str,
    /// Start of the transaction: becomes `meta.lastUpdated`, as HAPI does it.
    pub(crate) started: UtcMillis,
}

/// What was done.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) version: i64,
    pub(crate) updated: i64,
    pub(crate) created: bool,
    /// `None` after a deletion.
    pub(crate) body: Option<String>,
}

impl WriteRequest<'_> {
    /// Does it.
    ///
    /// # Errors
    /// 409 for a stale `If-Match` (as HAPI answers), and for a change of an AuditEvent.
    pub(crate) fn apply(&self, connection: &Connection) -> Result<Written, Refusal> {
        let row: Option<(i64, i64)> = connection
            .prepare_cached("SELECT rid, deleted FROM resource WHERE type = ? AND id = ?")
            .and_then(|mut s| {
                s.query_row(params![self.resource_type, self.id], |r| Ok((r.get(0)?, r.get(1)?))).optional()
            })
            .map_err(Refusal::database)?;
        let Some((rid, _)) = row else { return self.create(connection) };
        let Some(before) = Storage::current(connection, self.resource_type, self.id)? else {
            return self.create(connection);
        };
        if let (Some(base), Some(_)) = (self.if_match, self.resource)
            && base != before.version.to_string()
        {
            return Err(Refusal::conflict(&format!("version {base} is not the current version {}", before.version)));
        }
        let Some(resource) = self.resource else {
            return self.delete(connection, rid, before.version, before.updated, before.body);
        };
        if let Some(old) = &before.body {
            // HAPI makes no new version when nothing changed; a repeated PUT is harmless.
            let same = resource.stamp(self.id, before.version, UtcMillis(before.updated), Some(old));
            if same == *old {
                return Ok(Written {
                    version: before.version,
                    updated: before.updated,
                    created: false,
                    body: before.body,
                });
            }
            // INVARIANT: an AuditEvent is never changed once it is stored.
            if self.resource_type == "AuditEvent" {
                return Err(Refusal::conflict("an AuditEvent is never changed"));
            }
            forget_keys(connection, self.resource_type, rid, old)?;
        }
        let body = resource.stamp(self.id, before.version + 1, self.started, before.body.as_deref());
        self.put_version(connection, Some(rid), before.version + 1, Some(body), before.body.is_none())
    }

    fn create(&self, connection: &Connection) -> Result<Written, Refusal> {
        match self.resource {
            // A PUT with If-Match on an id that is not there creates it: so does HAPI.
            Some(resource) => {
                let body = resource.stamp(self.id, 1, self.started, None);
                self.put_version(connection, None, 1, Some(body), true)
            }
            None => Ok(Written { version: 0, updated: self.started.0, created: false, body: None }),
        }
    }

    fn delete(
        &self,
        connection: &Connection,
        rid: i64,
        version: i64,
        updated: i64,
        old: Option<String>,
    ) -> Result<Written, Refusal> {
        // INVARIANT: an AuditEvent is never deleted.
        if self.resource_type == "AuditEvent" {
            return Err(Refusal::not_allowed("an AuditEvent is never deleted"));
        }
        let Some(old) = old else { return Ok(Written { version, updated, created: false, body: None }) };
        forget_keys(connection, self.resource_type, rid, &old)?;
        self.put_version(connection, Some(rid), version + 1, None, false)
    }

    fn put_version(
        &self,
        connection: &Connection,
        rid: Option<i64>,
        version: i64,
        body: Option<String>,
        created: bool,
    ) -> Result<Written, Refusal> {
        let method = if body.is_none() { "DELETE" } else { self.method };
        let keys = body.as_deref().map(|b| Keys::of(self.resource_type, b)).unwrap_or_default();
        let done = (|| {
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
                        .execute(params![vid, self.started.0, keys.happened, body.is_none(), rid])?;
                    rid
                }
                None => connection
                    .prepare_cached(
                        "INSERT INTO resource (type, id, vid, updated, happened, deleted) VALUES (?, ?, ?, ?, ?, 0)",
                    )?
                    .insert(params![self.resource_type, self.id, vid, self.started.0, keys.happened])?,
            };
            let mut word = connection.prepare_cached(
                "INSERT OR IGNORE INTO word (type, param, value, system, rid) VALUES (?, ?, ?, ?, ?)",
            )?;
            for (param, value, system) in &keys.words {
                word.execute(params![self.resource_type, param, value, system, rid])?;
            }
            let mut moment = connection
                .prepare_cached("INSERT OR IGNORE INTO moment (type, param, low, high, rid) VALUES (?, ?, ?, ?, ?)")?;
            for (param, interval) in &keys.moments {
                moment.execute(params![self.resource_type, param, interval.low, interval.high, rid])?;
            }
            Ok(())
        })();
        done.map_err(Refusal::database)?;
        Ok(Written { version, updated: self.started.0, created, body })
    }
}

/// Removes the search rows of a body that is about to be replaced.
fn forget_keys(connection: &Connection, resource_type: &str, rid: i64, old: &str) -> Result<(), Refusal> {
    let keys = Keys::of(resource_type, old);
    (|| {
        let mut word = connection
            .prepare_cached("DELETE FROM word WHERE type = ? AND param = ? AND value = ? AND system = ? AND rid = ?")?;
        for (param, value, system) in &keys.words {
            word.execute(params![resource_type, param, value, system, rid])?;
        }
        let mut moment = connection
            .prepare_cached("DELETE FROM moment WHERE type = ? AND param = ? AND low = ? AND high = ? AND rid = ?")?;
        for (param, interval) in &keys.moments {
            moment.execute(params![resource_type, param, interval.low, interval.high, rid])?;
        }
        Ok(())
    })()
    .map_err(Refusal::database)
}
