//! One sync: push, pull, audit, in this order, by one worker.

use crate::SyncError;
use crate::audit_upload::Uploader;
use crate::cancel::Cancel;
use crate::fhir_client::{Abilities, FhirClient};
use crate::port::SyncPort;
use crate::pull::{Puller, blocking};
use crate::push::Pusher;
use crate::report::{ProgressSink, SyncReport};
use keep_domain::{Role, UserId};
use std::sync::Arc;

/// What the server can do, kept under this name.
const ABILITIES: &str = "sync.abilities";

/// Who syncs, with what.
#[derive(Clone)]
pub struct SyncRun {
    /// The server as the signed-in person sees it.
    pub client: FhirClient,
    /// The store of the session.
    pub port: Arc<dyn SyncPort>,
    /// The signed-in person.
    pub me: UserId,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Throw it to stop.
    pub cancel: Cancel,
    /// Hears of progress.
    pub progress: ProgressSink,
}

impl std::fmt::Debug for SyncRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SyncRun").field("me", &self.me).finish_non_exhaustive()
    }
}

/// Runs once. The caller sees to it that only one runs per profile.
///
/// The report always comes: what was confirmed or stored before an error counts, and `stopped_by` names the error.
pub async fn run(run: &SyncRun) -> SyncReport {
    let meter = run.client.meter();
    let (up, down) = (meter.up(), meter.down());
    let mut report = SyncReport::default();
    report.stopped_by = run.cancel.guard(steps(run, &mut report)).await.err();
    let port = Arc::clone(&run.port);
    match blocking(move || port.backlog()).await {
        Ok(left) => (report.pending, report.failed, report.conflicts) = (left.pending, left.failed, left.conflicts),
        Err(error) => report.stopped_by = report.stopped_by.or(Some(error)),
    }
    report.bytes_up = meter.up().saturating_sub(up);
    report.bytes_down = meter.down().saturating_sub(down);
    report.server_time = run.client.credentials().server().server_time();
    report
}

async fn steps(run: &SyncRun, report: &mut SyncReport) -> Result<(), SyncError> {
    let abilities = abilities(run).await?;
    let SyncRun { client, port, me, roles, cancel, progress } = run.clone();
    let pusher = Pusher { client, port, me, progress };
    pusher.run(&mut report.pushed).await?;
    let Pusher { client, port, progress, .. } = pusher;
    let puller = Puller { client, port, abilities, roles, cancel, progress };
    let pulled = puller.run(&mut report.pulled).await?;
    report.complete_as_of = pulled.complete_as_of;
    let Puller { client, port, progress, .. } = puller;
    Uploader { client, port, progress }.run(&mut report.audited).await?;
    Ok(())
}

async fn abilities(run: &SyncRun) -> Result<Arc<Abilities>, SyncError> {
    let port = Arc::clone(&run.port);
    let kept = blocking(move || port.note(ABILITIES)).await?;
    // A note that cannot be read is asked for anew.
    let cached: Option<Abilities> = kept.and_then(|text| serde_json::from_str(&text).ok());
    let known = run.client.abilities(cached.clone()).await?;
    if cached.as_ref() != Some(known.as_ref()) {
        let text = serde_json::to_string(known.as_ref()).map_err(|_| SyncError::Internal("abilities"))?;
        let port = Arc::clone(&run.port);
        blocking(move || port.keep_note(ABILITIES, &text)).await?;
    }
    Ok(known)
}
