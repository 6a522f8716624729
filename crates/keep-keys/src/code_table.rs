//! The offsets that turn one-time codes into T, and their packed form.

use crate::totp::{MODULUS, TotpSeed};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `offset[j] = (T − TOTP(j)) mod 10^6` for consecutive steps j.
///
/// It reveals differences between codes, so it is wiped when dropped and has no Debug.
#[derive(Zeroize, ZeroizeOnDrop, PartialEq, Eq)]
pub(crate) struct CodeTable {
    first: u64,
    offsets: Vec<u32>,
}

impl CodeTable {
    /// The table of the steps after `last`, up to and including `end`.
    pub(crate) fn make(seed: &TotpSeed, t: u32, last: u64, end: u64) -> Self {
        let mut table = Self { first: last.saturating_add(1), offsets: Vec::new() };
        table.extend(seed, t, end);
        table
    }

    pub(crate) const fn from_parts(first: u64, offsets: Vec<u32>) -> Self {
        Self { first, offsets }
    }

    pub(crate) const fn first(&self) -> u64 {
        self.first
    }

    pub(crate) fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// The first step after the table.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(u64::try_from(self.offsets.len()).unwrap_or(u64::MAX))
    }

    /// T, from the code of a step; `None` outside the table.
    pub(crate) fn t(&self, step: u64, code: u32) -> Option<u32> {
        let index = usize::try_from(step.checked_sub(self.first)?).ok()?;
        self.offsets.get(index).map(|offset| (code % MODULUS + offset) % MODULUS)
    }

    /// Drops the steps up to and including `last`.
    ///
    /// INVARIANT: afterwards no code of a step ≤ `last` leads to T, which prevents replay.
    pub(crate) fn drop_through(&mut self, last: u64) {
        let gone = last.saturating_add(1).saturating_sub(self.first);
        let gone = usize::try_from(gone).unwrap_or(usize::MAX).min(self.offsets.len());
        self.offsets.drain(..gone);
        // Draining moves the rest down and leaves copies after the new end.
        self.offsets.spare_capacity_mut().zeroize();
        self.first = self.first.max(last.saturating_add(1));
    }

    /// Computes the missing steps up to and including `end`.
    pub(crate) fn extend(&mut self, seed: &TotpSeed, t: u32, end: u64) {
        let from = self.end();
        let missing = usize::try_from(end.saturating_add(1).saturating_sub(from)).unwrap_or_default();
        if missing == 0 {
            return;
        }
        let mut grown = Vec::with_capacity(self.offsets.len() + missing);
        grown.extend_from_slice(&self.offsets);
        grown.extend(seed.codes(from, missing).map(|code| (t + MODULUS - code) % MODULUS));
        self.offsets.zeroize();
        self.offsets = grown;
    }
}

/// Packs numbers below 2^20 at 20 bits each, big-endian, the last byte padded with zero bits.
pub(crate) fn pack(numbers: &[u32]) -> Vec<u8> {
    let mut out = Vec::with_capacity((numbers.len() * 20).div_ceil(8));
    for pair in numbers.chunks(2) {
        match *pair {
            [a, b] => {
                let both = (u64::from(a & 0xf_ffff) << 20) | u64::from(b & 0xf_ffff);
                out.extend(both.to_be_bytes().into_iter().skip(3));
            }
            [a] => out.extend(((a & 0xf_ffff) << 4).to_be_bytes().into_iter().skip(1)),
            _ => {}
        }
    }
    out
}

/// The inverse of [`pack`]; `None` if the length, the padding or a number is invalid.
pub(crate) fn unpack(bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    if bytes.len() != count.checked_mul(20)?.div_ceil(8) {
        return None;
    }
    let mut out = Vec::with_capacity(count);
    for chunk in bytes.chunks(5) {
        let n = chunk.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        if chunk.len() == 5 {
            out.push(u32::try_from(n >> 20).ok()?);
            out.push(u32::try_from(n & 0xf_ffff).ok()?);
        } else {
            (n & 0xf == 0).then_some(())?;
            out.push(u32::try_from(n >> 4).ok()?);
        }
    }
    (out.len() == count && out.iter().all(|n| *n < MODULUS)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::Secret;
    use proptest::prelude::*;

    fn seed() -> TotpSeed {
        TotpSeed::from_secret(Secret::new([3; 20]))
    }

    #[test]
    fn every_code_in_the_table_leads_to_t() {
        let table = CodeTable::make(&seed(), 123_456, 100, 200);
        assert_eq!((table.first(), table.end()), (101, 201));
        for step in 101..=200 {
            assert_eq!(table.t(step, seed().code(step)), Some(123_456));
        }
        assert_eq!(table.t(100, 0), None);
        assert_eq!(table.t(201, 0), None);
    }

    #[test]
    fn dropped_steps_give_no_t_and_extending_keeps_the_rest() {
        let mut table = CodeTable::make(&seed(), 5, 100, 150);
        table.drop_through(120);
        table.extend(&seed(), 5, 200);
        assert!(table == CodeTable::make(&seed(), 5, 120, 200));
        assert_eq!(table.t(120, seed().code(120)), None);
        table.drop_through(900);
        assert_eq!((table.first(), table.offsets().len()), (901, 0));
        table.drop_through(10);
        assert_eq!(table.first(), 901);
    }

    proptest! {
        #[test]
        fn packing_is_lossless(numbers in proptest::collection::vec(0_u32..MODULUS, 0..200)) {
            let packed = pack(&numbers);
            prop_assert_eq!(unpack(&packed, numbers.len()), Some(numbers.clone()));
            prop_assert_eq!(unpack(&packed, numbers.len() + 1), None);
        }

        #[test]
        fn unpacking_never_panics_and_is_injective(bytes: Vec<u8>, count in 0_usize..400) {
            if let Some(numbers) = unpack(&bytes, count) {
                prop_assert_eq!(pack(&numbers), bytes);
            }
        }
    }
}
