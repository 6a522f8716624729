//! The public half of the audit key, in the settings for all users and signed by the device.

use crate::state::device_context::DeviceContext;
use keep_domain::length_prefixed;
use keep_keys::{HpkePublicKey, verify_signature};
use serde::{Deserialize, Serialize};

/// The record in `workstation.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditPublicKeyRecord {
    generation: u32,
    /// X25519 public key, hexadecimal.
    public: String,
    /// Ed25519 signature of the device over both, hexadecimal.
    signature: String,
}

impl AuditPublicKeyRecord {
    /// A record signed by the device key.
    pub(crate) fn make(device: &DeviceContext, generation: u32, public: HpkePublicKey) -> Self {
        let signature = device.device_key.signer().sign(&signed_bytes(generation, public.as_bytes()));
        Self { generation, public: hex::encode(public.as_bytes()), signature: hex::encode(signature) }
    }

    /// The key, if the device's signature is valid.
    pub(crate) fn verified(&self, device: &DeviceContext) -> Option<HpkePublicKey> {
        let mut public = [0; 32];
        let mut signature = [0; 64];
        hex::decode_to_slice(&self.public, &mut public).ok()?;
        hex::decode_to_slice(&self.signature, &mut signature).ok()?;
        let good =
            verify_signature(&device.device_key.signer().public(), &signed_bytes(self.generation, &public), &signature);
        good.then(|| HpkePublicKey::from_bytes(public))
    }
}

fn signed_bytes(generation: u32, public: &[u8; 32]) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/audit-key/1", &generation.to_be_bytes(), public])
}
