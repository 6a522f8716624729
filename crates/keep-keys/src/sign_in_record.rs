//! The stored record of an online sign-in: the provider's signed token, its signing key, and the end of the lease.
//!
//! Role, assignment and lease are not stored but read from the token at each unlock, so that users cannot write their
//! own.

use crate::DeviceKey;
use crate::base64url::Base64Array;
use crate::slot_id::SlotContext;
use keep_domain::{UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A stored sign-in, sealed by this device; it is encrypted under the clinician's master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRecord {
    id_token: String,
    jwk: String,
    lease_end: UtcMillis,
    /// HMAC under a key from KD over [`SignInRecord::digest`]: only the device that fetched the JWK can make it.
    seal: Base64Array<32>,
}

impl SignInRecord {
    pub(crate) fn make(
        device_key: &DeviceKey,
        slot: SlotContext,
        id_token: String,
        jwk: String,
        lease_end: UtcMillis,
    ) -> Self {
        let mut record = Self { id_token, jwk, lease_end, seal: Base64Array([0; 32]) };
        record.seal = Base64Array(device_key.sign_in_seal_key().tag(&[&record.digest(slot)]));
        record
    }

    /// The ID token signed by the provider.
    #[must_use]
    pub fn id_token(&self) -> &str {
        &self.id_token
    }

    /// The provider's signing JWK, as fetched at the sign-in.
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
        let fields = [b"chartkeep/sign-in/1", user, device, id, self.id_token.as_bytes(), self.jwk.as_bytes(), &end];
        Sha256::digest(length_prefixed(&fields)).into()
    }

    pub(crate) fn is_sealed_by(&self, device_key: &DeviceKey, slot: SlotContext) -> bool {
        device_key.sign_in_seal_key().matches(&[&self.digest(slot)], &self.seal.0)
    }
}
