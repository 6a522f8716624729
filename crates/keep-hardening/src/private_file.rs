//! Files and folders of a profile: regular files of limited size that only their owner can read.
//!
//! A program that can write to the profile folder can replace any file with a pipe, a device, a link or an endless
//! file. No function here waits on such a file or reads more than its limit.

use crate::platform;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// For reading.
    Read,
    /// For reading and writing.
    ReadWrite,
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Absent,
    /// A regular file.
    File,
    /// Anything else: a folder, link, pipe, socket or device.
    Other,
}

/// What `path` names; a link is not followed.
///
/// # Errors
/// Any error of the file system except [`ErrorKind::NotFound`].
pub fn kind(path: &Path) -> Result<Kind> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(Kind::File),
        Ok(_) => Ok(Kind::Other),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Kind::Absent),
        Err(e) => Err(e),
    }
}

/// Opens an existing regular file.
///
/// # Errors
/// [`ErrorKind::NotFound`], [`ErrorKind::InvalidData`] for anything but a regular file, and file system errors.
pub fn open(path: &Path, access: Access) -> Result<File> {
    // Checked before the open, which alone has an effect on some devices, and again on the open file below.
    match kind(path)? {
        Kind::Absent => return Err(ErrorKind::NotFound.into()),
        Kind::Other => return Err(ErrorKind::InvalidData.into()),
        Kind::File => {}
    }
    open_regular(path, access, false)
}

fn open_regular(path: &Path, access: Access, follow_link: bool) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(access == Access::ReadWrite);
    platform::never_wait(&mut options, follow_link);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ErrorKind::InvalidData.into()) }
}

/// Reads a whole regular file of at most `limit` bytes; `None` if it does not exist.
///
/// # Errors
/// As [`open`], and [`ErrorKind::FileTooLarge`].
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    match open(path, Access::Read) {
        Ok(file) => read_up_to(file, limit).map(Some),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// As [`read`], for a file outside the profile that the user named: a link is followed, and the file must exist.
///
/// # Errors
/// As [`read`].
pub fn read_named(path: &Path, limit: u64) -> Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(ErrorKind::InvalidData.into());
    }
    read_up_to(open_regular(path, Access::Read, true)?, limit)
}

fn read_up_to(file: File, limit: u64) -> Result<Vec<u8>> {
    let length = file.metadata()?.len();
    if length > limit {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // The file may grow meanwhile.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    if fits { Ok(bytes) } else { Err(ErrorKind::FileTooLarge.into()) }
}

/// Creates a file that did not exist; only its owner can read it, whatever the umask.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`], and file system errors.
pub fn create_new(path: &Path) -> Result<File> {
    platform::create_new_file(path)
}

/// Opens a regular file for reading and writing, and creates it if it does not exist.
///
/// # Errors
/// As [`open`].
pub fn open_or_create(path: &Path) -> Result<File> {
    match create_new(path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            restrict_file(path)?;
            open(path, Access::ReadWrite)
        }
        other => other,
    }
}

/// Replaces the content of `path` by `bytes` so that a power cut leaves either the old or the new content: temporary
/// file, fsync, rename, fsync of the folder.
///
/// # Errors
/// File system errors.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let temporary = temporary_of(path)?;
    // A crash or another program may have left one.
    match std::fs::remove_file(&temporary) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = create_new(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&temporary, path)?;
    platform::sync_folder(folder)
}

fn temporary_of(path: &Path) -> Result<PathBuf> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".tmp");
    Ok(path.with_file_name(name))
}

/// Deletes `path` durably; a path that does not exist is not an error.
///
/// # Errors
/// File system errors.
pub fn delete(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
        Ok(()) => path.parent().map_or(Ok(()), platform::sync_folder),
    }
}

/// Renames `path` to `<name>.odd`, or `<name>.odd-1` and so on if that exists; nothing is overwritten.
///
/// # Errors
/// File system errors, and [`ErrorKind::AlreadyExists`] if a thousand names are in use.
pub fn set_aside(path: &Path) -> Result<()> {
    for number in 0..1000 {
        let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
        name.push(if number == 0 { String::from(".odd") } else { format!(".odd-{number}") });
        let target = path.with_file_name(name);
        if kind(&target)? == Kind::Absent {
            return std::fs::rename(path, target);
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Creates a folder and its missing parents, which only their owner can enter; an existing folder is left as it is.
///
/// # Errors
/// File system errors.
pub fn create_folder(path: &Path) -> Result<()> {
    platform::create_folder(path)
}

/// Removes all rights to a folder but the owner's.
///
/// # Errors
/// File system errors.
pub fn restrict_folder(path: &Path) -> Result<()> {
    platform::restrict_folder(path)
}

/// Removes all rights to a regular file but the owner's, and gives the owner theirs; any other kind of path is left
/// alone.
///
/// # Errors
/// File system errors.
pub fn restrict_file(path: &Path) -> Result<()> {
    let about = std::fs::symlink_metadata(path)?;
    if about.is_file() && !platform::is_private(&about) { platform::restrict_file(path) } else { Ok(()) }
}

/// As [`restrict_folder`] and [`restrict_file`] for a folder and everything in it; continues after a failure.
#[must_use]
pub fn restrict_all(folder: &Path) -> RestrictReport {
    let mut report = RestrictReport::default();
    match std::fs::symlink_metadata(folder) {
        Ok(about) if about.is_dir() => {}
        Ok(_) => return RestrictReport { others: 1, ..report },
        Err(e) if e.kind() == ErrorKind::NotFound => return report,
        Err(_) => return RestrictReport { failures: 1, ..report },
    }
    report.failures += u32::from(restrict_folder(folder).is_err());
    let Ok(entries) = std::fs::read_dir(folder) else {
        return RestrictReport { failures: report.failures + 1, ..report };
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let below = restrict_all(&path);
                report.failures = report.failures.saturating_add(below.failures);
                report.others = report.others.saturating_add(below.others);
            }
            Ok(kind) if kind.is_file() => report.failures += u32::from(restrict_file(&path).is_err()),
            Ok(_) => report.others = report.others.saturating_add(1),
            Err(_) => report.failures = report.failures.saturating_add(1),
        }
    }
    report
}

/// What [`restrict_all`] could not change.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RestrictReport {
    /// Number of files and folders whose rights could not be changed.
    pub failures: u32,
    /// Number of links, pipes, sockets and devices, which are left alone.
    pub others: u32,
}

/// Whether [`open`] or [`read`] failed because the path is not a regular file, or the file is too large.
#[must_use]
pub fn is_not_regular_file(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::FileTooLarge)
}

#[cfg(test)]
mod tests;
