//! What exists only while a user is signed in: keys, connections, permissions.

use crate::error::SessionError;
use crate::state::documents::OpenDocuments;
use keep_access::{Access, Action, Decision, PolicyResource, Request, Situation};
use keep_audit::Actor;
use keep_domain::{ErrorCode, PatientId, Rank, ResourceKey, Role, Segment, UserId};
use keep_keys::{KeyRing, ResumeSecret, UserKeys};
use keep_store::{AuditOpener, AuditTicket, Store};
use keep_sync::Credentials;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use uuid::Uuid;

/// The unlocked session of one user. Dropping it closes the store and wipes the keys.
pub(crate) struct Unlocked {
    pub(crate) user: UserId,
    pub(crate) role: Role,
    pub(crate) name: String,
    /// The rank of the segments that are open.
    pub(crate) rank: Rank,
    pub(crate) keys: SessionKeys,
    /// `None` until a colleague has granted the keys.
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) access: Arc<Access>,
    pub(crate) memory: SessionMemory,
}

/// The keys of an unlocked session.
pub(crate) struct SessionKeys {
    pub(crate) user: UserKeys,
    pub(crate) ring: Arc<Mutex<KeyRing>>,
    /// The private half of the audit key, for roles that may read bodies.
    pub(crate) audit_opener: Option<Arc<AuditOpener>>,
    /// Passed to the process that follows a lock.
    pub(crate) resume: Option<ResumeSecret>,
}

/// What one session has done or learned so far.
#[derive(Default)]
pub(crate) struct SessionMemory {
    /// Monotonic time of the unlock, for the session time limit.
    pub(crate) since: Duration,
    /// Charts opened, with the events that recorded it.
    pub(crate) opened: Mutex<HashMap<PatientId, AuditTicket>>,
    /// Segments in which damage was found.
    pub(crate) damaged: Mutex<BTreeSet<Segment>>,
    /// Drafts whose first save was recorded.
    pub(crate) drafts: Mutex<HashSet<Uuid>>,
    /// Documents that the page shows.
    pub(crate) documents: Mutex<OpenDocuments>,
    /// The credentials of the last sync, with their connection.
    pub(crate) credentials: Mutex<Option<Credentials>>,
    /// The user as records name them, once it was searched for.
    pub(crate) practitioner: OnceLock<ResourceKey>,
}

impl Unlocked {
    /// The open store, or `waiting_for_grant`.
    pub(crate) fn store(&self) -> Result<&Store, SessionError> {
        self.store.as_deref().ok_or_else(|| SessionError::of(ErrorCode::WaitingForGrant))
    }

    /// Whether policy grants this role `action`, which concerns no record.
    pub(crate) fn may(&self, action: Action) -> bool {
        let request = Request::system_action(self.role, action).when(self.situation());
        self.access.decide(&request).is_allowed()
    }

    /// The decision of policy about `action` on a record.
    pub(crate) fn decide(&self, action: Action, record: &PolicyResource) -> Decision {
        self.access.decide(&Request::about(self.role, action, record).when(self.situation()))
    }

    fn situation(&self) -> Situation {
        Situation { assigned_restricted: self.rank.holds(Segment::Restricted), break_glass: false }
    }

    /// The user, as events name them.
    pub(crate) fn actor(&self) -> Actor {
        let mut actor = Actor::new(self.user, self.role);
        actor.display = Some(self.name.clone());
        actor
    }
}
