//! What a user saves at once, and how it is kept until the server has it.

use crate::tagged::{Journal, JournalKind};
use keep_domain::{Phi, ResourceKey, Segment, UserId, UtcMillis};
use serde::{Deserialize, Serialize};

/// A change set: its number is the sequence of its audit event in this device's ledger, in a log that follows another
/// one counted on from a number above all of that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSetId(pub u64);

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A resource that the server has never seen.
    Create,
    /// A new version of a resource.
    Update,
    /// The resource is to be deleted.
    Delete,
}

/// One resource of a save.
#[derive(Debug, Clone)]
pub struct EntryDraft {
    /// What is done.
    pub operation: Operation,
    /// The version that the change was based on, as the store gave it; `None` for a create, and for a change
    /// of a resource that the server does not have yet.
    pub base_version: Option<String>,
    /// The whole new text; for a delete the text as it was.
    pub raw: Phi<String>,
}

/// What a user saves at once.
#[derive(Debug, Clone)]
pub struct ChangeSetDraft {
    /// Who saved it.
    pub author: UserId,
    /// The resources, in the order in which they should reach the server.
    pub entries: Vec<EntryDraft>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Not sent; later edits squash into it.
    Waiting,
    /// Sent, answer unknown; what was sent never changes, and a lost answer is resolved by asking.
    InFlight,
    /// Refused by the server.
    Rejected,
    /// The server has another version; a person decides.
    Conflict,
}

/// What an outgoing change set waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetState {
    /// It can be sent.
    Ready,
    /// A change set of a higher rank, or an entry that this session cannot read, must go first.
    WaitsForRank,
    /// An earlier change set that it depends on was not confirmed.
    WaitsForSet,
    /// An entry was rejected.
    Rejected,
    /// An entry is in conflict.
    Conflict,
    /// The chart of an entry's resource does not fit its sum: it is kept and not sent.
    Damaged,
}

/// One entry as the sync sees it.
#[derive(Debug, Clone)]
pub struct OutgoingEntry {
    /// The resource.
    pub key: ResourceKey,
    /// Where it is kept.
    pub segment: Segment,
    /// What is done.
    pub operation: Operation,
    /// The server version that it replaces, for `If-Match`.
    pub base_version: Option<String>,
    /// The server's text that it is based on, for a three-way merge; `None` for a create.
    pub base: Option<Phi<String>>,
    /// What is to be sent, or was sent.
    pub raw: Phi<String>,
    /// Where it stands.
    pub state: EntryState,
    /// The same at every attempt.
    pub idempotency: String,
    /// The server's reason, for a rejected entry.
    pub outcome: Option<Phi<String>>,
    /// The conflict, for an entry in conflict.
    pub conflict: Option<ConflictId>,
}

/// One change set as the sync sees it.
#[derive(Debug, Clone)]
pub struct OutgoingSet {
    /// Its number.
    pub id: ChangeSetId,
    /// Who saved it.
    pub author: UserId,
    /// When, device time.
    pub saved: UtcMillis,
    /// Earlier change sets that must reach the server first.
    pub depends_on: Vec<ChangeSetId>,
    /// What it waits for.
    pub state: SetState,
    /// Its entries, in the order of the save.
    pub entries: Vec<OutgoingEntry>,
    /// The resources among them whose charts do not fit their sums; their texts are not among the entries.
    pub damaged: Vec<ResourceKey>,
}

/// How much is unsent, without a word of whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorBacklog {
    /// Whose change sets.
    pub author: UserId,
    /// How many are not confirmed.
    pub pending: u32,
    /// Of these, with a rejected entry.
    pub rejected: u32,
    /// Of these, with an entry in conflict.
    pub conflicts: u32,
    /// When the oldest was saved.
    pub oldest: UtcMillis,
}

/// Two versions of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConflictId(pub uuid::Uuid);

/// The stored change set; lies in the highest segment that it touches.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChangeSetRow {
    pub(crate) author: UserId,
    pub(crate) saved: i64,
    pub(crate) depends_on: Vec<u64>,
    pub(crate) entries: Vec<EntryRef>,
}

/// Where an entry lies.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
pub(crate) struct EntryRef {
    pub(crate) segment: Segment,
    pub(crate) key: ResourceKey,
}

/// The stored entry; lies with its resource. While it waits, the text to send is the resource's own.
#[derive(Serialize, Deserialize)]
pub(crate) struct EntryRow {
    pub(crate) key: ResourceKey,
    pub(crate) sequence: u64,
    pub(crate) author: UserId,
    pub(crate) operation: Operation,
    pub(crate) base_version: Option<String>,
    pub(crate) base: Option<String>,
    pub(crate) sent: Option<String>,
    pub(crate) state: EntryState,
    pub(crate) idempotency: String,
    pub(crate) outcome: Option<String>,
    pub(crate) conflict: Option<ConflictId>,
}

/// In a lower segment: a change set of a higher rank will send this resource.
#[derive(Serialize, Deserialize)]
pub(crate) struct HoldRow {
    pub(crate) rank: Segment,
}

impl Journal for ChangeSetRow {
    const KIND: JournalKind = JournalKind::ChangeSet;
}

impl Journal for EntryRow {
    const KIND: JournalKind = JournalKind::Entry;
}

impl Journal for HoldRow {
    const KIND: JournalKind = JournalKind::Hold;
}

/// The journal key of a change set.
pub(crate) const fn set_key(sequence: u64) -> [u8; 8] {
    sequence.to_be_bytes()
}

/// The journal key of an entry or a hold.
pub(crate) fn entry_key(key: &ResourceKey, sequence: u64) -> Vec<u8> {
    let mut bytes = entry_prefix(key);
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes
}

/// What the keys of all entries of a resource begin with.
pub(crate) fn entry_prefix(key: &ResourceKey) -> Vec<u8> {
    format!("{key}/").into_bytes()
}

/// The sequence at the end of an entry's or hold's key.
pub(crate) fn sequence_of(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}
