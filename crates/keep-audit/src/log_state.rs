//! The state of a log between two events.

use crate::fhir::{LogPosition, canonical};
use crate::frontier::leaf_hash;
use crate::ledger_entry::{seal_info, signed_bytes};
use crate::{
    AuditError, EntryBody, EntryHeader, EventDraft, EventMetadata, EventSigner, Frontier, LedgerEntry, Sealer,
    UserSignature,
};
use keep_domain::{LogId, UtcMillis};

/// Everything that the next event and the next checkpoint depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    log: LogId,
    frontier: Frontier,
    link: [u8; 32],
    last_recorded: UtcMillis,
}

impl LogState {
    /// A log without events.
    #[must_use]
    pub const fn start(log: LogId) -> Self {
        Self { log, frontier: Frontier::new(), link: [0; 32], last_recorded: UtcMillis(i64::MIN) }
    }

    /// A stored state.
    ///
    /// # Errors
    /// [`AuditError::StateUnreadable`] when the frontier does not match the number of events.
    pub fn from_parts(
        log: LogId,
        next_sequence: u64,
        frontier: &[u8],
        link: [u8; 32],
        last_recorded: UtcMillis,
    ) -> Result<Self, AuditError> {
        Ok(Self { log, frontier: Frontier::from_bytes(next_sequence, frontier)?, link, last_recorded })
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// The sequence number of the next event; also the number of events so far.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.frontier.size()
    }

    /// The right edge of the Merkle tree.
    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The last entry's link; zeros before the first.
    #[must_use]
    pub const fn link(&self) -> &[u8; 32] {
        &self.link
    }

    /// When the last event was recorded.
    #[must_use]
    pub const fn last_recorded(&self) -> UtcMillis {
        self.last_recorded
    }

    /// The root of the Merkle tree over all events so far.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        self.frontier.root()
    }

    /// Makes the next entry; returns the entry to store and the state after it.
    ///
    /// # Errors
    /// [`AuditError::NotSealable`] when the event names a patient and there is no `sealer`, and the errors of the keys.
    pub fn append(
        &self,
        draft: &EventDraft,
        metadata: &EventMetadata,
        sealer: Option<&dyn Sealer>,
        signer: Option<&dyn EventSigner>,
    ) -> Result<(LedgerEntry, Self), AuditError> {
        let sequence = self.next_sequence();
        let position = LogPosition { log: self.log, sequence, signer: signer.map(EventSigner::public_key) };
        let json = canonical(draft, metadata, &position)?;
        let leaf = leaf_hash(&metadata.salt, &json);
        // INVARIANT: a body that names a patient is never stored in cleartext.
        let body = if draft.names_patient() {
            let sealer = sealer.ok_or(AuditError::NotSealable)?;
            EntryBody::Sealed(sealer.seal(&seal_info(self.log, sequence, metadata.event), &json)?)
        } else {
            EntryBody::Clear(json)
        };
        let signature = match signer {
            None => None,
            Some(key) => Some(UserSignature {
                public_key: key.public_key(),
                signature: key.sign(&signed_bytes(self.log, sequence, &leaf))?,
            }),
        };
        let header = EntryHeader {
            sequence,
            event: metadata.event,
            class: draft.class,
            recorded: metadata.recorded,
            outcome: draft.outcome,
        };
        let mut entry = LedgerEntry { header, body, leaf, signature, link: [0; 32] };
        entry.link = entry.derive_link(&self.link);
        let mut frontier = self.frontier.clone();
        frontier.push(leaf);
        let next = Self { log: self.log, frontier, link: entry.link, last_recorded: metadata.recorded };
        Ok((entry, next))
    }
}
