//! `slots/<user>.state`: the code table, rewritten after each unlock.
//!
//! File = "CKST" ‖ version (1) ‖ TOTP generation (4) ‖ counter (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16), integers
//! big-endian. Plaintext = last step (8) ‖ skew (2, signed) ‖ first step (8) ‖ count (4) ‖ offsets, 20 bits each.

use crate::code_table::{CodeTable, pack, unpack};
use crate::entropy::Entropy;
use crate::slot_id::SlotContext;
use crate::{DeviceKey, KeysError, aead};
use keep_domain::length_prefixed;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"CKST";
const VERSION: u8 = 1;
const DAMAGED: KeysError = KeysError::SlotDamaged("state");

/// The content of a state file.
#[derive(PartialEq, Eq)]
pub(crate) struct UnlockState {
    /// Number of writes; in the authenticated cleartext header of the file.
    pub(crate) counter: u64,
    /// The last accepted step, L.
    pub(crate) last_step: u64,
    /// Steps by which the phone is ahead of this computer.
    pub(crate) skew: i16,
    pub(crate) table: CodeTable,
}

/// How often a file was written, from its header; `None` for invalid bytes.
pub(crate) fn write_count(file: &[u8]) -> Option<u64> {
    let (magic, rest) = file.split_first_chunk::<4>()?;
    let counter = rest.get(5..)?.first_chunk::<8>()?;
    (magic == MAGIC).then_some(u64::from_be_bytes(*counter))
}

impl UnlockState {
    pub(crate) fn seal(
        &self,
        device_key: &DeviceKey,
        slot: &SlotContext,
        totp_generation: u32,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, KeysError> {
        let count = u32::try_from(self.table.offsets().len()).map_err(|_| KeysError::Internal("table too long"))?;
        let packed = Zeroizing::new(pack(self.table.offsets()));
        let mut plain = Zeroizing::new(Vec::with_capacity(22 + packed.len()));
        plain.extend_from_slice(&self.last_step.to_be_bytes());
        plain.extend_from_slice(&self.skew.to_be_bytes());
        plain.extend_from_slice(&self.table.first().to_be_bytes());
        plain.extend_from_slice(&count.to_be_bytes());
        plain.extend_from_slice(&packed);
        let key = device_key.state_key();
        let aad = aad(slot, totp_generation, self.counter);
        // EXPOSE: seals the state.
        let sealed = aead::seal(key.expose(), &aad, &plain, entropy)?;
        let mut out = Vec::with_capacity(17 + sealed.len());
        out.extend_from_slice(MAGIC);
        out.push(VERSION);
        out.extend_from_slice(&totp_generation.to_be_bytes());
        out.extend_from_slice(&self.counter.to_be_bytes());
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    pub(crate) fn open(
        file: &[u8],
        device_key: &DeviceKey,
        slot: &SlotContext,
        totp_generation: u32,
    ) -> Result<Self, KeysError> {
        let (magic, rest) = file.split_first_chunk::<4>().ok_or(DAMAGED)?;
        let ([version], rest) = rest.split_first_chunk::<1>().ok_or(DAMAGED)?;
        if magic != MAGIC {
            return Err(DAMAGED);
        }
        if *version != VERSION {
            return Err(KeysError::SlotNewer("state"));
        }
        let (generation, rest) = rest.split_first_chunk::<4>().ok_or(DAMAGED)?;
        let (counter, sealed) = rest.split_first_chunk::<8>().ok_or(DAMAGED)?;
        if u32::from_be_bytes(*generation) != totp_generation {
            return Err(DAMAGED);
        }
        let counter = u64::from_be_bytes(*counter);
        let key = device_key.state_key();
        let aad = aad(slot, totp_generation, counter);
        // EXPOSE: opens the state.
        let plain = aead::open(key.expose(), &aad, sealed).map_err(|_| DAMAGED)?;
        // EXPOSE: reads the opened fields.
        Self::read(plain.expose(), counter).ok_or(DAMAGED)
    }

    fn read(plain: &[u8], counter: u64) -> Option<Self> {
        let (last_step, rest) = plain.split_first_chunk::<8>()?;
        let (skew, rest) = rest.split_first_chunk::<2>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (count, packed) = rest.split_first_chunk::<4>()?;
        let offsets = unpack(packed, usize::try_from(u32::from_be_bytes(*count)).ok()?)?;
        let (last_step, first) = (u64::from_be_bytes(*last_step), u64::from_be_bytes(*first));
        // INVARIANT: the table starts after L, so no code of a step ≤ L leads to T.
        (first > last_step).then_some(Self {
            counter,
            last_step,
            skew: i16::from_be_bytes(*skew),
            table: CodeTable::from_parts(first, offsets),
        })
    }
}

fn aad(slot: &SlotContext, totp_generation: u32, counter: u64) -> Vec<u8> {
    let [user, device, id] = slot.fields();
    length_prefixed(&[b"chartkeep/state/1", user, device, id, &totp_generation.to_be_bytes(), &counter.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::FixedEntropy;
    use crate::totp::TotpSeed;
    use keep_domain::Secret;

    fn state() -> UnlockState {
        let seed = TotpSeed::from_secret(Secret::new([3; 20]));
        UnlockState { counter: 4, last_step: 100, skew: -1, table: CodeTable::make(&seed, 271_828, 100, 107) }
    }

    fn sealed() -> Vec<u8> {
        let entropy = &mut FixedEntropy::named("state");
        state().seal(&DeviceKey::for_tests(1), &SlotContext::for_tests(1), 2, entropy).unwrap()
    }

    fn open(file: &[u8], device_key: u8, slot: u8, generation: u32) -> Result<UnlockState, KeysError> {
        UnlockState::open(file, &DeviceKey::for_tests(device_key), &SlotContext::for_tests(slot), generation)
    }

    #[test]
    fn bytes_are_frozen() {
        crate::frozen::check("state", include_str!("vectors/state.hex"), &hex::encode(sealed()));
    }

    #[test]
    fn a_state_opens_only_for_its_device_slot_and_generation() {
        assert!(open(&sealed(), 1, 1, 2).unwrap() == state());
        for (device_key, slot, generation) in [(2, 1, 2), (1, 2, 2), (1, 1, 3)] {
            assert!(open(&sealed(), device_key, slot, generation).err() == Some(DAMAGED));
        }
    }

    #[test]
    fn a_truncated_or_flipped_file_is_damage() {
        let file = sealed();
        for at in 0..file.len() {
            assert!(open(&file[..at], 1, 1, 2).err() == Some(DAMAGED), "cut at {at}");
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            let expected = if at == 4 { KeysError::SlotNewer("state") } else { DAMAGED };
            assert!(open(&flipped, 1, 1, 2).err() == Some(expected), "flipped at {at}");
        }
    }
}
