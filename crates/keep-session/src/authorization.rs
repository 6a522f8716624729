//! The one way into an unlocked session: permit, then event, then work.

use crate::error::SessionError;
use crate::unlocked::Unlocked;
use crate::workstation::{Inner, Workstation};
use keep_access::{Action, Decision, PolicyResource, Request, Situation};
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Segment};
use keep_store::Store;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// How many locks there had been at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockEpoch(u64);

/// INVARIANT: only `Unlocked` owns keys and open segments.
#[derive(Debug)]
pub(crate) enum Session {
    /// Nobody is signed in.
    Locked,
    /// Somebody is.
    Unlocked(Box<Unlocked>),
}

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
        if done.is_ok() && self.0.notes.are_waiting() {
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
        if self.0.closing.load(Ordering::SeqCst) {
            return Err(SessionError::of(ErrorCode::Locked));
        }
        let session = self.0.session.read().unwrap_or_else(PoisonError::into_inner);
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
        matches!(&*self.0.session.read().unwrap_or_else(PoisonError::into_inner), Session::Unlocked(_))
    }

    /// Looks at the session without any permission; for facts that are no records.
    pub(crate) fn try_session<T>(&self, look: impl FnOnce(&Unlocked) -> T) -> Option<T> {
        self.with_session(|u| Ok(look(u))).ok()
    }
}

impl Unlocked {
    /// The open store, or "a colleague has to grant first".
    pub(crate) fn store(&self) -> Result<&Store, SessionError> {
        self.store.as_deref().ok_or_else(|| SessionError::of(ErrorCode::WaitingForGrant))
    }

    /// Whether policy grants `action`, done to the program itself, to this role.
    pub(crate) fn may(&self, action: Action) -> bool {
        let request = Request::system_action(self.role, action).when(self.situation());
        self.access.decide(&request).is_allowed()
    }

    /// What policy says about `action` on a record.
    pub(crate) fn decide(&self, action: Action, record: &PolicyResource) -> Decision {
        self.access.decide(&Request::about(self.role, action, record).when(self.situation()))
    }

    fn situation(&self) -> Situation {
        Situation { assigned_restricted: self.rank.holds(Segment::Restricted), break_glass: false }
    }
}

impl Inner {
    /// Puts an unlocked session in place of the locked one, unless somebody asked for a lock since `began`.
    ///
    /// INVARIANT: a lock that comes while an unlock is under way wins.
    pub(crate) fn publish_session(&self, unlocked: Unlocked, began: LockEpoch) -> Result<(), SessionError> {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        if self.lock_epoch() != began {
            return Err(SessionError::of(ErrorCode::Locked));
        }
        self.closing.store(false, Ordering::SeqCst);
        *session = Session::Unlocked(Box::new(unlocked));
        Ok(())
    }

    /// Taken when an unlock begins, and compared when it ends.
    pub(crate) fn lock_epoch(&self) -> LockEpoch {
        LockEpoch(self.lock_epoch.load(Ordering::SeqCst))
    }
}
