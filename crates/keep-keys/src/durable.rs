//! Files that are either the old or the new version after a crash, readable by their owner only.

use crate::KeysError;
use keep_hardening::private_file;
use std::path::Path;

/// No file of this crate is larger: the largest, a code table of 97 days, has 700 kB.
const MOST_BYTES: u64 = 4 << 20;

/// Replaces `path` by `bytes`; after a power cut there is the old or the new content.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    Ok(private_file::replace(path, bytes)?)
}

/// Reads `path`; `None` when there is no such file. What is no regular file, or too large, counts as damage.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, KeysError> {
    private_file::read(path, MOST_BYTES)
        .map_err(|e| if private_file::is_not_regular_file(&e) { KeysError::SlotDamaged("slot") } else { e.into() })
}

/// Deletes `path` durably; deleting what is not there is no error.
pub(crate) fn delete(path: &Path) -> Result<(), KeysError> {
    Ok(private_file::delete(path)?)
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_folder(path: &Path) -> Result<(), KeysError> {
    Ok(private_file::create_folder(path)?)
}
