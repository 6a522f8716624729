//! What the first event of a log says about where the log comes from.

use crate::{Checkpoint, DetailValue, EntryBody, EventClass, EventDraft, EventView};
use keep_domain::LogId;

/// The end of a log that is closed, as far as it was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedLog {
    /// The log.
    pub log: LogId,
    /// Its number of events.
    pub size: u64,
    /// The root of its tree.
    pub root: [u8; 32],
}

impl From<&Checkpoint> for ClosedLog {
    fn from(head: &Checkpoint) -> Self {
        Self { log: head.log, size: head.size, root: head.root }
    }
}

/// Where a log comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogOrigin {
    /// The log before it, as the last checkpoint that was kept outside the ledger had it.
    pub previous: Option<ClosedLog>,
    /// What is added to a sequence to number a change set: change sets of a closed log may still wait to be sent.
    pub change_set_base: u64,
}

impl LogOrigin {
    /// The first event of the log.
    #[must_use]
    pub fn first_event(&self) -> EventDraft {
        let mut start = EventDraft::new(EventClass::LogStart);
        if let Some(old) = self.previous {
            start = start
                .with("previous_log", old.log)
                .with("previous_size", old.size)
                .with("previous_root", DetailValue::digest(&old.root));
        }
        if self.change_set_base > 0 { start.with("change_set_base", self.change_set_base) } else { start }
    }

    /// Reads the body of the first event; `None` where it is none.
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
    use crate::fixtures::{empty_log, stamp};

    #[test]
    fn the_first_event_says_where_the_log_comes_from() {
        let previous = ClosedLog { log: LogId::from_bytes([4; 16]), size: 12, root: [9; 32] };
        for origin in [
            LogOrigin::default(),
            LogOrigin { previous: Some(previous), change_set_base: 0 },
            LogOrigin { previous: Some(previous), change_set_base: 1 << 51 },
        ] {
            let (entry, state) = empty_log().append(&origin.first_event(), &stamp(0), None, None).expect("written");
            assert_eq!(LogOrigin::read(&entry.body), Some(origin));
            let (second, _) = state.append(&origin.first_event(), &stamp(1), None, None).expect("written");
            assert_eq!(LogOrigin::read(&second.body), None, "only the first event of a log counts");
        }
    }
}
