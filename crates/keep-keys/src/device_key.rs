//! KD, the key of one device profile, kept in the keychain.

use crate::derive::derive;
use crate::entropy::{Entropy, OsEntropy, make_secret};
use crate::{DatabaseKey, DeviceSigner, Keychain, KeysError, MacKey};
use keep_domain::Secret;
use std::fmt;

/// The keychain item that holds KD.
pub const DEVICE_KEY_ITEM: &str = "device-key";

/// 32 random bytes. Without a password they open nothing; without them a password opens nothing.
pub struct DeviceKey(Secret<[u8; 32]>);

impl DeviceKey {
    /// Reads the device key. `slots_exist` says whether somebody is enrolled here: then a missing key
    /// is a loss and never a first run.
    ///
    /// # Errors
    /// [`KeysError::KeychainKeyMissing`] and the keychain variants.
    pub fn load(keychain: &dyn Keychain, slots_exist: bool) -> Result<Option<Self>, KeysError> {
        match keychain.read(DEVICE_KEY_ITEM)? {
            // EXPOSE: checks the length and moves the bytes from one secret container to another.
            Some(value) => <[u8; 32]>::try_from(value.expose().as_slice())
                .map(|key| Some(Self(Secret::new(key))))
                .map_err(|_| KeysError::KeychainGarbled),
            None if slots_exist => Err(KeysError::KeychainKeyMissing),
            None => Ok(None),
        }
    }

    /// Reads the device key, or makes one on a device where nobody is enrolled.
    ///
    /// # Errors
    /// As [`DeviceKey::load`] and [`DeviceKey::make`].
    pub fn load_or_make(keychain: &dyn Keychain, slots_exist: bool) -> Result<Self, KeysError> {
        match Self::load(keychain, slots_exist)? {
            Some(key) => Ok(key),
            None => Self::make(keychain),
        }
    }

    /// Makes a device key, writes it and reads it back.
    ///
    /// # Errors
    /// The keychain variants; [`KeysError::AlreadyEnrolled`] when there is a key, which is never replaced.
    pub fn make(keychain: &dyn Keychain) -> Result<Self, KeysError> {
        Self::make_with(keychain, &mut OsEntropy)
    }

    pub(crate) fn make_with(keychain: &dyn Keychain, entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        if keychain.read(DEVICE_KEY_ITEM)?.is_some() {
            return Err(KeysError::AlreadyEnrolled);
        }
        let made = Self(make_secret(entropy)?);
        keychain.write(DEVICE_KEY_ITEM, made.bytes())?;
        // INVARIANT: no slot is ever written under a key that the keychain did not give back.
        match Self::load(keychain, false)? {
            Some(kept) if kept.0 == made.0 => Ok(kept),
            _ => Err(KeysError::KeychainGarbled),
        }
    }

    /// The key of `slots/<user>.state`.
    #[must_use]
    pub fn state_key(&self) -> Secret<[u8; 32]> {
        derive(self.bytes(), None, &[b"state"])
    }

    /// The key of `ledger.db`.
    #[must_use]
    pub fn ledger_key(&self) -> DatabaseKey {
        DatabaseKey::derive(self.bytes(), &[b"ledger"])
    }

    /// The device's Ed25519 key.
    #[must_use]
    pub fn signer(&self) -> DeviceSigner {
        DeviceSigner::derive(self.bytes(), &[b"sign"])
    }

    /// The key that seals slot files against silent edits; it opens nothing.
    pub(crate) fn slot_seal_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &[b"slot-seal"])
    }

    /// The key that seals what the device keeps of a sign-in; it opens nothing.
    pub(crate) fn sign_in_seal_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &[b"sign-in-seal"])
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: derivation inside this crate and writing to the keychain.
        self.0.expose()
    }

    /// A key that is the same in every run, for tests of other rooms.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn for_tests(seed: u8) -> Self {
        Self(Secret::new([seed; 32]))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FakeKeychain, KeychainState};

    #[test]
    fn made_once_and_found_again() {
        let keychain = FakeKeychain::default();
        assert!(DeviceKey::load(&keychain, false).unwrap().is_none());
        let made = DeviceKey::load_or_make(&keychain, false).unwrap();
        assert!(DeviceKey::load_or_make(&keychain, true).unwrap().0 == made.0);
        assert_eq!(DeviceKey::make(&keychain).unwrap_err(), KeysError::AlreadyEnrolled);
    }

    #[test]
    fn a_lost_keychain_is_never_a_first_run() {
        let keychain = FakeKeychain::default();
        DeviceKey::make(&keychain).unwrap();
        keychain.lose_everything();
        assert_eq!(DeviceKey::load_or_make(&keychain, true).unwrap_err(), KeysError::KeychainKeyMissing);
        assert!(keychain.items().is_empty(), "nothing was made in its place");
    }

    #[test]
    fn keychain_states_pass_through() {
        let keychain = FakeKeychain::default();
        for (state, error) in [
            (KeychainState::Locked, KeysError::KeychainLocked),
            (KeychainState::Absent, KeysError::KeychainAbsent),
            (KeychainState::Slow, KeysError::KeychainSlow),
        ] {
            keychain.set_state(state);
            assert_eq!(DeviceKey::load_or_make(&keychain, false).unwrap_err(), error);
        }
    }

    #[test]
    fn a_value_of_another_length_is_refused() {
        let keychain = FakeKeychain::default();
        keychain.write(DEVICE_KEY_ITEM, &[1; 31]).unwrap();
        assert_eq!(DeviceKey::load(&keychain, true).unwrap_err(), KeysError::KeychainGarbled);
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let device_key = DeviceKey::for_tests(1);
        // EXPOSE: a test compares derived keys.
        assert_ne!(device_key.state_key().expose(), device_key.ledger_key().key());
        assert_ne!(device_key.signer().public(), DeviceKey::for_tests(2).signer().public());
    }
}
