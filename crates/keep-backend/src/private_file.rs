//! Files that only their owner may read: keys, certificates, users.

use crate::error::BackendError;
use std::path::Path;

/// Writes or replaces a file atomically, with mode 0600.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), BackendError> {
    std::path::absolute(path)
        .and_then(|absolute| keep_hardening::private_file::replace(&absolute, bytes))
        .map_err(BackendError::io(format!("writing {}", path.display())))
}
