//! Classifies a server's response to a transaction. Pure.

use crate::fhir_client::{WriteResponse, transaction_responses};
use crate::sync_store::PushOutcome;
use keep_domain::{Phi, ResourceKey};
use keep_fhir::{Raw, issues};
use keep_store::{Operation, OutgoingEntry};

/// What to do about a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Accepted; entries for which the response gives no version are left out.
    Accepted(Vec<PushOutcome>),
    /// An entry is based on an old version, or was written concurrently: read and merge.
    VersionConflict,
    /// Counts as not applied; retry after that many seconds, where given.
    Busy(Option<u64>),
    /// Not permitted for this user.
    Forbidden(Phi<String>),
    /// The content is rejected.
    Rejected(Phi<String>),
    /// The server failed; the transaction may have been applied.
    ServerError,
}

/// Issue codes of a version conflict (some servers answer a stale `If-Match` with 400).
const CONFLICT_CODES: &[&str] = &["conflict", "duplicate", "lock-error"];

pub(super) fn classify(response: &WriteResponse, chunk: &[OutgoingEntry]) -> Verdict {
    match response.status {
        200..=299 => Verdict::Accepted(confirmations(response, chunk)),
        409 | 412 => Verdict::VersionConflict,
        408 | 425 | 429 | 502..=504 => Verdict::Busy(response.retry_after),
        401 | 403 => Verdict::Forbidden(reason(response)),
        400 if is_version_conflict(response) => Verdict::VersionConflict,
        500.. => Verdict::ServerError,
        _ => Verdict::Rejected(reason(response)),
    }
}

fn confirmations(response: &WriteResponse, chunk: &[OutgoingEntry]) -> Vec<PushOutcome> {
    // EXPOSE: only statuses, versions and times are read.
    let Some(bundle) = transaction_responses(response.text.expose(), chunk.len()) else { return Vec::new() };
    let confirmed = bundle.entries().zip(chunk).filter_map(|(entry_response, entry)| {
        let is_of_entry = entry_response.location().is_none_or(|location| is_location_of(&location, &entry.key));
        let ok = is_of_entry && entry_response.status().is_some_and(|s| (200..300).contains(&s));
        let version = match entry.operation {
            Operation::Delete => Some(String::new()),
            Operation::Create | Operation::Update => entry_response.version_id(),
        };
        let version = version.filter(|_| ok)?;
        let last_updated = entry_response.last_modified();
        Some(PushOutcome::Confirmed { key: entry.key.clone(), version, last_updated })
    });
    confirmed.collect()
}

/// Whether `location`, relative or absolute, is that of `key` or of one of its versions.
fn is_location_of(location: &str, key: &ResourceKey) -> bool {
    let path = location.split("/_history").next().unwrap_or_default();
    let key = key.to_string();
    path == key || path.strip_suffix(&key).is_some_and(|before| before.ends_with('/'))
}

fn is_version_conflict(response: &WriteResponse) -> bool {
    // EXPOSE: searched for the description of a version mismatch.
    let Ok(raw) = Raw::parse(response.text.expose().as_str()) else { return false };
    issues(raw.node()).iter().any(|issue| {
        let texts = [&issue.details, &issue.diagnostics];
        let describes_mismatch = texts.into_iter().flatten().any(|t| {
            // EXPOSE: as above.
            let text = t.expose().to_ascii_lowercase();
            text.contains("if-match")
                || text.contains("version") && (text.contains("mismatch") || text.contains("match"))
        });
        CONFLICT_CODES.contains(&issue.code.as_str()) || describes_mismatch
    })
}

/// The server's explanation for the user; empty where it gives none.
fn reason(response: &WriteResponse) -> Phi<String> {
    // EXPOSE: returned as Phi again, since it may quote the record.
    let Ok(raw) = Raw::parse(response.text.expose().as_str()) else { return Phi::new(String::new()) };
    let texts = issues(raw.node()).into_iter().filter_map(|i| i.details.or(i.diagnostics));
    // EXPOSE: as above.
    Phi::new(texts.map(Phi::into_exposed).collect::<Vec<_>>().join("\n"))
}
