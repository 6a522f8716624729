//! Classifies a server's response to a write. Pure.

use super::waits::WaitCause;
use crate::fhir_client::{WriteResponse, transaction_responses};
use crate::sync_store::PushOutcome;
use keep_domain::{Phi, ResourceKey};
use keep_fhir::{Issue, Raw, issues};
use keep_store::{Operation, OutgoingEntry};

/// What to do about a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Accepted, entry by entry.
    Accepted(Accepted),
    /// An entry is based on an old version, or was written concurrently: read and merge.
    VersionConflict,
    /// Counts as not applied; retry after that many seconds, where given.
    Busy(Option<u64>),
    /// Not applied: more than the server takes at once.
    TooLarge,
    /// Not applied, for a reason that is the server's and not the record's.
    Waits(WaitCause),
    /// The server failed; the write may have been applied.
    Uncertain,
    /// A FHIR answer about the content.
    Rejected(Rejection),
}

/// What an accepting response says about the entries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// Confirmed with a version.
    pub(super) outcomes: Vec<PushOutcome>,
    /// Accepted without a version.
    pub(super) unversioned: Vec<ResourceKey>,
    /// Whether an entry was not accepted after all.
    pub(super) in_part: bool,
}

/// A server's words about what it rejects.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(super) struct Rejection {
    /// Verbatim; may quote the record.
    pub(super) words: Phi<String>,
    /// The elements that it names, as FHIRPath.
    pub(super) fields: Vec<String>,
    /// The position of the entry that it names.
    pub(super) entry: Option<usize>,
}

/// Issue codes of a version conflict (some servers answer a stale `If-Match` with 400).
const CONFLICT_CODES: &[&str] = &["conflict", "duplicate", "lock-error"];
/// Issue codes about the user, and not about the content.
const PERMISSION_CODES: &[&str] = &["security", "login", "unknown", "expired", "forbidden", "suppressed"];
/// Issue codes about the server's own state.
const STATE_CODES: &[&str] = &["transient", "no-store", "exception", "timeout", "incomplete", "throttled"];

pub(super) fn classify(response: &WriteResponse, chunk: &[OutgoingEntry]) -> Verdict {
    match response.status {
        200..=299 => Verdict::Accepted(confirmations(response, chunk)),
        409 | 412 => Verdict::VersionConflict,
        // INVARIANT: only a FHIR answer about the content rejects a record; everything else is a state of the server.
        400 | 422 => about_content(response),
        401 | 403 => Verdict::Waits(WaitCause::NotPermitted),
        404 | 405 | 410 | 501 => Verdict::Waits(WaitCause::NotOffered),
        408 | 425 | 429 | 502..=504 => Verdict::Busy(response.retry_after),
        413 => Verdict::TooLarge,
        500.. => Verdict::Uncertain,
        _ => Verdict::Waits(WaitCause::NotFhir),
    }
}

fn about_content(response: &WriteResponse) -> Verdict {
    let errors = errors_of(response);
    let any = |codes: &[&str]| errors.iter().any(|issue| codes.contains(&issue.code.as_str()));
    if errors.is_empty() {
        Verdict::Waits(WaitCause::NotFhir)
    } else if any(CONFLICT_CODES) || errors.iter().any(describes_mismatch) {
        Verdict::VersionConflict
    } else if any(PERMISSION_CODES) {
        Verdict::Waits(WaitCause::NotPermitted)
    } else if any(&["not-supported"]) {
        Verdict::Waits(WaitCause::NotOffered)
    } else if any(STATE_CODES) {
        Verdict::Busy(response.retry_after)
    } else {
        let fields: Vec<String> = errors.iter().flat_map(|issue| issue.expression.iter().cloned()).collect();
        let entry = fields.iter().find_map(|field| entry_named(field));
        let texts = errors.into_iter().filter_map(|issue| issue.details.or(issue.diagnostics));
        // EXPOSE: joined, and Phi again, since they may quote the record.
        let words = Phi::new(texts.map(Phi::into_exposed).collect::<Vec<_>>().join("\n"));
        Verdict::Rejected(Rejection { words, fields, entry })
    }
}

/// The errors of an OperationOutcome; none for anything else.
fn errors_of(response: &WriteResponse) -> Vec<Issue> {
    // EXPOSE: read for its issues.
    let Ok(raw) = Raw::parse(response.text.expose().as_str()) else { return Vec::new() };
    issues(raw.node()).into_iter().filter(|i| !matches!(i.severity.as_str(), "warning" | "information")).collect()
}

fn describes_mismatch(issue: &Issue) -> bool {
    [&issue.details, &issue.diagnostics].into_iter().flatten().any(|t| {
        // EXPOSE: searched for the description of a version mismatch.
        let text = t.expose().to_ascii_lowercase();
        text.contains("if-match") || text.contains("version") && (text.contains("mismatch") || text.contains("match"))
    })
}

/// The position in `Bundle.entry[3].resource…`.
fn entry_named(expression: &str) -> Option<usize> {
    let (position, _) = expression.strip_prefix("Bundle.entry[")?.split_once(']')?;
    position.parse().ok()
}

fn confirmations(response: &WriteResponse, chunk: &[OutgoingEntry]) -> Accepted {
    let mut accepted = Accepted::default();
    // EXPOSE: only statuses, versions and times are read.
    let Some(bundle) = transaction_responses(response.text.expose(), chunk.len()) else { return accepted };
    for (entry_response, entry) in bundle.entries().zip(chunk) {
        let is_of_entry = entry_response.location().is_none_or(|location| is_location_of(&location, &entry.key));
        // INVARIANT: an entry counts as accepted only by a status of its own.
        if !entry_response.status().is_some_and(|s| (200..300).contains(&s)) {
            accepted.in_part = true;
            continue;
        }
        let version = match entry.operation {
            Operation::Delete => Some(String::new()),
            Operation::Create | Operation::Update => entry_response.version_id(),
        };
        match version.filter(|_| is_of_entry) {
            Some(version) => {
                let (key, last_updated) = (entry.key.clone(), entry_response.last_modified());
                accepted.outcomes.push(PushOutcome::Confirmed { key, version, last_updated });
            }
            None => accepted.unversioned.push(entry.key.clone()),
        }
    }
    accepted
}

/// Whether `location`, relative or absolute, is that of `key` or of one of its versions.
fn is_location_of(location: &str, key: &ResourceKey) -> bool {
    let path = location.split("/_history").next().unwrap_or_default();
    let key = key.to_string();
    path == key || path.strip_suffix(&key).is_some_and(|before| before.ends_with('/'))
}
