//! The lease of key rings of version 1: what the device had read from a token that it did not keep.

use crate::KeysError;
use keep_domain::{Role, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Read for as long as such key rings exist; never made any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldLease {
    /// Issuer of the ID token.
    pub issuer: String,
    /// Subject at that issuer.
    pub subject: String,
    /// Roles, as the device had read them.
    pub roles: Vec<Role>,
    /// Whether the restricted segment was assigned, as the device had read it.
    pub restricted: bool,
    /// When the token was issued.
    pub issued_at: UtcMillis,
    /// When offline work ends.
    pub lease_end: UtcMillis,
    /// Key id in the token's header.
    pub kid: String,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The signing key as the provider published it.
    pub jwk: String,
}

impl OldLease {
    /// Whether this is the lease of the sign-in that brought `id_token`.
    #[must_use]
    pub fn is_of(&self, id_token: &str) -> bool {
        self.token_hash == <[u8; 32]>::from(Sha256::digest(id_token.as_bytes()))
    }

    pub(crate) fn digest(&self) -> Result<[u8; 32], KeysError> {
        let json = serde_json::to_vec(self).map_err(|_| KeysError::Internal("lease"))?;
        Ok(Sha256::digest(length_prefixed(&[b"chartkeep/old-lease/1", &json])).into())
    }
}
