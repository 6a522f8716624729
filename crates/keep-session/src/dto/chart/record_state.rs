//! Sync state of a record.

use serde::Serialize;
use ts_rs::TS;

/// Sync state of one record.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordStateDto {
    /// As the server has it.
    Synced,
    /// Not on the server yet.
    Pending,
    /// The server has another version; needs a decision.
    Conflict,
    /// The server rejected it.
    Rejected,
}
