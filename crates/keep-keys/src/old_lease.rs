//! The lease in key rings of version 1, which stored what had been read from the token instead of the token.

use crate::KeysError;
use keep_domain::{Role, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A lease of version 1; only ever read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldLease {
    /// Issuer of the ID token.
    pub issuer: String,
    /// Subject at that issuer.
    pub subject: String,
    /// Roles, as read from the token.
    pub roles: Vec<Role>,
    /// Whether the restricted segment was assigned, as read from the token.
    pub restricted: bool,
    /// When the token was issued.
    pub issued_at: UtcMillis,
    /// When offline work ends.
    pub lease_end: UtcMillis,
    /// Key id in the token's header.
    pub kid: String,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The provider's signing JWK.
    pub jwk: String,
}

impl OldLease {
    /// Whether this lease was read from `id_token`.
    #[must_use]
    pub fn is_of(&self, id_token: &str) -> bool {
        self.token_hash == <[u8; 32]>::from(Sha256::digest(id_token.as_bytes()))
    }

    pub(crate) fn digest(&self) -> Result<[u8; 32], KeysError> {
        let json = serde_json::to_vec(self).map_err(|_| KeysError::Internal("lease"))?;
        Ok(Sha256::digest(length_prefixed(&[b"chartkeep/old-lease/1", &json])).into())
    }
}
