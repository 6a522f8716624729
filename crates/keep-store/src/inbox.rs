//! Records that arrive for a segment whose key this session does not have: sealed files, drained later.

use crate::segment_file::inbox_path;
use crate::tagged::{Journal, JournalKind};
use crate::{Store, StoreError};
use keep_domain::{Phi, Segment, lp};
use keep_keys::DropBoxPublic;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Parcels stored in one transaction.
const BATCH: usize = 200;

/// The public key of a segment's drop box, kept tagged in the directory, so that nobody can put another one there.
#[derive(Serialize, Deserialize)]
pub(crate) struct DropBoxRow {
    generation: u32,
    public: [u8; 32],
}

impl Journal for DropBoxRow {
    const KIND: JournalKind = JournalKind::DropBox;
}

/// {type, id, version} of a record whose segment does not exist on this device.
#[derive(Serialize, Deserialize)]
pub(crate) struct ElsewhereRow {
    pub(crate) version: String,
}

impl Journal for ElsewhereRow {
    const KIND: JournalKind = JournalKind::Elsewhere;
}

/// What is sealed: the raw text and what the server said about it.
#[derive(Serialize, Deserialize)]
struct Parcel {
    raw: String,
    unreadable: bool,
}

fn info(segment: Segment, generation: u32) -> Vec<u8> {
    lp(&[b"chartkeep/inbox/1", segment.name().as_bytes(), &generation.to_be_bytes()])
}

/// Writes the public keys of this session's higher segments where lower ones find them.
pub(crate) fn publish_drop_boxes(store: &Store) -> Result<(), StoreError> {
    let directory = store.access(Segment::Directory)?;
    let missing: Vec<_> = store.read(|conn| {
        let mut missing = Vec::new();
        for access in store.access.iter().filter(|a| a.segment != Segment::Directory) {
            let row = DropBoxRow { generation: access.generation, public: *access.drop_box.public().as_bytes() };
            let known: Option<DropBoxRow> = directory.journal(conn, access.segment.name().as_bytes())?;
            if known.is_none_or(|k| k.generation != row.generation || k.public != row.public) {
                missing.push((access.segment, row));
            }
        }
        Ok(missing)
    })?;
    if missing.is_empty() || store.is_read_only(Segment::Directory) {
        return Ok(());
    }
    store.write_bulk(|tx| {
        let writer = tx.writer(Segment::Directory)?;
        missing.iter().try_for_each(|(segment, row)| writer.put_journal(segment.name().as_bytes(), row))
    })
}

impl Store {
    /// Seals a record to a segment above this session's rank; durable when this returns. `false` where the
    /// segment does not exist on this device.
    pub(crate) fn seal_to_inbox(&self, segment: Segment, raw: &str, unreadable: bool) -> Result<bool, StoreError> {
        let directory = self.access(Segment::Directory)?;
        let row: Option<DropBoxRow> = self.read(|conn| directory.journal(conn, segment.name().as_bytes()))?;
        let Some(row) = row else { return Ok(false) };
        let parcel = serde_json::to_vec(&Parcel { raw: raw.to_owned(), unreadable })
            .map_err(|_| StoreError::Internal("parcel"))?;
        let sealed = DropBoxPublic::from_bytes(row.public).seal(&info(segment, row.generation), &parcel)?;
        let folder = inbox_path(&self.profile, segment);
        fs::create_dir_all(&folder)?;
        // The name says nothing and is the same for the same text, so a repeat makes no second file.
        let name = hex::encode(Sha256::digest(lp(&[&row.public, raw.as_bytes()])));
        write_durably(&folder, &format!("{name}.sealed"), &sealed)?;
        Ok(true)
    }

    /// Takes what was sealed to this session's segments into them; each file goes once its record is stored.
    pub(crate) fn drain_inboxes(&self) -> Result<usize, StoreError> {
        let mut drained = 0;
        for access in &self.access {
            if self.is_read_only(access.segment) {
                continue;
            }
            let Ok(entries) = fs::read_dir(inbox_path(&self.profile, access.segment)) else { continue };
            let mut batch = Vec::new();
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_none_or(|e| e != "sealed") {
                    continue;
                }
                // What this key does not open belongs to another generation and stays.
                let Ok(opened) = access.drop_box.open(&info(access.segment, access.generation), &fs::read(&path)?)
                else {
                    continue;
                };
                // EXPOSE: goes into the segment that it was sealed to.
                let Ok(parcel) = serde_json::from_slice::<Parcel>(opened.expose()) else { continue };
                batch.push((path, Phi::new(parcel.raw), parcel.unreadable));
                if batch.len() == BATCH {
                    drained += self.take_batch(access.segment, std::mem::take(&mut batch))?;
                }
            }
            drained += self.take_batch(access.segment, batch)?;
        }
        Ok(drained)
    }

    fn take_batch(&self, segment: Segment, batch: Vec<(PathBuf, Phi<String>, bool)>) -> Result<usize, StoreError> {
        let (mut paths, mut parcels) = (Vec::new(), Vec::new());
        for (path, raw, unreadable) in batch {
            paths.push(path);
            parcels.push((raw, unreadable));
        }
        if parcels.is_empty() {
            return Ok(0);
        }
        self.take_parcels(segment, parcels)?;
        paths.iter().try_for_each(fs::remove_file)?;
        Ok(paths.len())
    }
}

fn write_durably(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let (draft, target) = (folder.join(format!("{name}.draft")), folder.join(name));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, &target)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}
