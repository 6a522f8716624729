//! Change sets that the server does not take at present: why, and when they are sent again.

mod stored;

use crate::backoff::Backoff;
use crate::error::SyncError;
use keep_store::ChangeSetId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a change set waits for; always a state of the server, never of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitCause {
    /// The server has no time (408, 425, 429, 502–504).
    Busy,
    /// This user may not write this, or may not read whether it has arrived (401, 403).
    NotPermitted,
    /// The server offers no such interaction or type at this address (404, 405, 410, 501).
    NotOffered,
    /// A single record is more than the server takes (413).
    TooLarge,
    /// The server failed (5xx).
    ServerError,
    /// The answer is not FHIR: a portal's or a gateway's page, or garbage.
    NotFhir,
    /// The server keeps changing the record; it is merged again in the next run.
    Changing,
}

impl WaitCause {
    /// Whether the next change set would meet the same.
    pub(super) const fn concerns_server(self) -> bool {
        matches!(self, Self::Busy | Self::NotOffered | Self::ServerError | Self::NotFhir)
    }
}

/// Why one change set was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) cause: WaitCause,
    pub(super) status: Option<u16>,
}

impl Wait {
    /// An error that concerns this change set; the others end the run.
    pub(super) fn of(error: SyncError) -> Result<Self, SyncError> {
        let SyncError::Failed { status, retry_after: None } = error else {
            return if error == SyncError::InvalidResponse { Ok(WaitCause::NotFhir.into()) } else { Err(error) };
        };
        let cause = match status {
            408 | 425 | 429 | 502..=504 => WaitCause::Busy,
            500.. => WaitCause::ServerError,
            _ => WaitCause::NotOffered,
        };
        Ok(Self { cause, status: Some(status) })
    }

    /// As the error of a run that did everything else.
    pub(super) const fn error(self) -> SyncError {
        match self.status {
            Some(status) => SyncError::Failed { status, retry_after: None },
            None => SyncError::InvalidResponse,
        }
    }
}

impl From<WaitCause> for Wait {
    fn from(cause: WaitCause) -> Self {
        Self { cause, status: None }
    }
}

/// A change set that waits, for the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitingSet {
    /// Its number.
    pub change_set: u64,
    /// What it waits for.
    pub cause: WaitCause,
    /// The server's status, where it answered.
    pub status: Option<u16>,
}

/// The waits of one profile's change sets and audit events, from one run to the next; cheap to clone. Contains nothing
/// about patients.
#[derive(Debug, Clone, Default)]
pub struct PushWaits(Arc<Mutex<Waits>>);

#[derive(Debug, Default)]
struct Waits {
    sets: BTreeMap<ChangeSetId, Waiting>,
    /// Refused audit events, by sequence.
    events: BTreeMap<u64, Waiting>,
    /// Whether those of the program's run before are here.
    is_restored: bool,
    /// Whether the user has ended the delays before they were restored.
    delays_ended: bool,
    /// Whether they differ from what is stored.
    is_changed: bool,
}

#[derive(Debug, Default)]
struct Waiting {
    wait: Option<Wait>,
    backoff: Backoff,
    /// Not before this monotonic time.
    until: Duration,
}

impl Waiting {
    fn begin(&mut self, wait: Wait, now: Duration) {
        let delay = self.backoff.wait_after(&wait.error()).unwrap_or_default();
        (self.wait, self.until) = (Some(wait), now.saturating_add(delay));
    }
}

impl PushWaits {
    /// The change sets that wait, in the order of their numbers.
    #[must_use]
    pub fn list(&self) -> Vec<WaitingSet> {
        let waits = self.lock();
        let listed = waits.sets.iter().filter_map(|(id, waiting)| {
            let Wait { cause, status } = waiting.wait?;
            Some(WaitingSet { change_set: id.0, cause, status })
        });
        listed.collect()
    }

    /// Lets everything be sent by the next run, which the user asked for.
    pub fn end_delays(&self) {
        let waits = &mut *self.lock();
        waits.delays_ended = !waits.is_restored;
        let all = waits.sets.values_mut().chain(waits.events.values_mut());
        all.for_each(|waiting| waiting.until = Duration::ZERO);
    }

    /// Whether a change set still waits at `now`.
    pub(super) fn is_delayed(&self, set: ChangeSetId, now: Duration) -> bool {
        self.lock().sets.get(&set).is_some_and(|waiting| waiting.until > now)
    }

    /// Begins a wait, or a longer one.
    pub(super) fn begin(&self, set: ChangeSetId, wait: Wait, now: Duration) {
        let mut waits = self.lock();
        waits.is_changed = true;
        waits.sets.entry(set).or_default().begin(wait, now);
    }

    /// Ends a wait.
    pub(super) fn end(&self, set: ChangeSetId) {
        let mut waits = self.lock();
        waits.is_changed |= waits.sets.remove(&set).is_some();
    }

    /// Forgets sets that no longer wait to be sent.
    pub(super) fn retain(&self, is_ready: impl Fn(ChangeSetId) -> bool) {
        let waits = &mut *self.lock();
        let before = waits.sets.len();
        waits.sets.retain(|set, _| is_ready(*set));
        waits.is_changed |= waits.sets.len() < before;
    }

    /// Whether a refused audit event still waits at `now`.
    pub(crate) fn is_event_delayed(&self, sequence: u64, now: Duration) -> bool {
        self.lock().events.get(&sequence).is_some_and(|waiting| waiting.until > now)
    }

    /// Begins the wait of an audit event, or a longer one.
    pub(crate) fn begin_event(&self, sequence: u64, now: Duration) {
        let mut waits = self.lock();
        waits.is_changed = true;
        waits.events.entry(sequence).or_default().begin(WaitCause::NotOffered.into(), now);
    }

    /// Ends the waits of delivered audit events.
    pub(crate) fn end_events(&self, sequences: &[u64]) {
        let waits = &mut *self.lock();
        let before = waits.events.len();
        waits.events.retain(|sequence, _| !sequences.contains(sequence));
        waits.is_changed |= waits.events.len() < before;
    }

    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_grows_is_listed_and_ends() {
        let (waits, set) = (PushWaits::default(), ChangeSetId(5));
        let wait = Wait { cause: WaitCause::NotOffered, status: Some(404) };
        let longest = Duration::from_mins(16);
        for _ in 0..30 {
            waits.begin(set, wait, Duration::from_secs(1));
            assert!(!waits.is_delayed(set, longest) && !waits.is_delayed(ChangeSetId(6), Duration::ZERO));
        }
        assert_eq!(
            serde_json::to_string(&waits.list()).unwrap(),
            r#"[{"change_set":5,"cause":"not_offered","status":404}]"#
        );
        waits.end_delays();
        assert!(!waits.is_delayed(set, Duration::ZERO) && !waits.list().is_empty());
        waits.end(set);
        assert!(waits.list().is_empty());
    }

    #[test]
    fn an_error_that_concerns_every_set_is_no_wait_of_one() {
        assert_eq!(Wait::of(SyncError::Unreachable), Err(SyncError::Unreachable));
        let busy = SyncError::Failed { status: 503, retry_after: Some(60) };
        assert_eq!(Wait::of(busy.clone()), Err(busy));
        assert_eq!(Wait::of(SyncError::InvalidResponse).map(|w| w.cause), Ok(WaitCause::NotFhir));
    }
}
