//! History of a type or of one resource, newest first, `_since` inclusive (FHIR R4 3.1.0.11; details as in HAPI).

use super::api::FhirApi;
use super::page_links::NextPage;
use super::request::FhirRequest;
use super::shown::{push_etag, show};
use crate::behaviour::Feature;
use crate::fhir_error::FhirError;
use crate::reply::Reply;
use crate::storage::{HistoryQuery, Interval, current_version, find_history};
use keep_domain::UtcMillis;
use std::fmt::Write;

/// `GET [type]/_history` and `GET [type]/[id]/_history`
pub(crate) fn history(api: &FhirApi, request: &FhirRequest, kind: &str, id: Option<&str>) -> Result<Reply, FhirError> {
    let mut query = HistoryQuery {
        resource_type: kind.to_owned(),
        id: id.map(String::from),
        since: i64::MIN,
        count: 100,
        with_deletions: request.behaviour.has(Feature::DeletedHistory),
        before: None,
    };
    for (name, value) in &request.query {
        match name.as_str() {
            "_since" => {
                let interval =
                    Interval::parse(value).ok_or_else(|| FhirError::invalid("_since is not a valid date"))?;
                query.since = interval.low;
            }
            "_count" => {
                let count: usize = value.parse().map_err(|_| FhirError::invalid("_count is not a number"))?;
                query.count = count.clamp(1, request.behaviour.max_count);
            }
            "_format" | "_pretty" => {}
            _ => return Err(FhirError::invalid("unknown history parameter")),
        }
    }
    if let Some(id) = id
        && api.storage.read(|c| current_version(c, kind, id))?.is_none()
    {
        return Err(FhirError::not_found("no such resource"));
    }
    page(api, request, query, request.started.to_rfc3339())
}

/// One page. `started` is the bundle time of the first page.
pub(crate) fn page(
    api: &FhirApi,
    request: &FhirRequest,
    mut query: HistoryQuery,
    started: String,
) -> Result<Reply, FhirError> {
    let (base, etags) = (request.base(), request.behaviour.etags);
    let kind = query.resource_type.clone();
    let mut rows = api.storage.read(|c| find_history(c, &query))?;
    let more = rows.len() > query.count;
    rows.truncate(query.count);

    let size: usize = rows.iter().map(|r| r.body.as_ref().map_or(0, String::len) + 320).sum();
    let mut out = String::with_capacity(size + 400);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{started}"}},"type":"history","link":[{{"relation":"self","url":"{base}/{kind}/_history"}}"#,
        uuid::Uuid::new_v4()
    );
    if more && request.behaviour.has(Feature::NextLink) {
        query.before = rows.last().map(|r| (r.updated, r.vid));
        let token = api.page_links.insert(NextPage::History(query, started))?;
        let _ = write!(out, r#",{{"relation":"next","url":"{base}?_getpages={token}"}}"#);
    }
    out.push(']');
    for (n, row) in rows.iter().enumerate() {
        out.push_str(if n == 0 { r#","entry":["# } else { "," });
        let (id, version, method) = (&row.id, request.behaviour.shown_version(row.version), &row.method);
        let _ = write!(out, r#"{{"fullUrl":"{base}/{kind}/{id}","#);
        match &row.body {
            Some(body) => {
                let body = show(request, body);
                let status = if row.version == 1 { "201 Created" } else { "200 OK" };
                let _ = write!(
                    out,
                    r#""resource":{body},"request":{{"method":"{method}","url":"{kind}/{id}/_history/{version}"}},"response":{{"status":"{status}","lastModified":"{}""#,
                    UtcMillis(row.updated)
                );
            }
            // As in HAPI, the entry of a deletion has neither a resource nor a time.
            None => {
                let _ = write!(
                    out,
                    r#""request":{{"method":"DELETE","url":"{kind}/{id}/_history/{version}"}},"response":{{"status":"200 OK""#
                );
            }
        }
        push_etag(&mut out, etags, version);
        out.push_str("}}");
    }
    if !rows.is_empty() {
        out.push(']');
    }
    out.push('}');
    Ok(Reply::fhir(200, out))
}
