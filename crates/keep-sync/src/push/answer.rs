//! What a server's answer to a transaction means. Pure.

use super::unsaid;
use crate::fhir_client::{Reply, responses};
use crate::port::{Operation, OutgoingEntry, PushOutcome};
use keep_domain::{Phi, ResourceKey};
use keep_fhir::{Raw, issues};

/// What is to be done about an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Taken; entries whose version the answer does not tell are left out.
    Taken(Vec<PushOutcome>),
    /// An entry is based on an old version, or two writers met: ask and merge.
    Stale,
    /// Certainly not taken; wait so many seconds, where said.
    Busy(Option<u64>),
    /// Not for this person.
    Forbidden(Phi<String>),
    /// The content is refused.
    Refused(Phi<String>),
    /// The server failed in itself.
    Broken,
}

/// Issue codes that mean "another version is there" (some servers answer a stale `If-Match` with 400).
const STALE_CODES: &[&str] = &["conflict", "duplicate", "lock-error"];

pub(super) fn judge(reply: &Reply, chunk: &[OutgoingEntry]) -> Verdict {
    match reply.status {
        200..=299 => taken(reply, chunk),
        409 | 412 => Verdict::Stale,
        408 | 425 | 429 | 502..=504 => Verdict::Busy(reply.retry_after),
        401 | 403 => Verdict::Forbidden(reason(reply)),
        400 if names_a_version(reply) => Verdict::Stale,
        500.. => Verdict::Broken,
        _ => Verdict::Refused(reason(reply)),
    }
}

fn taken(reply: &Reply, chunk: &[OutgoingEntry]) -> Verdict {
    // EXPOSE: only statuses, versions and times are read.
    let Some(bundle) = responses(reply.text.expose(), chunk.len()) else { return Verdict::Taken(Vec::new()) };
    let told = bundle.entries().zip(chunk).filter_map(|(answer, entry)| {
        let of_entry = answer.location().is_none_or(|place| names(&place, &entry.key));
        let ok = of_entry && answer.status().is_some_and(|s| (200..300).contains(&s));
        let version = match entry.intent {
            Operation::Delete => Some(String::new()),
            Operation::Put => answer.version_id(),
        };
        let version = version.filter(|_| ok)?;
        Some(PushOutcome::Confirmed { key: entry.key.clone(), version, updated: answer.last_modified() })
    });
    Verdict::Taken(told.collect())
}

/// Whether `location`, relative or absolute, is that of `key` or of one of its versions.
fn names(location: &str, key: &ResourceKey) -> bool {
    let path = location.split("/_history").next().unwrap_or_default();
    let key = key.to_string();
    path == key || path.strip_suffix(&key).is_some_and(|before| before.ends_with('/'))
}

fn names_a_version(reply: &Reply) -> bool {
    // EXPOSE: searched for what a version mismatch is called.
    let Ok(raw) = Raw::parse(reply.text.expose().as_str()) else { return false };
    issues(raw.node()).iter().any(|issue| {
        let texts = [&issue.details, &issue.diagnostics];
        let said = texts.into_iter().flatten().any(|t| {
            // EXPOSE: as above.
            let text = t.expose().to_ascii_lowercase();
            text.contains("if-match")
                || text.contains("version") && (text.contains("mismatch") || text.contains("match"))
        });
        STALE_CODES.contains(&issue.code.as_str()) || said
    })
}

/// What the server says, for the person who has to decide; empty where it says nothing readable.
fn reason(reply: &Reply) -> Phi<String> {
    // EXPOSE: kept as Phi again, since it may quote the record.
    let Ok(raw) = Raw::parse(reply.text.expose().as_str()) else { return unsaid() };
    let listed = issues(raw.node()).into_iter().filter_map(|i| i.details.or(i.diagnostics));
    // EXPOSE: as above.
    Phi::new(listed.map(Phi::into_exposed).collect::<Vec<_>>().join("\n"))
}
