//! Searches and their pages. Stored bodies are spliced in as they are.

use super::call::{Call, Reply};
use super::entitlement::Wish;
use super::pages::Page;
use super::query::{Wanted, read_search};
use super::{Refusal, history};
use crate::backend::Backend;
use crate::storage::{Storage, reduce_to_elements};
use std::fmt::Write;

/// `GET [type]?…` and `POST [type]/_search`
pub(crate) fn search(backend: &Backend, call: &Call, kind: &str) -> Result<Reply, Refusal> {
    let mut pairs = call.query.clone();
    if call.is_form {
        pairs.extend(url::form_urlencoded::parse(call.body.as_bytes()).into_owned());
    }
    let wanted = read_search(kind, &pairs)?;
    page(backend, wanted, call.started.to_rfc3339(), true)
}

/// `GET [base]?_getpages=…`
pub(crate) fn next_page(backend: &Backend, call: &Call) -> Result<Reply, Refusal> {
    let handle =
        call.parameter("_getpages").ok_or_else(|| Refusal::not_allowed("search over all types is not offered"))?;
    match backend.pages.find(handle)? {
        Page::Search(wanted, began) => {
            call.permit(&wanted.search.resource_type, Wish::Read)?;
            page(backend, *wanted, began, false)
        }
        Page::History(query, began) => {
            call.permit(&query.resource_type, Wish::Read)?;
            history::page(backend, query, began)
        }
    }
}

fn page(backend: &Backend, mut wanted: Wanted, began: String, first: bool) -> Result<Reply, Refusal> {
    let base = backend.fhir_base();
    let kind = wanted.search.resource_type.clone();
    if wanted.only_count {
        let total = backend.storage.read(|c| Storage::count(c, &wanted.search))?;
        let body = format!(
            r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{began}"}},"type":"searchset","total":{total},"link":[{{"relation":"self","url":"{base}/{kind}"}}]}}"#,
            uuid::Uuid::new_v4()
        );
        return Ok(Reply::json(200, body));
    }
    let count = wanted.search.count;
    let (mut found, counted) = backend.storage.read(|c| {
        let counted = if wanted.with_total { Some(Storage::count(c, &wanted.search)?) } else { None };
        Ok((Storage::find(c, &wanted.search)?, counted))
    })?;
    let more = found.len() > count;
    found.truncate(count);
    let total = counted.or_else(|| (first && !more).then(|| i64::try_from(found.len()).unwrap_or(i64::MAX)));

    let size: usize = found.iter().map(|f| f.body.len() + 200).sum();
    let mut out = String::with_capacity(size + 400);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{began}"}},"type":"searchset""#,
        uuid::Uuid::new_v4()
    );
    if let Some(total) = total {
        let _ = write!(out, r#","total":{total}"#);
    }
    // The self link names no criteria: they may have come in a body to keep them out of addresses.
    let _ = write!(out, r#","link":[{{"relation":"self","url":"{base}/{kind}"}}"#);
    if more {
        wanted.search.after = found.last().map(|f| f.place.clone());
        let elements = wanted.elements.clone();
        let handle = backend.pages.remember(Page::Search(Box::new(wanted), began))?;
        let _ = write!(out, r#",{{"relation":"next","url":"{base}?_getpages={handle}"}}"#);
        push_entries(&mut out, &base, &kind, &found, &elements);
    } else {
        push_entries(&mut out, &base, &kind, &found, &wanted.elements);
    }
    out.push('}');
    Ok(Reply::json(200, out))
}

fn push_entries(out: &mut String, base: &str, kind: &str, found: &[crate::storage::find::Found], elements: &[String]) {
    out.push(']');
    if found.is_empty() {
        return;
    }
    out.push_str(r#","entry":["#);
    for (n, row) in found.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        let _ = write!(out, r#"{{"fullUrl":"{base}/{kind}/{}","resource":"#, row.id);
        if elements.is_empty() {
            out.push_str(&row.body);
        } else {
            out.push_str(&reduce_to_elements(&row.body, elements));
        }
        out.push_str(r#","search":{"mode":"match"}}"#);
    }
    out.push(']');
}
