//! Files that a crash leaves in the old or the new version, readable only by their owner.

use crate::KeysError;
use keep_hardening::private_file;
use std::path::Path;

/// Maximum size of a file; the largest, a code table of 97 days, has 700 kB.
const MAX_BYTES: u64 = 4 << 20;

/// Replaces `path`; a power failure leaves the old or the new content.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    Ok(private_file::replace(path, bytes)?)
}

/// Reads `path`; `None` if it does not exist. Anything but a regular file of at most 4 MiB is damage.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, KeysError> {
    private_file::read(path, MAX_BYTES)
        .map_err(|e| if private_file::is_not_regular_file(&e) { KeysError::SlotDamaged("slot") } else { e.into() })
}

/// Deletes `path` durably; a missing file is not an error.
pub(crate) fn delete(path: &Path) -> Result<(), KeysError> {
    Ok(private_file::delete(path)?)
}

/// Creates a folder that only its owner can enter.
pub(crate) fn make_folder(path: &Path) -> Result<(), KeysError> {
    Ok(private_file::create_folder(path)?)
}
