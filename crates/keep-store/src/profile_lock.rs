//! One process per profile: a file lock that survives replacing the process image.

use crate::error::StoreError;
use keep_hardening::private_file;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// The name of the lock file in the profile folder.
const NAME: &str = "profile.lock";

/// The exclusive lock of a profile, held while this value, or its descriptor, exists.
#[derive(Debug)]
pub struct ProfileLock(File);

impl ProfileLock {
    /// Takes the lock of `profile`, without waiting.
    ///
    /// # Errors
    /// [`StoreError::ProfileInUse`], and file errors.
    pub fn take(profile: &Path) -> Result<Self, StoreError> {
        private_file::create_folder(profile)?;
        let file = private_file::open_or_create(&profile.join(NAME))?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|e| {
            if e == rustix::io::Errno::WOULDBLOCK { StoreError::ProfileInUse } else { StoreError::Io(e.kind()) }
        })?;
        Ok(Self(file))
    }

    /// The descriptor, to be inherited by the image that replaces this process.
    // A lock that is closed and taken again can be lost to a second instance; one handed over cannot.
    #[cfg(test)]
    fn into_fd(self) -> OwnedFd {
        OwnedFd::from(self.0)
    }

    /// Takes an inherited descriptor from the replaced image, and checks that it is this profile's lock.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if the descriptor is another file, [`StoreError::ProfileInUse`] if it does not hold the
    /// lock.
    pub fn from_inherited_fd(fd: OwnedFd, profile: &Path) -> Result<Self, StoreError> {
        let ours = rustix::fs::fstat(fd.as_fd()).map_err(|e| StoreError::Io(e.kind()))?;
        let file = std::fs::metadata(profile.join(NAME))?;
        use std::os::unix::fs::MetadataExt;
        if (ours.st_dev, ours.st_ino) != (file.dev(), file.ino()) {
            return Err(StoreError::Invalid("inherited lock"));
        }
        // No change on a descriptor that shares the lock; fails only if another process holds it.
        flock(&fd, FlockOperation::NonBlockingLockExclusive).map_err(|_| StoreError::ProfileInUse)?;
        Ok(Self(File::from(fd)))
    }
}

impl AsFd for ProfileLock {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_refused_even_after_a_handover() {
        let dir = tempfile::tempdir().expect("dir");
        let lock = ProfileLock::take(dir.path()).expect("taken");
        assert_eq!(ProfileLock::take(dir.path()).err(), Some(StoreError::ProfileInUse));
        let fd = lock.into_fd();
        assert_eq!(ProfileLock::take(dir.path()).err(), Some(StoreError::ProfileInUse));
        let lock = ProfileLock::from_inherited_fd(fd, dir.path()).expect("handed over");
        assert_eq!(ProfileLock::take(dir.path()).err(), Some(StoreError::ProfileInUse));
        drop(lock);
        ProfileLock::take(dir.path()).expect("free again");
    }

    #[test]
    fn another_file_is_not_a_lock() {
        let dir = tempfile::tempdir().expect("dir");
        drop(ProfileLock::take(dir.path()).expect("taken"));
        let other = File::create(dir.path().join("x")).expect("file");
        let refused = ProfileLock::from_inherited_fd(OwnedFd::from(other), dir.path());
        assert_eq!(refused.err(), Some(StoreError::Invalid("inherited lock")));
    }
}
