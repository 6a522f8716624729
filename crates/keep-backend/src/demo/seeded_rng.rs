//! A small seeded random number generator (SplitMix64), the same on every machine, and ids derived from names.

use sha2::{Digest, Sha256};

/// Deterministic random numbers. Not for cryptography.
#[derive(Debug, Clone)]
pub(crate) struct SeededRng(u64);

impl SeededRng {
    /// A generator for one subject, so that a change to one patient leaves the others unchanged.
    pub(crate) fn for_subject(seed: u64, subject: &str) -> Self {
        let digest = Sha256::digest(format!("chartkeep demo dice {seed} {subject}").as_bytes());
        Self(digest.iter().take(8).fold(0, |n, b| (n << 8) | u64::from(*b)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// An integer in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.next() % width).unwrap_or(0))
    }

    /// True with a probability of `percent` in 100.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One element of a list.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(list.len()).unwrap_or(0).saturating_sub(1);
        list.get(usize::try_from(self.between(0, last.max(0))).unwrap_or(0))
    }
}

/// The UUID (version 8, RFC 9562) of an object in the clinic, derived from its name.
pub(crate) fn derive_id(seed: u64, name: &str) -> String {
    let digest = Sha256::digest(format!("chartkeep demo id {seed} {name}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(b, d)| *b = d);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut rng = SeededRng::for_subject(seed, "amara");
            (0..5).map(|_| rng.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
    }

    #[test]
    fn ids_are_uuids() {
        assert_ne!(derive_id(1, "a"), derive_id(1, "b"));
        assert!(uuid::Uuid::parse_str(&derive_id(1, "a")).is_ok());
    }
}
