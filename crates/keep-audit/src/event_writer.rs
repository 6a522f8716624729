//! Who writes: the stamps of this run and, while someone is signed in, their keys.

use crate::{AuditError, EventDraft, EventSigner, EventStamper, LedgerEntry, LogState, Sealer};
use std::sync::Arc;

/// What an append needs besides the draft and the state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EventWriter {
    event_stamper: Arc<EventStamper>,
    sealer: Option<Arc<dyn Sealer>>,
    signer: Option<Arc<dyn EventSigner>>,
}

impl EventWriter {
    /// Nobody is signed in: events are device-asserted and may not name a patient.
    #[must_use]
    pub const fn locked(event_stamper: Arc<EventStamper>) -> Self {
        Self { event_stamper, sealer: None, signer: None }
    }

    /// Someone is signed in: events are signed by `signer`, bodies that name a patient sealed.
    #[must_use]
    pub const fn unlocked(
        event_stamper: Arc<EventStamper>,
        sealer: Arc<dyn Sealer>,
        signer: Arc<dyn EventSigner>,
    ) -> Self {
        Self { event_stamper, sealer: Some(sealer), signer: Some(signer) }
    }

    /// The same scribe after everybody's keys are gone.
    #[must_use]
    pub fn without_keys(&self) -> Self {
        Self::locked(Arc::clone(&self.event_stamper))
    }

    /// The stamps of this run.
    #[must_use]
    pub const fn event_stamper(&self) -> &Arc<EventStamper> {
        &self.event_stamper
    }

    /// Writes the next event of a log, stamped now.
    ///
    /// # Errors
    /// See [`LogState::append`].
    pub fn write(&self, state: &LogState, draft: &EventDraft) -> Result<(LedgerEntry, LogState), AuditError> {
        state.append(draft, &self.event_stamper.stamp(), self.sealer.as_deref(), self.signer.as_deref())
    }
}
