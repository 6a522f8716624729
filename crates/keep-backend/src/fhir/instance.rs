//! Read, vread, create, update and delete of one resource (FHIR R4 3.1.0).

use super::integrity::{check_deletion, check_references};
use super::query::{elements_of, parse_search};
use super::request::FhirRequest;
use super::shown::show;
use crate::behaviour::ClientIds;
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use crate::storage::{
    IncomingResource, Storage, StoredVersion, WriteOutcome, WriteRequest, current_version, find_matches, read_version,
    reduce_to_elements,
};
use rusqlite::Connection;
use serde_json::json;

/// `GET [type]/[id]`
pub(crate) fn read(storage: &Storage, request: &FhirRequest, kind: &str, id: &str) -> Result<Reply, FhirError> {
    reply_to_read(request, storage.read(|c| current_version(c, kind, id))?)
}

/// `GET [type]/[id]/_history/[version]`
pub(crate) fn vread(
    storage: &Storage,
    request: &FhirRequest,
    kind: &str,
    id: &str,
    version: &str,
) -> Result<Reply, FhirError> {
    let version = version.parse().map_err(|_| FhirError::not_found("no such version"))?;
    reply_to_read(request, storage.read(|c| read_version(c, kind, id, version))?)
}

fn reply_to_read(request: &FhirRequest, stored: Option<StoredVersion>) -> Result<Reply, FhirError> {
    let stored = stored.ok_or_else(|| FhirError::not_found("no such resource"))?;
    let Some(body) = stored.body else { return Err(FhirError::gone("the resource was deleted")) };
    let shown = request.behaviour.shown_version(stored.version);
    if request.if_none_match() == Some(stored.version.to_string().as_str()) {
        return Ok(Reply::empty(304).versioned(request.behaviour.etags, shown, stored.updated));
    }
    let (elements, body) = (elements_of(request), show(request, &body));
    let body = if elements.is_empty() { body.into_owned() } else { reduce_to_elements(&body, &elements) };
    Ok(Reply::fhir(200, body).versioned(request.behaviour.etags, shown, stored.updated))
}

/// `POST [type]`, with If-None-Exist.
pub(crate) fn create(storage: &Storage, request: &FhirRequest, kind: &str) -> Result<Reply, FhirError> {
    let resource = parse_body(request, kind)?;
    let (id, outcome) = storage.write(|t| {
        if let Some(criteria) = request.if_none_exist()
            && let Some(id) = find_unique(t, kind, criteria)?
        {
            let stored = current_version(t, kind, &id)?.ok_or_else(FhirError::internal)?;
            return Ok((id, stored.into()));
        }
        let id = uuid::Uuid::new_v4().to_string();
        let write = WriteRequest::new(kind, &id, Some(&resource), request.started);
        let outcome = WriteRequest { method: "POST", ..write }.apply(t)?;
        check_references(t, request, kind, &request.body)?;
        Ok((id, outcome))
    })?;
    Ok(reply_to_write(request, kind, &id, outcome))
}

/// `PUT [type]/[id]`, with If-Match; creates the resource if there is none.
pub(crate) fn update(storage: &Storage, request: &FhirRequest, kind: &str, id: &str) -> Result<Reply, FhirError> {
    let resource = parse_body(request, kind)?;
    check_id(&resource, id)?;
    let write = WriteRequest::new(kind, id, Some(&resource), request.started);
    let write = WriteRequest { if_match: request.if_match(), ..write };
    let outcome = storage.write(|t| {
        check_client_id(t, request, kind, id)?;
        let outcome = write.apply(t)?;
        check_references(t, request, kind, &request.body)?;
        Ok(outcome)
    })?;
    Ok(reply_to_write(request, kind, id, outcome))
}

/// `DELETE [type]/[id]`; like HAPI it ignores If-Match, and deleting an unknown resource is not an error.
pub(crate) fn delete(storage: &Storage, request: &FhirRequest, kind: &str, id: &str) -> Result<Reply, FhirError> {
    let write = WriteRequest::new(kind, id, None, request.started);
    let outcome = storage.write(|t| {
        let outcome = write.apply(t)?;
        check_deletion(t, request, kind, id)?;
        Ok(outcome)
    })?;
    let body = json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": "deleted, or there was nothing to delete"}],
    });
    let reply = Reply::fhir(200, body.to_string());
    Ok(if outcome.version > 0 {
        reply.versioned(request.behaviour.etags, request.behaviour.shown_version(outcome.version), outcome.updated)
    } else {
        reply
    })
}

fn reply_to_write(request: &FhirRequest, kind: &str, id: &str, outcome: WriteOutcome) -> Reply {
    let status = if outcome.created { 201 } else { 200 };
    let mut reply = match request.preferred_return() {
        Some("minimal") => Reply::empty(status),
        Some("OperationOutcome") => Reply::fhir(
            status,
            json!({"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]}).to_string(),
        ),
        _ => Reply::fhir(status, show(request, &outcome.body.unwrap_or_default()).into_owned()),
    }
    .versioned(request.behaviour.etags, request.behaviour.shown_version(outcome.version), outcome.updated);
    if outcome.created {
        reply.headers.push((
            "location",
            format!("{}/{kind}/{id}/_history/{}", request.base(), request.behaviour.shown_version(outcome.version)),
        ));
    }
    reply
}

fn parse_body<'a>(request: &'a FhirRequest, kind: &str) -> Result<IncomingResource<'a>, FhirError> {
    let resource = IncomingResource::parse(&request.body)?;
    check_type(&resource, kind)?;
    Ok(resource)
}

/// Checks that the resource type in the body is that of the URL; 400 if not.
pub(crate) fn check_type(resource: &IncomingResource<'_>, kind: &str) -> Result<(), FhirError> {
    let matches = resource.resource_type == kind;
    if matches { Ok(()) } else { Err(FhirError::invalid("resourceType differs from the type in the URL")) }
}

/// Checks that the id in the body is that of the URL and, as in HAPI, not only digits; 400 if not.
pub(crate) fn check_id(resource: &IncomingResource<'_>, id: &str) -> Result<(), FhirError> {
    if resource.id.as_deref() != Some(id) {
        return Err(FhirError::invalid("id in the body differs from the id in the URL"));
    }
    if id.parse::<keep_domain::ResourceId>().is_err() {
        return Err(FhirError::invalid("not a valid id"));
    }
    if id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FhirError::invalid("clients may only assign ids that contain at least one non-numeric character"));
    }
    Ok(())
}

/// Checks that a PUT of this id may be a create or is an update; 404 if not, as HAPI answers.
pub(crate) fn check_client_id(
    connection: &Connection,
    request: &FhirRequest,
    kind: &str,
    id: &str,
) -> Result<(), FhirError> {
    if request.behaviour.client_ids == ClientIds::Refused && current_version(connection, kind, id)?.is_none() {
        return Err(FhirError::not_found(&format!(
            "No resource exists on this server resource with ID[{id}], and client-assigned IDs are not enabled."
        )));
    }
    Ok(())
}

/// The id of the only resource that matches the criteria of a conditional create, if any.
///
/// # Errors
/// 400 for invalid criteria, 412 if several resources match.
pub(crate) fn find_unique(connection: &Connection, kind: &str, criteria: &str) -> Result<Option<String>, FhirError> {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(criteria.trim_start_matches('?').as_bytes()).into_owned().collect();
    let mut search = parse_search(kind, &pairs)?.search;
    if search.conditions.is_empty() {
        return Err(FhirError::invalid("a conditional request needs criteria"));
    }
    search.count = 1;
    match find_matches(connection, &search)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.id.clone())),
        _ => Err(FhirError::multiple_matches("the criteria match more than one resource")),
    }
}
