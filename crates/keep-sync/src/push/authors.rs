//! Who wrote it, in words that the server can resolve.
//!
//! Records name an author who has no Practitioner here by the user id. Before such a record is sent, the author is found
//! on the server, made there, or contained in the record.

use super::ask::AskError;
use super::pusher::{AuthorIdentity, Pusher};
use super::waits::Wait;
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::ReadResponse;
use keep_domain::{Phi, ResourceKey, UserId};
use keep_fhir::write::{practitioner, with_contained_author};
use keep_fhir::{Raw, with_references};
use keep_store::{OutgoingEntry, OutgoingSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// The name of the preference that stores what was found.
const PREFERENCE: &str = "sync.authors";

/// How records can name an author on this server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AuthorOnServer {
    /// By the user id.
    Placeholder,
    /// By another Practitioner.
    Other(ResourceKey),
    /// Only by one contained in each record.
    Contained,
}

/// What was found, for one server.
#[derive(Debug, Default, Serialize, Deserialize)]
struct KnownAuthors {
    base: Option<Url>,
    users: BTreeMap<UserId, AuthorOnServer>,
}

impl Pusher {
    /// Repairs sets that the server has rejected while they named an author that it did not have, and queues them again.
    ///
    /// # Errors
    /// Those that end the run.
    pub(super) async fn repair_rejected(&self) -> Result<(), SyncError> {
        if self.authors.is_empty() {
            return Ok(());
        }
        let sets = with_store(&self.store, |store| store.rejected_change_sets()).await?;
        for set in sets {
            match self.resolve_authors(&set, true).await {
                Ok(true) => with_store(&self.store, move |store| store.retry(set.id)).await?,
                Ok(false) | Err(AskError::Waits(_)) => {}
                Err(AskError::Ends(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Makes every author that a set names resolvable; whether anything changed, here or on the server. What was found
    /// before is trusted, unless the set was `rejected` since.
    pub(super) async fn resolve_authors(&self, set: &OutgoingSet, rejected: bool) -> Result<bool, AskError> {
        let mut changed = false;
        for author in &self.authors {
            let key = author.placeholder()?;
            let naming: Vec<&OutgoingEntry> = set.entries.iter().filter(|entry| names(entry, &key)).collect();
            if naming.is_empty() {
                continue;
            }
            let (found, is_new) = self.find_author(author, &key, rejected).await?;
            changed |= is_new;
            let texts = naming.iter().map(|e| Ok((e.key.clone(), named(e, author, &key, &found)?)));
            let texts: Vec<(ResourceKey, Phi<String>)> = texts.collect::<Result<_, SyncError>>()?;
            if found != AuthorOnServer::Placeholder {
                let id = set.id;
                with_store(&self.store, move |store| store.rewrite(id, &texts)).await?;
                return Ok(true);
            }
        }
        Ok(changed)
    }

    /// How an author can be named, and whether that was not so before.
    async fn find_author(
        &self,
        author: &AuthorIdentity,
        key: &ResourceKey,
        ask_again: bool,
    ) -> Result<(AuthorOnServer, bool), AskError> {
        let mut known = self.known_authors().await?;
        let before = known.users.get(&author.user).cloned();
        match &before {
            Some(found) if *found != AuthorOnServer::Contained && !ask_again => return Ok((found.clone(), false)),
            _ => {}
        }
        let subject = author.value.clone();
        let local = with_store(&self.store, move |store| store.practitioner(&subject)).await?;
        let (found, is_new) = match (local, &before) {
            (Some(other), _) if other != *key => (AuthorOnServer::Other(other), false),
            (_, Some(AuthorOnServer::Contained)) if !ask_again => return Ok((AuthorOnServer::Contained, false)),
            _ => self.find_or_make(author, key).await?,
        };
        if before.as_ref() != Some(&found) {
            known.users.insert(author.user, found.clone());
            let text = serde_json::to_string(&known).map_err(|_| SyncError::Internal("authors"))?;
            with_store(&self.store, move |store| store.set_preference(PREFERENCE, &text)).await?;
        }
        Ok((found, is_new))
    }

    async fn find_or_make(
        &self,
        author: &AuthorIdentity,
        key: &ResourceKey,
    ) -> Result<(AuthorOnServer, bool), AskError> {
        if let ReadResponse::Resource { .. } = self.client.read(key, None).await? {
            return Ok((AuthorOnServer::Placeholder, false));
        }
        let person = practitioner(key.id.as_str(), (&author.system, &author.value), &author.name);
        let made = self.client.create_as(key, person.as_str()).await?;
        match made.status {
            200..=299 => return Ok((AuthorOnServer::Placeholder, true)),
            401 | 403 => return Ok((AuthorOnServer::Contained, false)),
            408 | 425 | 429 | 500.. => return Err(AskError::of_status(made.status, made.retry_after)),
            _ => {}
        }
        // No ids of ours here.
        let condition = crate::http::form_pair("identifier", &format!("{}|{}", author.system, author.value));
        let made = self.client.create("Practitioner", person.as_str(), &condition).await?;
        match (made.status, made.created) {
            (200..=299, Some(other)) if other.resource_type == "Practitioner" => {
                Ok((AuthorOnServer::Other(other), false))
            }
            (408 | 425 | 429 | 500.., _) => Err(AskError::of_status(made.status, made.retry_after)),
            _ => Ok((AuthorOnServer::Contained, false)),
        }
    }

    async fn known_authors(&self) -> Result<KnownAuthors, SyncError> {
        let stored = with_store(&self.store, |store| store.preference(PREFERENCE)).await?;
        let known: KnownAuthors = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let base = Some(self.client.base().clone());
        Ok(if known.base == base { known } else { KnownAuthors { base, users: BTreeMap::new() } })
    }
}

fn names(entry: &OutgoingEntry, key: &ResourceKey) -> bool {
    // EXPOSE: searched for the reference.
    entry.raw.expose().contains(&format!("\"{key}\""))
}

/// The text of an entry with its author as the server can resolve them.
fn named(
    entry: &OutgoingEntry,
    author: &AuthorIdentity,
    key: &ResourceKey,
    found: &AuthorOnServer,
) -> Result<Phi<String>, SyncError> {
    // EXPOSE: leaves as Phi.
    let raw = Raw::parse(entry.raw.expose().as_str()).map_err(|_| SyncError::Internal("unsent text"))?;
    let raw = match found {
        AuthorOnServer::Placeholder => raw,
        AuthorOnServer::Other(other) => with_references(&raw, &BTreeMap::from([(key.to_string(), other.to_string())])),
        AuthorOnServer::Contained => with_contained_author(&raw, key, &author.contained(), &author.name)
            .map_err(|_| SyncError::Internal("unsent text"))?,
    };
    Ok(Phi::new(raw.into_string()))
}

impl AskError {
    fn of_status(status: u16, retry_after: Option<u64>) -> Self {
        Wait::of(SyncError::Failed { status, retry_after }).map_or_else(Self::Ends, Self::Waits)
    }
}
