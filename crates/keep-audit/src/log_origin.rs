//! What the first event of a log says about its origin.

use crate::{Checkpoint, DetailValue, EntryBody, EventClass, EventDraft, EventView};
use keep_domain::LogId;

/// The last known end of a closed log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedLog {
    /// The log.
    pub log: LogId,
    /// Number of events.
    pub size: u64,
    /// Root of its Merkle tree.
    pub root: [u8; 32],
}

impl From<&Checkpoint> for ClosedLog {
    fn from(head: &Checkpoint) -> Self {
        Self { log: head.log, size: head.size, root: head.root }
    }
}

/// The origin of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogOrigin {
    /// The previous log, according to the last checkpoint stored outside the ledger.
    pub previous: Option<ClosedLog>,
    /// Added to a sequence number to number a change set, since change sets of a closed log may still be unsent.
    pub change_set_base: u64,
}

impl LogOrigin {
    /// The first event of the log.
    #[must_use]
    pub fn first_event(&self) -> EventDraft {
        let mut event = EventDraft::new(EventClass::LogStart);
        if let Some(previous) = self.previous {
            event = event
                .with("previous_log", previous.log)
                .with("previous_size", previous.size)
                .with("previous_root", DetailValue::digest(&previous.root));
        }
        if self.change_set_base > 0 { event.with("change_set_base", self.change_set_base) } else { event }
    }

    /// Reads the body of the first event; `None` for any other body.
    #[must_use]
    pub fn read(body: &EntryBody) -> Option<Self> {
        let EntryBody::Clear(json) = body else { return None };
        let view = EventView::read(json)?;
        if view.facts.class != EventClass::LogStart || view.facts.sequence != 0 {
            return None;
        }
        let previous = || {
            let mut root = [0; 32];
            hex::decode_to_slice(view.detail("previous_root")?, &mut root).ok()?;
            let (log, size) = (view.detail("previous_log")?.parse().ok()?, view.detail("previous_size")?.parse().ok()?);
            Some(ClosedLog { log, size, root })
        };
        let change_set_base = view.detail("change_set_base").and_then(|n| n.parse().ok()).unwrap_or_default();
        Some(Self { previous: previous(), change_set_base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{empty_log, metadata};

    #[test]
    fn only_the_first_event_states_the_origin_of_the_log() {
        let previous = ClosedLog { log: LogId::from_bytes([4; 16]), size: 12, root: [9; 32] };
        for origin in [
            LogOrigin::default(),
            LogOrigin { previous: Some(previous), change_set_base: 0 },
            LogOrigin { previous: Some(previous), change_set_base: 1 << 51 },
        ] {
            let (entry, state) = empty_log().append(&origin.first_event(), &metadata(0), None, None).expect("written");
            assert_eq!(LogOrigin::read(&entry.body), Some(origin));
            let (second, _) = state.append(&origin.first_event(), &metadata(1), None, None).expect("written");
            assert_eq!(LogOrigin::read(&second.body), None, "only the first event of a log counts");
        }
    }
}
