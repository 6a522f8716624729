//! Change sets: what a user saves at once, until the server has confirmed it.

use crate::journal::{Journal, JournalKind};
use keep_domain::{Phi, ResourceKey, Segment, UserId, UtcMillis};
use serde::{Deserialize, Serialize};

/// The number of a change set: the sequence of its audit event. A log that follows another one continues from a number
/// above all of the earlier log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSetId(pub u64);

/// The kind of change to a resource.
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
    /// The kind of change.
    pub operation: Operation,
    /// The version that the change was based on, as the store gave it; `None` for a create, and for a change
    /// of a resource that the server does not have yet.
    pub base_version: Option<String>,
    /// The whole new text; for a delete the text as it was.
    pub raw: Phi<String>,
}

/// A change set to be saved.
#[derive(Debug, Clone)]
pub struct ChangeSetDraft {
    /// Who saved it.
    pub author: UserId,
    /// The resources, in the order in which they should reach the server.
    pub entries: Vec<EntryDraft>,
}

/// The state of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Not sent; later edits squash into it.
    Waiting,
    /// Sent with unknown outcome. Its text never changes, and a lost answer is resolved by querying the server.
    InFlight,
    /// Refused by the server.
    Rejected,
    /// The server has another version; the user has to decide.
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
    /// The chart of an entry's resource does not match its sum: it is stored and not sent.
    Damaged,
}

/// One entry as the sync sees it.
#[derive(Debug, Clone)]
pub struct OutgoingEntry {
    /// The resource.
    pub key: ResourceKey,
    /// The segment that stores it.
    pub segment: Segment,
    /// The kind of change.
    pub operation: Operation,
    /// The server version that it replaces, for `If-Match`.
    pub base_version: Option<String>,
    /// The server's text that it is based on, for a three-way merge; `None` for a create.
    pub base: Option<Phi<String>>,
    /// The text to be sent, or that was sent.
    pub raw: Phi<String>,
    /// Its state.
    pub state: EntryState,
    /// The same at every attempt.
    pub idempotency: String,
    /// The server's reason, for a rejected entry.
    pub outcome: Option<Phi<String>>,
    /// The elements that the server named with it, as FHIRPath.
    pub fields: Vec<String>,
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
    /// Resources whose charts do not match their sums; they are not among the entries.
    pub damaged: Vec<ResourceKey>,
}

/// How much one author has not sent yet; says nothing about patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorBacklog {
    /// The author.
    pub author: UserId,
    /// Change sets that are not confirmed.
    pub pending: u32,
    /// Of these, with a rejected entry.
    pub rejected: u32,
    /// Of these, with an entry in conflict.
    pub conflicts: u32,
    /// When the oldest was saved.
    pub oldest: UtcMillis,
}

/// The id of a conflict between two versions of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConflictId(pub uuid::Uuid);

/// The stored change set, in the highest segment that it touches.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChangeSetRow {
    pub(crate) author: UserId,
    pub(crate) saved: i64,
    pub(crate) depends_on: Vec<u64>,
    pub(crate) entries: Vec<EntryRef>,
}

/// The place of an entry.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
pub(crate) struct EntryRef {
    pub(crate) segment: Segment,
    pub(crate) key: ResourceKey,
}

/// The stored entry, in the segment of its resource. While it waits, the text to send is the resource's.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<String>,
    pub(crate) conflict: Option<ConflictId>,
    /// What was there before the last save, where that can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Box<BeforeSave>>,
}

/// What was there before a save that can be undone; stored with the entry of the record that it changed. A later save
/// of the record replaces the entry without it.
#[derive(Serialize, Deserialize)]
pub(crate) struct BeforeSave {
    /// The record's text.
    pub(crate) raw: String,
    /// The unsent entry that the save squashed into.
    pub(crate) entry: Option<Box<EntryRow>>,
    /// The change set of the save.
    pub(crate) sequence: u64,
    /// The resources that it created.
    pub(crate) created: Vec<ResourceKey>,
    /// SHA-256 of the text that it stored.
    pub(crate) saved: [u8; 32],
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

/// The prefix of the keys of all entries of a resource.
pub(crate) fn entry_prefix(key: &ResourceKey) -> Vec<u8> {
    format!("{key}/").into_bytes()
}

/// The sequence at the end of an entry's or hold's key.
pub(crate) fn sequence_of(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}

/// The entry that a save of this author squashes into, of the entries of one resource.
pub(crate) fn open_entry_by(entries: Vec<(Segment, EntryRow)>, author: UserId) -> Option<(Segment, EntryRow)> {
    let is_open = |e: &EntryRow| matches!(e.state, EntryState::Waiting | EntryState::Rejected) && e.author == author;
    entries.into_iter().find(|(_, e)| is_open(e))
}
