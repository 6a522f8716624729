//! Push: change sets in order, each as transactions, batches or single requests; none is applied twice, and none blocks another.

mod ask;
mod authors;
mod plan;
mod pusher;
mod response;
mod single;
pub(crate) mod waits;

pub(crate) use pusher::Pusher;
pub use pusher::{AuthorIdentity, USER_SYSTEM};
pub(crate) use single::{IdMaker, id_maker, learn_id_maker};
pub use waits::{PushWaits, WaitCause, WaitingSet};

use crate::blocking::with_store;
use crate::error::SyncError;
use crate::report::Progress;
use crate::sync_store::PushOutcome;
use ask::{Answers, AskError};
use keep_domain::ResourceKey;
use keep_store::{ChangeSetId, EntryState, Operation, OutgoingEntry, OutgoingSet};
use plan::{Limits, bundle_of, first_layer, in_order, independent_of};
use response::{Accepted, Rejection, Verdict, classify};
use single::Judged;
use std::collections::HashSet;
use std::time::Duration;
use waits::Wait;

/// How often a set is merged and sent again in one run.
const MAX_ROUNDS: u32 = 4;
/// Longest `Retry-After` that a run waits for, seconds; a longer one ends the run.
const MAX_WAIT: u64 = 20;
/// The wait where a busy server gives no `Retry-After`, seconds.
const DEFAULT_WAIT: u64 = 2;
/// After as many sets in a row that met a state of the server, the others wait for the next run.
const MAX_IN_A_ROW: u32 = 3;

/// What a push did.
#[derive(Debug, Default)]
pub(crate) struct Pushed {
    /// Records that the server has.
    pub(crate) confirmed: u64,
    /// Of these, written after a comparison of the content, since the server has no versions.
    pub(crate) compared: u64,
    /// A state of the server for which a set waits.
    pub(crate) held_by: Option<SyncError>,
}

/// How the run of one set ended.
#[derive(Debug, PartialEq, Eq)]
enum SetEnd {
    /// Confirmed, in conflict, or no longer ready.
    Done,
    /// The server rejected an entry; what does not depend on it has been sent.
    Rejected,
    /// Nothing is wrong with it: it is sent again later.
    Waits(Wait),
}

/// How a set is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As transactions.
    Transaction,
    /// As batches: first what refers to nothing unsent, then what refers to that.
    Batch,
    /// One record at a time, in the order of the references.
    Single,
}

/// One set during its run.
struct SetRun {
    id: ChangeSetId,
    way: Way,
    /// Whether an earlier answer was lost.
    may_have_arrived: bool,
    limits: Limits,
    /// Rounds without progress.
    rounds: u32,
    /// What the next round without progress means.
    wait: Wait,
    refused: Vec<PushOutcome>,
}

impl SetRun {
    fn refused_keys(&self) -> Vec<ResourceKey> {
        let key = |o: &PushOutcome| match o {
            PushOutcome::Rejected { key, .. } => Some(key.clone()),
            _ => None,
        };
        self.refused.iter().filter_map(key).collect()
    }
}

impl Pusher {
    /// Sends every ready change set; `pushed` counts the records that the server has.
    ///
    /// # Errors
    /// The first error that concerns every set: unreachable, untrusted, sign-in needed. Earlier confirmations stay.
    pub(crate) async fn push_all(&self, pushed: &mut Pushed) -> Result<(), SyncError> {
        let (mut tried, mut in_a_row) = (HashSet::new(), 0);
        self.repair_rejected().await?;
        loop {
            // A confirmed set may release the next one, so the list is read again until it contains nothing new.
            let sets = with_store(&self.store, |store| store.ready_change_sets()).await?;
            self.waits.retain(|id| sets.iter().any(|set| set.id == id));
            let now = self.client.monotonic();
            let is_due = |set: &OutgoingSet| !self.waits.is_delayed(set.id, now) && tried.insert(set.id);
            let fresh: Vec<OutgoingSet> = sets.into_iter().filter(is_due).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for set in fresh {
                match self.push_set(&set, pushed).await? {
                    SetEnd::Waits(wait) => {
                        self.waits.begin(set.id, wait, self.client.monotonic());
                        if wait.cause.concerns_server() {
                            pushed.held_by = Some(wait.error());
                            in_a_row += 1;
                        }
                    }
                    SetEnd::Done | SetEnd::Rejected => {
                        self.waits.end(set.id);
                        in_a_row = 0;
                    }
                }
                if in_a_row == MAX_IN_A_ROW {
                    return Ok(());
                }
                (self.progress)(Progress::Pushing { confirmed: pushed.confirmed });
            }
        }
    }

    /// Sends one set; what cannot be sent now stays for a later run.
    async fn push_set(&self, listed: &OutgoingSet, pushed: &mut Pushed) -> Result<SetEnd, SyncError> {
        match self.try_set(listed, pushed).await {
            Ok(end) => Ok(end),
            Err(AskError::Waits(wait)) => Ok(SetEnd::Waits(wait)),
            Err(AskError::Ends(error)) => Err(error),
        }
    }

    async fn try_set(&self, listed: &OutgoingSet, pushed: &mut Pushed) -> Result<SetEnd, AskError> {
        let id = listed.id;
        // INVARIANT: what may have been sent is looked up on the server before it is sent again.
        let may_have_arrived = listed.entries.iter().any(|e| e.state == EntryState::InFlight);
        if may_have_arrived {
            let outcomes = self.ask_about(&listed.entries).await?;
            self.record(id, outcomes, pushed).await?;
        }
        let ids = self.id_maker().await?;
        let mut run = SetRun {
            id,
            way: match ids {
                Some(IdMaker::Server) => Way::Single,
                _ if self.transaction => Way::Transaction,
                _ => self.without_transactions(),
            },
            may_have_arrived,
            limits: Limits::default(),
            rounds: 0,
            wait: WaitCause::Changing.into(),
            refused: Vec::new(),
        };
        let end = self.run_set(&mut run, pushed).await;
        if run.refused.is_empty() {
            return end;
        }
        // However the run ended, what was rejected is shown.
        self.record(id, run.refused, pushed).await?;
        with_store(&self.store, move |store| store.return_to_queue(id)).await?;
        if let Err(AskError::Ends(error)) = end { Err(AskError::Ends(error)) } else { Ok(SetEnd::Rejected) }
    }

    /// Sends one set round by round.
    async fn run_set(&self, run: &mut SetRun, pushed: &mut Pushed) -> Result<SetEnd, AskError> {
        let id = run.id;
        while run.rounds < MAX_ROUNDS {
            run.rounds += 1;
            let Some(set) = with_store(&self.store, move |store| store.mark_in_flight(id)).await? else {
                return Ok(SetEnd::Done);
            };
            // INVARIANT: nothing is sent that names an author whom the server does not have.
            if self.resolve_authors(&set, false).await? || self.resolve_references(&set).await? {
                run.rounds -= 1;
                continue;
            }
            let entries = independent_of(&run.refused_keys(), set.entries);
            let (entries, limits) = match run.way {
                Way::Transaction => (entries, run.limits),
                Way::Batch => (first_layer(entries), run.limits),
                Way::Single => (in_order(entries), Limits::ONE),
            };
            let Some(chunk) = limits.chunk_of(&entries) else { break };
            let answers = self.compare_unversioned(chunk.to_vec()).await?;
            if !answers.outcomes.is_empty() {
                self.record(id, answers.outcomes, pushed).await?;
                continue;
            }
            let judged = match self.send(run, &answers).await {
                Ok(judged) => judged,
                Err(SyncError::InvalidResponse) => {
                    run.wait = WaitCause::NotFhir.into();
                    run.may_have_arrived = true;
                    let outcomes = self.ask_about(&answers.to_send).await?;
                    self.record(id, outcomes, pushed).await?;
                    continue;
                }
                Err(error) => return Err(AskError::Ends(error)),
            };
            let compared = answers.compared.len();
            if let Some(end) = self.follow(run, &answers.to_send, judged, pushed).await? {
                return Ok(end);
            }
            if run.rounds == 0 {
                pushed.compared = pushed.compared.saturating_add(u64::try_from(compared).unwrap_or(u64::MAX));
            }
        }
        Ok(SetEnd::Waits(run.wait))
    }

    /// The best way at a server that does not take transactions.
    const fn without_transactions(&self) -> Way {
        if self.batch { Way::Batch } else { Way::Single }
    }

    async fn send(&self, run: &SetRun, answers: &Answers) -> Result<Judged, SyncError> {
        // INVARIANT: composed for either way, so that none sends an update that nothing guards.
        let bundle = bundle_of(&answers.to_send, &answers.compared)?;
        match (run.way, &answers.to_send[..]) {
            (Way::Single, [only]) => self.send_one(only, run.may_have_arrived).await,
            (way, _) => {
                let bundle = if way == Way::Batch { bundle.into_batch() } else { bundle.into_raw() };
                let response = self.client.transact(bundle.as_str()).await?;
                Ok((classify(&response, &answers.to_send), Some(response.status)))
            }
        }
    }

    /// Does what a response asks for; `Some` ends the run of the set. Progress starts the rounds again.
    async fn follow(
        &self,
        run: &mut SetRun,
        sent: &[OutgoingEntry],
        (verdict, status): Judged,
        pushed: &mut Pushed,
    ) -> Result<Option<SetEnd>, AskError> {
        let id = run.id;
        match verdict {
            Verdict::Accepted(accepted) => {
                let outcomes = self.complete(run, sent, accepted).await?;
                if outcomes.is_empty() {
                    run.wait = Wait { cause: WaitCause::NotFhir, status };
                } else {
                    // A large set takes as many chunks as it needs.
                    run.rounds = 0;
                }
                self.record(id, outcomes, pushed).await?;
            }
            Verdict::VersionConflict => {
                run.wait = Wait { cause: WaitCause::Changing, status };
                let outcomes = self.ask_about(sent).await?;
                self.record(id, outcomes, pushed).await?;
            }
            Verdict::Busy(retry_after) => {
                run.wait = Wait { cause: WaitCause::Busy, status };
                with_store(&self.store, move |store| store.return_to_queue(id)).await?;
                let wait = retry_after.unwrap_or(DEFAULT_WAIT);
                if wait > MAX_WAIT {
                    let error = SyncError::Failed { status: status.unwrap_or(503), retry_after: Some(wait) };
                    return Err(AskError::Ends(error));
                }
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            Verdict::TooLarge if sent.len() > 1 => {
                (run.limits, run.rounds) = (Limits::below(sent.len()), 0);
            }
            Verdict::TooLarge => return self.waits_unsent(id, Wait { cause: WaitCause::TooLarge, status }).await,
            Verdict::Waits(WaitCause::NotOffered) if run.way != Way::Single => {
                let way = if run.way == Way::Transaction { self.without_transactions() } else { Way::Single };
                (run.way, run.rounds) = (way, 0);
            }
            Verdict::Waits(cause) => return self.waits_unsent(id, Wait { cause, status }).await,
            Verdict::Uncertain => {
                let outcomes = self.ask_about(sent).await?;
                self.record(id, outcomes, pushed).await?;
                return Ok(Some(SetEnd::Waits(Wait { cause: WaitCause::ServerError, status })));
            }
            Verdict::Rejected(rejection) => {
                run.rounds = 0;
                refuse(run, sent, rejection);
            }
        }
        Ok(None)
    }

    /// The outcomes of accepted entries; what the response leaves open is read.
    async fn complete(
        &self,
        run: &mut SetRun,
        sent: &[OutgoingEntry],
        accepted: Accepted,
    ) -> Result<Vec<PushOutcome>, AskError> {
        let Accepted { mut outcomes, unversioned, in_part } = accepted;
        let is_confirmed = |e: &OutgoingEntry| outcomes.iter().any(|o| o.confirmed_key() == Some(&e.key));
        let (confirmed, open): (Vec<_>, Vec<_>) = sent.iter().partition(|e| is_confirmed(e));
        if run.way != Way::Single && confirmed.iter().any(|e| e.operation == Operation::Create) {
            self.learn_id_maker(IdMaker::Client).await?;
        }
        if in_part {
            // The words about the others come when they are sent one by one.
            run.way = Way::Single;
        }
        let (unversioned, unknown): (Vec<_>, Vec<_>) = open.into_iter().partition(|e| unversioned.contains(&e.key));
        let read_back = self.read_back(&unversioned).await?;
        let unknown: Vec<OutgoingEntry> = unknown.into_iter().cloned().collect();
        let asked = self.ask_about(&unknown).await?;
        outcomes.extend(read_back.into_iter().chain(asked));
        Ok(outcomes)
    }

    /// Ends a run in which the server has certainly not taken what was sent last.
    async fn waits_unsent(&self, id: ChangeSetId, wait: Wait) -> Result<Option<SetEnd>, AskError> {
        with_store(&self.store, move |store| store.return_to_queue(id)).await?;
        Ok(Some(SetEnd::Waits(wait)))
    }

    async fn record(&self, set: ChangeSetId, outcomes: Vec<PushOutcome>, pushed: &mut Pushed) -> Result<(), SyncError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let count = outcomes.iter().filter(|o| o.is_delivered()).count();
        with_store(&self.store, move |store| store.record_outcomes(set, &outcomes)).await?;
        pushed.confirmed = pushed.confirmed.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Sets the entry aside that the server rejects. Where it does not say which one, or rejects the transaction itself, they
/// are sent one by one.
fn refuse(run: &mut SetRun, sent: &[OutgoingEntry], rejection: Rejection) {
    let Rejection { words, fields, entry } = rejection;
    let named = match (run.way, sent) {
        (Way::Single, [only]) => Some(only),
        _ => entry.and_then(|position| sent.get(position)),
    };
    match named {
        Some(entry) => run.refused.push(PushOutcome::Rejected { key: entry.key.clone(), reason: words, fields }),
        None => run.way = Way::Single,
    }
}

#[cfg(test)]
mod tests;
