//! Pull: type by type, page by page; pages are stored in batches, each with the cursor that follows it.

mod by_id;
mod compare;
mod deletions;
mod fetch;
mod intervals;
mod newer;
mod outcome;
mod page_size;
mod paging;
mod pass;
mod prefetch;
mod probe;
mod puller;
mod recent_rows;
pub(crate) mod state;

pub(crate) use puller::Puller;

use crate::error::SyncError;
use crate::report::{Progress, TypeReport};
use crate::scope::{TypePlan, plan_types};
use keep_domain::UtcMillis;
use keep_store::PullOutcome;
use outcome::{ServerHealth, outcome_of};
use paging::Paging;
use prefetch::Prefetched;
use state::PullState;
use std::time::Duration;

/// A type is requested again at once where the server is busy for at most this long, seconds.
const SHORT_WAIT_SECONDS: u64 = 20;

/// The result of a pull.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// Every type of the session's rank that was requested or that the server does not have.
    pub(crate) types: Vec<TypeReport>,
    /// The error of the first type that could not be received.
    pub(crate) failure: Option<SyncError>,
    /// Scheme, host and port of the server's page links where they are not those of its configured address.
    pub(crate) links_elsewhere: Option<String>,
}

impl Pulled {
    /// The oldest "complete as of" of the types that this user can have; `None` where one was never complete.
    pub(crate) fn complete_as_of(&self) -> Option<UtcMillis> {
        let expected = self.types.iter().filter(|t| !t.outcome.is_unavailable());
        expected.map(|t| t.complete_as_of).min().flatten()
    }

    /// Adds the report of a type; [`SyncError::Failed`] with 403 and 404 says what the type is, not what went wrong.
    fn add(&mut self, report: TypeReport, error: Option<SyncError>) {
        let is_failure = report.outcome.is_failure();
        self.types.push(report);
        self.failure = self.failure.take().or(error.filter(|_| is_failure));
    }
}

impl Puller {
    /// Pulls every type of the session's rank; `changed` counts records that were new, newer or deleted. A type that
    /// cannot be received stops no other: its outcome is stored with its cursor and added to `pulled`.
    ///
    /// # Errors
    /// What ends the run: an error of the store or of the sign-in, and a server that answers no type. What was stored
    /// by then stays and is not requested again.
    pub(crate) async fn pull_all(&self, changed: &mut u64, pulled: &mut Pulled) -> Result<(), SyncError> {
        let plan = plan_types(self.store.rank(), &self.roles, &self.capabilities);
        let mut paging = self.load_paging().await?;
        let before = paging.stored(self.client.base());
        let ended = self.pull_types(&plan, &mut paging, changed, pulled).await;
        pulled.links_elsewhere.clone_from(&paging.links_elsewhere);
        self.save_paging(&before, &paging).await?;
        ended
    }

    async fn pull_types(
        &self,
        plan: &TypePlan,
        paging: &mut Paging,
        changed: &mut u64,
        pulled: &mut Pulled,
    ) -> Result<(), SyncError> {
        let mut prefetched = self.prefetch(plan, paging).await?;
        let ended = self.pull_each(plan, paging, &mut prefetched, changed, pulled).await;
        self.save_unchanged(&mut prefetched).await?;
        ended
    }

    /// Pulls a type, a second time where the server is busy for a short time only.
    async fn pull_when_ready(
        &self,
        resource_type: &str,
        paging: &mut Paging,
        prefetched: &mut Prefetched,
        changed: &mut u64,
    ) -> Result<PullState, SyncError> {
        match self.pull_type(resource_type, paging, prefetched, changed).await {
            Err(SyncError::Failed { status: 429 | 503, retry_after: Some(wait) }) if wait <= SHORT_WAIT_SECONDS => {
                let pause = async {
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                    Ok(())
                };
                self.cancel.race(pause).await?;
                self.pull_type(resource_type, paging, prefetched, changed).await
            }
            ended => ended,
        }
    }

    async fn pull_each(
        &self,
        plan: &TypePlan,
        paging: &mut Paging,
        prefetched: &mut Prefetched,
        changed: &mut u64,
        pulled: &mut Pulled,
    ) -> Result<(), SyncError> {
        let mut health = ServerHealth::default();
        let mut not_found = Vec::new();
        for (index, resource_type) in plan.offered.iter().enumerate() {
            let (done, of) = (index, plan.offered.len());
            (self.progress)(Progress::Pulling { resource_type, done, of, records: *changed });
            if let Some(cursor) = prefetched.waiting.get(*resource_type) {
                pulled.add(TypeReport::of_cursor(resource_type, cursor), None);
                continue;
            }
            match self.pull_when_ready(resource_type, paging, prefetched, changed).await {
                Ok(state) => {
                    health.answered();
                    pulled.add(TypeReport::of_state(resource_type, &state), None);
                }
                Err(error) => {
                    let outcome = outcome_of(&error).ok_or_else(|| error.clone())?;
                    if outcome == PullOutcome::Failed(404) {
                        not_found.push((pulled.types.len(), *resource_type));
                    }
                    let retry_after = error.retry_after();
                    let report = self.record_outcome(resource_type, outcome, retry_after).await?;
                    pulled.add(report, Some(error.clone()));
                    if health.failed(&error) {
                        return Err(error);
                    }
                }
            }
        }
        if !health.has_answered {
            return health.first_error().map_or(Ok(()), Err);
        }
        // The address is right, since other types answered: a type that is not found and never was does not exist.
        for (at, resource_type) in not_found {
            let report = self.record_outcome(resource_type, PullOutcome::NotOffered, None).await?;
            pulled.types.get_mut(at).into_iter().for_each(|entry| entry.clone_from(&report));
        }
        for resource_type in &plan.not_offered {
            pulled.types.push(self.record_outcome(resource_type, PullOutcome::NotOffered, None).await?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
