//! File modes and open flags.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::Result;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Read and write for the owner alone.
const FILE_MODE: u32 = 0o600;
/// The owner alone may list and enter.
const FOLDER_MODE: u32 = 0o700;

/// Makes an open return at once, where a pipe without a writer would block it, and fail on a link unless `follow_link`.
pub(crate) fn never_wait(options: &mut OpenOptions, follow_link: bool) {
    let no_follow = if follow_link { 0 } else { libc::O_NOFOLLOW };
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | no_follow);
}

/// Creates a file that did not exist, for its owner alone whatever the umask, and opens it for reading and writing.
pub(crate) fn create_new_file(path: &Path) -> Result<File> {
    let mut options = File::options();
    let file = options.read(true).write(true).create_new(true).mode(FILE_MODE).open(path)?;
    // The umask may have removed the owner's own rights.
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Creates a folder and its missing parents for their owner alone; an existing folder is left as it is.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Whether a file has exactly the rights that [`create_new_file`] gives it.
pub(crate) fn is_private(file: &Metadata) -> bool {
    file.permissions().mode() & 0o7777 == FILE_MODE
}

/// Gives a file the rights that [`create_new_file`] gives it.
pub(crate) fn restrict_file(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FILE_MODE))
}

/// Gives a folder the rights that [`create_folder`] gives it.
pub(crate) fn restrict_folder(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))
}

/// Makes created, renamed and deleted entries of a folder survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}
