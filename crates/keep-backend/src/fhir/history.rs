//! History of a type or of one resource, newest first, `_since` inclusive (FHIR R4 3.1.0.11; details as HAPI has them).

use super::Refusal;
use super::call::{Call, Reply};
use super::pages::Page;
use super::query::MAX_COUNT;
use crate::backend::Backend;
use crate::storage::{HistoryQuery, Interval, Storage};
use keep_domain::UtcMillis;
use std::fmt::Write;

/// `GET [type]/_history` and `GET [type]/[id]/_history`
pub(crate) fn history(backend: &Backend, call: &Call, kind: &str, id: Option<&str>) -> Result<Reply, Refusal> {
    let mut query = HistoryQuery {
        resource_type: kind.to_owned(),
        id: id.map(String::from),
        since: i64::MIN,
        count: 100,
        before: None,
    };
    for (name, value) in &call.query {
        match name.as_str() {
            "_since" => {
                let interval = Interval::read(value).ok_or_else(|| Refusal::invalid("_since cannot be read"))?;
                query.since = interval.low;
            }
            "_count" => {
                let count: usize = value.parse().map_err(|_| Refusal::invalid("_count is not a number"))?;
                query.count = count.clamp(1, MAX_COUNT);
            }
            "_format" | "_pretty" => {}
            _ => return Err(Refusal::invalid("unknown history parameter")),
        }
    }
    if let Some(id) = id
        && backend.storage.read(|c| Storage::current(c, kind, id))?.is_none()
    {
        return Err(Refusal::not_found("no such resource"));
    }
    page(backend, query, call.started.to_rfc3339())
}

/// One page.
pub(crate) fn page(backend: &Backend, mut query: HistoryQuery, began: String) -> Result<Reply, Refusal> {
    let base = backend.fhir_base();
    let kind = query.resource_type.clone();
    let mut rows = backend.storage.read(|c| Storage::history(c, &query))?;
    let more = rows.len() > query.count;
    rows.truncate(query.count);

    let size: usize = rows.iter().map(|r| r.body.as_ref().map_or(0, String::len) + 320).sum();
    let mut out = String::with_capacity(size + 400);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{began}"}},"type":"history","link":[{{"relation":"self","url":"{base}/{kind}/_history"}}"#,
        uuid::Uuid::new_v4()
    );
    if more {
        query.before = rows.last().map(|r| (r.updated, r.vid));
        let handle = backend.pages.remember(Page::History(query, began))?;
        let _ = write!(out, r#",{{"relation":"next","url":"{base}?_getpages={handle}"}}"#);
    }
    out.push(']');
    for (n, row) in rows.iter().enumerate() {
        out.push_str(if n == 0 { r#","entry":["# } else { "," });
        let (id, version, method) = (&row.id, row.version, &row.method);
        let _ = write!(out, r#"{{"fullUrl":"{base}/{kind}/{id}","#);
        match &row.body {
            Some(body) => {
                let status = if version == 1 { "201 Created" } else { "200 OK" };
                let _ = write!(
                    out,
                    r#""resource":{body},"request":{{"method":"{method}","url":"{kind}/{id}/_history/{version}"}},"response":{{"status":"{status}","etag":"W/\"{version}\"","lastModified":"{}"}}}}"#,
                    UtcMillis(row.updated)
                );
            }
            // Like HAPI, a deletion carries neither the resource nor its time.
            None => {
                let _ = write!(
                    out,
                    r#""request":{{"method":"DELETE","url":"{kind}/{id}/_history/{version}"}},"response":{{"status":"200 OK","etag":"W/\"{version}\""}}}}"#
                );
            }
        }
    }
    if !rows.is_empty() {
        out.push(']');
    }
    out.push('}');
    Ok(Reply::json(200, out))
}
