//! The one way into an unlocked session: permit, then event, then work.

use crate::error::SessionError;
use crate::state::session::Session;
use crate::state::unlocked::Unlocked;
use crate::workstation::Workstation;
use keep_access::{Action, PolicyResource};
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::ErrorCode;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Workstation {
    /// Runs `work` inside the session if policy grants `action`, which is done to the program itself, to the
    /// session's role; a refusal is recorded.
    pub(crate) fn authorize<T>(
        &self,
        action: Action,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        let done =
            self.with_session(
                |unlocked| if unlocked.may(action) { work(unlocked) } else { Err(self.refuse(unlocked, action)) },
            );
        self.report_after(&done);
        done
    }

    /// As [`Workstation::authorize`] for an action on one record.
    pub(crate) fn authorize_for<T>(
        &self,
        action: Action,
        record: &PolicyResource,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        let done = self.with_session(|unlocked| {
            if unlocked.decide(action, record).is_allowed() {
                work(unlocked)
            } else {
                Err(self.refuse(unlocked, action))
            }
        });
        self.report_after(&done);
        done
    }

    /// A use case that went well is when notes may become events.
    fn report_after<T>(&self, done: &Result<T, SessionError>) {
        crate::integrity_watch::report_now(self);
        if done.is_ok() && self.0.faults.pending.are_waiting() {
            self.report_pending_faults();
        }
    }

    /// Records that policy refused something, and makes the fault.
    pub(crate) fn refuse(&self, unlocked: &Unlocked, action: Action) -> SessionError {
        let event = EventDraft::new(EventClass::Refused).by(unlocked.actor()).ended(Outcome::SeriousFailure);
        self.record(event.with("action", action.name()));
        SessionError::of(ErrorCode::Refused)
    }

    /// Runs `work` inside the session whatever the role: for what belongs to the person alone.
    pub(crate) fn with_session<T>(
        &self,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        if self.0.session.closing.load(Ordering::SeqCst) {
            return Err(SessionError::of(ErrorCode::Locked));
        }
        let session = self.0.session.current.read().unwrap_or_else(PoisonError::into_inner);
        match &*session {
            Session::Unlocked(unlocked) => work(unlocked).inspect_err(|error| self.report_fault(error.code)),
            Session::Locked => Err(SessionError::of(ErrorCode::Locked)),
        }
    }

    /// Whether somebody is signed in, even while that is just ending.
    ///
    /// INVARIANT: the one source of that for whoever watches over the session.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&*self.0.session.current.read().unwrap_or_else(PoisonError::into_inner), Session::Unlocked(_))
    }

    /// Looks at the session without any permission; for facts that are no records.
    pub(crate) fn try_session<T>(&self, look: impl FnOnce(&Unlocked) -> T) -> Option<T> {
        self.with_session(|u| Ok(look(u))).ok()
    }

    /// How long the present session has been unlocked; `None` while locked.
    #[must_use]
    pub fn unlocked_for(&self) -> Option<Duration> {
        self.try_session(|u| self.0.device.clock.monotonic().saturating_sub(u.memory.since))
    }
}
