//! The result of a sync, and its progress.

use crate::error::SyncError;
use crate::pull::state::PullState;
use crate::push::waits::WaitingSet;
use keep_domain::UtcMillis;
use keep_store::{Cursor, PullOutcome};
use serde::Serialize;
use std::sync::Arc;

/// The result of one run; only what the server confirmed counts as success.
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
    /// Change sets with a record that the server rejected.
    #[serde(rename = "failed")]
    pub rejected: u64,
    /// Conflicts that a person must resolve.
    pub conflicts: u64,
    /// Change sets that wait for a state of the server to change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingSet>,
    /// Records written in this run to a server without versions, after a comparison of their content.
    #[serde(skip_serializing_if = "is_zero")]
    pub compared: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// The time as of which everything that this session may see is on the device, never later than trusted time;
    /// `None` before the first complete pull.
    pub complete_as_of: Option<UtcMillis>,
    /// Every type of the session's rank, in the order of the pull; empty where the run ended before it.
    pub types: Vec<TypeReport>,
    /// Scheme, host and port of the server's page links where they are not those of its configured address.
    pub links_elsewhere: Option<String>,
    /// The newest plausible time that the server sent over TLS.
    pub server_time: Option<UtcMillis>,
    /// The error that ended the run early, if any; everything above still holds.
    #[serde(skip)]
    pub stopped_by: Option<SyncError>,
}

impl SyncReport {
    /// The oldest time as of which a type of the claim was compared with the server; `None` where one never was.
    #[must_use]
    pub fn compared_as_of(&self) -> Option<UtcMillis> {
        let claimed = self.types.iter().filter(|t| t.complete_as_of.is_some() && !t.outcome.is_unavailable());
        claimed.map(|t| t.compared).min().flatten()
    }

    /// Whether a type could not be received although the server should have it.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.types.iter().any(|t| t.outcome.is_failure())
    }
}

/// One type after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeReport {
    /// The FHIR type.
    pub resource_type: String,
    /// How its pull ended.
    pub outcome: PullOutcome,
    /// The time as of which it is complete; `None` before the first complete pull.
    pub complete_as_of: Option<UtcMillis>,
    /// The time as of which the server's own count or list agreed with what is stored.
    pub compared: Option<UtcMillis>,
}

impl TypeReport {
    pub(crate) fn of_cursor(resource_type: &str, cursor: &Cursor) -> Self {
        Self {
            resource_type: resource_type.to_owned(),
            outcome: cursor.outcome,
            complete_as_of: cursor.complete_as_of,
            compared: cursor.compared,
        }
    }

    pub(crate) fn of_state(resource_type: &str, state: &PullState) -> Self {
        Self {
            resource_type: resource_type.to_owned(),
            outcome: state.outcome(),
            complete_as_of: state.claim(),
            compared: state.compared,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The current step of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Sending change sets.
    Pushing {
        /// Records confirmed so far.
        confirmed: u64,
    },
    /// Pulling a type.
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

/// Receives progress; must return at once.
pub type ProgressSink = Arc<dyn Fn(Progress<'_>) + Send + Sync>;
