//! What exists only while someone is signed in: keys, connections, permissions.

use crate::workstation::Workstation;
use keep_access::Access;
use keep_audit::Actor;
use keep_domain::{PatientId, Rank, ResourceKey, Role, Segment, UserId};
use keep_keys::{KeyRing, ResumeSecret, UserKeys};
use keep_store::{AuditOpener, Store};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use uuid::Uuid;

/// One person's unlocked session. Dropping it closes the store and wipes the keys.
pub(crate) struct Unlocked {
    pub(crate) user: UserId,
    pub(crate) role: Role,
    pub(crate) name: String,
    /// The rank of the segments that are really open.
    pub(crate) rank: Rank,
    pub(crate) keys: UserKeys,
    pub(crate) ring: Arc<Mutex<KeyRing>>,
    /// `None` while a colleague's grant is waited for.
    pub(crate) store: Option<Arc<Store>>,
    /// The private half of the audit key, for roles that may read bodies.
    pub(crate) audit_opener: Option<Arc<AuditOpener>>,
    pub(crate) access: Arc<Access>,
    /// Monotonic time of the unlock, for the absolute limit.
    pub(crate) since: Duration,
    /// Kept for the process that follows a lock.
    pub(crate) resume: Option<ResumeSecret>,
    /// Charts opened in this session, whose reads were recorded.
    pub(crate) opened: Mutex<HashSet<PatientId>>,
    /// Segments in which something damaged was found in this session.
    pub(crate) damaged: Mutex<BTreeSet<Segment>>,
    /// Drafts whose keeping was recorded in this session.
    pub(crate) drafts: Mutex<HashSet<Uuid>>,
    /// The person as records name them, once this session has looked for them.
    pub(crate) me: OnceLock<ResourceKey>,
}

impl Unlocked {
    /// Who acts, for events.
    pub(crate) fn actor(&self) -> Actor {
        let mut actor = Actor::new(self.user, self.role);
        actor.display = Some(self.name.clone());
        actor
    }
}

impl std::fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unlocked({})", self.user)
    }
}

impl Workstation {
    /// How long the present session has been unlocked; `None` while locked.
    #[must_use]
    pub fn unlocked_for(&self) -> Option<Duration> {
        self.try_session(|u| self.0.clock.monotonic().saturating_sub(u.since))
    }
}
