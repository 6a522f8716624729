//! Alerts of the log, open and signed off.

use crate::report::FindingKind as K;
use crate::{EntryBody, EntryHeader, EventView, Finding, LedgerEntry, SignOff};
use std::collections::BTreeMap;

/// The alerts read so far.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    open: BTreeMap<u64, Alert>,
    signed_off: Vec<Finding>,
}

#[derive(Debug)]
struct Alert {
    header: EntryHeader,
    /// The name of the finding, if the body can be read.
    finding: Option<String>,
}

impl Alerts {
    /// Reads an entry. It can only sign off an alert if it is `trusted`: its body is unchanged and its signature is by
    /// a known user.
    pub(super) fn read(&mut self, entry: &LedgerEntry, trusted: bool) {
        let header = entry.header;
        if header.class.needs_sign_off() {
            self.open.insert(header.sequence, Alert { header, finding: finding_name(&entry.body) });
        }
        let Some(sign_off) = SignOff::read(entry).filter(|_| trusted) else { return };
        if self.open.get(&sign_off.sequence).is_some_and(|alert| alert.header.event == sign_off.event)
            && let Some(alert) = self.open.remove(&sign_off.sequence)
        {
            let by = format!("signed off by sequence {} as {}", header.sequence, sign_off.explanation.name());
            self.signed_off.push(alert.finding(&by));
        }
    }

    /// The open alerts and the signed-off ones, both in the order of the log.
    pub(super) fn into_findings(self) -> (Vec<Finding>, Vec<Finding>) {
        let mut signed_off = self.signed_off;
        signed_off.sort_by_key(|f| f.sequence);
        (self.open.into_values().map(|a| a.finding("not signed off")).collect(), signed_off)
    }
}

impl Alert {
    fn finding(&self, state: &str) -> Finding {
        let h = &self.header;
        let name = self.finding.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        Finding::at(h.sequence, K::Alert, &format!("{}{name} at {}: {state}", h.class, h.recorded.to_rfc3339()))
    }
}

fn finding_name(body: &EntryBody) -> Option<String> {
    let EntryBody::Clear(json) = body else { return None };
    Some(EventView::read(json)?.detail("finding")?.to_owned())
}
