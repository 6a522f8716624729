//! Notes of faults that happened while the ledger could not be written, until it can.
//!
//! One file of a fixed size, allocated when the profile is made: a note needs no space, so it works on a full disk. It
//! holds a count and two times for each fault, in clear and without proof: anyone who may write to the profile may also
//! forge or remove a note; a forged one becomes one event that says that it was noted, and when.

use super::device_fault::DeviceFault;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::UtcMillis;
use keep_hardening::private_file::{self, Access};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bytes of the file, at all times; a few hundred are used.
const SIZE: usize = 1024;
/// The highest count.
const MOST: u32 = 1_000_000;
/// The number of attempts to open a file that is in use.
const LOOKS: u32 = 50;

/// How often a fault happened, and when first and last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    times: u32,
    first: UtcMillis,
    last: UtcMillis,
}

type Notes = BTreeMap<DeviceFault, Note>;

/// The file, version 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    version: u32,
    notes: Notes,
}

/// The notes of one profile.
#[derive(Debug)]
pub(crate) struct PendingFaults {
    path: PathBuf,
    /// Notes that could not be written; lost with the process.
    unwritten: Mutex<Notes>,
    waiting: AtomicBool,
}

impl PendingFaults {
    /// The notes in the file at `path`; nothing is created.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, unwritten: Mutex::default(), waiting: AtomicBool::new(false) }
    }

    /// Allocates the file. Only the holder of the profile's lock may call this.
    pub(crate) fn prepare(&self) -> std::io::Result<()> {
        match private_file::create_new(&self.path) {
            Ok(mut file) => {
                file.write_all(&text_of(Notes::new())?)?;
                file.sync_all()
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Notes a fault.
    pub(crate) fn leave(&self, device_fault: DeviceFault, now: UtcMillis) {
        let noted = self.open().and_then(|mut file| {
            // An unreadable file is left for `report`, which records it.
            let mut notes = read(&mut file)?.ok_or(ErrorKind::InvalidData)?;
            add(&mut notes, device_fault, 1, now, now);
            write(&mut file, notes)
        });
        if noted.is_err() {
            add(&mut self.unwritten.lock().unwrap_or_else(PoisonError::into_inner), device_fault, 1, now, now);
        }
        self.waiting.store(true, Ordering::SeqCst);
    }

    /// Whether this process has notes that are not reported yet.
    pub(crate) fn are_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Turns every note into one event. Notes that `append` refuses stay; an appended one may be repeated after a crash
    /// at the wrong moment.
    pub(crate) fn report<E>(
        &self,
        now: UtcMillis,
        mut append: impl FnMut(EventDraft) -> Result<(), E>,
    ) -> Result<(), E> {
        // Open until the end: notes of another program wait for the lock.
        let mut opened = self.open().and_then(|mut file| Ok((read(&mut file)?, file))).ok();
        let damaged = matches!(opened, Some((None, _)));
        let mut notes = opened.as_mut().and_then(|(notes, _)| notes.take()).unwrap_or_default();
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        for (device_fault, note) in std::mem::take(&mut *unwritten) {
            add(&mut notes, device_fault, note.times, note.first, note.last);
        }
        let mut all = Ok(());
        let (found, mut damage_said) = (!notes.is_empty(), false);
        if damaged {
            let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::MinorFailure);
            all = append(event.with("finding", "notes_unreadable"));
            damage_said = all.is_ok();
        }
        while all.is_ok()
            && let Some((device_fault, note)) = notes.pop_first()
        {
            all = append(event_of(device_fault, &note, now));
            if all.is_err() {
                notes.insert(device_fault, note);
            }
        }
        let rest = notes.clone();
        let kept = match &mut opened {
            Some((_, file)) if found || damage_said => write(file, notes),
            Some(_) => Ok(()),
            None => Err(ErrorKind::NotFound.into()),
        };
        if kept.is_err() {
            *unwritten = rest;
        }
        self.waiting.store(all.is_err() || !unwritten.is_empty(), Ordering::SeqCst);
        all
    }

    /// Opens the file for writing, with its lock.
    fn open(&self) -> std::io::Result<File> {
        let file = private_file::open(&self.path, Access::ReadWrite)?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => std::thread::park_timeout(Duration::from_millis(2)),
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
        Err(ErrorKind::WouldBlock.into())
    }
}

/// One event for a note; it carries the times of the note if they are plausible.
fn event_of(device_fault: DeviceFault, note: &Note, now: UtcMillis) -> EventDraft {
    let event = device_fault.event().with("noted_late", true).with("times", note.times.clamp(1, MOST));
    if UtcMillis(0) <= note.first && note.first <= note.last && note.last <= now {
        event.happened(note.first, note.last)
    } else {
        event
    }
}

fn add(notes: &mut Notes, device_fault: DeviceFault, times: u32, first: UtcMillis, last: UtcMillis) {
    let note = notes.entry(device_fault).or_insert(Note { times: 0, first, last });
    note.times = note.times.saturating_add(times).min(MOST);
    (note.first, note.last) = (note.first.min(first), note.last.max(last));
}

/// The notes; `None` where the file is not readable as notes.
fn read(file: &mut File) -> std::io::Result<Option<Notes>> {
    let mut text = Vec::with_capacity(SIZE + 1);
    file.rewind()?;
    file.take(SIZE as u64 + 1).read_to_end(&mut text)?;
    // Left by a full disk when the file was created.
    if text.is_empty() {
        return Ok(Some(Notes::new()));
    }
    let page = serde_json::from_slice::<Page>(&text).ok().filter(|page| page.version == 1 && text.len() == SIZE);
    Ok(page.map(|page| page.notes))
}

/// Writes in place, so that no disk space is needed.
fn write(file: &mut File, notes: Notes) -> std::io::Result<()> {
    let text = text_of(notes)?;
    file.rewind()?;
    file.write_all(&text)?;
    file.set_len(SIZE as u64)?;
    file.sync_data()
}

/// Padded with spaces, which JSON ignores.
fn text_of(notes: Notes) -> std::io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(&Page { version: 1, notes }).map_err(Error::other)?;
    if text.len() > SIZE {
        return Err(ErrorKind::FileTooLarge.into());
    }
    text.resize(SIZE, b' ');
    Ok(text)
}

#[cfg(test)]
mod tests;
