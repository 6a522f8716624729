//! The nonce of an enrolment's sign-in.

use crate::KeysError;
use crate::base64url::{Base64Array, encode};
use crate::entropy::{Entropy, make_public};
use crate::user_keys::MasterKey;
use keep_domain::{DeviceId, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The preimage of the sign-in nonce, which commits the ID token to the keys of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoncePreimage {
    pub(crate) device: DeviceId,
    pub(crate) x25519: Base64Array<32>,
    pub(crate) ed25519: Base64Array<32>,
    pub(crate) random: Base64Array<32>,
}

impl NoncePreimage {
    pub(crate) fn make_with(
        device: DeviceId,
        master_key: &MasterKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        Ok(Self {
            device,
            x25519: Base64Array(*master_key.hpke_key_pair().public().as_bytes()),
            ed25519: Base64Array(master_key.signer().public()),
            random: Base64Array(make_public(entropy)?),
        })
    }

    /// base64url of SHA-256 over `"chartkeep/enrol/1"` and the length-prefixed device, X25519 key, Ed25519 key and random.
    pub(crate) fn nonce(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"chartkeep/enrol/1");
        hash.update(length_prefixed(&[self.device.as_bytes(), &self.x25519.0, &self.ed25519.0, &self.random.0]));
        encode(&hash.finalize())
    }
}
