//! S_k, the key of one segment, and the keys derived from it.

use crate::entropy::{Entropy, OsEntropy, make_secret};
use crate::{DatabaseKey, HpkeKeyPair, KeysError, MacKey};
use keep_domain::{Secret, Segment};
use std::fmt;

/// 32 random bytes of one segment, device and generation.
pub struct SegmentKey {
    segment: Segment,
    generation: u32,
    key: Secret<[u8; 32]>,
}

impl SegmentKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn make_random(segment: Segment, generation: u32) -> Result<Self, KeysError> {
        Self::make_with(segment, generation, &mut OsEntropy)
    }

    pub(crate) fn make_with(segment: Segment, generation: u32, entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        Ok(Self { segment, generation, key: make_secret(entropy)? })
    }

    pub(crate) const fn from_secret(segment: Segment, generation: u32, key: Secret<[u8; 32]>) -> Self {
        Self { segment, generation, key }
    }

    /// A copy, for a store that consumes it when opening. Explicit, because secrets are not `Clone`.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self { segment: self.segment, generation: self.generation, key: Secret::new(*self.bytes()) }
    }

    /// The segment.
    #[must_use]
    pub const fn segment(&self) -> Segment {
        self.segment
    }

    /// The generation, counted from 1; rotation makes the next one.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The SQLCipher key of `segments/<name>.db`.
    #[must_use]
    pub fn database_key(&self) -> DatabaseKey {
        DatabaseKey::derive(
            self.bytes(),
            &self.fields(b"chartkeep/segment/sqlcipher/1", &self.generation.to_be_bytes()),
        )
    }

    /// The key of row tags.
    #[must_use]
    pub fn row_tag_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &self.fields(b"chartkeep/segment/row-tag/1", &self.generation.to_be_bytes()))
    }

    /// The key of the segment root.
    #[must_use]
    pub fn root_key(&self) -> MacKey {
        MacKey::derive(self.bytes(), &self.fields(b"chartkeep/segment/root/1", &self.generation.to_be_bytes()))
    }

    /// The key pair to which records are sealed that arrive while no user with this key is signed in.
    #[must_use]
    pub fn hpke_key_pair(&self) -> HpkeKeyPair {
        HpkeKeyPair::derive(self.bytes(), &self.fields(b"chartkeep/segment/drop-box/1", &self.generation.to_be_bytes()))
    }

    /// The raw key, for tests that search the memory of a program for it.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn bytes_for_tests(&self) -> &[u8; 32] {
        self.bytes()
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: derivation and wrapping inside this crate.
        self.key.expose()
    }

    const fn fields<'a>(&self, purpose: &'a [u8], generation: &'a [u8; 4]) -> [&'a [u8]; 3] {
        [purpose, self.segment.name().as_bytes(), generation]
    }

    /// A key that is the same in every run, for the tests of other crates.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn for_tests(segment: Segment, generation: u32, seed: u8) -> Self {
        Self { segment, generation, key: Secret::new([seed; 32]) }
    }
}

impl fmt::Debug for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentKey({} {})", self.segment.name(), self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_segment_and_generation_has_its_own_key() {
        let a = SegmentKey::for_tests(Segment::Clinical, 1, 7);
        let b = SegmentKey::for_tests(Segment::Restricted, 1, 7);
        let c = SegmentKey::for_tests(Segment::Clinical, 2, 7);
        let keys = [
            *a.database_key().key(),
            *b.database_key().key(),
            *c.database_key().key(),
            *a.row_tag_key().bytes(),
            *a.root_key().bytes(),
            *a.hpke_key_pair().public().as_bytes(),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
