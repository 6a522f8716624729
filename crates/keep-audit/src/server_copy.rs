//! The server's copy of an event, and whether it is still what this device wrote.

use crate::report::FindingKind as K;
use crate::{ChainFacts, Checkpoint, Finding, Frontier, Gap, Report, leaf_hash};
use serde_json::Value;
use std::collections::BTreeMap;

/// An AuditEvent as a server returned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerCopy {
    /// What it says about its place.
    pub facts: ChainFacts,
    /// The leaf hash of what was uploaded, if nothing was changed since.
    pub leaf: [u8; 32],
}

impl ServerCopy {
    /// Reads a copy; what servers add under `meta` (version, time, source, tags) is left out and the
    /// order of elements does not matter. `None` where it is not an event of a Chartkeep log.
    #[must_use]
    pub fn read(json: &[u8]) -> Option<Self> {
        let mut event: Value = serde_json::from_slice(json).ok()?;
        let object = event.as_object_mut()?;
        let profile = object.get("meta").and_then(|m| m.get("profile")).cloned();
        match profile {
            Some(profile) => object.insert("meta".into(), serde_json::json!({ "profile": profile })),
            None => object.remove("meta"),
        };
        let canonical = serde_json_canonicalizer::to_vec(&event).ok()?;
        let facts = ChainFacts::read(&canonical)?;
        Some(Self { facts, leaf: leaf_hash(&facts.salt, &canonical) })
    }
}

/// Checks the server's copies of one log, in any order and as often as they come, against
/// checkpoints whose signatures have been checked already ([`SignedCheckpoint::check`]).
///
/// [`SignedCheckpoint::check`]: crate::SignedCheckpoint::check
#[must_use]
pub fn verify_copies(copies: impl IntoIterator<Item = ServerCopy>, checkpoints: &[Checkpoint]) -> Report {
    let mut report = Report::default();
    let mut by_sequence: BTreeMap<u64, ServerCopy> = BTreeMap::new();
    let log = checkpoints.first().map(|c| c.log);
    for copy in copies {
        let sequence = copy.facts.sequence;
        if log.is_some_and(|l| l != copy.facts.log) {
            report.findings.push(Finding::at(sequence, K::HeaderMismatch, "is of another log"));
        } else if by_sequence.insert(sequence, copy).is_some_and(|before| before != copy) {
            report.findings.push(Finding::at(sequence, K::OutOfOrder, "two different events have this place"));
        }
    }
    let mut frontier = Some(Frontier::new());
    let mut roots = BTreeMap::new();
    let mut seen = 0;
    for (sequence, copy) in &by_sequence {
        if *sequence > seen {
            let gap = Gap { from: seen, to: sequence - 1 };
            report.gaps.push(gap);
            let what = format!("sequences {} to {} are missing", gap.from, gap.to);
            report.findings.push(Finding::about_log(K::Gap, what));
            frontier = None;
        }
        seen = sequence + 1;
        if let Some(frontier) = &mut frontier {
            frontier.push(copy.leaf);
            roots.insert(seen, frontier.root());
        }
    }
    for head in checkpoints {
        match roots.get(&head.size) {
            Some(root) if *root == head.root => report.checkpoints += 1,
            Some(_) => {
                let what = format!("the first {} events are not those of a signed checkpoint", head.size);
                report.findings.push(Finding::about_log(K::RootMismatch, what));
            }
            None if head.size > seen => {
                let what = format!("a checkpoint counts {} events, the server has {seen}", head.size);
                report.findings.push(Finding::about_log(K::Truncated, what));
            }
            // Before the first event, or behind a gap that was reported already.
            None => {}
        }
    }
    let times = |c: &ServerCopy| c.facts.recorded.to_rfc3339();
    report.log = by_sequence.values().next().map(|c| c.facts.log.to_string());
    report.events = u64::try_from(by_sequence.len()).unwrap_or(u64::MAX);
    report.from = by_sequence.keys().next().copied();
    report.to = by_sequence.keys().next_back().copied();
    report.from_time = by_sequence.values().next().map(times);
    report.to_time = by_sequence.values().next_back().map(times);
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{XorBox, write_all};
    use crate::{EntryBody, EventClass, EventDraft, LedgerEntry, Opener, seal_info};
    use keep_domain::Phi;

    /// What a server makes of an upload: its own meta, elements in another order.
    fn stored_by_server(entry: &LedgerEntry) -> String {
        let log = crate::fixtures::empty_log().log();
        let json = match &entry.body {
            EntryBody::Clear(json) => json.clone(),
            EntryBody::Sealed(s) => {
                XorBox.open(&seal_info(log, entry.header.sequence, entry.header.event), s).expect("opened")
            }
        };
        let mut event: Value = serde_json::from_slice(&json).expect("json");
        event["meta"]["versionId"] = "1".into();
        event["meta"]["lastUpdated"] = "2026-11-22T09:00:00.000Z".into();
        serde_json::to_string_pretty(&event).expect("json")
    }

    fn copies() -> (Vec<String>, Vec<Checkpoint>) {
        let drafts: Vec<_> = (0..9)
            .map(|i| match i % 2 {
                0 => EventDraft::new(EventClass::Unlock),
                _ => EventDraft::new(EventClass::ChartRead).about(Phi::new("p-1".parse().expect("id"))),
            })
            .collect();
        let (entries, states) = write_all(&drafts);
        (entries.iter().map(stored_by_server).collect(), vec![Checkpoint::of(&states[8])])
    }

    fn check(texts: &[String], heads: &[Checkpoint]) -> Report {
        verify_copies(texts.iter().filter_map(|t| ServerCopy::read(t.as_bytes())), heads)
    }

    #[test]
    fn an_honest_server_passes_in_any_order() {
        let (mut texts, heads) = copies();
        texts.reverse();
        texts.push(texts[0].clone());
        let report = check(&texts, &heads);
        assert!(report.is_clean() && report.checkpoints == 1 && report.events == 9, "{report:?}");
    }

    #[test]
    fn a_changed_missing_or_cut_off_copy_is_found() {
        let (texts, heads) = copies();
        let kinds = |texts: &[String]| check(texts, &heads).findings.iter().map(|f| f.kind).collect::<Vec<_>>();
        let mut changed = texts.clone();
        changed[3] = changed[3].replace("Patient/p-1", "Patient/p-2");
        assert_eq!(kinds(&changed), [K::RootMismatch]);
        let mut holed = texts.clone();
        holed.remove(4);
        assert_eq!(kinds(&holed), [K::Gap]);
        assert_eq!(kinds(&texts[..7]), [K::Truncated]);
        let mut forked = texts.clone();
        forked.push(changed[3].clone());
        assert_eq!(kinds(&forked), [K::OutOfOrder, K::RootMismatch]);
    }
}
