//! What the clinic changes about a user's role while they are signed in, read from each refreshed statement.

use crate::cases::lock::lock_session;
use crate::error::SessionError;
use crate::lease::name_statement;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ProviderStatement, UserId};
use keep_keys::LeaseRecord;
use keep_sync::{ObserveClaims, VerifiedClaims};
use std::sync::Arc;

impl Workstation {
    /// Compares each refreshed statement of the provider with the session's, for the session's credentials.
    pub(crate) fn observe_claims(&self) -> ObserveClaims {
        let workstation = self.clone();
        Arc::new(move |claims, statement| workstation.take_statement(claims, statement))
    }

    /// Locks the session if the provider now names other roles. The next unlock derives the role from this statement.
    ///
    /// A statement without the roles claim says nothing about roles: it is a fault of the provider's settings.
    pub(crate) fn take_statement(&self, claims: &VerifiedClaims, statement: &ProviderStatement) {
        if claims.named_roles.is_none() {
            tracing::warn!("a refreshed token has no roles claim, so the session's role stays as it is");
            return;
        }
        match self.with_session(|unlocked| self.store_statement(unlocked, claims, statement)) {
            Ok(true) => lock_session(self, "role_changed"),
            Ok(false) => {}
            Err(error) => {
                // The old role ends now all the same; the next refresh tries again to store the new one.
                tracing::error!(code = %error.code.name(), "a changed role could not be stored");
                lock_session(self, "role_changed");
            }
        }
    }

    /// Whether the roles differ; the statement is in the ledger and in the slot then. The lease never gets longer: no one
    /// has signed in again.
    fn store_statement(
        &self,
        unlocked: &Unlocked,
        claims: &VerifiedClaims,
        statement: &ProviderStatement,
    ) -> Result<bool, SessionError> {
        let mut ring = acquire(&unlocked.keys.ring);
        let now = self.lease_of(claims);
        let Some(before) = ring.lease() else { return Ok(false) };
        let is_same = (&now.roles, now.restricted) == (&before.roles, before.restricted);
        if UserId::of(&now.issuer, &now.subject) != unlocked.user || is_same {
            return Ok(false);
        }
        let lease = LeaseRecord { lease_end: before.lease_end.min(now.lease_end), ..now };
        let event = EventDraft::new(EventClass::SignIn).by(unlocked.actor()).with_cause("role_changed");
        // INVARIANT: it is in the ledger before it takes effect.
        self.enrolled_device()?.ledger.append(name_statement(event, &lease))?;
        self.with_slot_unlocker(|unlocker, _| {
            unlocker.replace_statement(&unlocked.keys.user, &mut ring, statement.clone(), &lease)
        })?;
        Ok(true)
    }
}
