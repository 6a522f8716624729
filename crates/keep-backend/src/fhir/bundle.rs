//! Transaction and batch bundles (FHIR R4 3.1.0.11).

use super::Refusal;
use super::call::{Call, Reply, version_of_tag};
use super::entitlement::Wish;
use super::instance::{check_own_id, match_one};
use crate::backend::Backend;
use crate::storage::{Incoming, Storage, WriteRequest};
use keep_domain::{UtcMillis, is_r4_type};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt::Write;

#[derive(Debug, Deserialize)]
struct Bundle<'a> {
    #[serde(rename = "resourceType")]
    resource_type: String,
    #[serde(rename = "type")]
    kind: String,
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

/// An entry with its target settled.
struct Step {
    /// Position in the request, and so in the answer.
    position: usize,
    method: &'static str,
    kind: String,
    id: String,
    /// The resource with references rewritten.
    text: String,
    if_match: Option<String>,
    /// A conditional create whose criteria matched: nothing is written.
    exists: bool,
}

/// `POST [base]`
pub(crate) fn answer(backend: &Backend, call: &Call) -> Result<Reply, Refusal> {
    let bundle: Bundle<'_> =
        serde_json::from_str(&call.body).map_err(|_| Refusal::invalid("the body is not a bundle"))?;
    if bundle.resource_type != "Bundle" {
        return Err(Refusal::invalid("the body is not a bundle"));
    }
    let answers = match bundle.kind.as_str() {
        "transaction" => backend.storage.write(|t| run(t, call, &bundle.entry))?,
        "batch" => bundle
            .entry
            .iter()
            .map(|entry| {
                // Each entry stands for itself; an error is told in its place.
                backend.storage.write(|t| run(t, call, std::slice::from_ref(entry))).map_or_else(
                    |refusal| {
                        format!(
                            r#"{{"response":{{"status":"{}","outcome":{}}}}}"#,
                            status_line(refusal.status),
                            refusal.outcome()
                        )
                    },
                    |mut one| one.pop().unwrap_or_default(),
                )
            })
            .collect(),
        _ => return Err(Refusal::invalid("only transaction and batch bundles are taken")),
    };
    let body = format!(
        r#"{{"resourceType":"Bundle","id":"{}","type":"{}-response","entry":[{}]}}"#,
        uuid::Uuid::new_v4(),
        bundle.kind,
        answers.join(",")
    );
    Ok(Reply::json(200, body))
}

fn run(connection: &Connection, call: &Call, entries: &[Entry<'_>]) -> Result<Vec<String>, Refusal> {
    let mut steps = Vec::with_capacity(entries.len());
    let mut renamed = Vec::new();
    let mut targets = HashSet::new();
    for (position, entry) in entries.iter().enumerate() {
        let step = settle(connection, call, position, entry)?;
        if matches!(step.method, "POST" | "PUT")
            && let Some(url) = entry.full_url.as_deref().filter(|u| u.starts_with("urn:"))
        {
            renamed.push((serde_json::Value::from(url).to_string(), format!("\"{}/{}\"", step.kind, step.id)));
        }
        if matches!(step.method, "PUT" | "DELETE") && !targets.insert((step.kind.clone(), step.id.clone())) {
            return Err(Refusal::invalid("a transaction may name a resource only once"));
        }
        steps.push(step);
    }
    for step in &mut steps {
        for (from, to) in &renamed {
            step.text = rewrite_references(&step.text, from, to);
        }
    }
    // The standard's order; inside one method that of the bundle.
    let rank = |method: &str| ["DELETE", "POST", "PUT", "GET"].iter().position(|m| *m == method);
    let mut order: Vec<&Step> = steps.iter().collect();
    order.sort_by_key(|s| rank(s.method));
    let mut answers = Vec::with_capacity(steps.len());
    for step in order {
        answers.push((step.position, apply(connection, call, step)?));
    }
    answers.sort_by_key(|(position, _)| *position);
    Ok(answers.into_iter().map(|(_, text)| text).collect())
}

/// Decides what an entry is about before anything is written, so that references can be rewritten.
fn settle(connection: &Connection, call: &Call, position: usize, entry: &Entry<'_>) -> Result<Step, Refusal> {
    let request = entry.request.as_ref().ok_or_else(|| Refusal::invalid("an entry has no request"))?;
    let mut parts = request.url.split('/');
    let (kind, id) = (parts.next().unwrap_or_default().to_owned(), parts.next().map(String::from));
    if !is_r4_type(&kind) || parts.next().is_some() {
        return Err(Refusal::invalid("an entry's address is not a type or a type and an id"));
    }
    let method = match request.method.as_str() {
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "GET" => "GET",
        _ => return Err(Refusal::invalid("an entry's method is not offered")),
    };
    call.permit(&kind, if method == "GET" { Wish::Read } else { Wish::Write })?;
    let text = match (method, entry.resource) {
        ("POST" | "PUT", Some(resource)) => resource.get().to_owned(),
        ("POST" | "PUT", None) => return Err(Refusal::invalid("an entry has no resource")),
        _ => String::new(),
    };
    let mut exists = false;
    let id = match (method, id) {
        ("POST", None) => match &request.if_none_exist {
            Some(criteria) => match match_one(connection, &kind, criteria)? {
                Some(id) => {
                    exists = true;
                    id
                }
                None => uuid::Uuid::new_v4().to_string(),
            },
            None => uuid::Uuid::new_v4().to_string(),
        },
        ("PUT" | "DELETE" | "GET", Some(id)) => id,
        _ => return Err(Refusal::invalid("an entry's address does not fit its method")),
    };
    let if_match = request.if_match.as_deref().map(|t| version_of_tag(t).to_owned());
    Ok(Step { position, method, kind, id, text, if_match, exists })
}

fn apply(connection: &Connection, call: &Call, step: &Step) -> Result<String, Refusal> {
    let (kind, id) = (step.kind.as_str(), step.id.as_str());
    if step.method == "GET" || step.exists {
        let stored = Storage::current(connection, kind, id)?.ok_or_else(|| Refusal::not_found("no such resource"))?;
        let body = stored.body.ok_or_else(|| Refusal::gone("the resource was deleted"))?;
        let shown = (!step.exists).then_some(body);
        return Ok(entry_answer(200, kind, id, stored.version, stored.updated, shown.as_deref()));
    }
    let resource = if step.method == "DELETE" { None } else { Some(Incoming::read(&step.text)?) };
    if let Some(resource) = &resource {
        if resource.resource_type != kind {
            return Err(Refusal::invalid("resourceType is not that of the address"));
        }
        if step.method == "PUT" {
            check_own_id(resource, id)?;
        }
    }
    let if_match = step.if_match.as_deref().filter(|_| step.method == "PUT");
    let method = if step.method == "POST" { "POST" } else { "PUT" };
    let request =
        WriteRequest { resource_type: kind, id, resource: resource.as_ref(), if_match, method, started: call.started };
    let written = request.apply(connection)?;
    let status = match (step.method, written.created) {
        ("DELETE", _) => 204,
        (_, true) => 201,
        _ => 200,
    };
    let shown = (call.prefer.as_deref() == Some("representation")).then_some(written.body).flatten();
    Ok(entry_answer(status, kind, id, written.version, written.updated, shown.as_deref()))
}

fn entry_answer(status: u16, kind: &str, id: &str, version: i64, updated: i64, body: Option<&str>) -> String {
    let mut out = String::from("{");
    // Writing to a String cannot fail.
    if let Some(body) = body {
        let _ = write!(out, r#""resource":{body},"#);
    }
    let _ = write!(out, r#""response":{{"status":"{}""#, status_line(status));
    if version > 0 {
        let _ = write!(
            out,
            r#","location":"{kind}/{id}/_history/{version}","etag":"W/\"{version}\"","lastModified":"{}""#,
            UtcMillis(updated)
        );
    }
    out.push_str("}}");
    out
}

fn status_line(status: u16) -> String {
    let reason = axum::http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Unknown");
    format!("{status} {reason}")
}

/// Replaces the quoted address `from` by the quoted reference `to`, but only as the value of a member named `reference`,
/// so that an identifier that happens to be equal stays what it is.
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
