//! A small seeded generator (SplitMix64), so that the clinic is the same everywhere; and ids made from names.

use sha2::{Digest, Sha256};

/// Deterministic chance. Not for keys.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice of their own for each subject, so that a change in one patient moves no other.
    pub(crate) fn of(seed: u64, subject: &str) -> Self {
        let digest = Sha256::digest(format!("chartkeep demo dice {seed} {subject}").as_bytes());
        Self(digest.iter().take(8).fold(0, |n, b| (n << 8) | u64::from(*b)))
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.next() % width).unwrap_or(0))
    }

    /// True in `percent` of 100 throws.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of a list.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(list.len()).unwrap_or(0).saturating_sub(1);
        list.get(usize::try_from(self.between(0, last.max(0))).unwrap_or(0))
    }
}

/// The UUID (version 8, RFC 9562) of something in the clinic, from its name.
pub(crate) fn id_of(seed: u64, name: &str) -> String {
    let digest = Sha256::digest(format!("chartkeep demo id {seed} {name}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(b, d)| *b = d);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |seed| {
            let mut dice = Dice::of(seed, "amara");
            (0..5).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throw(1), throw(1));
        assert_ne!(throw(1), throw(2));
    }

    #[test]
    fn ids_are_uuids() {
        assert_ne!(id_of(1, "a"), id_of(1, "b"));
        assert!(uuid::Uuid::parse_str(&id_of(1, "a")).is_ok());
    }
}
