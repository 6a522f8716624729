//! What a sync did, and what it is doing.

use crate::SyncError;
use keep_domain::UtcMillis;
use serde::Serialize;
use std::sync::Arc;

/// What came of one run; success is only what the server confirmed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Records that the server confirmed in this run.
    pub pushed: u64,
    /// Records that were new, newer or deleted on the server.
    pub pulled: u64,
    /// Audit events that the server confirmed in this run.
    pub audited: u64,
    /// Change sets still to be sent.
    pub pending: u64,
    /// Records that the server refused.
    pub failed: u64,
    /// Conflicts that wait for a person.
    pub conflicts: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// The time, never past trusted time, of which everything that this session may see is on the device; `None` until the first
    /// complete pull.
    pub complete_as_of: Option<UtcMillis>,
    /// The newest believable time that the server told over TLS.
    pub server_time: Option<UtcMillis>,
    /// What ended the run early, if anything did; everything above still holds.
    #[serde(skip)]
    pub stopped_by: Option<SyncError>,
}

/// What a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Sending change sets.
    Pushing {
        /// Records confirmed so far.
        confirmed: u64,
    },
    /// Asking for a type.
    Pulling {
        /// The type.
        resource_type: &'a str,
        /// Types done.
        done: usize,
        /// Types in all.
        of: usize,
        /// Records stored so far.
        records: u64,
    },
    /// Sending audit events.
    Auditing {
        /// Events confirmed so far.
        confirmed: u64,
    },
}

/// Hears of progress; must return at once.
pub type ProgressSink = Arc<dyn Fn(Progress<'_>) + Send + Sync>;
