//! The folder `slots/` of a profile.

use crate::key_file_sums::KeyFileSums;
use crate::slot::{SlotFile, SlotHeader, SlotOwner};
use crate::{DeviceKey, KeysError, MemberRecord, durable};
use keep_domain::{DeviceId, ErrorCode, UserId};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The key slots of one device profile.
#[derive(Debug, Clone)]
pub struct Slots {
    folder: PathBuf,
}

/// A slot as the lock screen shows it; nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSummary {
    /// The user.
    pub user: UserId,
    /// Name and role; `None` if the file cannot be read.
    pub owner: Option<SlotOwner>,
}

impl Slots {
    /// The slots of the profile in `profile`; creates no folder.
    #[must_use]
    pub fn of_profile(profile: &Path) -> Self {
        Self { folder: profile.join("slots") }
    }

    /// Whether any user is enrolled; damaged slots count.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn exist(&self) -> Result<bool, KeysError> {
        Ok(!self.users()?.is_empty())
    }

    /// All enrolled users, sorted by name, damaged slots last.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn list(&self) -> Result<Vec<SlotSummary>, KeysError> {
        let mut out = Vec::new();
        for user in self.users()? {
            // An unreadable file of one user must not lock out the others.
            let owner = self.read_unchecked(user).ok().map(|file| file.header().owner());
            out.push(SlotSummary { user, owner });
        }
        out.sort_by_cached_key(|s| {
            (s.owner.is_none(), s.owner.as_ref().map(|o| o.display_name.to_lowercase()), s.user)
        });
        Ok(out)
    }

    /// The verified header of a slot.
    ///
    /// # Errors
    /// [`KeysError::NotEnrolled`], [`KeysError::SlotDamaged`], [`KeysError::SlotNewer`], [`KeysError::Io`].
    pub fn header(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotHeader, KeysError> {
        self.read(user, device_key).map(SlotFile::into_header)
    }

    /// The member record of a colleague, for granting keys to them or checking their grant.
    ///
    /// # Errors
    /// As [`Slots::header`].
    pub fn member(&self, user: UserId, device_key: &DeviceKey) -> Result<MemberRecord, KeysError> {
        self.read(user, device_key).map(SlotFile::into_member)
    }

    pub(crate) fn read(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotFile, KeysError> {
        let file = self.read_unchecked(user)?;
        file.check_seal(device_key)?;
        Ok(file)
    }

    fn read_unchecked(&self, user: UserId) -> Result<SlotFile, KeysError> {
        let bytes = durable::read(&self.slot_path(user))?.ok_or(KeysError::NotEnrolled)?;
        let file = SlotFile::parse(&bytes)?;
        // A renamed slot file would ask one user for the password of another.
        if file.header().user == user { Ok(file) } else { Err(KeysError::SlotDamaged("slot")) }
    }

    pub(crate) fn write(&self, file: &SlotFile) -> Result<(), KeysError> {
        durable::make_folder(&self.folder)?;
        durable::write(&self.slot_path(file.header().user), &file.to_bytes()?)
    }

    pub(crate) fn read_state(&self, user: UserId) -> Result<Vec<u8>, KeysError> {
        durable::read(&self.path(user, "state"))?.ok_or(KeysError::SlotDamaged("state"))
    }

    pub(crate) fn write_state(&self, user: UserId, bytes: &[u8]) -> Result<(), KeysError> {
        durable::make_folder(&self.folder)?;
        durable::write(&self.path(user, "state"), bytes)
    }

    pub(crate) fn read_keys(&self, user: UserId) -> Result<Vec<u8>, KeysError> {
        durable::read(&self.path(user, "keys"))?.ok_or(KeysError::SlotDamaged("keys"))
    }

    pub(crate) fn write_keys(&self, user: UserId, bytes: &[u8]) -> Result<(), KeysError> {
        durable::make_folder(&self.folder)?;
        let keys = self.path(user, "keys");
        // The current file is about to be replaced, so it may be unreadable.
        let sums = KeyFileSums::of(bytes, durable::read(&keys).ok().flatten().as_deref()).to_bytes()?;
        // Only `doctor` needs the digests: without them it reports a changed file, but users can still unlock.
        match durable::write(&self.path(user, "sums"), &sums) {
            Err(full) if full.code() == ErrorCode::DiskFull => return Err(full),
            Ok(()) | Err(_) => {}
        }
        durable::write(&keys, bytes)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn grants_folder(&self, user: UserId) -> PathBuf {
        self.path(user, "grants")
    }

    pub(crate) fn slot_path(&self, user: UserId) -> PathBuf {
        self.path(user, "json")
    }

    pub(crate) fn path(&self, user: UserId, kind: &str) -> PathBuf {
        self.folder.join(format!("{user}.{kind}"))
    }

    /// Whether a readable slot names `device`, or no slot is readable. Otherwise the device id in the settings has
    /// changed. Nothing is verified.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn may_belong_to(&self, device: DeviceId) -> Result<bool, KeysError> {
        let readable: Vec<SlotFile> = self.users()?.into_iter().filter_map(|u| self.read_unchecked(u).ok()).collect();
        Ok(readable.is_empty() || readable.iter().any(|f| f.header().device == device))
    }

    fn users(&self) -> Result<Vec<UserId>, KeysError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut users = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let user = name.to_str().and_then(|n| n.strip_suffix(".json")).and_then(|n| n.parse::<UserId>().ok());
            users.extend(user);
        }
        Ok(users)
    }
}
