//! The entries of a bundle, validated: one unexpected entry makes the whole response invalid.
//!
//! INVARIANT: no entry is silently dropped: a page that is only partly usable is rejected.

use crate::error::SyncError;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::{Bundle, Entry, FhirDate, Node, issues};
use std::borrow::Cow;
use std::collections::HashMap;

/// The type of the server's messages about a search.
const OUTCOME: &str = "OperationOutcome";

/// A record of a search page.
#[derive(Debug)]
pub(crate) struct SearchEntry<'a> {
    /// As received.
    pub(crate) text: &'a str,
    /// Its id; `None` for included resources, and where [`MatchIds::Optional`] ids are missing.
    pub(crate) id: Option<Cow<'a, str>>,
    /// `meta.lastUpdated`.
    pub(crate) last_updated: Option<UtcMillis>,
    /// Whether it is of the requested type.
    pub(crate) is_match: bool,
}

/// One entry of a type's history.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HistoryEntry {
    pub(crate) key: ResourceKey,
    pub(crate) is_deletion: bool,
    /// Its time, where given.
    pub(crate) last_updated: Option<UtcMillis>,
}

/// Whether the matches of a search must have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchIds {
    Required,
    Optional,
}

/// The records of a page of a search for `resource_type`, each once.
///
/// # Errors
/// [`SyncError::InvalidResponse`] for another kind of bundle, an entry without a resource, another type among the
/// matches, a match without an id, one id with two contents, and an OperationOutcome that reports an error.
pub(crate) fn parse_search<'a>(
    text: &'a str,
    resource_type: &str,
    ids: MatchIds,
) -> Result<Vec<SearchEntry<'a>>, SyncError> {
    let bundle = Bundle::parse(text).map_err(|_| SyncError::InvalidResponse)?;
    let is_search = bundle.kind == "searchset";
    let mut found = Vec::with_capacity(bundle.entries().len());
    let mut seen: HashMap<Cow<'a, str>, &'a str> = HashMap::new();
    for entry in bundle.entries() {
        let (resource, mode) = (resource_of(entry)?, entry.search_mode());
        let named = resource.member_text("resourceType").unwrap_or_default();
        match mode.as_deref() {
            Some("outcome") => check_outcome(resource)?,
            Some("include") => found.push(search_entry(resource, None, false)),
            None | Some("match") if named == resource_type => {
                let id = resource.member_text("id").filter(|id| !id.is_empty());
                if id.is_none() && ids == MatchIds::Required {
                    return Err(SyncError::InvalidResponse);
                }
                match id.as_ref().and_then(|id| seen.insert(id.clone(), resource.raw())) {
                    Some(before) if before == resource.raw() => {}
                    // Which of the two is right is unknown.
                    Some(_) => return Err(SyncError::InvalidResponse),
                    None => found.push(search_entry(resource, id, true)),
                }
            }
            // Some servers send an OperationOutcome without a search mode.
            None if named == OUTCOME => check_outcome(resource)?,
            _ => return Err(SyncError::InvalidResponse),
        }
    }
    if is_search { Ok(found) } else { Err(SyncError::InvalidResponse) }
}

/// The entries of a page of the history of `resource_type`, in the server's order.
///
/// # Errors
/// [`SyncError::InvalidResponse`] for another kind of bundle, and for an entry that does not identify a record of that
/// type and its interaction.
pub(crate) fn parse_history(text: &str, resource_type: &str) -> Result<Vec<HistoryEntry>, SyncError> {
    let bundle = Bundle::parse(text).map_err(|_| SyncError::InvalidResponse)?;
    if bundle.kind != "history" {
        return Err(SyncError::InvalidResponse);
    }
    bundle.entries().filter_map(|entry| history_entry(entry, resource_type).transpose()).collect()
}

/// `None` for a record whose id is not a valid FHIR id: it was never stored under it.
fn history_entry(entry: Entry<'_>, resource_type: &str) -> Result<Option<HistoryEntry>, SyncError> {
    if !entry.is_object() {
        return Err(SyncError::InvalidResponse);
    }
    let (method, url) = entry.request().map_or((None, None), |(m, u)| (Some(m), Some(u)));
    let by_url = url.and_then(|url| key_of_url(&url));
    let resource = match entry.resource() {
        None => None,
        Some(_) => Some(entry.readable_resource().ok_or(SyncError::InvalidResponse)?),
    };
    let key = match resource {
        None => by_url.ok_or(SyncError::InvalidResponse)?,
        Some(resource) => {
            let typed = resource.member_text("resourceType").as_deref() == Some(resource_type);
            match key_of(resource) {
                Some(key) if by_url.is_none_or(|url| url == key) => key,
                None if typed && resource.member_text("id").is_some() => return Ok(None),
                _ => return Err(SyncError::InvalidResponse),
            }
        }
    };
    if key.resource_type != resource_type {
        return Err(SyncError::InvalidResponse);
    }
    let is_deletion = method.as_deref() == Some("DELETE");
    let last_updated = resource.and_then(last_updated_of).or_else(|| entry.last_modified());
    Ok(Some(HistoryEntry { key, is_deletion, last_updated }))
}

/// The responses to `sent` entries of a transaction or batch, in order; `None` where they do not match what was sent.
pub(crate) fn transaction_responses(text: &str, sent: usize) -> Option<Bundle<'_>> {
    let bundle = Bundle::parse(text).ok()?;
    let fits = matches!(bundle.kind.as_ref(), "transaction-response" | "batch-response")
        && bundle.entries().len() == sent
        && bundle.entries().all(Entry::is_object);
    fits.then_some(bundle)
}

/// Whether `text` is the resource `key`.
pub(super) fn is_resource(text: &str, key: &ResourceKey) -> bool {
    let Ok(raw) = keep_fhir::Raw::parse(text) else { return false };
    key_of(raw.node()).as_ref() == Some(key)
}

fn resource_of(entry: Entry<'_>) -> Result<Node<'_>, SyncError> {
    entry.readable_resource().filter(|_| entry.is_object()).ok_or(SyncError::InvalidResponse)
}

fn search_entry<'a>(resource: Node<'a>, id: Option<Cow<'a, str>>, is_match: bool) -> SearchEntry<'a> {
    SearchEntry { text: resource.raw(), id, last_updated: last_updated_of(resource), is_match }
}

/// Accepts an OperationOutcome with warnings; with an error the search failed in part, so the page is unusable.
fn check_outcome(resource: Node<'_>) -> Result<(), SyncError> {
    let is_outcome = resource.member_text("resourceType").as_deref() == Some(OUTCOME);
    let failed = issues(resource).iter().any(|i| matches!(i.severity.as_str(), "fatal" | "error"));
    if is_outcome && !failed { Ok(()) } else { Err(SyncError::InvalidResponse) }
}

fn last_updated_of(resource: Node<'_>) -> Option<UtcMillis> {
    FhirDate::parse(&resource.member("meta")?.member_text("lastUpdated")?).map(|date| date.start)
}

fn key_of(resource: Node<'_>) -> Option<ResourceKey> {
    format!("{}/{}", resource.member_text("resourceType")?, resource.member_text("id")?).parse().ok()
}

/// `Type/id` at the end of a relative or absolute address, without its version.
pub(super) fn key_of_url(url: &str) -> Option<ResourceKey> {
    let path = url.split("/_history").next()?;
    let mut parts = path.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    format!("{kind}/{id}").parse().ok()
}

#[cfg(test)]
mod tests;
