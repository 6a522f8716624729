//! The sync chip and page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the chip says.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncChipDto {
    /// `idle`, `running`, `offline`, `sign_in`, `failed`, or `incomplete` where a part of the records is not whole.
    pub state: String,
    /// Last complete sync, RFC 3339 or empty.
    pub complete: String,
    /// Change sets waiting to be sent.
    pub pending: u32,
    /// Change sets that were rejected.
    pub failed: u32,
    /// Conflicts that need a decision.
    pub conflicts: u32,
}

/// The sync page.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncPageDto {
    /// The chip.
    pub chip: SyncChipDto,
    /// Progress while running.
    pub progress: Option<SyncProgressDto>,
    /// One row per type.
    pub types: Vec<SyncTypeDto>,
    /// What waits, was rejected or conflicts.
    pub items: Vec<SyncItemDto>,
    /// Bytes sent in the last run.
    #[ts(type = "number")]
    pub bytes_up: u64,
    /// Bytes received in the last run.
    #[ts(type = "number")]
    pub bytes_down: u64,
    /// The server's address without path or query.
    pub server: String,
    /// Audit events not yet delivered.
    pub audit_pending: u32,
}

/// How far a run is.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgressDto {
    /// `push`, `pull`, `audit`.
    pub phase: String,
    /// The type being pulled.
    pub resource_type: String,
    /// Records done in this run.
    #[ts(type = "number")]
    pub done: u64,
    /// Records expected, when known.
    #[ts(type = "number | null")]
    pub expected: Option<u64>,
}

/// One type.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncTypeDto {
    /// The FHIR type.
    pub resource_type: String,
    /// Records on this device.
    #[ts(type = "number")]
    pub count: u64,
    /// Complete as of, RFC 3339 or empty.
    pub complete: String,
}

/// One change set that is not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncItemDto {
    /// The change set.
    #[ts(type = "number")]
    pub change_set: u64,
    /// `pending`, `waits_for_rank`, `waits_for_author`, `rejected`, `conflict`, `damaged`.
    pub state: String,
    /// The author's display name.
    pub author: String,
    /// Saved at, RFC 3339.
    pub saved: String,
    /// What it is, for example "Vitals, note"; the patient's name only where the role may see it.
    pub title: String,
    /// The patient, or empty.
    pub patient_name: String,
    /// The server's reason, for rejected ones.
    pub reason: String,
    /// The conflict id, for conflicts.
    pub conflict: Option<String>,
}

/// `resend` or `discard` is not offered here; `retry` puts a rejected change set back.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetryDto {
    /// The change set.
    #[ts(type = "number")]
    pub change_set: u64,
}
