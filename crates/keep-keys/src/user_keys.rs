//! UMK, the master key of one clinician on one device, and the keys derived from it.

use crate::derive::derive;
use crate::entropy::{Entropy, OsEntropy, make_secret};
use crate::slot_id::SlotContext;
use crate::{DataKey, DatabaseKey, HpkeKeyPair, KeyName, KeysError, Signer, aead};
use keep_domain::{Secret, length_prefixed};
use std::fmt;

/// 32 random bytes, not yet bound to a slot.
pub(crate) struct MasterKey(Secret<[u8; 32]>);

impl MasterKey {
    pub(crate) fn make_with(entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        make_secret(entropy).map(Self)
    }

    pub(crate) const fn from_secret(key: Secret<[u8; 32]>) -> Self {
        Self(key)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: derivation and wrapping inside this crate.
        self.0.expose()
    }

    /// The X25519 pair of RFC 9180 `DeriveKeyPair`; colleagues grant keys to it.
    pub(crate) fn hpke_key_pair(&self) -> HpkeKeyPair {
        HpkeKeyPair::derive(self.bytes(), &[b"x25519"])
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer::derive(self.bytes(), &[b"ed25519"])
    }
}

/// The keys of an unlocked clinician. Key pairs are derived and never stored.
pub struct UserKeys {
    master_key: MasterKey,
    context: SlotContext,
}

impl UserKeys {
    pub(crate) const fn bound(master_key: MasterKey, context: SlotContext) -> Self {
        Self { master_key, context }
    }

    /// Clinician, device and slot.
    #[must_use]
    pub const fn context(&self) -> SlotContext {
        self.context
    }

    /// The raw master key, for tests that search the memory of a program for it.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn master_key_for_tests(&self) -> &[u8; 32] {
        self.master_key.bytes()
    }

    pub(crate) const fn master(&self) -> &MasterKey {
        &self.master_key
    }

    /// The key of `personal/<user>.db`.
    #[must_use]
    pub fn personal_key(&self) -> DatabaseKey {
        DatabaseKey::derive(self.master_key.bytes(), &[b"personal"])
    }

    /// The clinician's Ed25519 key, which signs events and grants.
    #[must_use]
    pub fn signer(&self) -> Signer {
        self.master_key.signer()
    }

    /// The clinician's X25519 pair, to which grants are sealed.
    #[must_use]
    pub fn hpke_key_pair(&self) -> HpkeKeyPair {
        self.master_key.hpke_key_pair()
    }

    /// Wraps a data key, bound to its name, its generation and this slot.
    pub(crate) fn wrap_key(&self, key: &DataKey, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KeysError> {
        let aad = self.wrap_aad(key.name(), key.generation());
        // EXPOSE: wraps the key.
        aead::seal(self.wrapping_key().expose(), &aad, key.bytes(), entropy)
    }

    /// Unwraps the output of [`UserKeys::wrap_key`] for the same name and generation.
    pub(crate) fn unwrap_key(&self, name: KeyName, generation: u32, wrapped: &[u8]) -> Result<DataKey, KeysError> {
        // EXPOSE: unwraps the key.
        let key = aead::open_array(self.wrapping_key().expose(), &self.wrap_aad(name, generation), wrapped)?;
        Ok(DataKey::from_secret(name, generation, key))
    }

    /// Seals a small secret, bound to a purpose and this slot.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn seal(&self, purpose: &str, plaintext: &[u8]) -> Result<Vec<u8>, KeysError> {
        self.seal_with(purpose, &[], plaintext, &mut OsEntropy)
    }

    /// Opens the output of [`UserKeys::seal`] for the same purpose.
    ///
    /// # Errors
    /// [`KeysError::NotOpened`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, KeysError> {
        self.open_with(purpose, &[], sealed)
    }

    pub(crate) fn seal_with(
        &self,
        purpose: &str,
        more: &[u8],
        plaintext: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, KeysError> {
        // EXPOSE: seals a small secret.
        aead::seal(self.wrapping_key().expose(), &self.seal_aad(purpose, more), plaintext, entropy)
    }

    pub(crate) fn open_with(&self, purpose: &str, more: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, KeysError> {
        // EXPOSE: opens a small secret.
        aead::open(self.wrapping_key().expose(), &self.seal_aad(purpose, more), sealed)
    }

    fn wrapping_key(&self) -> Secret<[u8; 32]> {
        derive(self.master_key.bytes(), None, &[b"wrap"])
    }

    fn wrap_aad(&self, name: KeyName, generation: u32) -> Vec<u8> {
        let [user, device, slot] = self.context.fields();
        length_prefixed(&[b"chartkeep/wrap/1", user, device, slot, name.name().as_bytes(), &generation.to_be_bytes()])
    }

    fn seal_aad(&self, purpose: &str, more: &[u8]) -> Vec<u8> {
        let [user, device, slot] = self.context.fields();
        length_prefixed(&[b"chartkeep/seal/1", purpose.as_bytes(), user, device, slot, more])
    }
}

impl fmt::Debug for UserKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserKeys({})", self.context.user)
    }
}

#[cfg(test)]
impl UserKeys {
    pub(crate) const fn for_tests(seed: u8) -> Self {
        Self::bound(MasterKey::from_secret(Secret::new([seed; 32])), SlotContext::for_tests(seed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::Segment;

    const CLINICAL: KeyName = KeyName::Segment(Segment::Clinical);

    #[test]
    fn a_wrapped_key_opens_only_for_its_name_generation_slot_and_owner() {
        let amara = UserKeys::for_tests(1);
        let key = DataKey::make_random(CLINICAL, 2).unwrap();
        let wrapped = amara.wrap_key(&key, &mut OsEntropy).unwrap();
        assert_eq!(amara.unwrap_key(CLINICAL, 2, &wrapped).unwrap().bytes(), key.bytes());
        assert!(amara.unwrap_key(CLINICAL, 1, &wrapped).is_err());
        assert!(amara.unwrap_key(KeyName::Segment(Segment::Restricted), 2, &wrapped).is_err());
        assert!(UserKeys::for_tests(2).unwrap_key(CLINICAL, 2, &wrapped).is_err());
        let other_slot = UserKeys::bound(MasterKey::from_secret(Secret::new([1; 32])), SlotContext::for_tests(9));
        assert!(other_slot.unwrap_key(CLINICAL, 2, &wrapped).is_err());
    }

    #[test]
    fn a_small_secret_opens_only_for_its_purpose() {
        let amara = UserKeys::for_tests(1);
        let sealed = amara.seal("refresh-token", b"rt-1").unwrap();
        // EXPOSE: a test compares what came back.
        assert_eq!(amara.open("refresh-token", &sealed).unwrap().expose(), b"rt-1");
        assert_eq!(amara.open("lease", &sealed).unwrap_err(), KeysError::NotOpened);
    }
}
