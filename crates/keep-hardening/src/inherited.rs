//! Descriptors that the caller opened and named by number on the command line.
//!
//! A number is no proof that a descriptor is the caller's: one that was not open names whatever this program opens
//! later. Once, an address with a secret in it was written to the program's own lock file in that way.

use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat};
use rustix::io::{FdFlags, fcntl_setfd};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What a descriptor is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is read.
    Read,
    /// It is written.
    Write,
}

/// Why a descriptor is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// Outside the numbers that may be handed over, not open when the program began, or taken before.
    #[error("the caller opened no such descriptor, or it is named twice")]
    NotTheCallers,
    /// Opened for the other direction.
    #[error("the descriptor is open for the other direction")]
    WrongDirection,
    /// A folder, a disk, or a mere path.
    #[error("the descriptor is no file, pipe, socket or terminal")]
    NoStream,
}

/// The descriptors that were open when the program began and that nobody has taken yet.
#[derive(Debug)]
pub struct CallersDescriptors(Vec<RawFd>);

impl CallersDescriptors {
    /// Looks which of `numbers` are open. Standard streams never count.
    ///
    /// INVARIANT: called in `main` before this program opens a file or starts a thread: what is open then is the
    /// caller's.
    #[must_use]
    pub fn find(numbers: impl IntoIterator<Item = RawFd>) -> Self {
        let mut found: Vec<RawFd> = numbers.into_iter().filter(|fd| *fd > 2 && fstat(borrow(*fd)).is_ok()).collect();
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    /// Takes one over, once. Programs that this one starts do not inherit it.
    ///
    /// # Errors
    /// [`DescriptorError`]; then it stays open and is not used.
    pub fn adopt(&mut self, number: RawFd, direction: Direction) -> Result<OwnedFd, DescriptorError> {
        let at = self.0.iter().position(|fd| *fd == number).ok_or(DescriptorError::NotTheCallers)?;
        check(borrow(number), direction)?;
        self.0.swap_remove(at);
        #[expect(unsafe_code, reason = "a descriptor that crossed exec is only a number")]
        // SAFETY: it was open before this program opened anything, so nothing here owns it, and it was removed from
        // the list, so it is taken once.
        Ok(unsafe { OwnedFd::from_raw_fd(number) })
    }
}

fn check(fd: BorrowedFd<'_>, direction: Direction) -> Result<(), DescriptorError> {
    let about = fstat(fd).map_err(|_| DescriptorError::NotTheCallers)?;
    let flags = fcntl_getfl(fd).map_err(|_| DescriptorError::NotTheCallers)?;
    let streams = [FileType::RegularFile, FileType::Fifo, FileType::Socket, FileType::CharacterDevice];
    if flags.contains(OFlags::PATH) || !streams.contains(&FileType::from_raw_mode(about.st_mode)) {
        return Err(DescriptorError::NoStream);
    }
    let mode = flags & OFlags::RWMODE;
    let wrong = if direction == Direction::Read { OFlags::WRONLY } else { OFlags::RDONLY };
    if mode == wrong {
        return Err(DescriptorError::WrongDirection);
    }
    fcntl_setfd(fd.as_fd(), FdFlags::CLOEXEC).map_err(|_| DescriptorError::NotTheCallers)
}

fn borrow(number: RawFd) -> BorrowedFd<'static> {
    #[expect(unsafe_code, reason = "only asks the system about a number")]
    // SAFETY: used for calls that fail on a number that is no open descriptor; the callers pass none below 3, so it is
    // never -1.
    unsafe {
        BorrowedFd::borrow_raw(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::{AsRawFd, IntoRawFd};

    /// A descriptor of this test as a caller would leave it open.
    fn left_open(file: impl Into<OwnedFd>) -> RawFd {
        file.into().into_raw_fd()
    }

    #[test]
    fn only_what_was_open_at_the_beginning_is_taken_and_once() {
        let (reader, writer) = std::io::pipe().expect("pipe");
        let (reader, writer) = (left_open(reader), left_open(writer));
        let mut callers = CallersDescriptors::find([reader, writer, 1, 900, -1]);
        assert_eq!(callers.adopt(900, Direction::Read).err(), Some(DescriptorError::NotTheCallers));
        assert_eq!(callers.adopt(1, Direction::Write).err(), Some(DescriptorError::NotTheCallers));
        assert_eq!(callers.adopt(-1, Direction::Write).err(), Some(DescriptorError::NotTheCallers));
        assert_eq!(callers.adopt(reader, Direction::Write).err(), Some(DescriptorError::WrongDirection));
        assert_eq!(callers.adopt(writer, Direction::Read).err(), Some(DescriptorError::WrongDirection));
        let taken = callers.adopt(writer, Direction::Write).expect("the caller's");
        assert!(rustix::io::fcntl_getfd(&taken).expect("flags").contains(FdFlags::CLOEXEC));
        assert_eq!(callers.adopt(writer, Direction::Write).err(), Some(DescriptorError::NotTheCallers));
        // What this program opens afterwards is nobody else's.
        let own = File::open("/dev/null").expect("opened");
        assert_eq!(callers.adopt(own.as_raw_fd(), Direction::Read).err(), Some(DescriptorError::NotTheCallers));
        drop((taken, callers.adopt(reader, Direction::Read).expect("the caller's")));
    }

    #[test]
    fn folders_and_mere_paths_are_refused() {
        let folder = left_open(File::open("/").expect("opened"));
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let path = left_open(rustix::fs::open("/dev/null", flags, rustix::fs::Mode::empty()).expect("opened"));
        let mut callers = CallersDescriptors::find([folder, path]);
        for number in [folder, path] {
            assert_eq!(callers.adopt(number, Direction::Read).err(), Some(DescriptorError::NoStream));
        }
    }
}
