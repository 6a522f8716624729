//! One record at a time: on servers without transactions, after a transaction was rejected without naming a record, and
//! where the server makes the ids itself.

use super::plan::{text_of, version_of};
use super::pusher::Pusher;
use super::response::{Accepted, Verdict, classify};
use super::waits::WaitCause;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{MatchIds, Search, WriteResponse, parse_search};
use crate::http::form_pair;
use crate::sync_store::{PushOutcome, SyncStore};
use keep_domain::{Phi, ResourceKey};
use keep_fhir::write::{ServerMade, server_made, under_server_id};
use keep_fhir::{extract, with_references};
use keep_store::{Operation, OutgoingEntry, OutgoingSet, StoredThere};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// The name of the preference that stores who makes the ids.
const PREFERENCE: &str = "sync.ids";

/// Who makes the ids of new records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdMaker {
    /// The client: a create is a PUT under its own id.
    Client,
    /// The server: a create is a conditional POST.
    Server,
}

/// What was learned about one server.
#[derive(Debug, Serialize, Deserialize)]
struct Learned {
    base: Url,
    ids: IdMaker,
}

/// A verdict with the server's status.
pub(super) type Judged = (Verdict, Option<u16>);

/// Who makes the ids at `base`, as far as the server there has shown it.
pub(crate) async fn id_maker(store: &Arc<dyn SyncStore>, base: &Url) -> Result<Option<IdMaker>, SyncError> {
    let stored = with_store(store, |store| store.preference(PREFERENCE)).await?;
    let learned: Option<Learned> = stored.and_then(|text| serde_json::from_str(&text).ok());
    Ok(learned.filter(|l| l.base == *base).map(|l| l.ids))
}

pub(crate) async fn learn_id_maker(store: &Arc<dyn SyncStore>, base: &Url, ids: IdMaker) -> Result<(), SyncError> {
    if id_maker(store, base).await? == Some(ids) {
        return Ok(());
    }
    let learned = Learned { base: base.clone(), ids };
    let text = serde_json::to_string(&learned).map_err(|_| SyncError::Internal("id maker"))?;
    with_store(store, move |store| store.set_preference(PREFERENCE, &text)).await
}

impl Pusher {
    pub(super) async fn id_maker(&self) -> Result<Option<IdMaker>, SyncError> {
        id_maker(&self.store, self.client.base()).await
    }

    pub(super) async fn learn_id_maker(&self, ids: IdMaker) -> Result<(), SyncError> {
        learn_id_maker(&self.store, self.client.base(), ids).await
    }

    /// Renames what a set refers to by ids that the server has replaced; whether there was anything.
    pub(super) async fn resolve_references(&self, set: &OutgoingSet) -> Result<bool, SyncError> {
        let mentioned: Vec<ResourceKey> = set.entries.iter().flat_map(references).collect();
        if mentioned.is_empty() {
            return Ok(false);
        }
        let found = with_store(&self.store, move |store| store.server_ids(&mentioned)).await?;
        let names: BTreeMap<String, String> = found.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        let mut texts = Vec::new();
        for entry in &set.entries {
            let renamed = with_references(&text_of(entry)?, &names);
            // EXPOSE: compared, and stored as Phi.
            if renamed.as_str() != entry.raw.expose() {
                texts.push((entry.key.clone(), Phi::new(renamed.into_string())));
            }
        }
        if texts.is_empty() {
            return Ok(false);
        }
        let id = set.id;
        with_store(&self.store, move |store| store.rewrite(id, &texts)).await?;
        Ok(true)
    }

    /// Sends one entry. `may_have_arrived`: an earlier answer was lost.
    pub(super) async fn send_one(&self, entry: &OutgoingEntry, may_have_arrived: bool) -> Result<Judged, SyncError> {
        let ids = self.id_maker().await?;
        let version = version_of(entry);
        let text = text_of(entry)?;
        let response = match entry.operation {
            Operation::Delete => self.client.delete(&entry.key, version).await?,
            Operation::Update => self.client.update(&entry.key, text.as_str(), version).await?,
            Operation::Create if ids == Some(IdMaker::Server) => {
                return self.create_there(entry, may_have_arrived).await;
            }
            Operation::Create => self.client.create_as(&entry.key, text.as_str()).await?,
        };
        let status = Some(response.status);
        let verdict = judge(&response, entry);
        let is_refused = matches!(verdict, Verdict::Rejected(_) | Verdict::Waits(WaitCause::NotOffered));
        if entry.operation != Operation::Create {
            return Ok((verdict, status));
        }
        if matches!(verdict, Verdict::Accepted(_)) {
            self.learn_id_maker(IdMaker::Client).await?;
        } else if is_refused && ids.is_none() {
            // It may be only the id that the server does not take.
            let there = self.create_there(entry, may_have_arrived).await?;
            if !matches!(there.0, Verdict::Waits(_)) {
                return Ok(there);
            }
        }
        Ok((verdict, status))
    }

    /// Creates an entry under an id of the server's, once.
    async fn create_there(&self, entry: &OutgoingEntry, may_have_arrived: bool) -> Result<Judged, SyncError> {
        let made = server_made(&text_of(entry)?, &entry.key).map_err(|_| SyncError::Internal("unsent text"))?;
        // A server may ignore the condition, so that it is asked before anything is repeated.
        if may_have_arrived && let Some(found) = self.find_there(entry, &made).await? {
            return Ok((Verdict::Accepted(found.into()), None));
        }
        let condition = form_pair(made.parameter, &made.value);
        let response = self.client.create(&entry.key.resource_type, made.raw.as_str(), &condition).await?;
        let (verdict, status) = (judge(&response, entry), Some(response.status));
        let Verdict::Accepted(_) = verdict else { return Ok((verdict, status)) };
        self.learn_id_maker(IdMaker::Server).await?;
        let named = response.created.filter(|key| key.resource_type == entry.key.resource_type);
        let is_new = response.status == 201;
        let outcome = match named {
            Some(server) if is_new => {
                let raw = under_server_id(&made, &server).map_err(|_| SyncError::Internal("unsent text"))?;
                let version = response.version_id.unwrap_or_default();
                let there = StoredThere { text: Phi::new(raw.into_string()), version, last_updated: None };
                Some(PushOutcome::Created { key: entry.key.clone(), there })
            }
            // It was there before, and may have been changed since.
            _ => self.find_there(entry, &made).await?,
        };
        Ok((Verdict::Accepted(outcome.map(Accepted::from).unwrap_or_default()), status))
    }

    /// The record that was created from an entry before.
    async fn find_there(&self, entry: &OutgoingEntry, made: &ServerMade) -> Result<Option<PushOutcome>, SyncError> {
        let search = Search::of_type(&entry.key.resource_type).with(made.parameter, made.value.clone());
        let page = self.client.search_whole(&search).await?;
        // EXPOSE: the record that has our own identifier.
        let found = parse_search(page.text.expose(), &entry.key.resource_type, MatchIds::Required)?;
        let mut ours = found.into_iter().filter(|found| found.is_match && found.text.contains(entry.key.id.as_str()));
        let Some(found) = ours.next() else { return Ok(None) };
        let facts = extract(found.text).map_err(|_| SyncError::InvalidResponse)?;
        let there = StoredThere {
            text: Phi::new(found.text.to_owned()),
            version: facts.version_id.unwrap_or_default(),
            last_updated: facts.last_updated,
        };
        Ok(Some(PushOutcome::Created { key: entry.key.clone(), there }))
    }
}

impl From<PushOutcome> for Accepted {
    fn from(outcome: PushOutcome) -> Self {
        Self { outcomes: vec![outcome], ..Self::default() }
    }
}

/// As [`classify`], for a single write.
fn judge(response: &WriteResponse, entry: &OutgoingEntry) -> Verdict {
    let verdict = classify(response, std::slice::from_ref(entry));
    let Verdict::Accepted(_) = verdict else { return verdict };
    let version = match entry.operation {
        Operation::Delete => Some(String::new()),
        Operation::Create | Operation::Update => response.version_id.clone(),
    };
    let key = entry.key.clone();
    Verdict::Accepted(match version {
        Some(version) => PushOutcome::Confirmed { key, version, last_updated: None }.into(),
        None => Accepted { unversioned: vec![key], ..Accepted::default() },
    })
}

/// The keys that a text refers to.
fn references(entry: &OutgoingEntry) -> Vec<ResourceKey> {
    // EXPOSE: searched for references.
    let parts = entry.raw.expose().split("\"reference\"").skip(1);
    let targets =
        parts.filter_map(|part| part.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next());
    targets.filter_map(|target| target.parse().ok()).collect()
}
