//! Push: change sets in their order, each as transactions, none twice, and none in the way of another.

mod answer;

use crate::SyncError;
use crate::fhir_client::{FhirClient, Found};
use crate::merge;
use crate::port::{Operation, OutgoingEntry, OutgoingSet, PushOutcome, SyncPort};
use crate::pull::blocking;
use crate::report::{Progress, ProgressSink};
use answer::{Verdict, judge};
use keep_domain::{Phi, UserId};
use keep_fhir::{Raw, Transaction};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Most entries of one transaction that every known server takes.
const MOST_ENTRIES: usize = 40;
/// Most bytes of one transaction.
const MOST_BYTES: usize = 512 * 1024;
/// How often a set is merged and sent again in one run.
const ROUNDS: u32 = 4;
/// The longest wait that a run spends for `Retry-After`, seconds; a longer one ends the run.
const WAIT_AT_MOST: u64 = 20;
/// The wait where a server is busy and does not say for how long, seconds.
const UNSAID_WAIT: u64 = 2;

/// Everything that a push works with.
pub(crate) struct Pusher {
    pub(crate) client: FhirClient,
    pub(crate) port: Arc<dyn SyncPort>,
    /// The signed-in clinician.
    pub(crate) me: UserId,
    pub(crate) progress: ProgressSink,
}

/// What is to be done with a set that was frozen.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    /// All entries are settled, or what is left waits for somebody.
    Done,
    /// It stays as it is until the next run.
    Left,
}

impl Pusher {
    /// Sends what can be sent; `confirmed` counts the records that the server has.
    ///
    /// # Errors
    /// The first error that concerns every set: unreachable, untrusted, sign in. What was confirmed until then stays so.
    pub(crate) async fn run(&self, confirmed: &mut u64) -> Result<(), SyncError> {
        let mut tried = HashSet::new();
        loop {
            // A confirmed set may release the next one, so the list is read anew until nothing in it is new.
            let sets = self.store(|port| port.outgoing()).await?;
            let fresh: Vec<OutgoingSet> = sets.into_iter().filter(|s| tried.insert(s.sequence)).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for set in fresh {
                self.push_set(&set, confirmed).await?;
                (self.progress)(Progress::Pushing { confirmed: *confirmed });
            }
        }
    }

    async fn push_set(&self, listed: &OutgoingSet, confirmed: &mut u64) -> Result<Sent, SyncError> {
        let sequence = listed.sequence;
        // INVARIANT: what may have been sent is asked for before it is sent again.
        if listed.entries.iter().any(|e| e.sent) {
            self.settle_by_asking(sequence, listed, confirmed, true).await?;
        }
        let mut rounds = 0;
        while rounds < ROUNDS {
            rounds += 1;
            let Some(set) = self.store(move |port| port.mark_sent(sequence)).await? else { return Ok(Sent::Done) };
            let Some(chunk) = plan_chunk(&set.entries) else { return Ok(Sent::Done) };
            let bundle = bundle_of(chunk)?;
            let reply = match self.client.transact(bundle.as_str()).await {
                Ok(reply) => reply,
                Err(SyncError::Garbled) => {
                    self.settle_by_asking(sequence, &set, confirmed, false).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match judge(&reply, chunk) {
                Verdict::Taken(outcomes) => {
                    let told: Vec<_> = outcomes.iter().filter_map(PushOutcome::confirmed_key).cloned().collect();
                    self.settle(sequence, outcomes, confirmed).await?;
                    if told.len() < chunk.len() {
                        // Some servers tell no versions: what was taken is asked for.
                        let untold = chunk.iter().filter(|e| !told.contains(&e.key)).cloned().collect();
                        let rest = OutgoingSet { entries: untold, ..set };
                        self.settle_by_asking(sequence, &rest, confirmed, false).await?;
                    } else {
                        // It came forward; a large set takes as many chunks as it needs.
                        rounds = 0;
                    }
                }
                Verdict::Stale => self.settle_by_asking(sequence, &set, confirmed, false).await?,
                Verdict::Busy(wait) => {
                    self.store(move |port| port.take_back(sequence)).await?;
                    let wait = wait.unwrap_or(UNSAID_WAIT);
                    if wait > WAIT_AT_MOST {
                        return Err(SyncError::Failed { status: reply.status, retry_after: Some(wait) });
                    }
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
                // A colleague's set waits for its author.
                Verdict::Forbidden(_) if set.author != self.me => {
                    self.store(move |port| port.take_back(sequence)).await?;
                    return Ok(Sent::Left);
                }
                Verdict::Forbidden(reason) | Verdict::Refused(reason) => {
                    let refused =
                        chunk.iter().map(|e| PushOutcome::Refused { key: e.key.clone(), reason: reason.clone() });
                    self.settle(sequence, refused.collect(), confirmed).await?;
                    return Ok(Sent::Done);
                }
                // A defect of the server that may concern this set alone: the others are not kept waiting.
                Verdict::Broken => {
                    self.settle_by_asking(sequence, &set, confirmed, false).await?;
                    return Ok(Sent::Left);
                }
            }
        }
        Ok(Sent::Left)
    }

    /// Asks the server what it has of a set whose answer was lost or which was based on an old version.
    ///
    /// With `only_what_arrived` nothing is merged: what is not there is simply sent.
    async fn settle_by_asking(
        &self,
        sequence: u64,
        set: &OutgoingSet,
        confirmed: &mut u64,
        only_what_arrived: bool,
    ) -> Result<(), SyncError> {
        let mut outcomes = Vec::new();
        for entry in &set.entries {
            let found = self.client.read(&entry.key, None).await?;
            outcomes.extend(plan_settlement(entry, found, only_what_arrived));
        }
        self.settle(sequence, outcomes, confirmed).await
    }

    async fn settle(&self, sequence: u64, outcomes: Vec<PushOutcome>, confirmed: &mut u64) -> Result<(), SyncError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let done = outcomes.iter().filter(|o| matches!(o, PushOutcome::Confirmed { .. })).count();
        self.store(move |port| port.settle(sequence, &outcomes)).await?;
        *confirmed = confirmed.saturating_add(u64::try_from(done).unwrap_or(u64::MAX));
        Ok(())
    }

    async fn store<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn SyncPort) -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let port = Arc::clone(&self.port);
        blocking(move || call(port.as_ref())).await
    }
}

/// What the server's present state says about an entry; `None` where it is still to be sent. Pure.
fn plan_settlement(entry: &OutgoingEntry, found: Found, only_what_arrived: bool) -> Option<PushOutcome> {
    match found {
        Found::Resource { text, .. } if merge::says_the_same(entry, &text) => merge::confirmed(entry, &text),
        Found::Resource { text, .. } => {
            let theirs = merge::confirmed(entry, &text);
            let version = match &theirs {
                Some(PushOutcome::Confirmed { version, .. }) => Some(version.as_str()),
                _ => None,
            };
            // Still the version that we started from: nothing of ours has arrived, nothing of theirs is in the way.
            if only_what_arrived || (version.is_some() && version == entry.base_version.as_deref()) {
                return None;
            }
            Some(merge::reconcile(entry, Some(&text)))
        }
        Found::Deleted | Found::Missing if entry.intent == Operation::Delete => {
            Some(PushOutcome::Confirmed { key: entry.key.clone(), version: String::new(), updated: None })
        }
        Found::Deleted if entry.base_version.is_some() && !only_what_arrived => Some(merge::reconcile(entry, None)),
        Found::Deleted | Found::Missing | Found::Forbidden | Found::NotModified => None,
    }
}

/// The leading entries that fit into one transaction; `None` where nothing is left. Pure.
fn plan_chunk(entries: &[OutgoingEntry]) -> Option<&[OutgoingEntry]> {
    let mut bytes = 0_usize;
    let fits = entries.iter().take(MOST_ENTRIES).take_while(|e| {
        // EXPOSE: only its length is looked at.
        let length = e.text.expose().len();
        let first = bytes == 0;
        bytes = bytes.saturating_add(length);
        first || bytes <= MOST_BYTES
    });
    let count = fits.count();
    entries.get(..count).filter(|chunk| !chunk.is_empty())
}

/// A create is a PUT under the client's own id without a condition; an update names the version that it replaces.
fn bundle_of(chunk: &[OutgoingEntry]) -> Result<Raw, SyncError> {
    let mut bundle = Transaction::default();
    for entry in chunk {
        match entry.intent {
            Operation::Delete => bundle.delete(&entry.key, entry.base_version.as_deref()),
            Operation::Put => {
                // EXPOSE: this is what is sent.
                let raw = Raw::parse(entry.text.expose().as_str()).map_err(|_| SyncError::Internal("unsent text"))?;
                bundle.put(&raw, entry.base_version.as_deref()).map_err(|_| SyncError::Internal("unsent text"))?;
            }
        }
    }
    Ok(bundle.into_raw())
}

/// The reason of a refusal that gives none.
fn unsaid() -> Phi<String> {
    Phi::new(String::new())
}

#[cfg(test)]
mod tests;
