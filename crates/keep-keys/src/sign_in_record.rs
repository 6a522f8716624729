//! The stored record of an online sign-in: the provider's signed tokens, their signing key, and the end of the lease.
//!
//! Role, assignment and lease are not stored but read from the token at each unlock, so that users cannot write their
//! own.

use crate::DeviceKey;
use crate::base64url::Base64Array;
use crate::slot_id::SlotContext;
use keep_domain::{ProviderStatement, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A stored sign-in, sealed by this device; it is encrypted under the clinician's master key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRecord {
    id_token: String,
    /// The token that lists the roles, where that is not the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roles_token: Option<String>,
    jwk: String,
    lease_end: UtcMillis,
    /// HMAC under a key from KD over [`SignInRecord::digest`]: only the device that fetched the JWK can make it.
    seal: Base64Array<32>,
}

impl SignInRecord {
    pub(crate) fn make(
        device_key: &DeviceKey,
        slot: SlotContext,
        statement: ProviderStatement,
        jwk: String,
        lease_end: UtcMillis,
    ) -> Self {
        let ProviderStatement { id_token, roles_token } = statement;
        let mut record = Self { id_token, roles_token, jwk, lease_end, seal: Base64Array([0; 32]) };
        record.seal = Base64Array(device_key.sign_in_seal_key().tag(&[&record.digest(slot)]));
        record
    }

    /// What the provider signed.
    #[must_use]
    pub fn statement(&self) -> ProviderStatement {
        ProviderStatement { id_token: self.id_token.clone(), roles_token: self.roles_token.clone() }
    }

    /// The provider's signing JWK, or a set where two keys signed, as fetched at the sign-in.
    #[must_use]
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// When offline work ends, as set at the sign-in.
    #[must_use]
    pub const fn lease_end(&self) -> UtcMillis {
        self.lease_end
    }

    pub(crate) fn digest(&self, slot: SlotContext) -> [u8; 32] {
        let [user, device, id] = slot.fields();
        let end = self.lease_end.0.to_be_bytes();
        let (token, jwk) = (self.id_token.as_bytes(), self.jwk.as_bytes());
        let fields = match &self.roles_token {
            None => length_prefixed(&[b"chartkeep/sign-in/1", user, device, id, token, jwk, &end]),
            Some(roles) => {
                length_prefixed(&[b"chartkeep/sign-in/2", user, device, id, token, roles.as_bytes(), jwk, &end])
            }
        };
        Sha256::digest(fields).into()
    }

    pub(crate) fn is_sealed_by(&self, device_key: &DeviceKey, slot: SlotContext) -> bool {
        device_key.sign_in_seal_key().matches(&[&self.digest(slot)], &self.seal.0)
    }
}

impl fmt::Debug for SignInRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInRecord").field("lease_end", &self.lease_end).finish_non_exhaustive()
    }
}
