//! One sync: push, pull, audit upload, in this order, by one worker.

use crate::audit_upload::AuditUploader;
use crate::blocking::with_store;
use crate::cancel::Cancel;
use crate::error::SyncError;
use crate::fhir_client::{Capabilities, FhirClient};
use crate::pull::{Pulled, Puller};
use crate::push::{AuthorIdentity, PushWaits, Pushed, Pusher};
use crate::report::{ProgressSink, SyncReport};
use crate::sync_store::SyncStore;
use keep_domain::{Role, UserId};
use std::sync::Arc;

/// The name of the preference that caches the server's capabilities.
const CAPABILITIES: &str = "sync.abilities";

/// How much a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncExtent {
    /// Push, pull and audit upload.
    Full,
    /// Push only, after a save: one request and its confirmation.
    Push,
}

/// The inputs of a run.
#[derive(Clone)]
pub struct SyncRun {
    /// The server as the signed-in user sees it.
    pub client: FhirClient,
    /// The store of the session.
    pub store: Arc<dyn SyncStore>,
    /// The signed-in user.
    pub user: UserId,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The users of this workstation, who may have written what is sent.
    pub authors: Vec<AuthorIdentity>,
    /// What waits for the server, from the runs before.
    pub waits: PushWaits,
    /// How much it does.
    pub extent: SyncExtent,
    /// Stops the run.
    pub cancel: Cancel,
    /// Receives progress.
    pub progress: ProgressSink,
}

impl std::fmt::Debug for SyncRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SyncRun").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Runs one sync. The caller ensures that only one runs per profile.
///
/// Always returns a report: what was confirmed or stored before an error counts, and `stopped_by` is the error.
pub async fn run_sync(run: &SyncRun) -> SyncReport {
    let meter = run.client.meter();
    let (up, down) = (meter.up(), meter.down());
    let mut report = SyncReport::default();
    report.stopped_by = run.cancel.race(run_steps(run, &mut report)).await.err();
    let clock = Arc::clone(run.client.credentials().server().http().clock());
    if let Err(error) = run.waits.save(&run.store, &*clock).await {
        report.stopped_by = report.stopped_by.or(Some(error));
    }
    match with_store(&run.store, |store| store.backlog()).await {
        Ok(left) => (report.pending, report.rejected, report.conflicts) = (left.pending, left.rejected, left.conflicts),
        Err(error) => report.stopped_by = report.stopped_by.or(Some(error)),
    }
    report.bytes_up = meter.up().saturating_sub(up);
    report.bytes_down = meter.down().saturating_sub(down);
    report.server_time = run.client.credentials().server().server_time();
    report
}

async fn run_steps(run: &SyncRun, report: &mut SyncReport) -> Result<(), SyncError> {
    run.waits.restore(&run.store, &**run.client.credentials().server().http().clock()).await?;
    let capabilities = capabilities(run).await?;
    let SyncRun { client, store, authors, waits, roles, extent, cancel, progress, .. } = run.clone();
    let Capabilities { transaction, batch, .. } = *capabilities;
    let versioned_update = capabilities.versioned_update.clone();
    let pusher = Pusher { client, store, waits, authors, transaction, batch, versioned_update, progress };
    let held_by = push(&pusher, report).await?;
    if extent == SyncExtent::Push {
        return held_by.map_or(Ok(()), Err);
    }
    let Pusher { client, store, waits, progress, .. } = pusher;
    let puller = Puller { client, store, capabilities, roles, cancel, progress };
    let mut pulled = Pulled::default();
    let ended = puller.pull_all(&mut report.pulled, &mut pulled).await;
    report.complete_as_of = pulled.complete_as_of().filter(|_| ended.is_ok());
    (report.types, report.links_elsewhere) = (pulled.types, pulled.links_elsewhere);
    ended?;
    let Puller { client, store, progress, .. } = puller;
    AuditUploader { client, store, waits, progress }.upload_all(&mut report.audited).await?;
    held_by.map_or(Ok(()), Err)
}

/// Pushes; returns the state of the server that change sets wait for.
async fn push(pusher: &Pusher, report: &mut SyncReport) -> Result<Option<SyncError>, SyncError> {
    let mut pushed = Pushed::default();
    let ended = pusher.push_all(&mut pushed).await;
    (report.pushed, report.compared) = (pushed.confirmed, pushed.compared);
    report.waiting = pusher.waits.list();
    ended.map(|()| pushed.held_by)
}

async fn capabilities(run: &SyncRun) -> Result<Arc<Capabilities>, SyncError> {
    let stored = with_store(&run.store, |store| store.preference(CAPABILITIES)).await?;
    // An unreadable one is requested again.
    let cached: Option<Capabilities> = stored.and_then(|text| serde_json::from_str(&text).ok());
    let current = run.client.capabilities(cached.clone()).await?;
    if cached.as_ref() != Some(current.as_ref()) {
        let text = serde_json::to_string(current.as_ref()).map_err(|_| SyncError::Internal("capabilities"))?;
        with_store(&run.store, move |store| store.set_preference(CAPABILITIES, &text)).await?;
    }
    Ok(current)
}

#[cfg(test)]
mod tests;
