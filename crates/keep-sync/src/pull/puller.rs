//! What every step of a pull works with.

use super::state::PullState;
use crate::blocking::with_store;
use crate::cancel::Cancel;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, Capabilities, FhirClient};
use crate::merge::reconcile;
use crate::report::ProgressSink;
use crate::response_times::ResponseTimes;
use crate::settings::ServerView;
use crate::sync_store::{ApplyReport, SyncStore};
use keep_domain::{ResourceKey, Role, UtcMillis};
use keep_store::{Cursor, CursorKey, Page};
use std::sync::Arc;
use std::time::Duration;

/// Pulls for one signed-in user.
pub(crate) struct Puller {
    pub(crate) client: FhirClient,
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) roles: Vec<Role>,
    pub(crate) cancel: Cancel,
    pub(crate) progress: ProgressSink,
}

impl Puller {
    /// The key of this user's cursor of a type.
    pub(super) fn cursor_key(&self, resource_type: &str) -> CursorKey {
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

    /// Whether the server offers the history of a type.
    pub(super) fn has_history(&self, key: &CursorKey) -> bool {
        self.capabilities.type_history.contains(&key.resource_type)
    }

    /// Saves the state, and removes records that were deleted before it.
    pub(super) async fn save(
        &self,
        key: &CursorKey,
        state: &PullState,
        deleted: Vec<ResourceKey>,
    ) -> Result<u64, SyncError> {
        let page = page_of(key, state, Page { deleted, ..Page::default() })?;
        with_store(&self.store, move |store| Ok(apply_and_merge(store, page)?.changed)).await
    }

    /// When `page` was produced, as far as that can be trusted.
    pub(super) fn response_times(&self, page: &BundlePage) -> ResponseTimes {
        ResponseTimes::new(self.trusted_now(), page.server_time, page.bundle_time)
    }

    /// Trusted time: the clock of the connection.
    pub(super) fn trusted_now(&self) -> UtcMillis {
        self.client.credentials().server().http().clock().now()
    }

    pub(super) fn monotonic(&self) -> Duration {
        self.client.credentials().server().http().clock().monotonic()
    }
}

/// The cursor of a state.
pub(super) fn cursor_of(state: &PullState) -> Result<Cursor, SyncError> {
    let position = serde_json::to_string(state).map_err(|_| SyncError::Internal("cursor"))?;
    Ok(Cursor {
        position,
        complete_as_of: state.claim(),
        outcome: state.outcome(),
        compared: state.compared,
        retry_at: None,
    })
}

/// `content` with the cursor that holds once it is stored.
pub(super) fn page_of(key: &CursorKey, state: &PullState, content: Page) -> Result<Page, SyncError> {
    let cursor = cursor_of(state)?;
    Ok(Page { base: Some(key.server.clone()), cursor: Some((key.clone(), cursor)), ..content })
}

/// Stores a page and merges its records that have unsent changes.
pub(super) fn apply_and_merge(store: &dyn SyncStore, page: Page) -> Result<ApplyReport, SyncError> {
    let mut report = store.apply_page(page)?;
    for contested in std::mem::take(&mut report.contested) {
        store.record_outcomes(
            contested.set,
            &[reconcile(&contested.entry, contested.theirs.as_ref().map(Into::into))],
        )?;
    }
    Ok(report)
}
