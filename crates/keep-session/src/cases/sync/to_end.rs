//! A sync that the caller waits for: the command line, and tests.

use super::run;
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_domain::ErrorCode;
use std::time::Duration;

/// The interval at which a running sync is checked.
const TURN: Duration = Duration::from_millis(10);

/// The result of a run, for the command line.
#[derive(Debug)]
pub struct SyncEnd {
    /// Records that the server confirmed.
    pub pushed: u64,
    /// Records that were new, newer or deleted on the server.
    pub pulled: u64,
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
    /// Complete as of, RFC 3339; empty where unknown.
    pub complete_as_of: String,
}

/// Runs one sync to its end, after one that a save may have started. For the command line and for tests.
///
/// # Errors
/// `locked`, `refused`, and what ended the run early.
pub fn run_to_end(workstation: &Workstation) -> Result<SyncEnd, FailureDto> {
    workstation.authorize(Action::RunSync, |_| Ok(())).map_err(SessionError::into_dto)?;
    let ended = workstation.0.runtime.block_on(async {
        loop {
            match run(workstation).await {
                Err(error) if error.code == ErrorCode::Stale => tokio::time::sleep(TURN).await,
                ended => return ended,
            }
        }
    });
    let report = ended.map_err(SessionError::into_dto)?;
    Ok(SyncEnd {
        pushed: report.pushed,
        pulled: report.pulled,
        pending: report.pending,
        failed: report.failed,
        conflicts: report.conflicts,
        bytes_up: report.bytes_up,
        bytes_down: report.bytes_down,
        complete_as_of: report.complete_as_of.map(|t| t.to_rfc3339()).unwrap_or_default(),
    })
}
