//! The local store for the sync: a blocking interface whose calls can be repeated safely.

use crate::error::SyncError;
use keep_domain::{EventId, Phi, Rank, ResourceId, ResourceKey, UtcMillis};
pub(crate) use keep_store::SyncedVersion;
use keep_store::{ChangeSetId, Contested, Cursor, CursorKey, OutgoingSet, Page, StoredThere};

/// The result of storing a page.
#[derive(Debug, Default)]
pub struct ApplyReport {
    /// Records that were new, newer or deleted.
    pub changed: u64,
    /// Records with unsent changes, to be merged.
    pub contested: Vec<Contested>,
}

/// The outcome of pushing one entry of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The server has it. A later unsent change of the same resource is based on this version from now on.
    Confirmed {
        /// The resource.
        key: ResourceKey,
        /// The server's version id; empty for a deletion.
        version: String,
        /// The server's `lastUpdated`, where given.
        last_updated: Option<UtcMillis>,
    },
    /// The server has it and holds a newer or rewritten text, which becomes the record.
    Arrived {
        /// The server's version.
        theirs: Phi<String>,
        /// Its version id where the text has none, from the `ETag`.
        version: String,
    },
    /// The server has created it under an id of its own.
    Created {
        /// The resource as it is known here.
        key: ResourceKey,
        /// As it is known there.
        there: StoredThere,
    },
    /// The server had a newer version and the changes do not overlap: from now on the entry is `merged`, based on
    /// `theirs`.
    Merged {
        /// The server's version.
        theirs: Phi<String>,
        /// The merged resource, still to be sent.
        merged: Phi<String>,
    },
    /// The server has another version and a person must decide; both versions are retained.
    Conflict {
        /// The resource.
        key: ResourceKey,
        /// The server's version; `None` where it was deleted there.
        theirs: Option<Phi<String>>,
    },
    /// The server rejects it; it is set aside and never blocks the rest.
    Rejected {
        /// The resource.
        key: ResourceKey,
        /// The server's words; may quote the record.
        reason: Phi<String>,
        /// The elements that it names, as FHIRPath.
        fields: Vec<String>,
    },
}

impl PushOutcome {
    /// The resource of a confirmation.
    pub(crate) const fn confirmed_key(&self) -> Option<&ResourceKey> {
        match self {
            Self::Confirmed { key, .. } | Self::Created { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Whether the server has the entry.
    pub(crate) const fn is_delivered(&self) -> bool {
        matches!(self, Self::Confirmed { .. } | Self::Created { .. } | Self::Arrived { .. })
    }
}

/// An audit event that the server has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Its sequence number in the ledger.
    pub sequence: u64,
    /// Its id, also its FHIR id.
    pub event: EventId,
    /// The canonical AuditEvent.
    pub json: Phi<String>,
}

/// Unconfirmed work of all authors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BacklogTotals {
    /// Change sets to be sent.
    pub pending: u64,
    /// Change sets with a rejected record.
    pub rejected: u64,
    /// Change sets with a conflict that a person must resolve.
    pub conflicts: u64,
}

/// What the sync needs from the store. Every call blocks; an async task calls it through a blocking thread.
/// Every error is [`SyncError::Store`].
pub trait SyncStore: Send + Sync + 'static {
    /// The segments that the session holds.
    fn rank(&self) -> Rank;

    /// The last saved cursor; the default before the first.
    fn cursor(&self, key: &CursorKey) -> Result<Cursor, SyncError>;

    /// The cursors of the same server and type that belong to other users' views.
    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<Cursor>, SyncError>;

    /// Stores a page, its cursor last. A version that is already stored changes nothing; a record with unsent changes
    /// keeps them and is returned as contested; an unreadable record is stored and flagged.
    fn apply_page(&self, page: Page) -> Result<ApplyReport, SyncError>;

    /// Saves cursors in one transaction.
    fn save_cursors(&self, cursors: &[(CursorKey, Cursor)]) -> Result<(), SyncError>;

    /// Ids of all stored records of a type that the server has confirmed at least once.
    fn synced_ids(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError>;

    /// The same with their versions.
    fn synced_versions(&self, resource_type: &str) -> Result<Vec<SyncedVersion>, SyncError>;

    /// The `lastUpdated` of these records, where they are stored and have one.
    fn updates(&self, keys: &[ResourceKey]) -> Result<Vec<Option<UtcMillis>>, SyncError>;

    /// Number of stored records of a type in this session's segments.
    fn record_count(&self, resource_type: &str) -> Result<u64, SyncError>;

    /// The change sets that this session may send now, in sequence order: their rank is held, everything that they
    /// depend on is confirmed, and no entry is rejected or in conflict.
    fn ready_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError>;

    /// Records durably, before the first byte is sent, that a set is in flight, and returns it; its content is frozen
    /// from then on. `None` where it is no longer ready.
    fn mark_in_flight(&self, set: ChangeSetId) -> Result<Option<OutgoingSet>, SyncError>;

    /// The server has certainly not taken the set: it waits again and may be edited.
    fn return_to_queue(&self, set: ChangeSetId) -> Result<(), SyncError>;

    /// Records the outcomes of a set's entries in one transaction.
    fn record_outcomes(&self, set: ChangeSetId, outcomes: &[PushOutcome]) -> Result<(), SyncError>;

    /// The change sets that this session may send and the server has rejected.
    fn rejected_change_sets(&self) -> Result<Vec<OutgoingSet>, SyncError>;

    /// Puts a rejected change set back into the queue.
    fn retry(&self, set: ChangeSetId) -> Result<(), SyncError>;

    /// Replaces texts of a set that have not reached the server, because they name what it does not have.
    fn rewrite(&self, set: ChangeSetId, texts: &[(ResourceKey, Phi<String>)]) -> Result<(), SyncError>;

    /// The server's keys of those of `keys` that it created under ids of its own.
    fn server_ids(&self, keys: &[ResourceKey]) -> Result<Vec<(ResourceKey, ResourceKey)>, SyncError>;

    /// The stored Practitioner whose id or identifier is `subject`.
    fn practitioner(&self, subject: &str) -> Result<Option<ResourceKey>, SyncError>;

    /// Counts the unconfirmed change sets.
    fn backlog(&self) -> Result<BacklogTotals, SyncError>;

    /// The oldest audit events from number `from` on that this session can read and the server has not confirmed, at
    /// most `limit`.
    fn undelivered_events(&self, from: u64, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError>;

    /// Records that the server has confirmed events.
    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError>;

    /// A stored preference of the user, by name.
    fn preference(&self, name: &str) -> Result<Option<String>, SyncError>;

    /// Stores a preference; its text contains no health information.
    fn set_preference(&self, name: &str, text: &str) -> Result<(), SyncError>;
}
