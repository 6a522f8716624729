//! The context of a use case in an open session.

use crate::error::SessionError;
use crate::state::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::workstation::Workstation;
use keep_access::{Action, PolicyResource};
use keep_audit::{Actor, EventDraft};
use keep_domain::UtcMillis;
use keep_store::{AuditGated, AuditTicket, Store, StoreError};

/// An open session with its store, borrowed for one use case.
#[derive(Clone, Copy)]
pub(crate) struct Ctx<'a> {
    pub(crate) workstation: &'a Workstation,
    pub(crate) session: &'a Unlocked,
    pub(crate) store: &'a Store,
}

impl<'a> Ctx<'a> {
    /// # Errors
    /// `waiting_for_grant` where the session has no store yet.
    pub(crate) fn new(workstation: &'a Workstation, session: &'a Unlocked) -> Result<Self, SessionError> {
        Ok(Self { workstation, session, store: session.store()? })
    }

    /// The signed-in user, as events name them.
    pub(crate) fn actor(&self) -> Actor {
        self.session.actor()
    }

    /// The time that clinical entries carry: never a clock that was set back.
    pub(crate) fn now(&self) -> Result<UtcMillis, SessionError> {
        self.workstation.trusted_now()
    }

    /// The clinic's calendar at [`Ctx::now`].
    pub(crate) fn clinic_clock(&self) -> Result<ClinicClock, SessionError> {
        Ok(ClinicClock::at(self.now()?))
    }

    /// Reads records under `event`: the event is on its way to the disk while `read` runs, and the records are
    /// released when it is durable.
    pub(crate) fn read_audited<T>(
        &self,
        event: EventDraft,
        read: impl FnOnce(&Store) -> Result<AuditGated<T>, StoreError>,
    ) -> Result<T, SessionError> {
        Ok(self.read_with_ticket(event, read)?.0)
    }

    /// As [`Ctx::read_audited`], with the ticket of the event, for later reads that it covers as well.
    pub(crate) fn read_with_ticket<T>(
        &self,
        event: EventDraft,
        read: impl FnOnce(&Store) -> Result<AuditGated<T>, StoreError>,
    ) -> Result<(T, AuditTicket), SessionError> {
        let pending = self.store.ledger().begin_append(event);
        let found = read(self.store);
        let ticket = pending.wait()?;
        Ok((found.map_err(|e| self.damage(e))?.release_under(&ticket), ticket))
    }

    /// Records what an integrity check found, and returns the error for it.
    pub(crate) fn damage(&self, error: StoreError) -> SessionError {
        self.workstation.damage(self.session, error)
    }

    /// Permits an action on a record, or records the refusal.
    pub(crate) fn permit(
        &self,
        view: &AccessView,
        action: Action,
        resource: &PolicyResource,
    ) -> Result<(), SessionError> {
        if view.may(action, resource).is_allowed() { Ok(()) } else { Err(self.refuse(action)) }
    }

    /// Records that policy refused `action`, and returns the error for it.
    pub(crate) fn refuse(&self, action: Action) -> SessionError {
        self.workstation.refuse(self.session, action)
    }
}
