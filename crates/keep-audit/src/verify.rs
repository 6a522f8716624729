//! The verifier: hashes, order, chain, checkpoints, signatures, clock and alerts, without a database.

mod alerts;

use crate::checkpoint::verify_ed25519;
use crate::report::FindingKind as K;
use crate::{
    ChainFacts, Checkpoint, ClosedLog, EntryBody, EventClass, Finding, Frontier, Gap, LedgerEntry, LogOrigin, LogState,
    Opener, Report, SignedCheckpoint, leaf_hash, seal_info, signed_bytes,
};
use alerts::Alerts;
use keep_domain::{LogId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// How far wall time and monotonic time of one run may drift apart between two events, milliseconds.
const CLOCK_TOLERANCE_MS: i64 = 5_000;

/// What the verifier is given besides the entries.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// The log that the entries should be of; else the first readable body decides.
    pub log: Option<LogId>,
    /// The device's public key; without it no checkpoint counts.
    pub device_key: Option<[u8; 32]>,
    /// Checkpoints stored beside the entries.
    pub checkpoints: &'a [SignedCheckpoint],
    /// Checkpoints kept elsewhere (server, keychain): these also show a cut tail.
    pub trusted: &'a [SignedCheckpoint],
    /// The stored state of the log, where there is one.
    pub state: Option<&'a LogState>,
    /// Opens sealed bodies, where the reader holds the audit key.
    pub opener: Option<&'a dyn Opener>,
    /// The clinicians' public keys; where given, a signature of any other key is a finding.
    pub known_keys: Option<&'a BTreeMap<[u8; 32], UserId>>,
}

/// What stands in the place of an entry that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadableEntry {
    /// Its position.
    pub sequence: u64,
}

/// Checks `entries` in the order of their sequence. The report names every entry that was changed;
/// only what comes after the last checkpoint can be rewritten unseen, and only by a holder of KD.
pub fn verify(
    entries: impl IntoIterator<Item = Result<LedgerEntry, UnreadableEntry>>,
    evidence: &Evidence<'_>,
) -> Report {
    let mut walk = Walk::new(evidence);
    for entry in entries {
        match entry {
            Ok(entry) => walk.take(&entry),
            Err(lost) => walk.lose(lost.sequence),
        }
    }
    walk.finish()
}

/// The end of the chain as far as it has been read.
#[derive(Debug, Clone, Copy)]
struct Last {
    sequence: u64,
    link: [u8; 32],
    class: EventClass,
    facts: Option<ChainFacts>,
}

struct Walk<'a> {
    evidence: &'a Evidence<'a>,
    report: Report,
    log: Option<LogId>,
    /// The tree, as long as no entry is missing from its beginning.
    frontier: Option<Frontier>,
    heads: BTreeMap<u64, Vec<Checkpoint>>,
    last: Option<Last>,
    seen: u64,
    alerts: Alerts,
    /// Checkpoints of other logs; one of the log that this one continues is no finding.
    foreign: Vec<Checkpoint>,
    origin: LogOrigin,
}

impl<'a> Walk<'a> {
    fn new(evidence: &'a Evidence<'a>) -> Self {
        let log = evidence.log.or_else(|| evidence.state.map(LogState::log));
        let mut walk = Self {
            evidence,
            report: Report::default(),
            log,
            frontier: Some(Frontier::new()),
            heads: BTreeMap::new(),
            last: None,
            seen: 0,
            alerts: Alerts::default(),
            foreign: Vec::new(),
            origin: LogOrigin::default(),
        };
        walk.read_checkpoints();
        walk
    }

    fn read_checkpoints(&mut self) {
        let Some(key) = self.evidence.device_key else { return };
        let mut sizes = BTreeSet::new();
        for note in self.evidence.checkpoints.iter().chain(self.evidence.trusted) {
            match note.check(&key) {
                Ok(head) if self.log.is_none_or(|log| log == head.log) => {
                    self.log = Some(head.log);
                    sizes.insert(head.size);
                    let at_size = self.heads.entry(head.size).or_default();
                    if !at_size.contains(&head) {
                        at_size.push(head);
                    }
                }
                Ok(head) => self.foreign.push(head),
                Err(_) => self.log_finding(K::CheckpointRefused, "a checkpoint is not signed by this device"),
            }
        }
    }

    fn take(&mut self, entry: &LedgerEntry) {
        let sequence = entry.header.sequence;
        if sequence < self.seen {
            self.finding(sequence, K::OutOfOrder, "occurs twice or goes back");
            return;
        }
        self.skip_to(sequence);
        self.report.events += 1;
        self.report.from.get_or_insert(sequence);
        self.report.to = Some(sequence);
        let time = entry.header.recorded.to_rfc3339();
        self.report.from_time.get_or_insert_with(|| time.clone());
        self.report.to_time = Some(time);

        let facts = self.check_body(entry);
        self.check_link(entry);
        let signer_is_known = self.check_signature(entry, facts.as_ref());
        self.alerts.take(entry, facts.is_some() && signer_is_known);
        if sequence == 0 && facts.is_some() {
            self.origin = LogOrigin::read(&entry.body).unwrap_or_default();
        }
        self.check_clock(sequence, entry.header.class, facts.as_ref());
        if let Some(frontier) = &mut self.frontier {
            frontier.push(entry.leaf);
        }
        let facts = facts.or_else(|| self.last.and_then(|l| l.facts));
        self.last = Some(Last { sequence, link: entry.link, class: entry.header.class, facts });
        self.seen = sequence + 1;
        self.check_heads(sequence + 1, Some(&entry.link));
    }

    fn lose(&mut self, sequence: u64) {
        if sequence < self.seen {
            return;
        }
        self.skip_to(sequence);
        self.finding(sequence, K::EntryUnreadable, "cannot be read");
        self.frontier = None;
        self.last = None;
        self.seen = sequence + 1;
    }

    fn skip_to(&mut self, sequence: u64) {
        if sequence > self.seen {
            let gap = Gap { from: self.seen, to: sequence - 1 };
            self.report.gaps.push(gap);
            self.log_finding(K::Gap, format!("sequences {} to {} are missing", gap.from, gap.to));
            self.frontier = None;
            self.last = None;
            self.seen = sequence;
        }
    }

    fn check_body(&mut self, entry: &LedgerEntry) -> Option<ChainFacts> {
        let sequence = entry.header.sequence;
        let opened;
        let canonical = match &entry.body {
            EntryBody::Clear(bytes) => bytes.as_slice(),
            EntryBody::Sealed(bytes) => {
                let (Some(opener), Some(log)) = (self.evidence.opener, self.log) else {
                    self.report.sealed_unopened += 1;
                    return None;
                };
                let info = seal_info(log, sequence, entry.header.event);
                let Some(plain) = opener.open(&info, bytes) else {
                    self.finding(sequence, K::BodyMismatch, "sealed body does not open in its place");
                    return None;
                };
                opened = plain;
                opened.as_slice()
            }
        };
        let facts = ChainFacts::read(canonical);
        let fits = facts.is_some_and(|f| leaf_hash(&f.salt, canonical) == entry.leaf);
        let Some(facts) = facts.filter(|_| fits) else {
            self.finding(sequence, K::BodyMismatch, "body does not match its leaf");
            return None;
        };
        self.log.get_or_insert(facts.log);
        let h = &entry.header;
        let same = facts.sequence == h.sequence
            && facts.event == h.event
            && facts.class == h.class
            && facts.recorded == h.recorded
            && facts.outcome == h.outcome
            && self.log == Some(facts.log);
        if !same {
            self.finding(sequence, K::HeaderMismatch, "header does not match its body");
        }
        Some(facts)
    }

    fn check_link(&mut self, entry: &LedgerEntry) {
        let previous = match self.last {
            Some(last) => last.link,
            None if entry.header.sequence == 0 => [0; 32],
            // What stood before is missing, which is a finding already.
            None => return,
        };
        if entry.derive_link(&previous) != entry.link {
            self.finding(entry.header.sequence, K::ChainBroken, "entry was changed or does not continue the chain");
        }
    }

    /// Whether somebody signed the entry whose key is known.
    fn check_signature(&mut self, entry: &LedgerEntry, facts: Option<&ChainFacts>) -> bool {
        let sequence = entry.header.sequence;
        let claimed = facts.map(|f| f.signer);
        let Some(signature) = entry.signature else {
            if claimed.flatten().is_some() {
                self.finding(sequence, K::SignatureWrong, "signature is missing");
            }
            self.report.device_asserted += 1;
            return false;
        };
        let known = self.evidence.known_keys;
        let wrong = if claimed.is_some_and(|c| c != Some(signature.public_key)) {
            Some("signature is of another key than the body says")
        } else if known.is_some_and(|k| !k.contains_key(&signature.public_key)) {
            Some("signature is of an unknown key")
        } else if !self.log.is_some_and(|log| {
            verify_ed25519(&signature.public_key, &signed_bytes(log, sequence, &entry.leaf), &signature.signature)
        }) {
            Some("signature is wrong")
        } else {
            None
        };
        match wrong {
            Some(what) => self.finding(sequence, K::SignatureWrong, what),
            None => self.report.user_signed += 1,
        }
        wrong.is_none()
    }

    /// Within one run wall and monotonic time must advance together, unless an event says why not.
    fn check_clock(&mut self, sequence: u64, class: EventClass, facts: Option<&ChainFacts>) {
        let (Some(now), Some(last)) = (facts, self.last) else { return };
        let Some(before) = last.facts else { return };
        let explains = |c: EventClass| matches!(c, EventClass::ClockCorrection | EventClass::ClockSuspect);
        if before.boot != now.boot || explains(class) || explains(last.class) {
            return;
        }
        let wall = now.recorded.0.saturating_sub(before.recorded.0);
        let monotonic = i64::try_from(now.monotonic_ms).unwrap_or(i64::MAX)
            - i64::try_from(before.monotonic_ms).unwrap_or(i64::MAX);
        let step = wall.saturating_sub(monotonic);
        if step.abs() > CLOCK_TOLERANCE_MS {
            let what = format!("wall clock stepped by {} s since sequence {}", step / 1000, before.sequence);
            self.finding(sequence, K::ClockStep, &what);
        }
    }

    fn check_heads(&mut self, size: u64, link: Option<&[u8; 32]>) {
        let Some(heads) = self.heads.remove(&size) else { return };
        for head in heads {
            let root_fits = self.frontier.as_ref().map(|f| f.root() == head.root);
            let link_fits = link.is_none_or(|l| *l == head.link);
            if root_fits == Some(true) && link_fits {
                self.report.checkpoints += 1;
            } else if root_fits == Some(false) || !link_fits {
                let what = format!("the first {size} events are not those of a signed checkpoint");
                self.log_finding(K::RootMismatch, what);
            }
        }
    }

    fn finish(mut self) -> Report {
        self.check_heads(0, None);
        let beyond: Vec<u64> = self.heads.keys().copied().filter(|size| *size > self.seen).collect();
        if let Some(size) = beyond.last() {
            let what = format!("a checkpoint counts {size} events, the ledger ends after {}", self.seen);
            self.log_finding(K::Truncated, what);
        }
        if let Some(state) = self.evidence.state {
            let link_fits =
                self.last.is_none_or(|l| l.sequence + 1 != state.next_sequence() || l.link == *state.link());
            let root_fits = self.frontier.as_ref().is_none_or(|f| f == state.frontier());
            if state.next_sequence() != self.seen || !link_fits || !root_fits {
                self.log_finding(K::StateMismatch, "the stored state does not fit the entries");
            }
        }
        if self.foreign.iter().any(|head| self.origin.previous != Some(ClosedLog::from(head))) {
            self.log_finding(K::CheckpointRefused, "a checkpoint is of another log");
        }
        let (open, signed_off) = std::mem::take(&mut self.alerts).into_findings();
        self.report.findings.extend(open);
        self.report.signed_off = signed_off;
        self.report.log = self.log.map(|log| log.to_string());
        self.report
    }

    fn finding(&mut self, sequence: u64, kind: K, what: &str) {
        self.report.findings.push(Finding::at(sequence, kind, what));
    }

    fn log_finding(&mut self, kind: K, what: impl Into<String>) {
        self.report.findings.push(Finding::about_log(kind, what));
    }
}

#[cfg(test)]
mod tests;
