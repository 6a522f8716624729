//! Descriptors that the parent process opened and named by number on the command line.
//!
//! A number alone does not prove that the parent opened the descriptor: if it did not, the number names whatever this
//! program opens later. An otpauth URI was once written to the program's own lock file that way.

use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat};
use rustix::io::{FdFlags, fcntl_setfd};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What a descriptor is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Reading.
    Read,
    /// Writing.
    Write,
}

/// Why a descriptor cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// Outside the permitted numbers, not open when the program started, or already taken.
    #[error("the descriptor was not open when the program started, or it is named twice")]
    NotInherited,
    /// Opened for the other direction.
    #[error("the descriptor is open for the other direction")]
    WrongDirection,
    /// A folder, a disk, or a path opened with `O_PATH`.
    #[error("the descriptor is not a file, pipe, socket or terminal")]
    NotAStream,
}

/// The descriptors that were open when the program started and have not been taken yet.
#[derive(Debug)]
pub struct InheritedDescriptors(Vec<RawFd>);

impl InheritedDescriptors {
    /// Finds out which of `numbers` are open. Standard streams never count.
    ///
    /// INVARIANT: called in `main` before this program opens a file or starts a thread, so that every descriptor found
    /// was opened by the parent process.
    #[must_use]
    pub fn find(numbers: impl IntoIterator<Item = RawFd>) -> Self {
        let mut found: Vec<RawFd> = numbers.into_iter().filter(|fd| *fd > 2 && fstat(borrow(*fd)).is_ok()).collect();
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    /// Takes ownership of a descriptor, once; child processes do not inherit it.
    ///
    /// # Errors
    /// [`DescriptorError`]; the descriptor then stays open and unused.
    pub fn adopt(&mut self, number: RawFd, direction: Direction) -> Result<OwnedFd, DescriptorError> {
        let at = self.0.iter().position(|fd| *fd == number).ok_or(DescriptorError::NotInherited)?;
        check(borrow(number), direction)?;
        self.0.swap_remove(at);
        #[expect(unsafe_code, reason = "a descriptor that crossed exec is only a number")]
        // SAFETY: it was open before this program opened anything, so nothing else owns it, and it is no longer in the
        // list, so it is taken once.
        Ok(unsafe { OwnedFd::from_raw_fd(number) })
    }
}

fn check(fd: BorrowedFd<'_>, direction: Direction) -> Result<(), DescriptorError> {
    let about = fstat(fd).map_err(|_| DescriptorError::NotInherited)?;
    let flags = fcntl_getfl(fd).map_err(|_| DescriptorError::NotInherited)?;
    let streams = [FileType::RegularFile, FileType::Fifo, FileType::Socket, FileType::CharacterDevice];
    if flags.contains(OFlags::PATH) || !streams.contains(&FileType::from_raw_mode(about.st_mode)) {
        return Err(DescriptorError::NotAStream);
    }
    let mode = flags & OFlags::RWMODE;
    let wrong = if direction == Direction::Read { OFlags::WRONLY } else { OFlags::RDONLY };
    if mode == wrong {
        return Err(DescriptorError::WrongDirection);
    }
    fcntl_setfd(fd.as_fd(), FdFlags::CLOEXEC).map_err(|_| DescriptorError::NotInherited)
}

fn borrow(number: RawFd) -> BorrowedFd<'static> {
    #[expect(unsafe_code, reason = "only queries the number")]
    // SAFETY: used for calls that fail if the number is not an open descriptor; callers pass no number below 3, so it
    // is never -1.
    unsafe {
        BorrowedFd::borrow_raw(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::{AsRawFd, IntoRawFd};

    /// A descriptor left open as a parent process would leave it.
    fn left_open(file: impl Into<OwnedFd>) -> RawFd {
        file.into().into_raw_fd()
    }

    #[test]
    fn only_descriptors_open_at_the_start_can_be_taken_and_only_once() {
        let (reader, writer) = std::io::pipe().expect("pipe");
        let (reader, writer) = (left_open(reader), left_open(writer));
        let mut inherited = InheritedDescriptors::find([reader, writer, 1, 900, -1]);
        assert_eq!(inherited.adopt(900, Direction::Read).err(), Some(DescriptorError::NotInherited));
        assert_eq!(inherited.adopt(1, Direction::Write).err(), Some(DescriptorError::NotInherited));
        assert_eq!(inherited.adopt(-1, Direction::Write).err(), Some(DescriptorError::NotInherited));
        assert_eq!(inherited.adopt(reader, Direction::Write).err(), Some(DescriptorError::WrongDirection));
        assert_eq!(inherited.adopt(writer, Direction::Read).err(), Some(DescriptorError::WrongDirection));
        let taken = inherited.adopt(writer, Direction::Write).expect("inherited");
        assert!(rustix::io::fcntl_getfd(&taken).expect("flags").contains(FdFlags::CLOEXEC));
        assert_eq!(inherited.adopt(writer, Direction::Write).err(), Some(DescriptorError::NotInherited));
        // A descriptor that this program opens later was not inherited.
        let own = File::open("/dev/null").expect("opened");
        assert_eq!(inherited.adopt(own.as_raw_fd(), Direction::Read).err(), Some(DescriptorError::NotInherited));
        drop((taken, inherited.adopt(reader, Direction::Read).expect("inherited")));
    }

    #[test]
    fn folders_and_o_path_descriptors_are_refused() {
        let folder = left_open(File::open("/").expect("opened"));
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let path = left_open(rustix::fs::open("/dev/null", flags, rustix::fs::Mode::empty()).expect("opened"));
        let mut inherited = InheritedDescriptors::find([folder, path]);
        for number in [folder, path] {
            assert_eq!(inherited.adopt(number, Direction::Read).err(), Some(DescriptorError::NotAStream));
        }
    }
}
