//! Argon2id over password and T (RFC 9106), and KEK from it.

use crate::derive::derive;
use crate::totp::digits;
use crate::{DeviceKey, KeysError};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use keep_domain::{Clock, Secret};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

/// Maximum time of one derivation at calibration.
const TARGET_TIME: Duration = Duration::from_millis(500);

/// Parameters above these are rejected: a forged slot must not exhaust the memory.
const MAXIMUM: KdfParams = KdfParams { memory_kib: 1 << 20, passes: 64, lanes: 1 };

/// Argon2id parameters of one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfParams {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl KdfParams {
    /// The minimum for new slots: 64 MiB, three passes, one lane.
    pub const MINIMUM: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Fast parameters, for tests.
    #[cfg(any(test, feature = "test-support"))]
    pub const WEAK_FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// The strongest parameters that take at most half a second on this device, never below the minimum.
    ///
    /// # Errors
    /// Only [`KeysError::Internal`].
    pub fn calibrate(clock: &dyn Clock) -> Result<Self, KeysError> {
        let before = clock.monotonic();
        derive_password_key(&Secret::new(String::from("calibration")), 0, &[0; 16], Self::MINIMUM)?;
        Ok(Self::fitting(clock.monotonic().saturating_sub(before)))
    }

    /// Scales the passes of the minimum, which took `minimum_took`.
    fn fitting(minimum_took: Duration) -> Self {
        let per_pass = (minimum_took / Self::MINIMUM.passes).as_micros().max(1);
        let passes = u32::try_from(TARGET_TIME.as_micros() / per_pass).unwrap_or(u32::MAX);
        Self { passes: passes.clamp(Self::MINIMUM.passes, MAXIMUM.passes), ..Self::MINIMUM }
    }

    fn checked(self) -> Result<Params, KeysError> {
        let above_maximum =
            self.memory_kib > MAXIMUM.memory_kib || self.passes > MAXIMUM.passes || self.lanes > MAXIMUM.lanes;
        if above_maximum || self.below_minimum() {
            return Err(KeysError::SlotDamaged("slot"));
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| KeysError::SlotDamaged("slot"))
    }

    #[cfg(not(any(test, feature = "test-support")))]
    const fn below_minimum(self) -> bool {
        self.memory_kib < Self::MINIMUM.memory_kib || self.passes < Self::MINIMUM.passes
    }

    #[cfg(any(test, feature = "test-support"))]
    const fn below_minimum(self) -> bool {
        self.memory_kib < Self::WEAK_FOR_TESTS.memory_kib
    }
}

/// KP = Argon2id(NFC(password) ‖ T as six digits, salt).
pub(crate) fn derive_password_key(
    password: &Secret<String>,
    t: u32,
    salt: &[u8; 16],
    params: KdfParams,
) -> Result<Secret<[u8; 32]>, KeysError> {
    let params = params.checked()?;
    // EXPOSE: the password enters the key derivation; the buffer is sized first so that it never moves.
    let typed = password.expose();
    let mut input = Zeroizing::new(String::with_capacity(typed.len() * 4 + 6));
    input.extend(typed.nfc());
    input.push_str(&Zeroizing::new(digits(t)));
    let mut memory = Zeroizing::new(WorkingMemory(vec![Block::default(); params.block_count()]));
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(input.as_bytes(), salt, out.as_mut(), &mut memory.0)
        .map_err(|_| KeysError::Internal("argon2"))?;
    Ok(Secret::new(*out))
}

/// Argon2's working memory, wiped after use, because the last block leads to KP.
struct WorkingMemory(Vec<Block>);

impl Zeroize for WorkingMemory {
    fn zeroize(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

/// KEK = HKDF-SHA256(ikm = KP, salt = KD, info = length_prefixed("chartkeep/kek/1", user, device, slot, generation)).
pub(crate) fn derive_kek(
    password_key: &Secret<[u8; 32]>,
    device_key: &DeviceKey,
    context: [&[u8]; 4],
) -> Secret<[u8; 32]> {
    let [user, device, slot, generation] = context;
    // EXPOSE: input keying material of KEK.
    derive(password_key.expose(), Some(device_key.bytes()), &[b"chartkeep/kek/1", user, device, slot, generation])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password_key(password: &str, t: u32) -> Secret<[u8; 32]> {
        derive_password_key(&Secret::new(password.to_owned()), t, &[5; 16], KdfParams::WEAK_FOR_TESTS).unwrap()
    }

    #[test]
    fn the_key_depends_on_password_and_t() {
        assert_eq!(password_key("korrekt", 7), password_key("korrekt", 7));
        assert_ne!(password_key("korrekt", 7), password_key("korrekt", 8));
        assert_ne!(password_key("korrekt", 7), password_key("Korrekt", 7));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        assert_eq!(password_key("Mu\u{308}ller", 1), password_key("M\u{fc}ller", 1));
    }

    #[test]
    fn calibration_never_goes_below_the_minimum() {
        assert_eq!(KdfParams::fitting(Duration::from_secs(9)), KdfParams::MINIMUM);
        assert_eq!(KdfParams::fitting(Duration::from_millis(150)).passes, 10);
        assert_eq!(KdfParams::fitting(Duration::ZERO).passes, MAXIMUM.passes);
    }

    #[test]
    fn excessive_parameters_are_rejected() {
        let excessive = KdfParams { memory_kib: u32::MAX, ..KdfParams::MINIMUM };
        let refused = derive_password_key(&Secret::new(String::from("x")), 0, &[0; 16], excessive);
        assert_eq!(refused.unwrap_err(), KeysError::SlotDamaged("slot"));
    }

    #[test]
    fn the_kek_depends_on_the_device_key_and_the_whole_context() {
        let kek = |device_key: u8, slot: &[u8]| {
            derive_kek(&password_key("pw", 1), &DeviceKey::for_tests(device_key), [b"u", b"d", slot, b"g"])
        };
        assert_eq!(kek(1, b"s"), kek(1, b"s"));
        assert_ne!(kek(1, b"s"), kek(2, b"s"));
        assert_ne!(kek(1, b"s"), kek(1, b"t"));
    }
}
