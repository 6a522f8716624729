//! Files and folders of a profile: regular files, of a size that fits, for their owner only.
//!
//! Whoever may write to the profile folder may put a pipe, a device, a link or a file without end in the place of any
//! file. Nothing here waits for such a thing or reads more than it was told to.

use rustix::fs::{FileType, Mode, OFlags};
use std::fs::{DirBuilder, File, Permissions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What may be done with an open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It is only read.
    Read,
    /// It is read and changed.
    Change,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Absent,
    /// A regular file.
    File,
    /// Anything else: a folder, link, pipe, socket or device.
    Other,
}

const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// What lies at `path`; a link is not followed.
///
/// # Errors
/// Whatever the file system says, but not that there is nothing.
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
/// [`ErrorKind::NotFound`], [`ErrorKind::InvalidData`] for what is no regular file, and what the file system says.
pub fn open(path: &Path, access: Access) -> Result<File> {
    // Looked at before it is opened, because opening alone does something to some devices; the open file is looked at
    // again below.
    match kind(path)? {
        Kind::Absent => return Err(ErrorKind::NotFound.into()),
        Kind::Other => return Err(ErrorKind::InvalidData.into()),
        Kind::File => {}
    }
    open_flags(path, access, OFlags::NOFOLLOW)
}

fn open_flags(path: &Path, access: Access, more: OFlags) -> Result<File> {
    let mode = if access == Access::Read { OFlags::RDONLY } else { OFlags::RDWR };
    // Without waiting: a pipe that nobody writes to would never open.
    let flags = mode | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | more;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let about = rustix::fs::fstat(&file)?;
    let regular = FileType::from_raw_mode(about.st_mode) == FileType::RegularFile;
    if regular { Ok(file) } else { Err(ErrorKind::InvalidData.into()) }
}

/// Reads a whole regular file of at most `most` bytes; `None` where there is none.
///
/// # Errors
/// As [`open`], and [`ErrorKind::FileTooLarge`].
pub fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    match open(path, Access::Read) {
        Ok(file) => read_up_to(file, most).map(Some),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// As [`read`], for a file outside the profile that somebody named: a link is followed, and the file must be there.
///
/// # Errors
/// As [`read`].
pub fn read_named(path: &Path, most: u64) -> Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(ErrorKind::InvalidData.into());
    }
    read_up_to(open_flags(path, Access::Read, OFlags::empty())?, most)
}

fn read_up_to(file: File, most: u64) -> Result<Vec<u8>> {
    let length = file.metadata()?.len();
    if length > most {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow meanwhile.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= most);
    if fits { Ok(bytes) } else { Err(ErrorKind::FileTooLarge.into()) }
}

/// Makes a file that was not there; its owner alone may read it, whatever the umask.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`], and what the file system says.
pub fn create_new(path: &Path) -> Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?);
    // The umask may have taken the owner's own rights away.
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Opens a regular file to change it, made where it was not there.
///
/// # Errors
/// As [`open`].
pub fn open_or_create(path: &Path) -> Result<File> {
    match create_new(path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            tighten_file(path)?;
            open(path, Access::Change)
        }
        other => other,
    }
}

/// Replaces `path` by `bytes` so that a power cut leaves either the old or the new content: temporary file, fsync,
/// rename, fsync of the folder.
///
/// # Errors
/// What the file system says.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let temporary = temporary_of(path)?;
    // A crash, or somebody else, may have left one.
    match std::fs::remove_file(&temporary) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = create_new(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&temporary, path)?;
    sync_folder(folder)
}

fn temporary_of(path: &Path) -> Result<PathBuf> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".tmp");
    Ok(path.with_file_name(name))
}

/// Deletes `path` durably; deleting what is not there is no error.
///
/// # Errors
/// What the file system says.
pub fn delete(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
        Ok(()) => path.parent().map_or(Ok(()), sync_folder),
    }
}

/// Gives what lies at `path` another name beside it, `<name>.odd` or with a number; nothing is overwritten.
///
/// # Errors
/// What the file system says, and [`ErrorKind::AlreadyExists`] where a thousand names are taken.
pub fn move_out_of_the_way(path: &Path) -> Result<()> {
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

/// Makes a folder, and those above it, that only their owner may enter; one that is there is left as it is.
///
/// # Errors
/// What the file system says.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Takes everybody's rights but the owner's from a folder.
///
/// # Errors
/// What the file system says.
pub fn tighten_folder(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))
}

/// Takes everybody's rights but the owner's from a regular file, and gives the owner theirs; anything else at the path
/// is left alone.
///
/// # Errors
/// What the file system says.
pub fn tighten_file(path: &Path) -> Result<()> {
    let about = std::fs::symlink_metadata(path)?;
    if about.is_file() && about.permissions().mode() & 0o7777 != FILE_MODE {
        std::fs::set_permissions(path, Permissions::from_mode(FILE_MODE))?;
    }
    Ok(())
}

/// As [`tighten_folder`] and [`tighten_file`] for a folder and everything in it; goes on after a failure and says how
/// many there were, with what is no file and no folder.
#[must_use]
pub fn tighten_all(folder: &Path) -> Tightened {
    let mut done = Tightened::default();
    match std::fs::symlink_metadata(folder) {
        Ok(about) if about.is_dir() => {}
        Ok(_) => return Tightened { others: 1, ..done },
        Err(e) if e.kind() == ErrorKind::NotFound => return done,
        Err(_) => return Tightened { failures: 1, ..done },
    }
    done.failures += u32::from(tighten_folder(folder).is_err());
    let Ok(entries) = std::fs::read_dir(folder) else { return Tightened { failures: done.failures + 1, ..done } };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let below = tighten_all(&path);
                done.failures = done.failures.saturating_add(below.failures);
                done.others = done.others.saturating_add(below.others);
            }
            Ok(kind) if kind.is_file() => done.failures += u32::from(tighten_file(&path).is_err()),
            Ok(_) => done.others = done.others.saturating_add(1),
            Err(_) => done.failures = done.failures.saturating_add(1),
        }
    }
    done
}

/// What [`tighten_all`] could not do.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tightened {
    /// Files and folders whose rights stay as they were.
    pub failures: u32,
    /// Links, pipes, sockets and devices, which are left alone.
    pub others: u32,
}

fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}

/// The error for what is no regular file.
#[must_use]
pub fn is_no_file(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::FileTooLarge)
}

#[cfg(test)]
mod tests;
