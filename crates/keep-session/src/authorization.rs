//! Access to the unlocked session: policy decides, a refusal is recorded, then the use case runs.

use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::state::session::Session;
use crate::state::unlocked::Unlocked;
use crate::workstation::Workstation;
use keep_access::{Action, PolicyResource};
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::ErrorCode;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

impl Workstation {
    /// Runs a use case with the session if policy grants its role `action`, which concerns no particular record.
    /// A refusal is recorded.
    pub(crate) fn authorize<T>(
        &self,
        action: Action,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, FailureDto> {
        self.run_case(action, |unlocked| unlocked.may(action), work)
    }

    /// As [`Workstation::authorize`] for an action on one record.
    pub(crate) fn authorize_for<T>(
        &self,
        action: Action,
        record: &PolicyResource,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, FailureDto> {
        self.run_case(action, |unlocked| unlocked.decide(action, record).is_allowed(), work)
    }

    fn run_case<T>(
        &self,
        action: Action,
        is_permitted: impl FnOnce(&Unlocked) -> bool,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, FailureDto> {
        let done =
            self.with_session(
                |unlocked| {
                    if is_permitted(unlocked) { work(unlocked) } else { Err(self.refuse(unlocked, action)) }
                },
            );
        crate::integrity_watch::report_now(self);
        if done.is_ok() && self.0.faults.pending.are_waiting() {
            self.report_pending_faults();
        }
        done.map_err(SessionError::into_dto)
    }

    /// Records that policy refused `action`, and returns the error for it.
    pub(crate) fn refuse(&self, unlocked: &Unlocked, action: Action) -> SessionError {
        let event = EventDraft::new(EventClass::Refused).by(unlocked.actor()).ended(Outcome::SeriousFailure);
        self.record(event.with("action", action.name()));
        SessionError::of(ErrorCode::Refused)
    }

    /// Runs `work` with the session whatever the role: for what belongs to the user alone.
    pub(crate) fn with_session<T>(
        &self,
        work: impl FnOnce(&Unlocked) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        if self.0.session.closing.load(Ordering::SeqCst) {
            return Err(ErrorCode::Locked.into());
        }
        let session = self.0.session.current.read().unwrap_or_else(PoisonError::into_inner);
        match &*session {
            Session::Unlocked(unlocked) => work(unlocked).inspect_err(|error| self.report_fault(error.code)),
            Session::Locked => Err(SessionError::of(ErrorCode::Locked)),
        }
    }

    /// Whether a user is signed in, even while a lock is under way.
    ///
    /// INVARIANT: every watcher of the session decides by this alone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(&*self.0.session.current.read().unwrap_or_else(PoisonError::into_inner), Session::Unlocked(_))
    }

    /// Reads the session without a permission check, for facts that are not records; `None` while locked.
    pub(crate) fn try_session<T>(&self, look: impl FnOnce(&Unlocked) -> T) -> Option<T> {
        self.with_session(|u| Ok(look(u))).ok()
    }
}
