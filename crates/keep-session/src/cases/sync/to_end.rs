//! A sync that the caller waits for: the command line, and tests.

use super::run;
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_domain::ErrorCode;
use keep_sync::SyncReport;
use std::time::Duration;

/// The interval at which a running sync is checked.
const TURN: Duration = Duration::from_millis(10);

/// Runs one sync to its end, after one that a save may have started. For the command line and for tests.
///
/// # Errors
/// `locked`, `refused`, and what ended the run early.
pub fn run_to_end(workstation: &Workstation) -> Result<SyncReport, FailureDto> {
    workstation.authorize(Action::RunSync, |_| Ok(()))?;
    let ended = workstation.0.runtime.block_on(async {
        loop {
            match run(workstation).await {
                Err(error) if error.code == ErrorCode::Stale => tokio::time::sleep(TURN).await,
                ended => return ended,
            }
        }
    });
    ended.map_err(SessionError::into_dto)
}
