//! Who pushes what for whom.

use super::waits::PushWaits;
use crate::error::SyncError;
use crate::fhir_client::FhirClient;
use crate::report::ProgressSink;
use crate::sync_store::SyncStore;
use keep_domain::{ResourceKey, UserId};
use keep_fhir::Raw;
use keep_fhir::write::practitioner;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The identifier system of a user whose provider is not known here.
pub const USER_SYSTEM: &str = "urn:chartkeep:user";

/// A user who may have written a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorIdentity {
    /// The user; records name them as `Practitioner/{user id}`.
    pub user: UserId,
    /// The identifier's system: the provider's issuer, or [`USER_SYSTEM`].
    pub system: String,
    /// The identifier: the provider's subject, or the user id.
    pub value: String,
    /// The name that records show.
    pub name: String,
}

impl AuthorIdentity {
    /// What records name them by until the server is asked.
    pub(super) fn placeholder(&self) -> Result<ResourceKey, SyncError> {
        let id = self.user.to_string().parse().map_err(|_| SyncError::Internal("user id"))?;
        Ok(ResourceKey::new("Practitioner", id))
    }

    pub(super) fn contained(&self) -> Raw {
        let user = self.user.to_string();
        let id = format!("author-{}", user.get(..8).unwrap_or(&user));
        practitioner(&id, (&self.system, &self.value), &self.name)
    }
}

/// Pushes for one signed-in user.
pub(crate) struct Pusher {
    pub(crate) client: FhirClient,
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) waits: PushWaits,
    /// Who may have written a record.
    pub(crate) authors: Vec<AuthorIdentity>,
    /// Whether the server says that it takes transactions.
    pub(crate) transaction: bool,
    /// Whether it says that it takes batches.
    pub(crate) batch: bool,
    /// Types of which the server refuses an update that is based on an old version.
    pub(crate) versioned_update: BTreeSet<String>,
    pub(crate) progress: ProgressSink,
}
