//! Who writes: the stamps of this run and, while someone is signed in, their keys.

use crate::{AuditError, EventDraft, EventSigner, LedgerEntry, LogState, Sealer, Stamper};
use std::sync::Arc;

/// What an append needs besides the draft and the state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scribe {
    stamper: Arc<Stamper>,
    sealer: Option<Arc<dyn Sealer>>,
    signer: Option<Arc<dyn EventSigner>>,
}

impl Scribe {
    /// Nobody is signed in: events are device-asserted and may not name a patient.
    #[must_use]
    pub const fn locked(stamper: Arc<Stamper>) -> Self {
        Self { stamper, sealer: None, signer: None }
    }

    /// Someone is signed in: events are signed by `signer`, bodies that name a patient sealed.
    #[must_use]
    pub const fn unlocked(stamper: Arc<Stamper>, sealer: Arc<dyn Sealer>, signer: Arc<dyn EventSigner>) -> Self {
        Self { stamper, sealer: Some(sealer), signer: Some(signer) }
    }

    /// The same scribe after everybody's keys are gone.
    #[must_use]
    pub fn without_keys(&self) -> Self {
        Self::locked(Arc::clone(&self.stamper))
    }

    /// The stamps of this run.
    #[must_use]
    pub const fn stamper(&self) -> &Arc<Stamper> {
        &self.stamper
    }

    /// Writes the next event of a log, stamped now.
    ///
    /// # Errors
    /// See [`LogState::append`].
    pub fn write(&self, state: &LogState, draft: &EventDraft) -> Result<(LedgerEntry, LogState), AuditError> {
        state.append(draft, &self.stamper.stamp(), self.sealer.as_deref(), self.signer.as_deref())
    }
}
