//! Transaction and batch bundles (FHIR R4 3.1.0.11).

use super::api::FhirApi;
use super::instance::{check_client_id, check_id, check_type, find_unique};
use super::integrity::{check_deletion, check_references};
use super::permissions::Access;
use super::reading;
use super::request::{FhirRequest, version_of_etag};
use super::shown::{push_etag, show};
use crate::behaviour::Feature;
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use crate::storage::{IncomingResource, WriteOutcome, WriteRequest, current_version};
use axum::http::{HeaderMap, Method};
use keep_domain::{UtcMillis, is_r4_type};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
struct Bundle<'a> {
    #[serde(rename = "resourceType")]
    resource_type: String,
    #[serde(rename = "type")]
    bundle_type: String,
    #[serde(borrow, default)]
    entry: Vec<Entry<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    full_url: Option<String>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    request: Option<EntryRequest>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryRequest {
    method: String,
    url: String,
    if_match: Option<String>,
    if_none_exist: Option<String>,
}

/// An entry whose target resource is known.
struct PlannedEntry {
    method: &'static str,
    kind: String,
    id: String,
    /// The resource, later with references rewritten; empty for GET and DELETE.
    text: String,
    if_match: Option<String>,
    /// A conditional create whose criteria match: nothing is written.
    exists: bool,
}

/// `POST [base]`
pub(crate) fn answer(api: &FhirApi, request: &FhirRequest) -> Result<Reply, FhirError> {
    let bundle: Bundle<'_> =
        serde_json::from_str(&request.body).map_err(|_| FhirError::invalid("the body is not a bundle"))?;
    if bundle.resource_type != "Bundle" {
        return Err(FhirError::invalid("the body is not a bundle"));
    }
    let behaviour = &request.behaviour;
    let entries = match bundle.bundle_type.as_str() {
        "transaction" if behaviour.has(Feature::Transaction) => {
            api.storage.write(|t| process_entries(t, request, &bundle.entry))?.join(",")
        }
        "batch" if behaviour.has(Feature::Batch) => {
            let results = bundle.entry.iter().map(|entry| {
                // Each entry is its own transaction; an error is reported in its position.
                let result = match &entry.request {
                    Some(read) if read.method == "GET" => read_entry(api, request, &read.url),
                    _ => api
                        .storage
                        .write(|t| process_entries(t, request, std::slice::from_ref(entry)))
                        .map(|t| t.concat()),
                };
                result.unwrap_or_else(|error| error_entry(&error))
            });
            results.collect::<Vec<_>>().join(",")
        }
        _ => return Err(FhirError::invalid("this is the base URL of the FHIR server: unable to handle this bundle")),
    };
    let body = format!(
        r#"{{"resourceType":"Bundle","id":"{}","type":"{}-response","entry":[{entries}]}}"#,
        uuid::Uuid::new_v4(),
        bundle.bundle_type,
    );
    Ok(Reply::fhir(200, body))
}

/// Answers an entry that reads: an instance, a history or a search, as if it had been requested alone.
fn read_entry(api: &FhirApi, request: &FhirRequest, url: &str) -> Result<String, FhirError> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let is_instance = path.matches('/').count() == 1 && !path.ends_with("/_history");
    if !is_instance && !request.behaviour.has(Feature::BatchSearch) {
        return Err(FhirError::invalid("the URL of an entry is neither a type nor a type and an id"));
    }
    let alone = FhirRequest {
        method: Method::GET,
        path: format!("/{path}"),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: HeaderMap::new(),
        body: String::new(),
        roles: request.roles.clone(),
        started: request.started,
        own_base: request.own_base.clone(),
        behaviour: Arc::clone(&request.behaviour),
    };
    let reply = reading::answer(api, &alone)?;
    let resource: &RawValue = serde_json::from_str(&reply.body).map_err(|_| FhirError::internal())?;
    Ok(format!(r#"{{"resource":{resource},"response":{{"status":"{}"}}}}"#, status_line(reply.status)))
}

/// Applies entries in one transaction and returns the response entries as JSON.
fn process_entries(
    connection: &Connection,
    request: &FhirRequest,
    entries: &[Entry<'_>],
) -> Result<Vec<String>, FhirError> {
    let mut planned = Vec::with_capacity(entries.len());
    let mut references = Vec::new();
    let mut targets = HashSet::new();
    for entry in entries {
        let plan = plan_entry(connection, request, entry)?;
        if matches!(plan.method, "POST" | "PUT")
            && let Some(url) = entry.full_url.as_deref().filter(|u| u.starts_with("urn:"))
        {
            references.push((serde_json::Value::from(url).to_string(), format!("\"{}/{}\"", plan.kind, plan.id)));
        }
        if matches!(plan.method, "PUT" | "DELETE") && !targets.insert((plan.kind.clone(), plan.id.clone())) {
            return Err(FhirError::invalid("a transaction may contain a resource only once"));
        }
        planned.push(plan);
    }
    for plan in &mut planned {
        for (from, to) in &references {
            plan.text = rewrite_references(&plan.text, from, to);
        }
    }
    // The processing order of the standard; entries with the same method in bundle order.
    let rank = |method: &str| ["DELETE", "POST", "PUT", "GET"].iter().position(|m| *m == method);
    let mut order: Vec<(usize, &PlannedEntry)> = planned.iter().enumerate().collect();
    order.sort_by_key(|(_, plan)| rank(plan.method));
    let mut results = Vec::with_capacity(planned.len());
    for (position, plan) in order {
        results.push((position, apply_entry(connection, request, plan)?));
    }
    for plan in &planned {
        match plan.method {
            "DELETE" => check_deletion(connection, request, &plan.kind, &plan.id)?,
            "POST" | "PUT" if !plan.exists => check_references(connection, request, &plan.kind, &plan.text)?,
            _ => {}
        }
    }
    results.sort_by_key(|(position, _)| *position);
    Ok(results.into_iter().map(|(_, text)| text).collect())
}

/// Determines the target of an entry before anything is written, so that references to it can be rewritten.
fn plan_entry(connection: &Connection, request: &FhirRequest, entry: &Entry<'_>) -> Result<PlannedEntry, FhirError> {
    let target = entry.request.as_ref().ok_or_else(|| FhirError::invalid("an entry has no request"))?;
    let mut parts = target.url.split('/');
    let (kind, id) = (parts.next().unwrap_or_default().to_owned(), parts.next().map(String::from));
    if !is_r4_type(&kind) || parts.next().is_some() {
        return Err(FhirError::invalid("the URL of an entry is neither a type nor a type and an id"));
    }
    if let Some(answer) = request.behaviour.answer_for(&kind) {
        return Err(answer.reply().err().unwrap_or_else(FhirError::internal));
    }
    let method = match target.method.as_str() {
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "GET" => "GET",
        _ => return Err(FhirError::invalid("the method of an entry is not supported")),
    };
    request.permit(&kind, if method == "GET" { Access::Read } else { Access::Write })?;
    let text = match (method, entry.resource) {
        ("POST" | "PUT", Some(resource)) => resource.get().to_owned(),
        ("POST" | "PUT", None) => return Err(FhirError::invalid("an entry has no resource")),
        _ => String::new(),
    };
    let mut exists = false;
    let id = match (method, id) {
        ("POST", None) => match &target.if_none_exist {
            Some(criteria) if request.behaviour.has(Feature::ConditionalCreate) => {
                match find_unique(connection, &kind, criteria)? {
                    Some(id) => {
                        exists = true;
                        id
                    }
                    None => uuid::Uuid::new_v4().to_string(),
                }
            }
            _ => uuid::Uuid::new_v4().to_string(),
        },
        ("PUT" | "DELETE" | "GET", Some(id)) => id,
        _ => return Err(FhirError::invalid("the URL of an entry does not fit its method")),
    };
    let if_match = target.if_match.as_deref().filter(|_| request.has_versions());
    let if_match = if_match.map(|t| version_of_etag(t).to_owned());
    Ok(PlannedEntry { method, kind, id, text, if_match, exists })
}

fn apply_entry(connection: &Connection, request: &FhirRequest, plan: &PlannedEntry) -> Result<String, FhirError> {
    let (kind, id) = (plan.kind.as_str(), plan.id.as_str());
    if plan.method == "GET" || plan.exists {
        let mut stored =
            current_version(connection, kind, id)?.ok_or_else(|| FhirError::not_found("no such resource"))?;
        if stored.body.is_none() {
            return Err(FhirError::gone("the resource was deleted"));
        }
        let body = stored.body.take().filter(|_| !plan.exists);
        let outcome = WriteOutcome { body, ..stored.into() };
        return Ok(response_entry(request, 200, plan, &outcome));
    }
    let resource = if plan.method == "DELETE" { None } else { Some(IncomingResource::parse(&plan.text)?) };
    if let Some(resource) = &resource {
        check_type(resource, kind)?;
        if plan.method == "PUT" {
            check_id(resource, id)?;
            check_client_id(connection, request, kind, id)?;
        }
    }
    let write = WriteRequest {
        resource_type: kind,
        id,
        resource: resource.as_ref(),
        if_match: plan.if_match.as_deref().filter(|_| plan.method == "PUT"),
        method: if plan.method == "POST" { "POST" } else { "PUT" },
        started: request.started,
    };
    let mut outcome = write.apply(connection)?;
    let status = match (plan.method, outcome.created) {
        ("DELETE", _) => 204,
        (_, true) => 201,
        _ => 200,
    };
    if request.preferred_return() != Some("representation") {
        outcome.body = None;
    }
    Ok(response_entry(request, status, plan, &outcome))
}

fn response_entry(request: &FhirRequest, status: u16, plan: &PlannedEntry, outcome: &WriteOutcome) -> String {
    let (version, PlannedEntry { kind, id, .. }) = (request.behaviour.shown_version(outcome.version), plan);
    let mut out = String::from("{");
    // Writing to a String cannot fail.
    if let Some(body) = &outcome.body {
        let _ = write!(out, r#""resource":{},"#, show(request, body));
    }
    let _ = write!(out, r#""response":{{"status":"{}""#, status_line(status));
    if version > 0 {
        let _ = write!(
            out,
            r#","location":"{kind}/{id}/_history/{version}","lastModified":"{}""#,
            UtcMillis(outcome.updated)
        );
        push_etag(&mut out, request.behaviour.etags, version);
    }
    out.push_str("}}");
    out
}

fn error_entry(error: &FhirError) -> String {
    format!(r#"{{"response":{{"status":"{}","outcome":{}}}}}"#, status_line(error.status), error.outcome())
}

fn status_line(status: u16) -> String {
    let reason = axum::http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Unknown");
    format!("{status} {reason}")
}

/// Replaces the quoted URL `from` by the quoted reference `to`, but only as the value of a member named `reference`,
/// so that an equal identifier remains unchanged.
fn rewrite_references(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split(from);
    if let Some(first) = pieces.next() {
        out.push_str(first);
    }
    for piece in pieces {
        let before = out.trim_end().strip_suffix(':').map(str::trim_end);
        let is_reference = before.is_some_and(|b| b.ends_with("\"reference\""));
        out.push_str(if is_reference { to } else { from });
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_are_rewritten() {
        let text =
            r#"{"subject":{"reference" : "urn:uuid:1"},"identifier":[{"value":"urn:uuid:1"}],"x":"urn:uuid:12"}"#;
        let out = rewrite_references(text, "\"urn:uuid:1\"", "\"Patient/p\"");
        assert_eq!(
            out,
            r#"{"subject":{"reference" : "Patient/p"},"identifier":[{"value":"urn:uuid:1"}],"x":"urn:uuid:12"}"#
        );
    }
}
