//! Read, vread, create, update and delete of one resource (FHIR R4 3.1.0).

use super::call::{Call, Reply, version_of_tag};
use super::{Refusal, query};
use crate::backend::Backend;
use crate::storage::{Incoming, Storage, StoredVersion, WriteRequest, Written, find, reduce_to_elements};
use rusqlite::Connection;
use serde_json::json;

/// `GET [type]/[id]`
pub(crate) fn read(backend: &Backend, call: &Call, kind: &str, id: &str) -> Result<Reply, Refusal> {
    let stored = backend.storage.read(|c| Storage::current(c, kind, id))?;
    serve(call, stored)
}

/// `GET [type]/[id]/_history/[version]`
pub(crate) fn read_version(
    backend: &Backend,
    call: &Call,
    kind: &str,
    id: &str,
    version: &str,
) -> Result<Reply, Refusal> {
    let version = version.parse().map_err(|_| Refusal::not_found("no such version"))?;
    let stored = backend.storage.read(|c| Storage::version(c, kind, id, version))?;
    serve(call, stored)
}

fn serve(call: &Call, stored: Option<StoredVersion>) -> Result<Reply, Refusal> {
    let stored = stored.ok_or_else(|| Refusal::not_found("no such resource"))?;
    let Some(body) = stored.body else { return Err(Refusal::gone("the resource was deleted")) };
    if call.if_none_match.as_deref().map(version_of_tag) == Some(stored.version.to_string().as_str()) {
        return Ok(Reply::empty(304).versioned(stored.version, stored.updated));
    }
    let elements = query::elements_of(call);
    let body = if elements.is_empty() { body } else { reduce_to_elements(&body, &elements) };
    Ok(Reply::json(200, body).versioned(stored.version, stored.updated))
}

/// `POST [type]`, with If-None-Exist.
pub(crate) fn create(backend: &Backend, call: &Call, kind: &str) -> Result<Reply, Refusal> {
    let resource = read_body(call, kind)?;
    let written = backend.storage.write(|t| {
        if let Some(criteria) = &call.if_none_exist
            && let Some(id) = match_one(t, kind, criteria)?
        {
            let stored = Storage::current(t, kind, &id)?.ok_or_else(Refusal::internal)?;
            let existing =
                Written { version: stored.version, updated: stored.updated, created: false, body: stored.body };
            return Ok((id, existing));
        }
        let id = uuid::Uuid::new_v4().to_string();
        let request = WriteRequest {
            resource_type: kind,
            id: &id,
            resource: Some(&resource),
            if_match: None,
            method: "POST",
            started: call.started,
        };
        request.apply(t).map(|w| (id.clone(), w))
    })?;
    Ok(answer_write(backend, call, kind, &written.0, written.1))
}

/// `PUT [type]/[id]`, with If-Match; creates where there is nothing.
pub(crate) fn update(backend: &Backend, call: &Call, kind: &str, id: &str) -> Result<Reply, Refusal> {
    let resource = read_body(call, kind)?;
    check_own_id(&resource, id)?;
    let if_match = call.if_match.as_deref().map(version_of_tag);
    let request = WriteRequest {
        resource_type: kind,
        id,
        resource: Some(&resource),
        if_match,
        method: "PUT",
        started: call.started,
    };
    let written = backend.storage.write(|t| request.apply(t))?;
    Ok(answer_write(backend, call, kind, id, written))
}

/// `DELETE [type]/[id]`; like HAPI it ignores If-Match, and deleting nothing is no error.
pub(crate) fn delete(backend: &Backend, call: &Call, kind: &str, id: &str) -> Result<Reply, Refusal> {
    let request = WriteRequest {
        resource_type: kind,
        id,
        resource: None,
        if_match: None,
        method: "DELETE",
        started: call.started,
    };
    let written = backend.storage.write(|t| request.apply(t))?;
    let outcome = json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": "deleted, or there was nothing to delete"}],
    });
    let reply = Reply::json(200, outcome.to_string());
    Ok(if written.version > 0 { reply.versioned(written.version, written.updated) } else { reply })
}

fn answer_write(backend: &Backend, call: &Call, kind: &str, id: &str, written: Written) -> Reply {
    let status = if written.created { 201 } else { 200 };
    let body = written.body.unwrap_or_default();
    let mut reply = match call.prefer.as_deref() {
        Some("minimal") => Reply::empty(status),
        Some("OperationOutcome") => Reply::json(
            status,
            json!({"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]}).to_string(),
        ),
        _ => Reply::json(status, body),
    }
    .versioned(written.version, written.updated);
    if written.created {
        reply.headers.push(("location", format!("{}/{kind}/{id}/_history/{}", backend.fhir_base(), written.version)));
    }
    reply
}

fn read_body<'a>(call: &'a Call, kind: &str) -> Result<Incoming<'a>, Refusal> {
    let resource = Incoming::read(&call.body)?;
    if resource.resource_type == kind {
        Ok(resource)
    } else {
        Err(Refusal::invalid("resourceType is not that of the address"))
    }
}

/// The id in the body must be that of the address and, as with HAPI, not a mere number.
///
/// # Errors
/// 400.
pub(crate) fn check_own_id(resource: &Incoming<'_>, id: &str) -> Result<(), Refusal> {
    if resource.id.as_deref() != Some(id) {
        return Err(Refusal::invalid("id in the body is not that of the address"));
    }
    if id.parse::<keep_domain::ResourceId>().is_err() {
        return Err(Refusal::invalid("not a valid id"));
    }
    if id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::invalid("clients may only assign ids that contain at least one non-numeric character"));
    }
    Ok(())
}

/// The id of the one resource that matches search criteria.
///
/// # Errors
/// 400 for unknown criteria, 412 where several match.
pub(crate) fn match_one(connection: &Connection, kind: &str, criteria: &str) -> Result<Option<String>, Refusal> {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(criteria.trim_start_matches('?').as_bytes()).into_owned().collect();
    let mut search = query::read_search(kind, &pairs)?.search;
    if search.conditions.is_empty() {
        return Err(Refusal::invalid("a conditional request needs criteria"));
    }
    search.count = 1;
    let found: Vec<find::Found> = Storage::find(connection, &search)?;
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.id.clone())),
        _ => Err(Refusal::precondition("the criteria match more than one resource")),
    }
}
