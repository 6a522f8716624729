//! Checking all records in the background of an open session, and reporting findings to the ledger and the user.

use crate::error::SessionError;
use crate::finding::finding_event;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::workstation::{Workstation, WorkstationEvent};
use keep_store::{Filing, Finding, FindingKind, Scrub, Store, StoreError};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The pause between two steps of about 15 ms, for other users of the store.
const PAUSE: Duration = Duration::from_millis(30);

/// Checks the derived tables of a new session, then every record, in small steps in the background. Ends with the
/// session.
pub(crate) fn start(workstation: &Workstation) {
    let background = workstation.clone();
    workstation.0.runtime.spawn_blocking(move || {
        // INVARIANT: between two steps nothing here keeps the store open, so a lock closes it at once.
        let store = background.try_session(|u| u.store.as_ref().map(Arc::downgrade)).flatten();
        let ended = store.map_or(Ok(()), |store| read_all(&background, &store, || std::thread::sleep(PAUSE)));
        if let Err(error) = ended
            && error != StoreError::Interrupted
        {
            tracing::warn!(code = %error.code().name(), "the check of all records stopped");
        }
    });
}

/// Reads until every record was checked or the session has ended.
pub(crate) fn read_all(workstation: &Workstation, store: &Weak<Store>, pause: impl Fn()) -> Result<(), StoreError> {
    let Some(open) = store.upgrade() else { return Ok(()) };
    let confirmed = open.confirm_derived();
    drop(open);
    report_now(workstation);
    confirmed?;
    let base = workstation.settings().server.clone();
    let mut filing = Filing::default();
    while !filing.done {
        let Some(open) = store.upgrade() else { return Ok(()) };
        let step = open.file_by_target(Some(&base), &mut filing);
        drop(open);
        report_now(workstation);
        step?;
    }
    let mut scrub = Scrub::default();
    while !scrub.done {
        pause();
        let Some(open) = store.upgrade() else { return Ok(()) };
        let step = open.scrub(&mut scrub);
        drop(open);
        report_now(workstation);
        step?;
    }
    tracing::info!(rows = scrub.rows, findings = scrub.findings.len(), "all records were checked");
    Ok(())
}

/// Reports new findings.
pub(crate) fn report_now(workstation: &Workstation) {
    let _reported = workstation.try_session(|unlocked| report(workstation, unlocked));
}

/// Records each new finding, notifies the page once per segment and session, and returns the findings.
pub(crate) fn report(workstation: &Workstation, unlocked: &Unlocked) -> Vec<Finding> {
    let Some(store) = unlocked.store.as_deref() else { return Vec::new() };
    let findings = store.take_findings();
    for finding in &findings {
        let mut event = finding_event(finding.kind.name()).by(unlocked.actor()).with("segment", finding.segment);
        // The number of a chart in its file identifies no patient.
        if let Some(chart) = finding.chart {
            event = event.with("chart", chart);
        }
        workstation.record(event);
        // A derived table is rebuilt from its rows; other damage stays until the segment is replaced.
        if finding.kind != FindingKind::Derived && store.note_damage(finding.segment).is_err() {
            tracing::warn!("damage could not be recorded in the segment");
        }
        if acquire(&unlocked.memory.damaged).insert(finding.segment) {
            workstation.emit(WorkstationEvent::Notice(crate::segments::notice(store, finding.segment)));
        }
    }
    findings
}

impl Workstation {
    /// Records what an integrity check found, and returns the error for it.
    pub(crate) fn damage(&self, unlocked: &Unlocked, error: StoreError) -> SessionError {
        let reported = report(self, unlocked);
        if let StoreError::Damaged(finding) = error
            && !reported.contains(&finding)
        {
            let Finding { segment, kind, .. } = finding;
            self.record(finding_event(kind.name()).by(unlocked.actor()).with("segment", segment));
            let noted = unlocked.store().and_then(|store| Ok(store.note_damage(segment)?));
            if noted.is_err() {
                tracing::warn!("damage could not be recorded in the segment");
            }
        }
        SessionError::from(error)
    }
}
