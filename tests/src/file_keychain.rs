//! A keychain in a folder, for tests that end a program and start it again.

use keep_domain::Secret;
use keep_keys::{Keychain, KeychainState, KeysError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// One plain-text file for each item. Replacing an item is atomic.
#[derive(Debug)]
pub struct FileKeychain(PathBuf);

impl FileKeychain {
    /// A keychain in `folder`, made at the first write.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn path(&self, item: &str) -> PathBuf {
        self.0.join(hex::encode(item))
    }
}

impl Keychain for FileKeychain {
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError> {
        match std::fs::read(self.path(item)) {
            Ok(bytes) => Ok(Some(Secret::new(bytes))),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(KeysError::Io(e.kind())),
        }
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError> {
        let path = self.path(item);
        let fresh = path.with_extension("new");
        let written = std::fs::create_dir_all(&self.0)
            .and_then(|()| std::fs::write(&fresh, value))
            .and_then(|()| std::fs::rename(&fresh, &path));
        written.map_err(|e| KeysError::Io(e.kind()))
    }

    fn delete(&self, item: &str) -> Result<(), KeysError> {
        match std::fs::remove_file(self.path(item)) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(KeysError::Io(e.kind())),
            _ => Ok(()),
        }
    }

    fn state(&self) -> KeychainState {
        KeychainState::Ready
    }
}
