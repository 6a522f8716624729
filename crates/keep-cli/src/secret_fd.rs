//! Secrets come in by file descriptor: never by argument or environment, where others can read them.

use keep_domain::{ErrorCode, Secret};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

/// Longest secret that is read, bytes.
const LIMIT: u64 = 4096;

/// Reads a secret to its end or first line break.
///
/// # Errors
/// [`ErrorCode::Invalid`] for a descriptor that cannot be read or text that is not UTF-8.
pub fn read(fd: i32) -> Result<Secret<String>, ErrorCode> {
    let mut file = open(fd)?;
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(256));
    let mut one = [0_u8; 1];
    // One byte at a time: what follows the line belongs to someone else.
    while (bytes.len() as u64) < LIMIT && file.read(&mut one).map_err(|_| ErrorCode::Invalid)? == 1 {
        if one == [b'\n'] {
            break;
        }
        bytes.extend_from_slice(&one);
    }
    std::mem::forget(file);
    let text = std::str::from_utf8(&bytes).map_err(|_| ErrorCode::Invalid)?;
    Ok(Secret::new(text.trim_end_matches('\r').to_owned()))
}

/// Writes one line and closes the descriptor.
///
/// # Errors
/// [`ErrorCode::Invalid`] for a descriptor that cannot be written.
pub fn write_once(fd: i32, line: &Secret<String>) -> Result<(), ErrorCode> {
    let mut file = open(fd)?;
    // EXPOSE: the otpauth URI goes to the one descriptor that the caller named.
    writeln!(file, "{}", line.expose()).map_err(|_| ErrorCode::Invalid)
}

#[expect(unsafe_code, reason = "a descriptor number from the command line can only be adopted")]
fn open(fd: i32) -> Result<File, ErrorCode> {
    // SAFETY: fcntl only asks whether the number is an open descriptor.
    let open = unsafe { libc::fcntl(fd, libc::F_GETFD) } != -1;
    if fd < 0 || !open {
        return Err(ErrorCode::Invalid);
    }
    // SAFETY: the caller named this descriptor for us to use and nothing else in this program holds it.
    Ok(unsafe { File::from_raw_fd(fd) })
}
