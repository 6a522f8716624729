//! Sync: its status, its page, and running it.

mod export;
mod give_up;
mod queue;
mod types;

pub use export::{ExportedSet, sync_export};
pub use give_up::sync_give_up;
pub use keep_store::PullOutcome;
pub use keep_sync::{SyncReport, TypeReport};

use crate::ctx::Ctx;
use crate::dto::failure::FailureDto;
use crate::dto::sync::{
    RetryDto, SyncPageDto, SyncPhaseDto, SyncProgressDto, SyncStateDto, SyncStatusDto, SyncStoppedDto,
};
use crate::error::SessionError;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::trusted_clock::TrustedClock;
use crate::workstation::{Workstation, WorkstationEvent};
use crate::{last_sync, search_maintenance, segments};
use keep_access::Action;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{Clock, ErrorCode, Rank, UtcMillis};
use keep_store::{ChangeSetId, Completeness};
use keep_sync::{Backoff, FhirClient, Progress, ProgressSink, SyncError, SyncExtent, SyncRun};
use std::sync::Arc;
use std::time::Duration;

/// The address without path or query, for the screen.
pub(crate) fn host_of(server: &str) -> Option<String> {
    let url = url::Url::parse(server).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// The status on the lock screen: what is known without any key.
pub(crate) fn lock_screen_status(workstation: &Workstation) -> SyncStatusDto {
    let mut status = last_status(workstation);
    if status.complete.is_none() {
        let kept = last_sync::kept(&workstation.0.device.profile).filter(|t| *t <= latest_claim(workstation));
        status.complete = kept.map(|t| t.to_rfc3339());
    }
    status
}

/// How far this device's clock may be behind the clock of a completeness claim, milliseconds.
const CLOCK_ERROR_MILLIS: i64 = 600_000;

/// The latest time as of which records can be complete.
fn latest_claim(workstation: &Workstation) -> UtcMillis {
    TrustedClock(workstation.clone()).now().plus_millis(CLOCK_ERROR_MILLIS)
}

/// The status as far as this process knows it from its own runs.
fn last_status(workstation: &Workstation) -> SyncStatusDto {
    let (report, stopped) = workstation.0.sync.last().unwrap_or_default();
    let state = if workstation.0.sync.is_running() {
        SyncStateDto::Running
    } else {
        match stopped {
            None if report.has_failures() => SyncStateDto::Incomplete,
            None => SyncStateDto::Idle,
            Some(ErrorCode::ServerUnreachable) => SyncStateDto::Offline,
            Some(ErrorCode::SignInNeeded) => SyncStateDto::SignIn,
            Some(_) => SyncStateDto::Failed,
        }
    };
    SyncStatusDto {
        state,
        complete: report.complete_as_of.map(|t| t.to_rfc3339()),
        pending: count(report.pending),
        rejected: count(report.rejected),
        conflicts: count(report.conflicts),
    }
}

fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The status of the unlocked session, counted now.
///
/// # Errors
/// `locked`.
pub fn sync_status(workstation: &Workstation) -> Result<SyncStatusDto, FailureDto> {
    workstation.with_session(|unlocked| current_status(workstation, unlocked)).map_err(SessionError::into_dto)
}

fn current_status(workstation: &Workstation, unlocked: &Unlocked) -> Result<SyncStatusDto, SessionError> {
    let mut status = last_status(workstation);
    if let Some(store) = unlocked.store.as_deref() {
        let (pending, rejected, conflicts) = queue::backlog(store)?;
        (status.pending, status.rejected, status.conflicts) = (pending, rejected, conflicts);
        if !store.unhealthy().is_empty() {
            // INVARIANT: nothing is called complete while a segment is damaged or incomplete.
            status.complete = None;
            if status.state == SyncStateDto::Idle {
                status.state = SyncStateDto::Incomplete;
            }
        } else if status.complete.is_none() {
            status.complete = workstation.complete_as_of(unlocked)?.map(|t| t.to_rfc3339());
        }
    }
    if unlocked.store.is_none() && unlocked.role.rank() != Rank::NONE {
        // Without keys the queue cannot be counted.
        status.complete = None;
        status.state = SyncStateDto::Incomplete;
    }
    Ok(status)
}

/// Starts a sync in the background, unless one is running, and returns the page.
///
/// # Errors
/// `locked`, `refused`, `sign_in_needed`.
pub fn sync_now(workstation: &Workstation) -> Result<SyncPageDto, FailureDto> {
    workstation.authorize(Action::RunSync, |_| Ok(()))?;
    workstation.0.sync.waits.end_delays();
    start(workstation, SyncExtent::Full);
    sync_page(workstation)
}

/// Sends a save in the background if the session can, and nothing else: the whole sync comes at its interval. Does
/// nothing while a sync runs: what is saved then is sent by the next one.
pub(crate) fn send_saved(workstation: &Workstation) {
    start(workstation, SyncExtent::Push);
}

/// Starts a sync in the background, unless one runs.
fn start(workstation: &Workstation, extent: SyncExtent) {
    let background = workstation.clone();
    // An async task; the store calls of the sync run on blocking threads.
    workstation.0.runtime.spawn(async move {
        // The result is in the status and in the ledger.
        let _ = run(&background, extent).await;
    });
}

/// Time between two syncs of a session in which nothing is saved.
const EVERY: Duration = Duration::from_mins(5);

/// Syncs now and at intervals for as long as this session lasts; waits longer after each failure, and ends where only
/// the user can help.
pub(crate) fn sync_loop(workstation: &Workstation) {
    // Without an open store there is nothing to sync with.
    let Some(session) = workstation.try_session(|u| u.store.is_some().then_some(u.memory.since)).flatten() else {
        return;
    };
    let background = workstation.clone();
    workstation.0.runtime.spawn(async move {
        let mut backoff = Backoff::default();
        while background.try_session(|u| u.memory.since) == Some(session) {
            let wait = match run(&background, SyncExtent::Full).await {
                Ok(_) => {
                    backoff.reset();
                    Some(EVERY)
                }
                Err(_) => match background.0.sync.last().and_then(|(report, _)| report.stopped_by) {
                    Some(error) => backoff.wait_after(&error),
                    // It did not start: another run is under way, or there is nothing to sync with.
                    None => Some(EVERY),
                },
            };
            let Some(wait) = wait else { return };
            tokio::time::sleep(wait).await;
        }
    });
}

/// After a new sign-in: syncs at once, and restarts the intervals where they had ended.
pub(crate) fn resume_sync(workstation: &Workstation) {
    let ended = workstation.0.sync.last().is_some_and(|(r, _)| r.stopped_by == Some(SyncError::SignInNeeded));
    if workstation.0.sync.automatic && ended { sync_loop(workstation) } else { start(workstation, SyncExtent::Full) }
}

/// Stops the running sync; what was stored stays.
///
/// # Errors
/// `locked`.
pub fn sync_cancel(workstation: &Workstation) -> Result<SyncPageDto, FailureDto> {
    workstation.0.sync.cancel();
    sync_page(workstation)
}

async fn run(workstation: &Workstation, extent: SyncExtent) -> Result<SyncReport, SessionError> {
    let Some(cancel) = workstation.0.sync.start() else { return Err(ErrorCode::Stale.into()) };
    let opened = workstation.with_session(|unlocked| {
        let (credentials, store) = (workstation.credentials(unlocked)?, workstation.sync_store(unlocked)?);
        Ok((credentials, store, workstation.authors(unlocked), unlocked.user, unlocked.role))
    });
    let (credentials, store, authors, user, role) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            workstation.0.sync.end(SyncReport::default(), Some(error.code));
            announce(workstation);
            return Err(error);
        }
    };
    announce(workstation);
    let sink = workstation.clone();
    let progress: ProgressSink = Arc::new(move |step| show(&sink, step));
    let client = FhirClient::open(credentials);
    let waits = workstation.0.sync.waits.clone();
    let inputs = SyncRun { client, store, user, roles: vec![role], authors, waits, extent, cancel, progress };
    let ended = keep_sync::run_sync(&inputs).await;
    let stopped = ended.stopped_by.as_ref().map(SyncError::code);
    if let Some(time) = ended.server_time {
        blocking(workstation, move |w| w.take_server_time(time)).await;
    }
    // A damaged file may have stopped the run; it is enough that the server answered.
    let answered = stopped == Some(ErrorCode::StoreDamaged) && ended.server_time.is_some();
    if extent == SyncExtent::Full && (stopped.is_none() || answered) {
        blocking(workstation, move |w| {
            if !answered {
                segments::end_repairs(w);
            }
            segments::request_fresh_starts(w);
        })
        .await;
    }
    if let Some(complete) = ended.complete_as_of.filter(|_| segments::are_whole(workstation)) {
        last_sync::keep(&workstation.0.device.profile, complete);
    }
    let before = workstation.0.sync.last().and_then(|(_, stopped)| stopped);
    match (extent, stopped) {
        (SyncExtent::Push, None) => workstation.0.sync.end_push(ended.clone()),
        _ => workstation.0.sync.end(ended.clone(), stopped),
    }
    record(workstation, &ended, stopped, before).await;
    search_maintenance::behind(workstation, ended.pulled);
    if ended.pulled > 0 {
        // If the site's name cannot be read now, the next sync reads it.
        blocking(workstation, |w| drop(w.with_session(|unlocked| crate::site::learn(w, unlocked)))).await;
    }
    announce(workstation);
    blocking(workstation, move |w| stopped.map_or_else(|| w.report_pending_faults(), |code| w.report_fault(code)))
        .await;
    match stopped {
        None => Ok(ended),
        Some(code) => Err(SessionError::of(code)),
    }
}

/// Runs one sync to its end, after one that a save may have started. For the command line and for tests.
///
/// # Errors
/// `locked`, `refused`, and what ended the run early.
pub fn run_to_end(workstation: &Workstation) -> Result<SyncReport, FailureDto> {
    workstation.authorize(Action::RunSync, |_| Ok(()))?;
    workstation.0.sync.waits.end_delays();
    workstation.0.runtime.block_on(run_when_free(workstation)).map_err(SessionError::into_dto)
}

/// Runs one sync to its end, after one that runs already.
pub(crate) async fn run_when_free(workstation: &Workstation) -> Result<SyncReport, SessionError> {
    loop {
        match run(workstation, SyncExtent::Full).await {
            Err(error) if error.code == ErrorCode::Stale => tokio::time::sleep(Duration::from_millis(10)).await,
            ended => return ended,
        }
    }
}

/// Runs `work` on a thread that may block. If the runtime is ending it may not run: the next sync or unlock repeats it,
/// and only the event of this run is lost.
async fn blocking(workstation: &Workstation, work: impl FnOnce(&Workstation) + Send + 'static) {
    let workstation = workstation.clone();
    let _ending = tokio::task::spawn_blocking(move || work(&workstation)).await;
}

async fn record(workstation: &Workstation, report: &SyncReport, stopped: Option<ErrorCode>, before: Option<ErrorCode>) {
    let quiet = stopped.is_none() && report.pushed == 0 && report.pulled == 0;
    // A day offline must not fill the ledger: only its start is recorded.
    let still_offline = stopped == Some(ErrorCode::ServerUnreachable) && before == stopped;
    if quiet || still_offline {
        return;
    }
    let event = match stopped {
        None => EventDraft::new(EventClass::Sync),
        Some(ErrorCode::ServerUntrusted) => EventDraft::new(EventClass::ServerUntrusted).ended(Outcome::SeriousFailure),
        Some(code) => EventDraft::new(EventClass::SyncFailed).ended(Outcome::MinorFailure).with("code", code),
    };
    let event = event.with("pushed", report.pushed).with("pulled", report.pulled);
    blocking(workstation, move |w| w.record(event)).await;
}

fn announce(workstation: &Workstation) {
    let background = workstation.clone();
    workstation.0.runtime.spawn_blocking(move || {
        if let Ok(status) = sync_status(&background) {
            background.emit(WorkstationEvent::SyncStatus(status));
        }
        if !background.0.sync.is_running() {
            background.emit(WorkstationEvent::Progress(None));
        }
    });
}

fn show(workstation: &Workstation, step: Progress<'_>) {
    let (phase, resource_type, done) = match step {
        Progress::Pushing { confirmed } => (SyncPhaseDto::Push, None, confirmed),
        Progress::Pulling { resource_type, records, .. } => {
            (SyncPhaseDto::Pull, Some(resource_type.to_owned()), records)
        }
        Progress::Auditing { confirmed } => (SyncPhaseDto::Audit, None, confirmed),
    };
    let progress = SyncProgressDto { phase, resource_type, done, expected: None };
    workstation.0.sync.show(progress.clone());
    workstation.emit(WorkstationEvent::Progress(Some(progress)));
}

const fn status_of(error: &SyncError) -> Option<u16> {
    match error {
        SyncError::Failed { status, .. } => Some(*status),
        _ => None,
    }
}

/// The sync page.
///
/// # Errors
/// `locked`, and those of the store.
pub fn sync_page(workstation: &Workstation) -> Result<SyncPageDto, FailureDto> {
    workstation.with_session(|unlocked| page(workstation, unlocked)).map_err(SessionError::into_dto)
}

fn page(workstation: &Workstation, unlocked: &Unlocked) -> Result<SyncPageDto, SessionError> {
    let (report, stopped) = workstation.0.sync.last().unwrap_or_default();
    let (mut types, mut items) = (Vec::new(), Vec::new());
    if let Some(store) = unlocked.store.as_deref() {
        types = types::rows(&workstation.completeness(unlocked)?, store.type_counts()?);
        items = queue::waiting(&Ctx::new(workstation, unlocked)?)?;
    }
    let audit_pending = workstation.enrolled_device()?.ledger.pending_count()?;
    Ok(SyncPageDto {
        status: current_status(workstation, unlocked)?,
        progress: workstation.0.sync.progress(),
        types,
        items,
        bytes_up: report.bytes_up,
        bytes_down: report.bytes_down,
        server: host_of(&workstation.settings().server),
        audit_pending: count(audit_pending),
        stopped: stopped.map(|code| SyncStoppedDto { code, status: report.stopped_by.as_ref().and_then(status_of) }),
        links_elsewhere: report.links_elsewhere,
    })
}

impl Workstation {
    /// What is complete as of when, by this session's cursors.
    pub(crate) fn completeness(&self, unlocked: &Unlocked) -> Result<Vec<Completeness>, SessionError> {
        let (server, visibility) = self.cursor_names(unlocked)?;
        let mut found = unlocked.store()?.completeness(&server, &visibility)?;
        let latest = latest_claim(self);
        for claim in &mut found {
            // INVARIANT: a claim of the future was made with a wrong clock, so its true time is unknown and nothing is
            // claimed until the type has been read again.
            claim.complete_as_of = claim.complete_as_of.filter(|at| *at <= latest);
        }
        Ok(found)
    }

    /// The oldest of these times; `None` while a first download has not finished. A type that cannot be had is not
    /// waited for: it is named where it is missed.
    pub(crate) fn complete_as_of(&self, unlocked: &Unlocked) -> Result<Option<UtcMillis>, SessionError> {
        let all = self.completeness(unlocked)?;
        Ok(all.iter().filter(|c| !c.outcome.is_unavailable()).map(|c| c.complete_as_of).min().flatten())
    }

    /// The names of this session's cursors: the FHIR base address and the view of the signed-in subject.
    pub(crate) fn cursor_names(&self, unlocked: &Unlocked) -> Result<(String, String), SessionError> {
        let ring = acquire(&unlocked.keys.ring);
        let lease = ring.lease().ok_or(ErrorCode::SignInNeeded)?;
        Ok((self.settings().server.clone(), format!("subject {}", lease.subject)))
    }
}

/// Queues a rejected change set to be sent again.
///
/// # Errors
/// `locked`, `refused`, `not_available`.
pub fn sync_retry(workstation: &Workstation, request: RetryDto) -> Result<SyncPageDto, FailureDto> {
    workstation.authorize(Action::RunSync, |unlocked| {
        let event = EventDraft::new(EventClass::Sync).by(unlocked.actor()).with_cause("retry");
        let set = ChangeSetId(request.change_set);
        Ok(unlocked.store()?.write(|tx| {
            let _ticket = tx.append(&event)?;
            tx.retry(set)
        })?)
    })?;
    start(workstation, SyncExtent::Push);
    sync_page(workstation)
}
