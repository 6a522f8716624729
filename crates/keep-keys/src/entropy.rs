//! Random bytes for keys, behind a trait so that frozen vectors are deterministic.

use crate::KeysError;
use keep_domain::Secret;
use zeroize::Zeroizing;

/// A source of key material.
pub(crate) trait Entropy {
    /// Fills all of `out`, or fails.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), KeysError>;
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), KeysError> {
        getrandom::fill(out).map_err(|_| KeysError::NoRandomness)
    }
}

/// `N` random bytes as a secret.
pub(crate) fn make_secret<const N: usize>(entropy: &mut dyn Entropy) -> Result<Secret<[u8; N]>, KeysError> {
    let mut bytes = Zeroizing::new([0; N]);
    entropy.fill(bytes.as_mut())?;
    Ok(Secret::new(*bytes))
}

/// `N` random bytes that need no protection: salts, nonces, identifiers.
pub(crate) fn make_public<const N: usize>(entropy: &mut dyn Entropy) -> Result<[u8; N], KeysError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// A uniformly distributed number below one million.
pub(crate) fn make_six_digits(entropy: &mut dyn Entropy) -> Result<u32, KeysError> {
    /// The largest multiple of a million in four bytes; values from there on would favour small numbers.
    const LIMIT: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let drawn = u32::from_be_bytes(make_public(entropy)?);
        if drawn < LIMIT {
            return Ok(drawn % 1_000_000);
        }
    }
}

/// A reproducible stream of bytes, for frozen vectors.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct FixedEntropy {
    label: &'static str,
    drawn: u64,
}

#[cfg(test)]
impl FixedEntropy {
    /// The stream named `label`: SHA-256(length_prefixed(label, counter)), one block per draw of up to 32 bytes.
    pub(crate) const fn named(label: &'static str) -> Self {
        Self { label, drawn: 0 }
    }
}

#[cfg(test)]
impl Entropy for FixedEntropy {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), KeysError> {
        use sha2::{Digest, Sha256};
        for chunk in out.chunks_mut(32) {
            let block =
                Sha256::digest(keep_domain::length_prefixed(&[self.label.as_bytes(), &self.drawn.to_be_bytes()]));
            chunk.iter_mut().zip(block).for_each(|(o, b)| *o = b);
            self.drawn += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_stay_below_a_million() {
        for _ in 0..200 {
            assert!(make_six_digits(&mut OsEntropy).unwrap() < 1_000_000);
        }
    }

    #[test]
    fn secrets_differ() {
        let (a, b) = (make_secret::<32>(&mut OsEntropy).unwrap(), make_secret::<32>(&mut OsEntropy).unwrap());
        assert_ne!(a, b);
    }
}
