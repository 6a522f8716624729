//! A few secret bytes in anonymous memory, to cross exec without argument, environment or file.

use keep_domain::Secret;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::fs::File;
use std::io::{Read, Result, Seek, Write};
use std::os::fd::OwnedFd;

/// More than any resume secret needs; refuses a descriptor that is something else.
const MOST: u64 = 4096;

/// Writes the bytes to a sealed memory file, closed on exec until it is handed over.
///
/// `memfd_secret` would keep it out of the kernel's own map, too, but is off in Debian 12's kernel and forbids
/// hibernation.
pub(crate) fn write(bytes: &[u8]) -> Result<OwnedFd> {
    let file = memfd_create("resume", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut file = File::from(file);
    file.write_all(bytes)?;
    file.rewind()?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file.into())
}

/// Reads the bytes and closes the descriptor, which was the only way to them.
pub(crate) fn read(fd: OwnedFd) -> Result<Secret<Vec<u8>>> {
    let mut file = File::from(fd);
    let mut bytes = Vec::with_capacity(usize::try_from(MOST).unwrap_or(0));
    file.rewind()?;
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(Secret::new(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    #[test]
    fn bytes_cross_and_cannot_be_changed() {
        let fd = super::write(b"six digits").expect("write");
        let mut other = std::fs::File::from(fd.try_clone().expect("copy"));
        assert!(other.write_all(b"x").is_err());
        // EXPOSE: a test compares it.
        assert_eq!(super::read(fd).expect("read").expose(), b"six digits");
    }
}
