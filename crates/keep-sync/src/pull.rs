//! Pull: type by type, page by page, each page stored with its cursor before the next one counts.

mod deletions;
mod look;
mod pacing;
mod pass;

pub(crate) use pacing::Pacing;

use crate::cancel::Cancel;
use crate::fhir_client::FhirClient;
use crate::port::{CursorKey, SyncPort};
use crate::report::{Progress, ProgressSink};
use crate::scope::plan_types;
use crate::settings::ServerView;
use crate::{Abilities, SyncError};
use keep_domain::{Role, UtcMillis};
use std::sync::Arc;

/// So many types may be garbled before a run ends: where nothing is FHIR, nothing more need be asked.
const GARBLED_AT_MOST: usize = 2;

/// What a pull did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// The oldest "complete as of" over the types of this session.
    pub(crate) complete_as_of: Option<UtcMillis>,
    /// Types that the server does not have or would not give to this person.
    pub(crate) refused: Vec<&'static str>,
}

/// Everything that a pull works with.
pub(crate) struct Puller {
    pub(crate) client: FhirClient,
    pub(crate) port: Arc<dyn SyncPort>,
    pub(crate) abilities: Arc<Abilities>,
    pub(crate) roles: Vec<Role>,
    pub(crate) cancel: Cancel,
    pub(crate) progress: ProgressSink,
}

impl Puller {
    /// Pulls every type of the session's rank; `changed` counts records that were new, newer or deleted.
    ///
    /// # Errors
    /// The first error that ends the run, or [`SyncError::Garbled`] after the other types; what was stored until then
    /// stays and is not asked for again.
    pub(crate) async fn run(&self, changed: &mut u64) -> Result<Pulled, SyncError> {
        let types = plan_types(self.port.rank(), &self.roles, &self.abilities);
        let mut all = Pulled::default();
        let mut pacing = Pacing::default();
        let mut garbled = 0;
        for (at, resource_type) in types.iter().enumerate() {
            (self.progress)(Progress::Pulling { resource_type, done: at, of: types.len(), records: *changed });
            match self.pull_type(resource_type, &mut pacing, changed).await {
                Ok(complete) => {
                    all.complete_as_of = match (at, all.complete_as_of) {
                        (0, _) => complete,
                        (_, earlier) => earlier.min(complete),
                    };
                }
                // INVARIANT: being refused says nothing about what exists; nothing is removed for it.
                Err(SyncError::Failed { status: 403 | 404, .. }) => all.refused.push(resource_type),
                // One type whose pages cannot be used does not keep the others waiting.
                Err(SyncError::Garbled) if garbled < GARBLED_AT_MOST => garbled += 1,
                Err(error) => return Err(error),
            }
        }
        if garbled == 0 { Ok(all) } else { Err(SyncError::Garbled) }
    }

    pub(crate) fn cursor_key(&self, resource_type: &str) -> CursorKey {
        let visibility = match self.client.credentials().server().settings().server_view {
            ServerView::Subject => format!("subject {}", self.client.credentials().subject()),
            ServerView::Role => {
                let mut names: Vec<_> = self.roles.iter().map(|r| r.name()).collect();
                names.sort_unstable();
                format!("role {}", names.join(" "))
            }
            ServerView::Site => String::from("site"),
        };
        CursorKey { server: self.client.base().to_string(), resource_type: resource_type.to_owned(), visibility }
    }

    /// Runs a store call on a thread that may block.
    pub(crate) async fn store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn SyncPort) -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let port = Arc::clone(&self.port);
        blocking(move || call(port.as_ref())).await
    }
}

/// Runs `call` on a thread that may block; a panic there is a defect, not a crash of the worker.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, SyncError> + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(call).await.unwrap_or(Err(SyncError::Internal("store call")))
}

#[cfg(test)]
mod tests;
