//! Pull: type by type, page by page; pages are stored in batches, each with the cursor that follows it.

mod deletions;
mod outcome;
mod page_size;
mod pass;
mod probe;
mod puller;
mod recent_rows;
pub(crate) mod state;

pub(crate) use puller::Puller;

use crate::error::SyncError;
use crate::report::{Progress, TypeReport};
use crate::scope::plan_types;
use keep_domain::UtcMillis;
use keep_store::PullOutcome;
use outcome::{ServerHealth, outcome_of};
use page_size::PageSize;

/// The result of a pull.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// Every type of the session's rank that was requested or that the server does not have.
    pub(crate) types: Vec<TypeReport>,
    /// The error of the first type that could not be received.
    pub(crate) failure: Option<SyncError>,
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
        let mut page_size = PageSize::default();
        let mut health = ServerHealth::default();
        let mut not_found = Vec::new();
        for (index, resource_type) in plan.offered.iter().enumerate() {
            let (done, of) = (index, plan.offered.len());
            (self.progress)(Progress::Pulling { resource_type, done, of, records: *changed });
            match self.pull_type(resource_type, &mut page_size, changed).await {
                Ok(state) => {
                    health.answered();
                    pulled.add(TypeReport::complete(resource_type, &state), None);
                }
                Err(error) => {
                    let outcome = outcome_of(&error).ok_or_else(|| error.clone())?;
                    if outcome == PullOutcome::Failed(404) {
                        not_found.push((pulled.types.len(), *resource_type));
                    }
                    pulled.add(self.record_outcome(resource_type, outcome).await?, Some(error.clone()));
                    if health.failed(&error) {
                        return Err(error);
                    }
                }
            }
        }
        if !health.has_answered {
            return pulled.types.is_empty().then_some(()).ok_or_else(|| health.first_error());
        }
        // The address is right, since other types answered: a type that is not found and never was does not exist.
        for (at, resource_type) in not_found {
            let report = self.record_outcome(resource_type, PullOutcome::NotOffered).await?;
            pulled.types.get_mut(at).into_iter().for_each(|entry| entry.clone_from(&report));
        }
        for resource_type in plan.not_offered {
            pulled.types.push(self.record_outcome(resource_type, PullOutcome::NotOffered).await?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
