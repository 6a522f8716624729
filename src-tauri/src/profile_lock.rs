//! One writer per profile: an exclusive lock on a file in it.

use crate::error::ShellError;
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use std::fs::DirBuilder;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Holds the profile as long as it lives, and across exec when its descriptor is handed over.
#[derive(Debug)]
pub(crate) struct ProfileLock(OwnedFd);

impl ProfileLock {
    /// Makes the profile folder if need be (only its owner may enter) and takes the lock without waiting.
    pub(crate) fn take(profile: &Path) -> Result<Self, ShellError> {
        DirBuilder::new().recursive(true).mode(0o700).create(profile).map_err(ShellError::Profile)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC;
        let file = rustix::fs::open(profile.join("lock"), flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| ShellError::Profile(errno.into()))?;
        Self::hold(file)
    }

    /// Goes on with the descriptor of the image before.
    ///
    /// The lock belongs to the open file, so taking it again succeeds at once and proves that it is still ours.
    pub(crate) fn inherit(file: OwnedFd) -> Result<Self, ShellError> {
        fcntl_setfd(&file, FdFlags::CLOEXEC).map_err(|errno| ShellError::Profile(errno.into()))?;
        Self::hold(file)
    }

    fn hold(file: OwnedFd) -> Result<Self, ShellError> {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(Errno::WOULDBLOCK) => Err(ShellError::ProfileInUse),
            Err(errno) => Err(ShellError::Profile(errno.into())),
        }
    }
}

impl AsFd for ProfileLock {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::ProfileLock;
    use crate::error::ShellError;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_second_writer_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().expect("folder");
        let profile = dir.path().join("ward");
        let first = ProfileLock::take(&profile).expect("first");
        assert!(matches!(ProfileLock::take(&profile), Err(ShellError::ProfileInUse)));
        drop(first);
        assert!(ProfileLock::take(&profile).is_ok());
        let mode = std::fs::metadata(&profile).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_handed_over_lock_is_never_free_in_between() {
        let dir = tempfile::tempdir().expect("folder");
        let first = ProfileLock::take(dir.path()).expect("first");
        let copy = first.0.try_clone().expect("copy");
        drop(first);
        assert!(matches!(ProfileLock::take(dir.path()), Err(ShellError::ProfileInUse)));
        let heir = ProfileLock::inherit(copy).expect("heir");
        assert!(matches!(ProfileLock::take(dir.path()), Err(ShellError::ProfileInUse)));
        drop(heir);
        assert!(ProfileLock::take(dir.path()).is_ok());
    }
}
