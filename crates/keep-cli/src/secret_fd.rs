//! Secrets are read from file descriptors: other programs can read arguments and the environment.

use crate::args::{Audit, Unlock, Verb};
use keep_domain::{ErrorCode, Secret};
use keep_hardening::{DescriptorError, Direction, InheritedDescriptors};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{OwnedFd, RawFd};

/// Length of the longest secret that is read, in bytes.
const LIMIT: u64 = 4096;

/// A descriptor on which one secret is read or written, once; `None` for a verb without it.
pub type SecretFd = Option<OwnedFd>;

/// The descriptors that the arguments of a verb name.
#[derive(Debug, Default)]
pub struct SecretFds {
    /// The password is read from it.
    pub password: SecretFd,
    /// The one-time code is read from it.
    pub code: SecretFd,
    /// The otpauth URI is written to it.
    pub otpauth: SecretFd,
}

/// A descriptor that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{argument} {number}: {error}")]
pub struct SecretFdError {
    /// The argument that names it.
    pub argument: &'static str,
    /// The number of the descriptor.
    pub number: RawFd,
    /// The reason.
    pub error: DescriptorError,
}

impl SecretFds {
    /// Takes ownership of every descriptor that `verb` names.
    ///
    /// INVARIANT: called before this program opens a file of its own.
    ///
    /// # Errors
    /// [`SecretFdError`] for the first descriptor that the parent process did not open for its purpose.
    pub fn adopt(verb: &Verb, mut inherited: InheritedDescriptors) -> Result<Self, SecretFdError> {
        let mut take = |argument, number, direction| match inherited.adopt(number, direction) {
            Ok(fd) => Ok(Some(fd)),
            Err(error) => Err(SecretFdError { argument, number, error }),
        };
        let (password, code, otpauth) = match verb {
            Verb::Doctor(_) | Verb::Site(_) | Verb::Audit(Audit::Verify { .. }) => return Ok(Self::default()),
            Verb::Audit(Audit::SignOff(sign_off)) => numbers(&sign_off.unlock),
            Verb::Enrol(enrol) => (enrol.password_fd, enrol.code_fd, Some(enrol.otpauth_fd)),
            Verb::Sync(sync) => numbers(&sync.unlock),
            Verb::Import(import) => numbers(&import.unlock),
            Verb::Export(export) => numbers(&export.unlock),
            Verb::Grant(unlock) => numbers(unlock),
            Verb::Trust(trust) => numbers(&trust.unlock),
        };
        Ok(Self {
            password: take("--password-fd", password, Direction::Read)?,
            code: take("--code-fd", code, Direction::Read)?,
            otpauth: match otpauth {
                Some(number) => take("--otpauth-fd", number, Direction::Write)?,
                None => None,
            },
        })
    }
}

const fn numbers(unlock: &Unlock) -> (RawFd, RawFd, Option<RawFd>) {
    (unlock.password_fd, unlock.code_fd, None)
}

/// Reads a secret to its end or first line break, and closes the descriptor.
///
/// # Errors
/// [`ErrorCode::Invalid`] for a descriptor that cannot be read, and for text that is not UTF-8.
pub fn read(fd: SecretFd) -> Result<Secret<String>, ErrorCode> {
    let mut file = File::from(fd.ok_or(ErrorCode::Invalid)?);
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(256));
    let mut one = [0_u8; 1];
    // One byte at a time: the rest of the stream is left for other programs.
    while (bytes.len() as u64) < LIMIT && file.read(&mut one).map_err(|_| ErrorCode::Invalid)? == 1 {
        if one == [b'\n'] {
            break;
        }
        bytes.extend_from_slice(&one);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| ErrorCode::Invalid)?;
    Ok(Secret::new(text.trim_end_matches('\r').to_owned()))
}

/// Writes one line and closes the descriptor.
///
/// # Errors
/// [`ErrorCode::Invalid`] for a descriptor that cannot be written.
pub fn write_once(fd: SecretFd, line: &Secret<String>) -> Result<(), ErrorCode> {
    let mut file = File::from(fd.ok_or(ErrorCode::Invalid)?);
    // EXPOSE: the otpauth URI goes to the one descriptor that the caller named.
    writeln!(file, "{}", line.expose()).map_err(|_| ErrorCode::Invalid)
}
