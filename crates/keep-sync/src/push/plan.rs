//! What is sent at once, and under which condition. Pure.

use crate::error::SyncError;
use keep_domain::ResourceKey;
use keep_fhir::{Raw, Transaction};
use keep_store::{Operation, OutgoingEntry};

/// Most entries of one transaction; every known server accepts as many.
const MAX_ENTRIES: usize = 40;
/// Most bytes of one transaction.
const MAX_BYTES: usize = 512 * 1024;

/// The most that is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    entries: usize,
    bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: MAX_ENTRIES, bytes: MAX_BYTES }
    }
}

impl Limits {
    /// One entry at a time.
    pub(super) const ONE: Self = Self { entries: 1, bytes: MAX_BYTES };

    /// At most half of a chunk of `entries`.
    pub(super) fn below(entries: usize) -> Self {
        Self { entries: (entries / 2).max(1), bytes: MAX_BYTES }
    }

    /// The leading entries that fit; `None` where nothing is left.
    pub(super) fn chunk_of(self, entries: &[OutgoingEntry]) -> Option<&[OutgoingEntry]> {
        let mut bytes = 0_usize;
        let fits = entries.iter().take(self.entries).take_while(|e| {
            // EXPOSE: only its length is read.
            let length = e.raw.expose().len();
            let first = bytes == 0;
            bytes = bytes.saturating_add(length);
            first || bytes <= self.bytes
        });
        let count = fits.count();
        entries.get(..count).filter(|chunk| !chunk.is_empty())
    }
}

/// The entries that can be sent although others of their set were `refused`: those that refer to none of them, not even
/// through another entry.
pub(super) fn independent_of(refused: &[ResourceKey], entries: Vec<OutgoingEntry>) -> Vec<OutgoingEntry> {
    let mut held: Vec<ResourceKey> = refused.to_vec();
    loop {
        let before = held.len();
        for entry in &entries {
            if !held.contains(&entry.key) && held.iter().any(|key| refers_to(entry, key)) {
                held.push(entry.key.clone());
            }
        }
        if held.len() == before {
            return entries.into_iter().filter(|e| !held.contains(&e.key)).collect();
        }
    }
}

fn refers_to(entry: &OutgoingEntry, key: &ResourceKey) -> bool {
    // EXPOSE: searched for the reference.
    entry.raw.expose().contains(&format!("\"{key}\""))
}

/// The entries in an order in which each follows what it refers to, as far as there is one.
pub(super) fn in_order(mut entries: Vec<OutgoingEntry>) -> Vec<OutgoingEntry> {
    let mut ordered = Vec::with_capacity(entries.len());
    while !entries.is_empty() {
        let is_free = |entry: &OutgoingEntry| !entries.iter().any(|e| e.key != entry.key && refers_to(entry, &e.key));
        // The first of a cycle breaks it.
        let next = entries.iter().position(is_free).unwrap_or(0);
        ordered.push(entries.remove(next));
    }
    ordered
}

/// The entries that refer to no other of them: those of one batch may not depend on each other. Of a cycle only the first,
/// which breaks it.
pub(super) fn first_layer(entries: Vec<OutgoingEntry>) -> Vec<OutgoingEntry> {
    let is_free = |entry: &OutgoingEntry| !entries.iter().any(|e| e.key != entry.key && refers_to(entry, &e.key));
    let free: Vec<bool> = entries.iter().map(is_free).collect();
    if free.contains(&true) {
        entries.into_iter().zip(free).filter_map(|(entry, is_free)| is_free.then_some(entry)).collect()
    } else {
        entries.into_iter().take(1).collect()
    }
}

/// An entry's version is unknown or cannot guard it, so that the server must be read before it is sent.
pub(super) fn needs_reading(entry: &OutgoingEntry) -> bool {
    match entry.operation {
        Operation::Create => false,
        Operation::Update => version_of(entry).is_none(),
        // HAPI ignores the condition of a deletion.
        Operation::Delete => true,
    }
}

/// The version that an entry replaces; `None` where the server has none.
pub(super) fn version_of(entry: &OutgoingEntry) -> Option<&str> {
    entry.base_version.as_deref().filter(|version| !version.is_empty())
}

/// A create is a PUT under the client's own id without a condition; an update names the version that it replaces, or
/// its content was just `compared`.
pub(super) fn bundle_of(chunk: &[OutgoingEntry], compared: &[ResourceKey]) -> Result<Transaction, SyncError> {
    let mut bundle = Transaction::default();
    for entry in chunk {
        let version = version_of(entry);
        // INVARIANT: no update is sent without the version or the content that it is based on.
        if entry.operation != Operation::Create && version.is_none() && !compared.contains(&entry.key) {
            return Err(SyncError::Internal("unguarded update"));
        }
        match entry.operation {
            Operation::Delete => bundle.delete(&entry.key, version),
            Operation::Create | Operation::Update => {
                bundle.put(&text_of(entry)?, version).map_err(|_| SyncError::Internal("unsent text"))?;
            }
        }
    }
    Ok(bundle)
}

/// The text that is sent.
pub(super) fn text_of(entry: &OutgoingEntry) -> Result<Raw, SyncError> {
    // EXPOSE: this is what is sent.
    Raw::parse(entry.raw.expose().as_str()).map_err(|_| SyncError::Internal("unsent text"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory_store::outgoing;
    use keep_domain::Phi;

    const NEW: &str = r#"{"resourceType":"Observation","id":"o1","status":"final"}"#;

    #[test]
    fn chunks_respect_the_limits() {
        let entry = |length: usize| OutgoingEntry { raw: Phi::new("x".repeat(length)), ..outgoing(NEW, None) };
        let planned = |limits: Limits, lengths: &[usize]| {
            limits.chunk_of(&lengths.iter().map(|l| entry(*l)).collect::<Vec<_>>()).map(<[_]>::len)
        };
        let all = Limits::default();
        assert_eq!(planned(all, &[]), None);
        assert_eq!(planned(all, &[10; 41]), Some(40));
        assert_eq!(planned(all, &[300_000, 300_000]), Some(1));
        assert_eq!(planned(all, &[900_000, 10]), Some(1), "a single entry may be larger: the server decides");
        assert_eq!(planned(Limits::below(13), &[10; 13]), Some(6));
        assert_eq!((planned(Limits::below(1), &[10; 3]), planned(Limits::ONE, &[10; 3])), (Some(1), Some(1)));
    }

    #[test]
    fn an_update_without_its_version_is_never_composed() {
        let update = OutgoingEntry { base_version: Some(String::new()), ..outgoing(NEW, Some(("1", NEW))) };
        assert!(needs_reading(&update));
        assert!(bundle_of(std::slice::from_ref(&update), &[]).is_err());
        assert!(bundle_of(std::slice::from_ref(&update), std::slice::from_ref(&update.key)).is_ok());
    }

    #[test]
    fn a_layer_holds_no_two_entries_that_depend_on_each_other() {
        let visit = outgoing(r#"{"resourceType":"Encounter","id":"v1"}"#, None);
        let pulse =
            outgoing(r#"{"resourceType":"Observation","id":"o1","encounter":{"reference":"Encounter/v1"}}"#, None);
        let proof =
            outgoing(r#"{"resourceType":"Provenance","id":"p1","target":[{"reference":"Observation/o1"}]}"#, None);
        let flag = outgoing(r#"{"resourceType":"Flag","id":"f1"}"#, None);
        let mut left = vec![proof, pulse, visit, flag];
        let mut layers = Vec::new();
        while !left.is_empty() {
            let layer: Vec<_> = first_layer(left.clone()).into_iter().map(|e| e.key.to_string()).collect();
            left.retain(|e| !layer.contains(&e.key.to_string()));
            layers.push(layer);
        }
        assert_eq!(layers, [vec!["Encounter/v1", "Flag/f1"], vec!["Observation/o1"], vec!["Provenance/p1"]]);
        let a = outgoing(r#"{"resourceType":"Encounter","id":"a","partOf":{"reference":"Encounter/b"}}"#, None);
        let b = outgoing(r#"{"resourceType":"Encounter","id":"b","partOf":{"reference":"Encounter/a"}}"#, None);
        assert_eq!(first_layer(vec![a, b]).len(), 1);
    }

    #[test]
    fn what_refers_to_a_refused_record_is_held_even_through_another() {
        let visit = outgoing(r#"{"resourceType":"Encounter","id":"v1"}"#, None);
        let pulse =
            outgoing(r#"{"resourceType":"Observation","id":"o1","encounter":{"reference":"Encounter/v1"}}"#, None);
        let proof =
            outgoing(r#"{"resourceType":"Provenance","id":"p1","target":[{"reference":"Observation/o1"}]}"#, None);
        let other = outgoing(r#"{"resourceType":"Flag","id":"f1"}"#, None);
        let left = independent_of(&[visit.key], vec![proof, pulse, other]);
        assert_eq!(left.iter().map(|e| e.key.to_string()).collect::<Vec<_>>(), ["Flag/f1"]);
    }
}
