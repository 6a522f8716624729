//! `slots/<user>.sums`: digests of the key file, which reveal a damaged key file without a password.

use crate::KeysError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const VERSION: u32 = 1;

/// SHA-256 digests of the newest key file and the one before, since a crash may leave either.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyFileSums {
    version: u32,
    /// Hexadecimal.
    keys: Vec<String>,
}

impl KeyFileSums {
    /// The digests of the key file `next`, which is about to replace `current`.
    pub(crate) fn of(next: &[u8], current: Option<&[u8]>) -> Self {
        Self { version: VERSION, keys: std::iter::once(next).chain(current).map(digest).collect() }
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, KeysError> {
        let sums: Self = serde_json::from_slice(bytes).map_err(|_| KeysError::SlotDamaged("keys"))?;
        if sums.version > VERSION { Err(KeysError::SlotNewer("sums")) } else { Ok(sums) }
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, KeysError> {
        serde_json::to_vec(self).map_err(|_| KeysError::Internal("sums"))
    }

    pub(crate) fn match_file(&self, file: &[u8]) -> bool {
        self.keys.contains(&digest(file))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
