//! A slot whose files nobody can open any more, and how it makes way for a new one.

use crate::slots::Slots;
use crate::state::UnlockState;
use crate::unlock::SlotUnlocker;
use crate::{DeviceKey, KeysError, durable, key_ring};
use keep_domain::{UserId, UtcMillis};
use std::fs;
use std::path::PathBuf;

/// The files of a slot; the one that lists the person comes last, so that a slot that is half set aside is still theirs.
const KINDS: [&str; 4] = ["keys", "state", "grants", "json"];

/// Beside a slot: its keys did not open although password and code were right.
const NOTE: &str = "damaged";

impl SlotUnlocker<'_> {
    /// Whether what `user` has on this device can be opened by nobody: a file of the slot is gone, or is not as the
    /// device wrote it. A slot that nobody has is not damaged.
    ///
    /// # Errors
    /// The keychain variants, [`KeysError::SlotNewer`], [`KeysError::Io`].
    pub fn is_damaged(&self, user: UserId) -> Result<bool, KeysError> {
        self.is_damaged_with(user, &self.load_device_key()?)
    }

    pub(crate) fn is_damaged_with(&self, user: UserId, device_key: &DeviceKey) -> Result<bool, KeysError> {
        match self.check_files(user, device_key) {
            Ok(()) => Ok(false),
            Err(KeysError::SlotDamaged(_)) => Ok(true),
            // Keys or codes without the slot that they belong to.
            Err(KeysError::NotEnrolled) => self.slots.has_orphans(user),
            Err(other) => Err(other),
        }
    }

    fn check_files(&self, user: UserId, device_key: &DeviceKey) -> Result<(), KeysError> {
        let file = self.read_slot(user, device_key)?;
        let header = file.header();
        UnlockState::open(&self.slots.read_state(user)?, device_key, &header.context(), header.totp_generation)?;
        key_ring::times_written(&self.slots.read_keys(user)?).ok_or(KeysError::SlotDamaged("keys"))?;
        if self.slots.path(user, NOTE).exists() { Err(KeysError::SlotDamaged("keys")) } else { Ok(()) }
    }

    /// Remembers what only the right factors can find, or that it was put right.
    pub(crate) fn note_damage(&self, user: UserId, damaged: bool) -> Result<(), KeysError> {
        let note = self.slots.path(user, NOTE);
        match (damaged, note.exists()) {
            (true, false) => durable::write(&note, b""),
            (false, true) => durable::delete(&note),
            _ => Ok(()),
        }
    }
}

impl Slots {
    /// Renames what a damaged slot has left and says what it is called now. Nothing is deleted: a file that comes back
    /// from a copy can be put beside it.
    pub(crate) fn set_aside(&self, user: UserId, at: UtcMillis) -> Result<Vec<String>, KeysError> {
        let mut names = Vec::new();
        for kind in KINDS {
            let path = self.path(user, kind);
            if fs::symlink_metadata(&path).is_err() {
                continue;
            }
            let target = self.free_name(user, kind, at)?;
            fs::rename(&path, &target)?;
            names.extend(target.file_name().map(|n| n.to_string_lossy().into_owned()));
        }
        durable::delete(&self.path(user, NOTE))?;
        Ok(names)
    }

    fn free_name(&self, user: UserId, kind: &str, at: UtcMillis) -> Result<PathBuf, KeysError> {
        let name = format!("{kind}.damaged-{}", at.seconds());
        let mut all = std::iter::once(name.clone()).chain((2..100).map(|n| format!("{name}-{n}")));
        all.find_map(|n| Some(self.path(user, &n)).filter(|p| fs::symlink_metadata(p).is_err()))
            .ok_or(KeysError::Io(std::io::ErrorKind::AlreadyExists))
    }
}
