//! Servers that make the ids themselves: a created record takes the server's id, and what still names it by ours is found
//! here.

use crate::change_set::{ChangeSetId, EntryRow, Operation, entry_key};
use crate::error::StoreError;
use crate::journal::{Journal, JournalKind};
use crate::outbox::extract_resource;
use crate::record::{RecordState, StateBits};
use crate::store::Store;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{Phi, ResourceKey, Segment, UtcMillis};
use keep_fhir::{Raw, Step, set_text};
use serde::{Deserialize, Serialize};

/// The server's key of a record, by our own.
#[derive(Serialize, Deserialize)]
struct ServerIdRow {
    server: ResourceKey,
}

impl Journal for ServerIdRow {
    const KIND: JournalKind = JournalKind::ServerId;
}

/// A record as the server has stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredThere {
    /// Its text with the server's id.
    pub text: Phi<String>,
    /// Its version; empty on a server without versions.
    pub version: String,
    /// Its time, where given.
    pub last_updated: Option<UtcMillis>,
}

impl Store {
    /// The server's keys of those of `keys` that were created under an id of the server's.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn server_ids(&self, keys: &[ResourceKey]) -> Result<Vec<(ResourceKey, ResourceKey)>, StoreError> {
        self.read(|conn| {
            let mut found = Vec::new();
            for key in keys {
                for access in &self.access {
                    let row: Option<ServerIdRow> = access.journal(conn, key.to_string().as_bytes())?;
                    found.extend(row.map(|row| (key.clone(), row.server)));
                }
            }
            Ok(found)
        })
    }
}

impl WriteTx<'_> {
    /// The server has created an entry under another id: the record moves there, with the later changes that wait.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a text that is not a resource, [`StoreError::NotAvailable`] for an unknown entry.
    pub fn confirm_as(&mut self, set: ChangeSetId, key: &ResourceKey, there: &StoredThere) -> Result<(), StoreError> {
        // EXPOSE: stored as the record.
        let facts = extract_resource(there.text.expose())?;
        let server = facts.key.clone();
        if server.resource_type != key.resource_type {
            return Err(StoreError::Invalid("another type"));
        }
        let (segment, _) = self.entry_of_set(set, key)?;
        let stored = self.stored(key)?.ok_or(StoreError::NotAvailable)?;
        let later: Vec<_> = self.entries_of(key)?.into_iter().filter(|(_, e)| e.sequence > set.0).collect();
        let row = ServerIdRow { server: server.clone() };
        self.writer(segment)?.put_journal(key.to_string().as_bytes(), &row)?;
        self.end_entry(set, segment, key)?;
        let updated = there.last_updated.map_or(0, |u| u.0);
        // EXPOSE: stored again under the other id.
        let (text, state) = match later.last() {
            Some(_) => (with_id(stored.raw.expose(), &server)?, StateBits::of(RecordState::Pending)),
            None => (there.text.expose().clone(), StateBits::SYNCED),
        };
        self.remove_resource(key)?;
        let facts = extract_resource(&text)?;
        let home = self.home_of(&facts)?;
        self.put_resource(&facts, home, &NewText { raw: &text, version: &there.version, updated, state })?;
        let mut is_next = true;
        for (home, mut entry) in later {
            if is_next {
                entry.base_version = Some(there.version.clone());
                // EXPOSE: stored for the three-way merge.
                entry.base = Some(there.text.expose().clone());
                entry.operation =
                    if entry.operation == Operation::Create { Operation::Update } else { entry.operation };
            }
            is_next = false;
            entry.sent = entry.sent.map(|sent| with_id(&sent, &server)).transpose()?;
            self.rename_entry(home, key, EntryRow { key: server.clone(), before: None, ..entry })?;
        }
        Ok(())
    }

    fn rename_entry(&mut self, segment: Segment, from: &ResourceKey, row: EntryRow) -> Result<(), StoreError> {
        let (sequence, top) = (row.sequence, self.store.top());
        let old = entry_key(from, sequence);
        self.drop_journal(segment, JournalKind::Entry, &old)?;
        self.put_entry(segment, &row)?;
        self.change_set_mut(sequence, top, |set| {
            set.entries.iter_mut().filter(|part| part.key == *from).for_each(|part| part.key = row.key.clone());
        })?;
        self.hold_again(sequence, from)
    }
}

fn with_id(text: &str, key: &ResourceKey) -> Result<String, StoreError> {
    let raw = Raw::parse(text).map_err(|_| StoreError::Invalid("resource text"))?;
    let renamed = set_text(&raw, &[Step::Member("id")], key.id.as_str());
    renamed.map(Raw::into_string).map_err(|_| StoreError::Invalid("resource text"))
}
