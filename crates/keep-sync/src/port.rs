//! What the sync needs of a store: a blocking port. Each call is one transaction, and is repeated safely.

use crate::SyncError;
use keep_domain::{EventId, Phi, Rank, ResourceId, ResourceKey, UserId, UtcMillis};
use serde::{Deserialize, Serialize};

/// Names a cursor: a user who sees less must not move it past what another sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CursorKey {
    /// The FHIR base.
    pub server: String,
    /// The resource type.
    pub resource_type: String,
    /// The signed-in subject, or by policy a role or the site.
    pub visibility: String,
}

/// Where a pull stands, as the store keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CursorState {
    /// The pull's own state, opaque.
    pub text: String,
    /// The time of which this type is complete here, by the server's clock.
    pub complete_as_of: Option<UtcMillis>,
}

/// Records as they came, deletions, and the cursor that holds once they are stored.
#[derive(Debug, Default)]
pub struct PulledPage {
    /// The texts as received, in the server's order.
    pub records: Vec<Phi<String>>,
    /// What the server has deleted.
    pub deleted: Vec<ResourceKey>,
    /// The cursor, to be saved with the last of these and not before.
    pub cursor: Option<(CursorKey, CursorState)>,
}

/// A record with unsent local changes whose server version is new here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// The change set with the oldest unsent change of it.
    pub sequence: u64,
    /// That change.
    pub entry: OutgoingEntry,
    /// What the server has; `None` where it was deleted there.
    pub theirs: Option<Phi<String>>,
}

/// What came of a page.
#[derive(Debug, Default)]
pub struct ApplyReport {
    /// Records that were new, newer or deleted.
    pub changed: u64,
    /// Records to be merged.
    pub contested: Vec<Contested>,
}

/// What a change set wants done to one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Create it or give it new content.
    Put,
    /// Delete it.
    Delete,
}

/// One entry of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEntry {
    /// Type and id; the id was made on this device for a create.
    pub key: ResourceKey,
    /// What to do.
    pub intent: Operation,
    /// The resource as it shall be; for a deletion as it was.
    pub text: Phi<String>,
    /// The server's version that the change was based on; `None` for a create.
    pub base_version: Option<String>,
    /// That version's text, for the three-way merge.
    pub base_text: Option<Phi<String>>,
    /// Whether it was on its way before: its answer may have been lost.
    pub sent: bool,
}

/// What a clinician saved at once and the server has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingSet {
    /// Its sequence in the ledger; sets are sent in this order.
    pub sequence: u64,
    /// Who saved it.
    pub author: UserId,
    /// The entries that are not settled yet, in dependency order.
    pub entries: Vec<OutgoingEntry>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The server has it. A later unsent change of the same resource is based on this version from now on.
    Confirmed {
        /// The resource.
        key: ResourceKey,
        /// The server's version id; empty for a deletion.
        version: String,
        /// The server's time of it, where given.
        updated: Option<UtcMillis>,
    },
    /// The server had a newer version and the changes did not touch: the entry is `merged`, based on `theirs`, from now on.
    Merged {
        /// The server's version.
        theirs: Phi<String>,
        /// The merged resource, still to be sent.
        merged: Phi<String>,
    },
    /// The server has another version and a person must decide; both are kept for good.
    Conflict {
        /// The resource.
        key: ResourceKey,
        /// The server's version; `None` where it was deleted there.
        theirs: Option<Phi<String>>,
    },
    /// The server refuses it; it is set aside and never blocks the rest.
    Refused {
        /// The resource.
        key: ResourceKey,
        /// The server's reason; may quote the record.
        reason: Phi<String>,
    },
}

impl PushOutcome {
    /// The resource that the server has, for a confirmation.
    pub(crate) const fn confirmed_key(&self) -> Option<&ResourceKey> {
        match self {
            Self::Confirmed { key, .. } => Some(key),
            _ => None,
        }
    }
}

/// An audit event that the server has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Its place in the ledger.
    pub sequence: u64,
    /// Its id, also its FHIR id.
    pub event: EventId,
    /// The canonical AuditEvent.
    pub json: Phi<String>,
}

/// How much has not arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Change sets to be sent.
    pub pending: u64,
    /// Records that the server refused.
    pub failed: u64,
    /// Conflicts that wait for a person.
    pub conflicts: u64,
}

/// The store as the sync sees it. Everything blocks; nothing here is called from an async task directly.
/// Every error is [`SyncError::Store`].
pub trait SyncPort: Send + Sync + 'static {
    /// Which segments the session holds.
    fn rank(&self) -> Rank;

    /// The cursor as it was saved last; the default before that.
    fn cursor(&self, key: &CursorKey) -> Result<CursorState, SyncError>;

    /// The cursors of the same server and type that belong to other views.
    fn other_cursors(&self, key: &CursorKey) -> Result<Vec<CursorState>, SyncError>;

    /// Stores a page, its cursor last. A version that is here already changes nothing; a record with unsent changes
    /// keeps them and is handed back; what cannot be read is kept and flagged.
    fn integrate(&self, page: PulledPage) -> Result<ApplyReport, SyncError>;

    /// Ids of every stored record of a type that the server has confirmed once.
    fn ids_of(&self, resource_type: &str) -> Result<Vec<ResourceId>, SyncError>;

    /// The change sets that this session may send now, in sequence order: their rank is held, everything that they
    /// depend on is confirmed, and no entry is set aside or in conflict.
    fn outgoing(&self) -> Result<Vec<OutgoingSet>, SyncError>;

    /// Notes durably, before the first byte leaves, that a set is on its way, and gives it as it is frozen from now on.
    fn mark_sent(&self, sequence: u64) -> Result<Option<OutgoingSet>, SyncError>;

    /// The server has certainly not taken the set: it waits again and may be changed.
    fn take_back(&self, sequence: u64) -> Result<(), SyncError>;

    /// Settles entries of a set in one transaction.
    fn settle(&self, sequence: u64, outcomes: &[PushOutcome]) -> Result<(), SyncError>;

    /// How much has not arrived.
    fn backlog(&self) -> Result<Backlog, SyncError>;

    /// The oldest audit events that this session can read and the server has not confirmed, at most `limit`.
    fn undelivered(&self, limit: u32) -> Result<Vec<OutgoingEvent>, SyncError>;

    /// Notes that the server has confirmed events.
    fn mark_delivered(&self, sequences: &[u64]) -> Result<(), SyncError>;

    /// A small text kept by name: what the server can do.
    fn note(&self, name: &str) -> Result<Option<String>, SyncError>;

    /// Keeps such a text; it holds no health information.
    fn keep_note(&self, name: &str, text: &str) -> Result<(), SyncError>;
}
