//! What the entries of a bundle are, checked: one that is not what it should be makes the whole answer garbled.
//!
//! INVARIANT: nothing that was sent is left out in silence: a page of which only a part can be used is no page.

use crate::SyncError;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::{Bundle, Entry, FhirDate, Node, issues};
use std::borrow::Cow;
use std::collections::HashMap;

/// The one search mode whose entries are the server's remarks.
const OUTCOME: &str = "OperationOutcome";

/// A record of a page.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// As received.
    pub(crate) text: &'a str,
    /// Its id; `None` for what came along with the matches, and where the server was not asked for ids.
    pub(crate) id: Option<Cow<'a, str>>,
    /// `meta.lastUpdated`.
    pub(crate) stamp: Option<UtcMillis>,
    /// Whether it is of the type that was asked for.
    pub(crate) is_match: bool,
}

/// What happened to one record, as a history says it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: ResourceKey,
    pub(crate) is_deletion: bool,
    /// The time of it, where given.
    pub(crate) stamp: Option<UtcMillis>,
}

/// Whether the matches of a search must have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ids {
    Needed,
    Optional,
}

/// The records of a page of a search for `resource_type`, each once.
///
/// # Errors
/// [`SyncError::Garbled`] for another kind of bundle, an entry that is no resource, another type among the matches, a
/// match without an id, one id with two contents, and a remark that the search failed.
pub(crate) fn rows<'a>(text: &'a str, resource_type: &str, ids: Ids) -> Result<Vec<Row<'a>>, SyncError> {
    let bundle = Bundle::parse(text).map_err(|_| SyncError::Garbled)?;
    let is_search = bundle.kind == "searchset";
    let mut rows = Vec::with_capacity(bundle.entries().len());
    let mut seen: HashMap<Cow<'a, str>, &'a str> = HashMap::new();
    for entry in bundle.entries() {
        let (resource, mode) = (resource_of(entry)?, entry.search_mode());
        let named = resource.member_text("resourceType").unwrap_or_default();
        match mode.as_deref() {
            Some("outcome") => remark(resource)?,
            Some("include") => rows.push(row(resource, None, false)),
            None | Some("match") if named == resource_type => {
                let id = resource.member_text("id").filter(|id| !id.is_empty());
                if id.is_none() && ids == Ids::Needed {
                    return Err(SyncError::Garbled);
                }
                match id.as_ref().and_then(|id| seen.insert(id.clone(), resource.raw())) {
                    Some(before) if before == resource.raw() => {}
                    // Which of the two is right nobody knows.
                    Some(_) => return Err(SyncError::Garbled),
                    None => rows.push(row(resource, id, true)),
                }
            }
            // Some servers send remarks without saying what they are.
            None if named == OUTCOME => remark(resource)?,
            _ => return Err(SyncError::Garbled),
        }
    }
    if is_search { Ok(rows) } else { Err(SyncError::Garbled) }
}

/// What a page of the history of `resource_type` says, in its order.
///
/// # Errors
/// [`SyncError::Garbled`] for another kind of bundle, and for an entry that does not say what happened to which record
/// of that type.
pub(crate) fn changes(text: &str, resource_type: &str) -> Result<Vec<Change>, SyncError> {
    let bundle = Bundle::parse(text).map_err(|_| SyncError::Garbled)?;
    if bundle.kind != "history" {
        return Err(SyncError::Garbled);
    }
    bundle.entries().filter_map(|entry| change(entry, resource_type).transpose()).collect()
}

/// `None` for a record whose id is no FHIR id: it was never stored under it.
fn change(entry: Entry<'_>, resource_type: &str) -> Result<Option<Change>, SyncError> {
    if !entry.is_object() {
        return Err(SyncError::Garbled);
    }
    let (method, url) = entry.request().map_or((None, None), |(m, u)| (Some(m), Some(u)));
    let by_url = url.and_then(|url| key_of_url(&url));
    let resource = match entry.resource() {
        None => None,
        Some(_) => Some(entry.readable_resource().ok_or(SyncError::Garbled)?),
    };
    let key = match resource {
        None => by_url.ok_or(SyncError::Garbled)?,
        Some(resource) => {
            let typed = resource.member_text("resourceType").as_deref() == Some(resource_type);
            match key_of(resource) {
                Some(key) if by_url.is_none_or(|url| url == key) => key,
                None if typed && resource.member_text("id").is_some() => return Ok(None),
                _ => return Err(SyncError::Garbled),
            }
        }
    };
    if key.resource_type != resource_type {
        return Err(SyncError::Garbled);
    }
    let is_deletion = method.as_deref() == Some("DELETE");
    let stamp = resource.and_then(stamp_of).or_else(|| entry.last_modified());
    Ok(Some(Change { key, is_deletion, stamp }))
}

/// The answers to `sent` entries of a transaction or batch, in their order; `None` where they do not fit what was sent.
pub(crate) fn responses(text: &str, sent: usize) -> Option<Bundle<'_>> {
    let bundle = Bundle::parse(text).ok()?;
    let fits = matches!(bundle.kind.as_ref(), "transaction-response" | "batch-response")
        && bundle.entries().len() == sent
        && bundle.entries().all(Entry::is_object);
    fits.then_some(bundle)
}

/// Whether `text` is the resource that was asked for.
pub(crate) fn is_resource(text: &str, key: &ResourceKey) -> bool {
    let Ok(raw) = keep_fhir::Raw::parse(text) else { return false };
    key_of(raw.node()).as_ref() == Some(key)
}

fn resource_of(entry: Entry<'_>) -> Result<Node<'_>, SyncError> {
    entry.readable_resource().filter(|_| entry.is_object()).ok_or(SyncError::Garbled)
}

fn row<'a>(resource: Node<'a>, id: Option<Cow<'a, str>>, is_match: bool) -> Row<'a> {
    Row { text: resource.raw(), id, stamp: stamp_of(resource), is_match }
}

/// A remark of the server; one that the search failed in part makes the rest worth nothing.
fn remark(resource: Node<'_>) -> Result<(), SyncError> {
    let is_remark = resource.member_text("resourceType").as_deref() == Some(OUTCOME);
    let failed = issues(resource).iter().any(|i| matches!(i.severity.as_str(), "fatal" | "error"));
    if is_remark && !failed { Ok(()) } else { Err(SyncError::Garbled) }
}

fn stamp_of(resource: Node<'_>) -> Option<UtcMillis> {
    FhirDate::parse(&resource.member("meta")?.member_text("lastUpdated")?).map(|date| date.start)
}

fn key_of(resource: Node<'_>) -> Option<ResourceKey> {
    format!("{}/{}", resource.member_text("resourceType")?, resource.member_text("id")?).parse().ok()
}

/// `Type/id` at the end of a relative or absolute address, its version left out.
fn key_of_url(url: &str) -> Option<ResourceKey> {
    let path = url.split("/_history").next()?;
    let mut parts = path.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    format!("{kind}/{id}").parse().ok()
}

#[cfg(test)]
mod tests;
