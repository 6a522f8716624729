//! `slots/<user>.keys`: what changes between enrolments and is sealed under the master key.
//!
//! File = "CKKY" ‖ version (1) ‖ counter (8, big-endian) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The plaintext is JSON
//! whose every value is sealed once more for its own purpose, so it holds no secret in clear.

use crate::b64::Bytes;
use crate::entropy::{Entropy, OsEntropy};
use crate::held_key::{AuditKey, HeldKey, KeyName};
use crate::lease::LeaseRecord;
use crate::slots::Slots;
use crate::{KeysError, SegmentKey, UserKeys};
use keep_domain::{Rank, Secret, Segment};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"CKKY";
const VERSION: u8 = 1;
const DAMAGED: KeysError = KeysError::SlotDamaged("keys");
const FILE: &str = "slot-keys";
const LEASE: &str = "lease";
const REFRESH_TOKEN: &str = "refresh-token";

/// The carried keys, the lease and the refresh token of an unlocked clinician.
pub struct KeyRing {
    counter: u64,
    keys: Vec<HeldKey>,
    lease: Option<LeaseRecord>,
    refresh_token: Option<Secret<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    keys: Vec<WrappedKey>,
    lease: Option<Bytes>,
    refresh_token: Option<Bytes>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedKey {
    name: KeyName,
    generation: u32,
    wrapped: Bytes,
}

impl KeyRing {
    pub(crate) const fn first(lease: LeaseRecord, refresh_token: Option<Secret<String>>) -> Self {
        Self { counter: 0, keys: Vec::new(), lease: Some(lease), refresh_token }
    }

    /// The newest key of a segment.
    #[must_use]
    pub fn segment(&self, segment: Segment) -> Option<&SegmentKey> {
        self.segments().filter(|k| k.segment() == segment).max_by_key(|k| k.generation())
    }

    /// Every segment key, older generations included.
    pub fn segments(&self) -> impl Iterator<Item = &SegmentKey> {
        self.keys.iter().filter_map(|k| match k {
            HeldKey::Segment(key) => Some(key),
            HeldKey::Audit(_) => None,
        })
    }

    /// The newest key of the audit bodies.
    #[must_use]
    pub fn audit(&self) -> Option<&AuditKey> {
        let audit = self.keys.iter().filter_map(|k| match k {
            HeldKey::Audit(key) => Some(key),
            HeldKey::Segment(_) => None,
        });
        audit.max_by_key(|k| k.generation())
    }

    /// The highest segment up to which no key is missing.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let held = Segment::ALL.into_iter().take_while(|s| self.segment(*s).is_some());
        held.last().map_or(Rank::NONE, Rank::up_to)
    }

    /// Every key held.
    #[must_use]
    pub fn keys(&self) -> &[HeldKey] {
        &self.keys
    }

    /// Adds a key; the caller saves.
    ///
    /// # Errors
    /// [`KeysError::Refused`] for a second key of the same name and generation.
    pub fn add(&mut self, key: HeldKey) -> Result<(), KeysError> {
        if self.holds(key.name(), key.generation()) {
            return Err(KeysError::Refused("a key of that generation is held already"));
        }
        self.keys.push(key);
        Ok(())
    }

    /// Whether a key of that name and generation is held.
    #[must_use]
    pub fn holds(&self, name: KeyName, generation: u32) -> bool {
        self.keys.iter().any(|k| k.name() == name && k.generation() == generation)
    }

    /// Drops a key of a generation that is no longer used; the caller saves.
    pub fn forget(&mut self, name: KeyName, generation: u32) {
        self.keys.retain(|k| k.name() != name || k.generation() != generation);
    }

    /// The lease of the last sign-in.
    #[must_use]
    pub const fn lease(&self) -> Option<&LeaseRecord> {
        self.lease.as_ref()
    }

    /// Replaces the lease after a sign-in or renewal; the caller saves.
    pub fn replace_lease(&mut self, lease: LeaseRecord) {
        self.lease = Some(lease);
    }

    /// The refresh token.
    #[must_use]
    pub const fn refresh_token(&self) -> Option<&Secret<String>> {
        self.refresh_token.as_ref()
    }

    /// Replaces the refresh token; the caller saves before it uses the new one.
    pub fn replace_refresh_token(&mut self, token: Option<Secret<String>>) {
        self.refresh_token = token;
    }

    /// Writes the ring durably.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`] and [`KeysError::Io`].
    pub fn save(&mut self, slots: &Slots, keys: &UserKeys) -> Result<(), KeysError> {
        self.counter = self.counter.saturating_add(1);
        slots.write_keys(keys.context().user, &self.seal(keys, &mut OsEntropy)?)
    }

    /// Reads the ring.
    ///
    /// # Errors
    /// [`KeysError::SlotDamaged`], [`KeysError::SlotNewer`], [`KeysError::Io`].
    pub fn load(slots: &Slots, keys: &UserKeys) -> Result<Self, KeysError> {
        Self::open(&slots.read_keys(keys.context().user)?, keys)
    }

    pub(crate) fn seal(&self, keys: &UserKeys, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KeysError> {
        let mut wrapped = Vec::new();
        for key in &self.keys {
            let bytes = Bytes(keys.wrap_with(key, entropy)?);
            wrapped.push(WrappedKey { name: key.name(), generation: key.generation(), wrapped: bytes });
        }
        let lease = match &self.lease {
            None => None,
            Some(lease) => {
                let json = serde_json::to_vec(lease).map_err(|_| KeysError::Internal("lease"))?;
                Some(Bytes(keys.seal_with(LEASE, &[], &Zeroizing::new(json), entropy)?))
            }
        };
        let refresh_token = match &self.refresh_token {
            None => None,
            // EXPOSE: seals the token.
            Some(token) => Some(Bytes(keys.seal_with(REFRESH_TOKEN, &[], token.expose().as_bytes(), entropy)?)),
        };
        let sealed = Sealed { keys: wrapped, lease, refresh_token };
        let json = serde_json::to_vec(&sealed).map_err(|_| KeysError::Internal("key ring"))?;
        let counter = self.counter.to_be_bytes();
        let body = keys.seal_with(FILE, &counter, &json, entropy)?;
        let mut out = Vec::with_capacity(13 + body.len());
        out.extend_from_slice(MAGIC);
        out.push(VERSION);
        out.extend_from_slice(&counter);
        out.extend_from_slice(&body);
        Ok(out)
    }

    pub(crate) fn open(file: &[u8], keys: &UserKeys) -> Result<Self, KeysError> {
        let (magic, rest) = file.split_first_chunk::<4>().ok_or(DAMAGED)?;
        let ([version], rest) = rest.split_first_chunk::<1>().ok_or(DAMAGED)?;
        let (counter, body) = rest.split_first_chunk::<8>().ok_or(DAMAGED)?;
        if magic != MAGIC {
            return Err(DAMAGED);
        }
        if *version != VERSION {
            return Err(KeysError::SlotNewer("keys"));
        }
        let plain = keys.open_with(FILE, counter, body).map_err(|_| DAMAGED)?;
        // EXPOSE: the plaintext holds sealed values only.
        let sealed: Sealed = serde_json::from_slice(plain.expose()).map_err(|_| DAMAGED)?;
        let mut ring =
            Self { counter: u64::from_be_bytes(*counter), keys: Vec::new(), lease: None, refresh_token: None };
        for key in sealed.keys {
            let held = keys.unwrap_key(key.name, key.generation, &key.wrapped.0).map_err(|_| DAMAGED)?;
            ring.add(held).map_err(|_| DAMAGED)?;
        }
        if let Some(lease) = sealed.lease {
            let json = keys.open_with(LEASE, &[], &lease.0).map_err(|_| DAMAGED)?;
            // EXPOSE: reads the lease.
            ring.lease = Some(serde_json::from_slice(json.expose()).map_err(|_| DAMAGED)?);
        }
        if let Some(token) = sealed.refresh_token {
            let bytes = keys.open_with(REFRESH_TOKEN, &[], &token.0).map_err(|_| DAMAGED)?;
            // EXPOSE: reads the token.
            let text = std::str::from_utf8(bytes.expose()).map_err(|_| DAMAGED)?;
            ring.refresh_token = Some(Secret::new(text.to_owned()));
        }
        Ok(ring)
    }
}

/// How often a file was written, as its head says; `None` for what is no such file.
pub(crate) fn times_written(file: &[u8]) -> Option<u64> {
    let (magic, rest) = file.split_first_chunk::<4>()?;
    let counter = rest.get(1..)?.first_chunk::<8>()?;
    (magic == MAGIC).then_some(u64::from_be_bytes(*counter))
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({:?})", self.keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::FixedEntropy;
    use keep_domain::UtcMillis;

    const CLINICAL: KeyName = KeyName::Segment(Segment::Clinical);

    fn ring() -> KeyRing {
        let lease = LeaseRecord::for_tests(UtcMillis(1_795_338_000_000), 30);
        let mut ring = KeyRing::first(lease, Some(Secret::new(String::from("rt-1"))));
        let entropy = &mut FixedEntropy::named("ring-keys");
        for name in [KeyName::Segment(Segment::Directory), KeyName::Segment(Segment::Encounters), CLINICAL] {
            ring.add(HeldKey::make_with(name, 1, entropy).unwrap()).unwrap();
        }
        ring.add(HeldKey::make_with(KeyName::Audit, 1, entropy).unwrap()).unwrap();
        ring
    }

    fn sealed() -> Vec<u8> {
        ring().seal(&UserKeys::for_tests(1), &mut FixedEntropy::named("ring")).unwrap()
    }

    #[test]
    fn bytes_are_frozen() {
        crate::frozen::check("keys.hex", include_str!("vectors/keys.hex"), &hex::encode(sealed()));
    }

    #[test]
    fn comes_back_whole() {
        let back = KeyRing::open(&sealed(), &UserKeys::for_tests(1)).unwrap();
        assert_eq!(back.rank(), Rank::up_to(Segment::Clinical));
        assert_eq!(back.keys()[2].bytes(), ring().keys()[2].bytes());
        assert_eq!(back.lease(), ring().lease());
        // EXPOSE: a test compares what came back.
        assert_eq!(back.refresh_token().unwrap().expose(), "rt-1");
        assert_eq!(back.audit().unwrap().generation(), 1);
    }

    #[test]
    fn no_secret_lies_in_the_plaintext() {
        let keys = UserKeys::for_tests(1);
        let file = sealed();
        let plain = keys.open_with(FILE, &file[5..13], &file[13..]).unwrap();
        // EXPOSE: a test searches the plaintext.
        let text = String::from_utf8_lossy(plain.expose()).into_owned();
        assert!(!text.contains("rt-1") && !text.contains(&crate::b64::encode(ring().keys()[2].bytes())));
    }

    #[test]
    fn any_cut_or_flipped_byte_or_other_owner_is_damage() {
        let file = sealed();
        assert_eq!(KeyRing::open(&file, &UserKeys::for_tests(2)).unwrap_err(), DAMAGED);
        for at in 0..file.len() {
            assert_eq!(KeyRing::open(&file[..at], &UserKeys::for_tests(1)).unwrap_err(), DAMAGED);
        }
        for at in (0..file.len()).step_by(7) {
            let mut flipped = file.clone();
            flipped[at] ^= 1;
            assert!(KeyRing::open(&flipped, &UserKeys::for_tests(1)).is_err(), "flipped at {at}");
        }
    }

    #[test]
    fn a_second_key_of_a_generation_is_refused_and_newer_ones_win() {
        let mut ring = ring();
        assert!(ring.add(HeldKey::make_random(CLINICAL, 1).unwrap()).is_err());
        ring.add(HeldKey::make_random(CLINICAL, 2).unwrap()).unwrap();
        assert_eq!(ring.segment(Segment::Clinical).unwrap().generation(), 2);
        ring.forget(KeyName::Segment(Segment::Encounters), 1);
        assert_eq!(ring.rank(), Rank::up_to(Segment::Directory));
    }
}
