//! Other texts for an unconfirmed entry: the server's, and ours with references that the server can resolve.

use crate::change_set::ChangeSetId;
use crate::error::StoreError;
use crate::outbox::extract_resource;
use crate::record::StateBits;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{Phi, ResourceKey};

impl WriteTx<'_> {
    /// The server has this entry, and its text, with `version` where the text names none, is the record from now on.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a text that is not a resource, [`StoreError::NotAvailable`] for an unknown entry.
    pub fn accept_theirs(&mut self, set: ChangeSetId, theirs: &Phi<String>, version: &str) -> Result<(), StoreError> {
        // EXPOSE: the server's text is stored.
        let theirs = theirs.expose();
        let facts = extract_resource(theirs)?;
        let (segment, mut entry) = self.entry_of_set(set, &facts.key)?;
        if self.entries_of(&facts.key)?.iter().any(|(_, e)| e.sequence > set.0) {
            // The later edit stays the record; it is merged with the server's text when its turn comes.
            entry.sent = Some(theirs.clone());
            self.put_entry(segment, &entry)?;
            return self.confirm(set, &facts.key, version, facts.last_updated);
        }
        let home = self.home_of(&facts)?;
        let updated = facts.last_updated.map_or(0, |u| u.0);
        self.put_resource(&facts, home, &NewText { raw: theirs, version, updated, state: StateBits::SYNCED })?;
        self.end_entry(set, segment, &facts.key)
    }

    /// Replaces the text of an entry that has not reached the server: it names what the server does not have.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for another record, [`StoreError::NotAvailable`] for an unknown entry.
    pub fn rewrite_unsent(
        &mut self,
        set: ChangeSetId,
        key: &ResourceKey,
        text: &Phi<String>,
    ) -> Result<(), StoreError> {
        // EXPOSE: stored as the record's text.
        let text = text.expose();
        let facts = extract_resource(text)?;
        if facts.key != *key {
            return Err(StoreError::Invalid("another record"));
        }
        let (segment, mut entry) = self.entry_of_set(set, key)?;
        let is_last = self.entries_of(key)?.iter().all(|(_, e)| e.sequence <= set.0);
        if entry.sent.is_some() || !is_last {
            entry.sent = Some(text.clone());
            self.put_entry(segment, &entry)?;
        }
        // With a later edit the stored text is that one's, which is rewritten when its turn comes.
        if is_last {
            let stored = self.stored(key)?.ok_or(StoreError::NotAvailable)?;
            let version = stored.version.as_deref().unwrap_or_default();
            let updated = stored.updated.map_or(0, |u| u.0);
            let new = NewText { raw: text, version, updated, state: StateBits::of(stored.state) };
            self.put_resource(&facts, segment, &new)?;
        }
        Ok(())
    }
}
