//! Push: change sets in order, each as transactions; none is applied twice, and none blocks another.

mod response;

use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{FhirClient, ReadResponse};
use crate::merge;
use crate::report::{Progress, ProgressSink};
use crate::sync_store::{PushOutcome, SyncStore};
use keep_domain::UserId;
use keep_fhir::{Raw, Transaction};
use keep_store::{ChangeSetId, EntryState, Operation, OutgoingEntry, OutgoingSet};
use response::{Verdict, classify};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Most entries of one transaction; every known server accepts as many.
const MAX_ENTRIES: usize = 40;
/// Most bytes of one transaction.
const MAX_BYTES: usize = 512 * 1024;
/// How often a set is merged and sent again in one run.
const MAX_ROUNDS: u32 = 4;
/// Longest `Retry-After` that a run waits for, seconds; a longer one ends the run.
const MAX_WAIT: u64 = 20;
/// The wait where a busy server gives no `Retry-After`, seconds.
const DEFAULT_WAIT: u64 = 2;

/// Pushes for one signed-in user.
pub(crate) struct Pusher {
    pub(crate) client: FhirClient,
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) user: UserId,
    pub(crate) progress: ProgressSink,
}

impl Pusher {
    /// Sends every ready change set; `confirmed` counts the records that the server has.
    ///
    /// # Errors
    /// The first error that concerns every set: unreachable, untrusted, sign-in needed. Earlier confirmations stay.
    pub(crate) async fn push_all(&self, confirmed: &mut u64) -> Result<(), SyncError> {
        let mut tried = HashSet::new();
        loop {
            // A confirmed set may release the next one, so the list is read again until it contains nothing new.
            let sets = with_store(&self.store, |store| store.ready_change_sets()).await?;
            let fresh: Vec<OutgoingSet> = sets.into_iter().filter(|s| tried.insert(s.id)).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for set in fresh {
                self.push_set(&set, confirmed).await?;
                (self.progress)(Progress::Pushing { confirmed: *confirmed });
            }
        }
    }

    /// Sends one set; what cannot be sent now stays for the next run.
    async fn push_set(&self, listed: &OutgoingSet, confirmed: &mut u64) -> Result<(), SyncError> {
        let id = listed.id;
        // INVARIANT: what may have been sent is looked up on the server before it is sent again.
        if listed.entries.iter().any(|e| e.state == EntryState::InFlight) {
            self.resolve_by_reading(listed, confirmed, true).await?;
        }
        let mut rounds = 0;
        while rounds < MAX_ROUNDS {
            rounds += 1;
            let Some(set) = with_store(&self.store, move |store| store.mark_in_flight(id)).await? else {
                return Ok(());
            };
            let Some(chunk) = plan_chunk(&set.entries) else { return Ok(()) };
            let bundle = bundle_of(chunk)?;
            let response = match self.client.transact(bundle.as_str()).await {
                Ok(response) => response,
                Err(SyncError::InvalidResponse) => {
                    self.resolve_by_reading(&set, confirmed, false).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match classify(&response, chunk) {
                Verdict::Accepted(outcomes) => {
                    let with_version: Vec<_> =
                        outcomes.iter().filter_map(PushOutcome::confirmed_key).cloned().collect();
                    self.record_outcomes(id, outcomes, confirmed).await?;
                    if with_version.len() < chunk.len() {
                        // Some servers return no versions, so accepted entries are read back.
                        let rest = chunk.iter().filter(|e| !with_version.contains(&e.key)).cloned().collect();
                        let rest = OutgoingSet { entries: rest, ..set };
                        self.resolve_by_reading(&rest, confirmed, false).await?;
                    } else {
                        // Progress was made; a large set takes as many chunks as it needs.
                        rounds = 0;
                    }
                }
                Verdict::VersionConflict => self.resolve_by_reading(&set, confirmed, false).await?,
                Verdict::Busy(wait) => {
                    with_store(&self.store, move |store| store.return_to_queue(id)).await?;
                    let wait = wait.unwrap_or(DEFAULT_WAIT);
                    if wait > MAX_WAIT {
                        return Err(SyncError::Failed { status: response.status, retry_after: Some(wait) });
                    }
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
                // A colleague's set waits for its author.
                Verdict::Forbidden(_) if set.author != self.user => {
                    return with_store(&self.store, move |store| store.return_to_queue(id)).await;
                }
                Verdict::Forbidden(reason) | Verdict::Rejected(reason) => {
                    let rejected =
                        chunk.iter().map(|e| PushOutcome::Rejected { key: e.key.clone(), reason: reason.clone() });
                    return self.record_outcomes(id, rejected.collect(), confirmed).await;
                }
                // The server's defect may concern this set alone, so the others are still sent.
                Verdict::ServerError => return self.resolve_by_reading(&set, confirmed, false).await,
            }
        }
        Ok(())
    }

    /// Reads from the server what it has of a set whose response was lost or which was based on an old version.
    ///
    /// With `only_arrivals` nothing is merged: what has not arrived is simply sent.
    async fn resolve_by_reading(
        &self,
        set: &OutgoingSet,
        confirmed: &mut u64,
        only_arrivals: bool,
    ) -> Result<(), SyncError> {
        let mut outcomes = Vec::new();
        for entry in &set.entries {
            let read = self.client.read(&entry.key, None).await?;
            outcomes.extend(plan_outcome(entry, read, only_arrivals));
        }
        self.record_outcomes(set.id, outcomes, confirmed).await
    }

    async fn record_outcomes(
        &self,
        set: ChangeSetId,
        outcomes: Vec<PushOutcome>,
        confirmed: &mut u64,
    ) -> Result<(), SyncError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let count = outcomes.iter().filter(|o| matches!(o, PushOutcome::Confirmed { .. })).count();
        with_store(&self.store, move |store| store.record_outcomes(set, &outcomes)).await?;
        *confirmed = confirmed.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// What the server's current version means for an entry; `None` where the entry is still to be sent. Pure.
fn plan_outcome(entry: &OutgoingEntry, read: ReadResponse, only_arrivals: bool) -> Option<PushOutcome> {
    match read {
        ReadResponse::Resource { text, .. } if merge::has_same_meaning(entry, &text) => merge::confirmed(entry, &text),
        ReadResponse::Resource { text, .. } => {
            let theirs = merge::confirmed(entry, &text);
            let version = match &theirs {
                Some(PushOutcome::Confirmed { version, .. }) => Some(version.as_str()),
                _ => None,
            };
            // Still the base version: nothing of ours has arrived, and nothing of theirs conflicts.
            if only_arrivals || (version.is_some() && version == entry.base_version.as_deref()) {
                return None;
            }
            Some(merge::reconcile(entry, Some(&text)))
        }
        ReadResponse::Gone | ReadResponse::NotFound if entry.operation == Operation::Delete => {
            Some(PushOutcome::Confirmed { key: entry.key.clone(), version: String::new(), last_updated: None })
        }
        ReadResponse::Gone if entry.base_version.is_some() && !only_arrivals => Some(merge::reconcile(entry, None)),
        ReadResponse::Gone | ReadResponse::NotFound | ReadResponse::Forbidden | ReadResponse::NotModified => None,
    }
}

/// The leading entries that fit into one transaction; `None` where nothing is left. Pure.
fn plan_chunk(entries: &[OutgoingEntry]) -> Option<&[OutgoingEntry]> {
    let mut bytes = 0_usize;
    let fits = entries.iter().take(MAX_ENTRIES).take_while(|e| {
        // EXPOSE: only its length is read.
        let length = e.raw.expose().len();
        let first = bytes == 0;
        bytes = bytes.saturating_add(length);
        first || bytes <= MAX_BYTES
    });
    let count = fits.count();
    entries.get(..count).filter(|chunk| !chunk.is_empty())
}

/// A create is a PUT under the client's own id without a condition; an update names the version that it replaces.
fn bundle_of(chunk: &[OutgoingEntry]) -> Result<Raw, SyncError> {
    let mut bundle = Transaction::default();
    for entry in chunk {
        match entry.operation {
            Operation::Delete => bundle.delete(&entry.key, entry.base_version.as_deref()),
            Operation::Create | Operation::Update => {
                // EXPOSE: this is what is sent.
                let raw = Raw::parse(entry.raw.expose().as_str()).map_err(|_| SyncError::Internal("unsent text"))?;
                bundle.put(&raw, entry.base_version.as_deref()).map_err(|_| SyncError::Internal("unsent text"))?;
            }
        }
    }
    Ok(bundle.into_raw())
}

#[cfg(test)]
mod tests;
