//! The event for what an integrity check found.

use keep_audit::{EventClass, EventDraft, Outcome};

/// A serious finding; the caller may lower the outcome.
pub(crate) fn finding_event(name: &'static str) -> EventDraft {
    EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure).with("finding", name)
}
