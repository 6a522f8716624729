//! The sync status and page.

use keep_domain::ErrorCode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The sync status.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStatusDto {
    /// State of the sync.
    pub state: SyncStateDto,
    /// Last complete sync, RFC 3339.
    pub complete: Option<String>,
    /// Change sets waiting to be sent.
    pub pending: u32,
    /// Rejected change sets.
    #[serde(rename = "failed")]
    pub rejected: u32,
    /// Conflicts that need a decision.
    pub conflicts: u32,
}

/// State of the sync.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncStateDto {
    /// The last run ended well, or there was none.
    Idle,
    /// A run is under way.
    Running,
    /// The server could not be reached.
    Offline,
    /// The user has to sign in at the clinic again.
    SignIn,
    /// The last run ended early.
    Failed,
    /// A part of the records is not whole.
    Incomplete,
}

/// The sync page.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncPageDto {
    /// The status.
    #[serde(rename = "chip")]
    pub status: SyncStatusDto,
    /// Progress while running.
    pub progress: Option<SyncProgressDto>,
    /// One row per type.
    pub types: Vec<SyncTypeDto>,
    /// What waits, was rejected or conflicts.
    pub items: Vec<SyncItemDto>,
    /// Bytes sent in the last run.
    pub bytes_up: u64,
    /// Bytes received in the last run.
    pub bytes_down: u64,
    /// The server's address without path or query.
    pub server: Option<String>,
    /// Audit events not yet delivered.
    pub audit_pending: u32,
    /// Why the last run ended early.
    pub stopped: Option<SyncStoppedDto>,
    /// Scheme, host and port of the server's page links where they are not those of its configured address: its IT
    /// should set them.
    pub links_elsewhere: Option<String>,
}

/// Why a run ended early.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStoppedDto {
    /// The error.
    pub code: ErrorCode,
    /// The HTTP status, where the server responded with an error.
    pub status: Option<u16>,
}

/// Progress of a run.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgressDto {
    /// The phase.
    pub phase: SyncPhaseDto,
    /// The type being pulled.
    pub resource_type: Option<String>,
    /// Records done in this run.
    pub done: u64,
    /// Records expected, when known.
    pub expected: Option<u64>,
}

/// Phases of a run.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhaseDto {
    /// Sending records.
    Push,
    /// Receiving records.
    Pull,
    /// Sending audit events.
    Audit,
}

/// One type.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncTypeDto {
    /// The FHIR type.
    pub resource_type: String,
    /// Records on this device.
    pub count: u64,
    /// Complete as of, RFC 3339.
    pub complete: Option<String>,
    /// As of when the server's own count or list agreed with this device, RFC 3339; none if it never did.
    pub compared: Option<String>,
    /// How its last download ended.
    pub state: SyncTypeStateDto,
    /// The HTTP status, for `failed`.
    pub status: Option<u16>,
}

/// How the last download of a type ended.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncTypeStateDto {
    /// Everything that the server shows was received.
    Complete,
    /// It was not requested yet.
    Waiting,
    /// The server does not have the type.
    NotOffered,
    /// The server refuses the type to this user.
    Refused,
    /// The server responded with an error.
    Failed,
    /// The server's response could not be read.
    Invalid,
    /// A single record is too large.
    TooLarge,
    /// The connection was lost; the next sync continues.
    Interrupted,
    /// The server counts more records than it shows.
    Short,
}

/// One change set that is not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncItemDto {
    /// The change set.
    pub change_set: u64,
    /// Its state.
    pub state: SyncItemStateDto,
    /// The author's display name.
    pub author: Option<String>,
    /// Saved at, RFC 3339.
    pub saved: String,
    /// The FHIR types of its records, each once, in the order of the save.
    pub kinds: Vec<String>,
    /// The patient's id.
    pub patient: Option<String>,
    /// The patient's name.
    pub patient_name: Option<String>,
    /// The server's reason, for rejected ones.
    pub reason: Option<String>,
    /// The records that the server rejected.
    pub rejected: Vec<RejectedRecordDto>,
    /// What the server is waited for.
    pub waits_for: Option<WaitDto>,
    /// The conflict id, for conflicts.
    pub conflict: Option<String>,
}

/// One record that the server rejected.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RejectedRecordDto {
    /// The record as Type/id.
    pub reference: String,
    /// Its FHIR type.
    pub kind: String,
    /// The server's words.
    pub words: String,
    /// The elements that it named, as FHIRPath.
    pub fields: Vec<String>,
}

/// Why a change set is not sent at present.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitDto {
    /// The cause.
    pub cause: WaitCauseDto,
    /// The server's HTTP status, where it answered.
    pub status: Option<u16>,
}

/// What a change set waits for; always a state of the server.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum WaitCauseDto {
    /// The server has no time.
    Busy,
    /// The user may not write or read this there.
    NotPermitted,
    /// The address offers no such interaction or type.
    NotOffered,
    /// A record is more than the server takes.
    TooLarge,
    /// The server failed.
    ServerError,
    /// The answer is not FHIR.
    NotFhir,
    /// The record changes on the server all the time.
    Changing,
}

/// State of a change set.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncItemStateDto {
    /// Waits to be sent.
    Pending,
    /// Waits for a user with access to its segment.
    WaitsForRank,
    /// The server rejected it.
    Rejected,
    /// Needs a decision.
    Conflict,
    /// Its record is damaged; it is not sent.
    Damaged,
}

/// `sync_retry`: puts a rejected change set back.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetryDto {
    /// The change set.
    pub change_set: u64,
}

/// `sync_give_up`: takes a rejected change set out of the queue.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GiveUpDto {
    /// The change set.
    pub change_set: u64,
    /// Why, as the user typed it.
    pub reason: String,
}
