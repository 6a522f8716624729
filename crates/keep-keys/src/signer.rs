//! Ed25519 signatures (RFC 8032) of a device or a clinician.

use crate::KeysError;
use crate::derive::derive;
use crate::entropy::{OsEntropy, make_secret};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use keep_domain::Secret;
use std::fmt;

/// A private signing key.
pub struct Signer(SigningKey);

/// The signing key of a device, derived from its device key.
pub type DeviceSigner = Signer;

impl Signer {
    pub(crate) fn derive(ikm: &[u8], fields: &[&[u8]]) -> Self {
        let seed = derive::<32>(ikm, None, fields);
        // EXPOSE: the seed becomes the signing key, which wipes itself when dropped.
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// A new random seed.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn make_seed() -> Result<Secret<[u8; 32]>, KeysError> {
        make_secret(&mut OsEntropy)
    }

    /// The signer of a stored 32-byte seed.
    #[must_use]
    pub fn of_seed(seed: &Secret<[u8; 32]>) -> Self {
        // EXPOSE: the seed becomes the signing key, which wipes itself when dropped.
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// The 64-byte signature over `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The 32-byte public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// A signer that is the same in every run, for the tests of other crates.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub fn for_tests(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(***)")
    }
}

/// Whether `signature` over `message` is by `public`; weak keys and malleable signatures are rejected.
#[must_use]
pub fn verify_signature(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    VerifyingKey::from_bytes(public).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_binds_key_and_message() {
        let amara = Signer::for_tests(1);
        let signature = amara.sign(b"note");
        assert!(verify_signature(&amara.public(), b"note", &signature));
        assert!(!verify_signature(&amara.public(), b"nota", &signature));
        assert!(!verify_signature(&Signer::for_tests(2).public(), b"note", &signature));
        assert!(!verify_signature(&amara.public(), b"note", &signature[..63]));
        assert!(!verify_signature(&[0; 32], b"note", &signature));
    }
}
