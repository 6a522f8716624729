//! Writes events with the metadata of this run and, while a user is signed in, with their keys.

use crate::{AuditError, EventDraft, EventSigner, EventStamper, LedgerEntry, LogState, Sealer};
use std::sync::Arc;

/// What appending an event needs besides the draft and the log state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EventWriter {
    stamper: Arc<EventStamper>,
    sealer: Option<Arc<dyn Sealer>>,
    signer: Option<Arc<dyn EventSigner>>,
}

impl EventWriter {
    /// A writer while no user is signed in: events are device-asserted and may not name a patient.
    #[must_use]
    pub const fn for_device(stamper: Arc<EventStamper>) -> Self {
        Self { stamper, sealer: None, signer: None }
    }

    /// A writer for a signed-in user: `signer` signs events, and `sealer` seals bodies that name a patient.
    #[must_use]
    pub const fn for_user(stamper: Arc<EventStamper>, sealer: Arc<dyn Sealer>, signer: Arc<dyn EventSigner>) -> Self {
        Self { stamper, sealer: Some(sealer), signer: Some(signer) }
    }

    /// The same writer without the user's keys.
    #[must_use]
    pub fn without_keys(&self) -> Self {
        Self::for_device(Arc::clone(&self.stamper))
    }

    /// Makes the next entry of a log, with the current time.
    ///
    /// # Errors
    /// See [`LogState::append`].
    pub fn write(&self, state: &LogState, draft: &EventDraft) -> Result<(LedgerEntry, LogState), AuditError> {
        state.append(draft, &self.stamper.make_metadata(), self.sealer.as_deref(), self.signer.as_deref())
    }
}
