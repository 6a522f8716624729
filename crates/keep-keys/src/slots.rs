//! The folder `slots/` of a profile.

use crate::slot::{SlotFile, SlotHeader};
use crate::{DeviceKey, KeysError, MemberRecord, durable};
use crate::{key_ring, state};
use keep_domain::{DeviceId, Role, UserId, UtcMillis};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The key slots of one device profile.
#[derive(Debug, Clone)]
pub struct Slots {
    folder: PathBuf,
}

/// What the lock screen shows of a slot, before anything is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSummary {
    /// Whose slot.
    pub user: UserId,
    /// Name and role; `None` when the file cannot be read.
    pub shown: Option<ShownPerson>,
}

/// A person as the lock screen shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPerson {
    /// Name as the identity provider gave it.
    pub display_name: String,
    /// Main role.
    pub role: Role,
    /// When the slot was made.
    pub created: UtcMillis,
}

impl Slots {
    /// The slots of the profile in `profile`; makes nothing yet.
    #[must_use]
    pub fn of_profile(profile: &Path) -> Self {
        Self { folder: profile.join("slots") }
    }

    /// Whether anybody is enrolled, damaged slots included.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn exist(&self) -> Result<bool, KeysError> {
        Ok(!self.users()?.is_empty())
    }

    /// Everybody who is enrolled, in the order of their names; damaged slots last.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn list(&self) -> Result<Vec<SlotSummary>, KeysError> {
        let mut out = Vec::new();
        for user in self.users()? {
            let shown = match self.read_unchecked(user) {
                Ok(file) => Some(file.header().shown()),
                // One person's file that cannot be read must not lock out the others.
                Err(_) => None,
            };
            out.push(SlotSummary { user, shown });
        }
        out.sort_by_cached_key(|s| {
            (s.shown.is_none(), s.shown.as_ref().map(|p| p.display_name.to_lowercase()), s.user)
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

    /// The member record of a colleague, for granting keys to them or for checking their grant.
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
        // A slot under another's name would ask one clinician for the other's password.
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
        // The digests are for `doctor` alone: without them it says that the file was changed, and nobody is kept out.
        match self.write_sums(user, bytes) {
            Err(full) if full.code() == keep_domain::ErrorCode::DiskFull => return Err(full),
            _kept_or_not => {}
        }
        durable::write(&self.path(user, "keys"), bytes)
    }

    /// Whether keys or codes lie here that were in use and whose `.json` is gone. What an enrolment that was cut short
    /// leaves has been written once and holds no key yet.
    pub(crate) fn has_orphans(&self, user: UserId) -> Result<bool, KeysError> {
        let used = |kind: &str, written: fn(&[u8]) -> Option<u64>| -> Result<bool, KeysError> {
            let bytes = durable::read(&self.path(user, kind))?;
            Ok(bytes.is_some_and(|b| written(&b) != Some(1)))
        };
        Ok(used("keys", key_ring::times_written)? || used("state", state::times_written)?)
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

    /// The devices that readable slots name; nothing is verified.
    pub(crate) fn devices(&self) -> Result<Vec<DeviceId>, KeysError> {
        Ok(self.users()?.into_iter().filter_map(|u| self.read_unchecked(u).ok()).map(|f| f.header().device).collect())
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
