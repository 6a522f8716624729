//! Serialises unlock attempts of one operating system user, across all copies of a profile.

use crate::{KeysError, durable};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const NAME: &str = "chartkeep-attempts.lock";

/// Time between two attempts to take a lock that is held.
const RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// Attempts to take the lock, ten seconds in total: a holder only writes two small records.
const MAX_RETRIES: u32 = 2000;

/// Held while a record is read, checked, changed and written; released on drop.
#[derive(Debug)]
pub(crate) struct AttemptLock(#[expect(dead_code, reason = "holds the lock for as long as it lives")] File);

impl AttemptLock {
    /// Takes the lock of this OS user. It is outside the profile, so that copies of a profile share it as they share
    /// the keychain.
    ///
    /// Failing to take it is an error: an attempt that cannot be counted is not made.
    pub(crate) fn take(slots: &Path) -> Result<Self, KeysError> {
        Self::take_at(&folder(slots)?.join(NAME))
    }

    fn take_at(path: &Path) -> Result<Self, KeysError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        for _ in 0..MAX_RETRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => thread::park_timeout(RETRY_INTERVAL),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        Err(KeysError::Io(ErrorKind::WouldBlock))
    }
}

/// The first that exists of: the user's runtime folder, their cache, the profile's slots.
fn folder(slots: &Path) -> Result<PathBuf, KeysError> {
    if let Some(runtime) = runtime_folder() {
        return Ok(runtime);
    }
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|h| h.join("Library/Caches"))
    } else {
        variable("HOME").map(|h| h.join(".cache"))
    };
    let cache = cache.map(|c| c.join("chartkeep")).filter(|c| durable::make_folder(c).is_ok());
    match cache {
        Some(cache) => Ok(cache),
        None => durable::make_folder(slots).map(|()| slots.to_owned()),
    }
}

/// From the user id rather than an environment variable, which could differ between copies.
#[cfg(target_os = "linux")]
fn runtime_folder() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let me = std::fs::metadata("/proc/self").ok()?.uid();
    let folder = PathBuf::from(format!("/run/user/{me}"));
    std::fs::metadata(&folder).is_ok_and(|m| m.is_dir() && m.uid() == me).then_some(folder)
}

#[cfg(not(target_os = "linux"))]
const fn runtime_folder() -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_lock_is_held_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(NAME);
        let held = AttemptLock::take_at(&path).unwrap();
        let other = File::open(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        assert!(other.try_lock().is_ok());
    }
}
