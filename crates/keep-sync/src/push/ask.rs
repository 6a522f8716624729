//! What the server has of an entry: asked where an answer was lost, where versions disagree, and before a write that no
//! version guards.

use super::plan::{needs_reading, version_of};
use super::pusher::Pusher;
use super::waits::{Wait, WaitCause};
use crate::error::SyncError;
use crate::fhir_client::ReadResponse;
use crate::merge::{TheirVersion, delivered, has_same_meaning, means_the_same, reconcile};
use crate::sync_store::PushOutcome;
use keep_store::{Operation, OutgoingEntry};

/// What the server has of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OnServer {
    /// Nothing of ours, and what the entry is based on.
    Unsent,
    /// As [`OnServer::Unsent`], and the server's content was compared with the base: it is of this version, or the
    /// server has no versions.
    Compared(Option<String>),
    /// Decided by what the server has.
    Decided(PushOutcome),
    /// The server does not let this user read it.
    Hidden,
}

/// Answers to questions about the entries of one set.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// To be recorded.
    pub(super) outcomes: Vec<PushOutcome>,
    /// To be sent; each with the version that guards it.
    pub(super) to_send: Vec<OutgoingEntry>,
    /// Of these, updates that are guarded by a comparison of the content alone.
    pub(super) compared: Vec<keep_domain::ResourceKey>,
}

impl Pusher {
    /// Asks about every entry whose answer was lost, or which the server says is based on an old version.
    ///
    /// # Errors
    /// A wait where one may not be read: then it is not known whether it has arrived.
    pub(super) async fn ask_about(&self, entries: &[OutgoingEntry]) -> Result<Vec<PushOutcome>, AskError> {
        let mut outcomes = Vec::new();
        for entry in entries {
            match self.on_server(entry).await? {
                OnServer::Decided(outcome) => outcomes.push(outcome),
                OnServer::Unsent | OnServer::Compared(_) => {}
                OnServer::Hidden => return Err(AskError::Waits(WaitCause::NotPermitted.into())),
            }
        }
        Ok(outcomes)
    }

    /// Reads back what the server has accepted without naming a version.
    pub(super) async fn read_back(&self, entries: &[&OutgoingEntry]) -> Result<Vec<PushOutcome>, AskError> {
        let mut outcomes = Vec::new();
        for entry in entries {
            if let ReadResponse::Resource { text, version_id } = self.client.read(&entry.key, None).await? {
                outcomes.push(delivered(entry, TheirVersion { text: &text, etag: version_id.as_deref() }));
            }
        }
        Ok(outcomes)
    }

    /// Reads and compares what no version guards, or only one that the server does not promise to check.
    pub(super) async fn compare_unversioned(&self, entries: Vec<OutgoingEntry>) -> Result<Answers, AskError> {
        let mut answers = Answers::default();
        for mut entry in entries {
            // A server that promises no check of versions may also give every version the same name.
            if !self.versioned_update.contains(&entry.key.resource_type) {
                entry.base_version = None;
            }
            if needs_reading(&entry) {
                match self.on_server(&entry).await? {
                    OnServer::Decided(outcome) => {
                        answers.outcomes.push(outcome);
                        continue;
                    }
                    OnServer::Compared(Some(version)) => entry.base_version = Some(version),
                    OnServer::Compared(None) => answers.compared.push(entry.key.clone()),
                    OnServer::Unsent => {}
                    OnServer::Hidden => return Err(AskError::Waits(WaitCause::NotPermitted.into())),
                }
            }
            answers.to_send.push(entry);
        }
        Ok(answers)
    }

    async fn on_server(&self, entry: &OutgoingEntry) -> Result<OnServer, AskError> {
        let read = self.client.read(&entry.key, None).await?;
        let on_server = compare(entry, &read);
        // The server's first version tells our create, which a colleague has amended since, from another record.
        if let (ReadResponse::Resource { text, version_id }, OnServer::Decided(PushOutcome::Conflict { .. })) =
            (&read, &on_server)
            && entry.operation == Operation::Create
        {
            let first = self.client.read_version(&entry.key, "1").await?;
            if first.is_some_and(|first| has_same_meaning(entry, &first)) {
                let version = TheirVersion { text, etag: version_id.as_deref() }.version();
                return Ok(OnServer::Decided(PushOutcome::Arrived { theirs: text.clone(), version }));
            }
        }
        Ok(on_server)
    }
}

/// What the server's current version means for an entry. Pure.
fn compare(entry: &OutgoingEntry, read: &ReadResponse) -> OnServer {
    match read {
        ReadResponse::Resource { text, version_id } => {
            let theirs = TheirVersion { text, etag: version_id.as_deref() };
            let version = theirs.version();
            if has_same_meaning(entry, text) {
                return OnServer::Decided(delivered(entry, theirs));
            }
            if !version.is_empty() && version_of(entry) == Some(version.as_str()) {
                return OnServer::Unsent;
            }
            if version_of(entry).is_none() && entry.base.as_ref().is_some_and(|base| means_the_same(base, text)) {
                return OnServer::Compared((!version.is_empty()).then_some(version));
            }
            OnServer::Decided(reconcile(entry, Some(theirs)))
        }
        ReadResponse::Gone | ReadResponse::NotFound => match entry.operation {
            Operation::Create => OnServer::Unsent,
            // INVARIANT: a record that was deleted there is not made again without a person.
            Operation::Update | Operation::Delete => OnServer::Decided(reconcile(entry, None)),
        },
        ReadResponse::Forbidden => OnServer::Hidden,
        ReadResponse::NotModified => OnServer::Unsent,
    }
}

/// Why a question was not answered.
#[derive(Debug)]
pub(super) enum AskError {
    /// The set waits.
    Waits(Wait),
    /// The run ends.
    Ends(SyncError),
}

impl From<SyncError> for AskError {
    fn from(error: SyncError) -> Self {
        Wait::of(error).map_or_else(Self::Ends, Self::Waits)
    }
}
