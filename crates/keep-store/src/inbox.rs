//! Records that arrive for a segment whose key this session does not hold: they wait as sealed files.

use crate::error::StoreError;
use crate::journal::{Journal, JournalKind};
use crate::segment_access::SegmentAccess;
use crate::segment_file::inbox_path;
use crate::store::Store;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{PatientId, Phi, Segment, length_prefixed};
use keep_hardening::private_file;
use keep_keys::HpkePublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The largest sealed record.
const MAX_BYTES: u64 = 64 << 20;

/// Items stored in one transaction.
const BATCH: usize = 200;

/// The HPKE public key of a segment's inbox. The row is tagged, so that it cannot be exchanged.
#[derive(Serialize, Deserialize)]
pub(crate) struct RecipientKeyRow {
    generation: u32,
    public: [u8; 32],
}

impl Journal for RecipientKeyRow {
    const KIND: JournalKind = JournalKind::HpkeKeyPair;
}

/// {type, id, version} of a record whose segment does not exist on this device.
#[derive(Serialize, Deserialize)]
pub(crate) struct MissingSegmentRow {
    pub(crate) version: String,
}

impl Journal for MissingSegmentRow {
    const KIND: JournalKind = JournalKind::Elsewhere;
}

/// The sealed content: the text and what is known about it.
#[derive(Serialize, Deserialize)]
struct InboxItem {
    raw: String,
    unreadable: bool,
    /// The patient, where the text names it only by an address of the server.
    #[serde(default)]
    patient: Option<PatientId>,
}

/// A record that came out of an inbox.
pub(crate) struct Unsealed {
    pub(crate) raw: Phi<String>,
    pub(crate) unreadable: bool,
    pub(crate) patient: Option<PatientId>,
}

fn info(segment: Segment, generation: u32) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/inbox/1", segment.name().as_bytes(), &generation.to_be_bytes()])
}

/// Writes the public keys of this session's higher segments to the directory.
pub(crate) fn publish_recipient_keys(store: &Store) -> Result<(), StoreError> {
    let directory = store.access(Segment::Directory)?;
    let missing: Vec<_> = store.read(|conn| {
        let mut missing = Vec::new();
        for access in store.access.iter().filter(|a| a.segment != Segment::Directory) {
            let row =
                RecipientKeyRow { generation: access.generation, public: *access.hpke_key_pair.public().as_bytes() };
            let known: Option<RecipientKeyRow> = directory.journal(conn, access.segment.name().as_bytes())?;
            if known.is_none_or(|k| k.generation != row.generation || k.public != row.public) {
                missing.push((access.segment, row));
            }
        }
        Ok(missing)
    })?;
    if missing.is_empty() || store.is_read_only(Segment::Directory) {
        return Ok(());
    }
    store.write_unconfirmed(|tx| {
        let writer = tx.writer(Segment::Directory)?;
        missing.iter().try_for_each(|(segment, row)| writer.put_journal(segment.name().as_bytes(), row))
    })
}

impl Store {
    /// Seals a record to a segment above this session's rank; durable when this returns. `false` if the segment does
    /// not exist on this device.
    pub(crate) fn seal_to_inbox(
        &self,
        segment: Segment,
        raw: &str,
        unreadable: bool,
        patient: Option<PatientId>,
    ) -> Result<bool, StoreError> {
        let directory = self.access(Segment::Directory)?;
        let row: Option<RecipientKeyRow> = self.read(|conn| directory.journal(conn, segment.name().as_bytes()))?;
        let Some(row) = row else { return Ok(false) };
        let inbox_item = serde_json::to_vec(&InboxItem { raw: raw.to_owned(), unreadable, patient })
            .map_err(|_| StoreError::Internal("inbox item"))?;
        let sealed = HpkePublicKey::from_bytes(row.public).seal(&info(segment, row.generation), &inbox_item)?;
        let folder = inbox_path(&self.profile, segment);
        private_file::create_folder(&folder)?;
        // The name reveals nothing and is the same for the same text, so a repeat makes no second file.
        let name = hex::encode(Sha256::digest(length_prefixed(&[&row.public, raw.as_bytes()])));
        private_file::replace(&folder.join(format!("{name}.sealed")), &sealed)?;
        Ok(true)
    }

    /// Stores what was sealed to this session's segments; each file is removed once its record is stored.
    ///
    /// INVARIANT: no file in an inbox prevents unlocking. What cannot be read, opened or stored stays where it is, and
    /// one event reports the number of such files.
    pub(crate) fn drain_inboxes(&self) -> Result<(), StoreError> {
        let mut left = 0;
        for access in self.access.iter().filter(|a| !self.is_read_only(a.segment)) {
            let Ok(entries) = fs::read_dir(inbox_path(&self.profile, access.segment)) else { continue };
            let paths = entries.filter_map(|e| e.ok().map(|e| e.path()));
            let sealed: Vec<_> = paths.filter(|p| p.extension().is_some_and(|e| e == "sealed")).collect();
            for paths in sealed.chunks(BATCH) {
                left += self.store_batch(access, paths);
            }
        }
        if left > 0 {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::MinorFailure);
            self.ledger().append(event.with("finding", "inbox_files_left").with("count", left))?;
        }
        Ok(())
    }

    /// Stores these files and returns how many of them remain.
    fn store_batch(&self, access: &SegmentAccess, paths: &[PathBuf]) -> u64 {
        let opened = paths.iter().filter_map(|p| open_item(access, p).map(|inbox_item| (p, inbox_item)));
        let (taken, items): (Vec<_>, Vec<_>) = opened.unzip();
        let mut left = paths.len().saturating_sub(taken.len());
        if !items.is_empty() {
            match self.store_inbox_items(access.segment, items) {
                // A file that cannot be removed is stored again at the next unlock, which changes nothing.
                Ok(()) => left = left.saturating_add(taken.iter().filter(|p| fs::remove_file(p).is_err()).count()),
                // One that cannot be stored must not block the others.
                Err(error) if paths.len() > 1 && !error.is_damage() => {
                    return paths.iter().map(|p| self.store_batch(access, std::slice::from_ref(p))).sum();
                }
                Err(_) => left = paths.len(),
            }
        }
        u64::try_from(left).unwrap_or(u64::MAX)
    }
}

/// `None` if it is not a file, is too large, or does not open: then it may belong to another generation.
fn open_item(access: &SegmentAccess, path: &Path) -> Option<Unsealed> {
    let sealed = private_file::read(path, MAX_BYTES).ok()??;
    let own = std::iter::once((access.generation, &access.hpke_key_pair));
    let mut boxes = own.chain(access.other_recipient_keys.iter().map(|(generation, key)| (*generation, key)));
    let opened = boxes.find_map(|(generation, key)| key.open(&info(access.segment, generation), &sealed).ok())?;
    // EXPOSE: goes into the segment that it was sealed to.
    let inbox_item = serde_json::from_slice::<InboxItem>(opened.expose()).ok()?;
    Some(Unsealed { raw: Phi::new(inbox_item.raw), unreadable: inbox_item.unreadable, patient: inbox_item.patient })
}
