//! A few secret bytes in anonymous memory, which cross exec in neither an argument, the environment nor a file.

use keep_domain::Secret;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::fs::File;
use std::io::{Read, Result, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Bytes read at most; larger than any resume secret, in case the descriptor is something else.
const LIMIT: u64 = 4096;

/// A sealed memory file, closed on exec until it is handed over.
///
/// `memfd_secret` would hide it from the kernel's own map too, but is disabled in Debian 12's kernel and prevents
/// hibernation.
#[derive(Debug)]
pub(crate) struct SealedMemory(OwnedFd);

impl SealedMemory {
    /// Copies `bytes` into memory that cannot be changed afterwards.
    pub(crate) fn write(bytes: &[u8]) -> Result<Self> {
        let file = memfd_create("resume", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let mut file = File::from(file);
        file.write_all(bytes)?;
        file.rewind()?;
        fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
        Ok(Self(file.into()))
    }

    /// Reads the bytes and closes the only descriptor to them.
    pub(crate) fn read(self) -> Result<Secret<Vec<u8>>> {
        let mut file = File::from(self.0);
        let mut bytes = Vec::with_capacity(usize::try_from(LIMIT).unwrap_or(0));
        file.rewind()?;
        file.take(LIMIT).read_to_end(&mut bytes)?;
        Ok(Secret::new(bytes))
    }
}

impl From<OwnedFd> for SealedMemory {
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}

impl AsFd for SealedMemory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::SealedMemory;
    use std::io::Write;

    #[test]
    fn bytes_are_read_back_and_cannot_be_changed() {
        let memory = SealedMemory::write(b"six digits").expect("write");
        let mut other = std::fs::File::from(memory.0.try_clone().expect("copy"));
        assert!(other.write_all(b"x").is_err());
        // EXPOSE: a test compares it.
        assert_eq!(memory.read().expect("read").expose(), b"six digits");
    }
}
