//! Alerts of the log, and which of them somebody has signed off.

use crate::report::FindingKind as K;
use crate::{EntryBody, EntryHeader, EventView, Finding, LedgerEntry, SignOff};
use std::collections::BTreeMap;

/// The alerts that were read so far.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    open: BTreeMap<u64, Alert>,
    signed_off: Vec<Finding>,
}

#[derive(Debug)]
struct Alert {
    header: EntryHeader,
    /// The closed word that says what was found, where the body can be read.
    what: Option<String>,
}

impl Alerts {
    /// Takes an entry. `believed` says that its body is the one that was written and its signature one of the people
    /// known here: only then can it sign anything off.
    pub(super) fn take(&mut self, entry: &LedgerEntry, believed: bool) {
        let header = entry.header;
        if header.class.needs_sign_off() {
            self.open.insert(header.sequence, Alert { header, what: what_of(&entry.body) });
        }
        let Some(done) = SignOff::read(entry).filter(|_| believed) else { return };
        if self.open.get(&done.sequence).is_some_and(|alert| alert.header.event == done.event)
            && let Some(alert) = self.open.remove(&done.sequence)
        {
            let by = format!("signed off by sequence {} as {}", header.sequence, done.explanation.name());
            self.signed_off.push(alert.finding(&by));
        }
    }

    /// What nobody has signed off, and what somebody has, both in the order of the log.
    pub(super) fn into_findings(self) -> (Vec<Finding>, Vec<Finding>) {
        let mut signed_off = self.signed_off;
        signed_off.sort_by_key(|f| f.sequence);
        (self.open.into_values().map(|a| a.finding("nobody has signed it off")).collect(), signed_off)
    }
}

impl Alert {
    fn finding(&self, state: &str) -> Finding {
        let h = &self.header;
        let what = self.what.as_ref().map(|w| format!(" ({w})")).unwrap_or_default();
        Finding::at(h.sequence, K::Alert, &format!("{}{what} at {}: {state}", h.class, h.recorded.to_rfc3339()))
    }
}

fn what_of(body: &EntryBody) -> Option<String> {
    let EntryBody::Clear(json) = body else { return None };
    Some(EventView::read(json)?.detail("finding")?.to_owned())
}
