//! Damaged slots: detecting them, and moving their files out of the way of a new enrolment.

use crate::slot_unlocker::SlotUnlocker;
use crate::slots::Slots;
use crate::unlock_state::UnlockState;
use crate::{DeviceKey, KeysError, durable, key_ring, unlock_state};
use keep_domain::{UserId, UtcMillis};
use std::fs;
use std::path::PathBuf;

/// The files of a slot. The slot file comes last, so that an interrupted move leaves the slot listed.
const KINDS: [&str; 4] = ["keys", "state", "grants", "json"];

/// Marks a slot whose keys did not open although password and code were correct.
const MARKER: &str = "damaged";

impl SlotUnlocker<'_> {
    /// Whether the slot of `user` can no longer be opened: a file is missing or was not written by this device. A slot
    /// that does not exist is not damaged.
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
            // Key or state files without their slot file.
            Err(KeysError::NotEnrolled) => self.slots.has_orphans(user),
            Err(other) => Err(other),
        }
    }

    fn check_files(&self, user: UserId, device_key: &DeviceKey) -> Result<(), KeysError> {
        let file = self.read_slot(user, device_key)?;
        let header = file.header();
        UnlockState::open(&self.slots.read_state(user)?, device_key, &header.context(), header.totp_generation)?;
        key_ring::write_count(&self.slots.read_keys(user)?).ok_or(KeysError::SlotDamaged("keys"))?;
        if self.slots.path(user, MARKER).exists() { Err(KeysError::SlotDamaged("keys")) } else { Ok(()) }
    }

    /// Marks the slot as damaged, which only the correct factors can reveal, or removes the mark.
    pub(crate) fn mark_damaged(&self, user: UserId, damaged: bool) -> Result<(), KeysError> {
        let marker = self.slots.path(user, MARKER);
        match (damaged, marker.exists()) {
            (true, false) => durable::write(&marker, b""),
            (false, true) => durable::delete(&marker),
            _ => Ok(()),
        }
    }
}

impl Slots {
    /// Whether there are key or state files that were in use, without a slot file. An interrupted enrolment leaves files
    /// that were written once and hold no key yet.
    fn has_orphans(&self, user: UserId) -> Result<bool, KeysError> {
        let used = |kind: &str, write_count: fn(&[u8]) -> Option<u64>| -> Result<bool, KeysError> {
            let bytes = durable::read(&self.path(user, kind))?;
            Ok(bytes.is_some_and(|b| write_count(&b) != Some(1)))
        };
        Ok(used("keys", key_ring::write_count)? || used("state", unlock_state::write_count)?)
    }

    /// Renames the files of a damaged slot and returns their new names. Nothing is deleted, so that a restored slot file
    /// can be used with them again.
    pub(crate) fn set_aside(&self, user: UserId, at: UtcMillis) -> Result<Vec<String>, KeysError> {
        let mut names = Vec::new();
        for kind in KINDS {
            let path = self.path(user, kind);
            if fs::symlink_metadata(&path).is_err() {
                continue;
            }
            let target = self.unused_name(user, kind, at)?;
            fs::rename(&path, &target)?;
            names.extend(target.file_name().map(|n| n.to_string_lossy().into_owned()));
        }
        durable::delete(&self.path(user, MARKER))?;
        Ok(names)
    }

    fn unused_name(&self, user: UserId, kind: &str, at: UtcMillis) -> Result<PathBuf, KeysError> {
        let name = format!("{kind}.damaged-{}", at.seconds());
        let mut all = std::iter::once(name.clone()).chain((2..100).map(|n| format!("{name}-{n}")));
        all.find_map(|n| Some(self.path(user, &n)).filter(|p| fs::symlink_metadata(p).is_err()))
            .ok_or(KeysError::Io(std::io::ErrorKind::AlreadyExists))
    }
}
