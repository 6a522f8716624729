//! The verifier: checks hashes, order, chain, checkpoints, signatures, clock and alerts without a database.

mod alerts;

use crate::checkpoint::verify_ed25519;
use crate::frontier::leaf_hash;
use crate::report::FindingKind as K;
use crate::{
    ChainFacts, Checkpoint, ClosedLog, EntryBody, EventClass, Finding, Frontier, LedgerEntry, LogOrigin, LogState,
    MissingRange, Opener, Report, SignedCheckpoint, seal_info, signed_bytes,
};
use alerts::Alerts;
use keep_domain::{LogId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// How far the wall clock and the monotonic clock of one run may drift apart between two events, milliseconds.
const CLOCK_TOLERANCE_MS: i64 = 5_000;

/// What the verifier uses besides the entries.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// The expected log; otherwise the first readable body decides.
    pub log: Option<LogId>,
    /// The device's public key; without it checkpoints are ignored.
    pub device_key: Option<[u8; 32]>,
    /// Checkpoints stored with the entries.
    pub checkpoints: &'a [SignedCheckpoint],
    /// Checkpoints stored elsewhere (server, keychain); these also reveal a truncated log.
    pub trusted: &'a [SignedCheckpoint],
    /// The stored state of the log, if any.
    pub state: Option<&'a LogState>,
    /// Opens sealed bodies, if the reader has the audit key.
    pub opener: Option<&'a dyn Opener>,
    /// The clinicians' public keys; if given, a signature by any other key is a finding.
    pub known_keys: Option<&'a BTreeMap<[u8; 32], UserId>>,
}

/// An entry that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnreadableEntry {
    /// The position.
    pub sequence: u64,
}

/// Checks `entries` in the order of their sequence. The report names every changed entry; only entries after the last
/// checkpoint can be rewritten without being noticed, and only with the device key.
pub fn verify(
    entries: impl IntoIterator<Item = Result<LedgerEntry, UnreadableEntry>>,
    evidence: &Evidence<'_>,
) -> Report {
    let mut verifier = Verifier::new(evidence);
    for entry in entries {
        match entry {
            Ok(entry) => verifier.check_entry(&entry),
            Err(unreadable) => verifier.skip_unreadable(unreadable.sequence),
        }
    }
    verifier.finish()
}

/// The last entry that was read.
#[derive(Debug, Clone, Copy)]
struct PreviousEntry {
    sequence: u64,
    link: [u8; 32],
    class: EventClass,
    facts: Option<ChainFacts>,
}

struct Verifier<'a> {
    evidence: &'a Evidence<'a>,
    report: Report,
    log: Option<LogId>,
    /// The tree, unless an earlier entry is missing.
    frontier: Option<Frontier>,
    /// Checkpoints not yet reached, by size.
    heads: BTreeMap<u64, Vec<Checkpoint>>,
    previous: Option<PreviousEntry>,
    /// The next expected sequence number.
    next: u64,
    alerts: Alerts,
    /// Checkpoints of other logs; one of the log that this one continues is not a finding.
    foreign: Vec<Checkpoint>,
    origin: LogOrigin,
}

impl<'a> Verifier<'a> {
    fn new(evidence: &'a Evidence<'a>) -> Self {
        let log = evidence.log.or_else(|| evidence.state.map(LogState::log));
        let mut verifier = Self {
            evidence,
            report: Report::default(),
            log,
            frontier: Some(Frontier::new()),
            heads: BTreeMap::new(),
            previous: None,
            next: 0,
            alerts: Alerts::default(),
            foreign: Vec::new(),
            origin: LogOrigin::default(),
        };
        verifier.read_checkpoints();
        verifier
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

    fn check_entry(&mut self, entry: &LedgerEntry) {
        let sequence = entry.header.sequence;
        if sequence < self.next {
            self.finding(sequence, K::OutOfOrder, "occurs twice or goes back");
            return;
        }
        self.report_missing_before(sequence);
        self.report.events += 1;
        self.report.from.get_or_insert(sequence);
        self.report.to = Some(sequence);
        let time = entry.header.recorded.to_rfc3339();
        self.report.from_time.get_or_insert_with(|| time.clone());
        self.report.to_time = Some(time);

        let facts = self.check_body(entry);
        self.check_link(entry);
        let signer_is_known = self.check_signature(entry, facts.as_ref());
        self.alerts.read(entry, facts.is_some() && signer_is_known);
        if sequence == 0 && facts.is_some() {
            self.origin = LogOrigin::read(&entry.body).unwrap_or_default();
        }
        self.check_clock(sequence, entry.header.class, facts.as_ref());
        if let Some(frontier) = &mut self.frontier {
            frontier.push(entry.leaf);
        }
        let facts = facts.or_else(|| self.previous.and_then(|p| p.facts));
        self.previous = Some(PreviousEntry { sequence, link: entry.link, class: entry.header.class, facts });
        self.next = sequence + 1;
        self.check_heads(sequence + 1, Some(&entry.link));
    }

    fn skip_unreadable(&mut self, sequence: u64) {
        if sequence < self.next {
            return;
        }
        self.report_missing_before(sequence);
        self.finding(sequence, K::EntryUnreadable, "cannot be read");
        self.frontier = None;
        self.previous = None;
        self.next = sequence + 1;
    }

    fn report_missing_before(&mut self, sequence: u64) {
        if sequence > self.next {
            let gap = MissingRange { from: self.next, to: sequence - 1 };
            self.report.gaps.push(gap);
            self.log_finding(K::Gap, format!("sequences {} to {} are missing", gap.from, gap.to));
            self.frontier = None;
            self.previous = None;
            self.next = sequence;
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
                    self.finding(sequence, K::BodyMismatch, "sealed body does not open at its position");
                    return None;
                };
                opened = plain;
                opened.as_slice()
            }
        };
        let facts = ChainFacts::read(canonical);
        let matches = facts.is_some_and(|f| leaf_hash(&f.salt, canonical) == entry.leaf);
        let Some(facts) = facts.filter(|_| matches) else {
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
        let previous = match self.previous {
            Some(previous) => previous.link,
            None if entry.header.sequence == 0 => [0; 32],
            // The entry before is missing, which was already reported.
            None => return,
        };
        if entry.derive_link(&previous) != entry.link {
            self.finding(entry.header.sequence, K::ChainBroken, "entry was changed or does not continue the chain");
        }
    }

    /// Whether a known user signed the entry.
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
            Some("signature is by a different key than the body states")
        } else if known.is_some_and(|k| !k.contains_key(&signature.public_key)) {
            Some("signature is by an unknown key")
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

    /// Within one run, wall-clock and monotonic time must advance together unless an event explains the difference.
    fn check_clock(&mut self, sequence: u64, class: EventClass, facts: Option<&ChainFacts>) {
        let (Some(now), Some(previous)) = (facts, self.previous) else { return };
        let Some(before) = previous.facts else { return };
        if before.boot != now.boot || [class, previous.class].contains(&EventClass::ClockCorrection) {
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
            let root_matches = self.frontier.as_ref().map(|f| f.root() == head.root);
            let link_matches = link.is_none_or(|l| *l == head.link);
            if root_matches == Some(true) && link_matches {
                self.report.checkpoints += 1;
            } else if root_matches == Some(false) || !link_matches {
                let what = format!("the first {size} events are not those of a signed checkpoint");
                self.log_finding(K::RootMismatch, what);
            }
        }
    }

    fn finish(mut self) -> Report {
        self.check_heads(0, None);
        let beyond: Vec<u64> = self.heads.keys().copied().filter(|size| *size > self.next).collect();
        if let Some(size) = beyond.last() {
            let what = format!("a checkpoint counts {size} events, the ledger ends after {}", self.next);
            self.log_finding(K::Truncated, what);
        }
        if let Some(state) = self.evidence.state {
            let link_matches =
                self.previous.is_none_or(|p| p.sequence + 1 != state.next_sequence() || p.link == *state.link());
            let root_matches = self.frontier.as_ref().is_none_or(|f| f == state.frontier());
            if state.next_sequence() != self.next || !link_matches || !root_matches {
                self.log_finding(K::StateMismatch, "the stored state does not match the entries");
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
