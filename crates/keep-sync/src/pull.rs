//! Pull: type by type, page by page; pages are stored in batches, each with the cursor that follows it.

mod deletions;
mod page_size;
mod pass;
mod probe;
mod puller;
mod recent_rows;
mod state;

pub(crate) use puller::Puller;

use crate::error::SyncError;
use crate::report::Progress;
use crate::scope::plan_types;
use keep_domain::UtcMillis;
use page_size::PageSize;

/// Most types with invalid responses before a run ends: a captive portal answers every request with something else.
const MAX_MALFORMED_TYPES: usize = 2;

/// The result of a pull.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// The oldest "complete as of" of the session's types.
    pub(crate) complete_as_of: Option<UtcMillis>,
    /// Types that the server does not have or refuses to this user.
    pub(crate) refused: Vec<&'static str>,
}

impl Puller {
    /// Pulls every type of the session's rank; `changed` counts records that were new, newer or deleted.
    ///
    /// # Errors
    /// The first error that ends the run, or [`SyncError::InvalidResponse`] after the other types. What was stored by
    /// then stays and is not requested again.
    pub(crate) async fn pull_all(&self, changed: &mut u64) -> Result<Pulled, SyncError> {
        let types = plan_types(self.store.rank(), &self.roles, &self.capabilities);
        let mut pulled = Pulled::default();
        let mut page_size = PageSize::default();
        let mut malformed = 0;
        for (index, resource_type) in types.iter().enumerate() {
            (self.progress)(Progress::Pulling { resource_type, done: index, of: types.len(), records: *changed });
            match self.pull_type(resource_type, &mut page_size, changed).await {
                Ok(complete) => {
                    pulled.complete_as_of = match (index, pulled.complete_as_of) {
                        (0, _) => complete,
                        (_, earlier) => earlier.min(complete),
                    };
                }
                // INVARIANT: a refusal says nothing about what exists; nothing is removed because of it.
                Err(SyncError::Failed { status: 403 | 404, .. }) => pulled.refused.push(resource_type),
                // One type with unusable pages does not stop the others.
                Err(SyncError::InvalidResponse) if malformed < MAX_MALFORMED_TYPES => malformed += 1,
                Err(error) => return Err(error),
            }
        }
        if malformed == 0 { Ok(pulled) } else { Err(SyncError::InvalidResponse) }
    }
}

#[cfg(test)]
mod tests;
