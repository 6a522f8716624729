//! KD, the key of one device profile, stored in the keychain.

use crate::derive::derive;
use crate::entropy::{OsEntropy, make_secret};
use crate::{DatabaseKey, DeviceSigner, Keychain, KeysError, MacKey};
use keep_domain::Secret;
use std::fmt;

/// The keychain item that holds KD.
pub const DEVICE_KEY_ITEM: &str = "device-key";

/// 32 random bytes. Neither this key nor a password opens anything without the other.
pub struct DeviceKey(Secret<[u8; 32]>);

impl DeviceKey {
    /// Reads the device key. `slots_exist` says whether any user is enrolled: then a missing key is an error and not a
    /// first run.
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

    /// Reads the device key, or makes one on a device without enrolled users.
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
    /// The keychain variants; [`KeysError::AlreadyEnrolled`] if there is a key, which is never replaced.
    pub fn make(keychain: &dyn Keychain) -> Result<Self, KeysError> {
        if keychain.read(DEVICE_KEY_ITEM)?.is_some() {
            return Err(KeysError::AlreadyEnrolled);
        }
        let made = Self(make_secret(&mut OsEntropy)?);
        keychain.write(DEVICE_KEY_ITEM, made.bytes())?;
        // INVARIANT: no slot is written under a key that cannot be read back from the keychain.
        match Self::load(keychain, false)? {
            Some(stored) if stored.0 == made.0 => Ok(stored),
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

    /// The key that authenticates slot files; it opens nothing.
    pub(crate) fn slot_seal_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &[b"slot-seal"])
    }

    /// The key that authenticates stored sign-ins; it opens nothing.
    pub(crate) fn sign_in_seal_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &[b"sign-in-seal"])
    }

    /// The key that seals the roles token of a member record: every user of this device can check the record, and a
    /// stolen disk holds no credential.
    pub(crate) fn roles_token_key(&self) -> Secret<[u8; 32]> {
        derive(self.bytes(), None, &[b"roles-token"])
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: derivation inside this crate and writing to the keychain.
        self.0.expose()
    }

    /// A key that is the same in every run, for the tests of other crates.
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
    fn the_key_is_made_once_and_read_again() {
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
        assert!(keychain.items().is_empty(), "no new key was made");
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
