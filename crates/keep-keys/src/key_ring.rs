//! `slots/<user>.keys`: data keys, sign-in and refresh token, sealed under the master key.
//!
//! File = "CKKY" ‖ version (1) ‖ counter (8, big-endian) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The plaintext is JSON
//! in which each value is sealed again for its own purpose, so it contains no secret in cleartext.
//! Version 2 holds the provider's signed token; version 1 held what had been read from it. Both can be read.

use crate::base64url::Base64Bytes;
use crate::entropy::{Entropy, OsEntropy};
use crate::lease::LeaseRecord;
use crate::slots::Slots;
use crate::stored_sign_in::StoredSignIn;
use crate::{AuditPrivateKey, DataKey, KeyName, KeysError, SegmentKey, UserKeys};
use keep_domain::{Rank, Secret, Segment};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"CKKY";
const VERSION: u8 = 2;
const DAMAGED: KeysError = KeysError::SlotDamaged("keys");
const LEASE: &str = "lease";
const SIGN_IN: &str = "sign-in";
const REFRESH_TOKEN: &str = "refresh-token";

/// The data keys, the lease and the refresh token of an unlocked clinician.
pub struct KeyRing {
    counter: u64,
    keys: Vec<DataKey>,
    sign_in: Option<StoredSignIn>,
    /// The stored sign-in is not the one that this device stored last; it stays in the file but is ignored.
    sign_in_altered: bool,
    lease: Option<LeaseRecord>,
    refresh_token: Option<Secret<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedRing {
    keys: Vec<WrappedKey>,
    /// Of version 1; kept until the next sign-in.
    lease: Option<Base64Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<Base64Bytes>,
    refresh_token: Option<Base64Bytes>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedKey {
    name: KeyName,
    generation: u32,
    wrapped: Base64Bytes,
}

impl KeyRing {
    pub(crate) const fn new(sign_in: StoredSignIn, refresh_token: Option<Secret<String>>) -> Self {
        let sign_in = Some(sign_in);
        Self { counter: 0, keys: Vec::new(), sign_in, sign_in_altered: false, lease: None, refresh_token }
    }

    /// The newest key of a segment.
    #[must_use]
    pub fn segment(&self, segment: Segment) -> Option<&SegmentKey> {
        self.segments().filter(|k| k.segment() == segment).max_by_key(|k| k.generation())
    }

    /// All segment keys, including older generations.
    pub fn segments(&self) -> impl Iterator<Item = &SegmentKey> {
        self.keys.iter().filter_map(|k| match k {
            DataKey::Segment(key) => Some(key),
            DataKey::Audit(_) => None,
        })
    }

    /// The newest audit key.
    #[must_use]
    pub fn audit_private_key(&self) -> Option<&AuditPrivateKey> {
        let audit = self.keys.iter().filter_map(|k| match k {
            DataKey::Audit(key) => Some(key),
            DataKey::Segment(_) => None,
        });
        audit.max_by_key(|k| k.generation())
    }

    /// The highest segment up to which no key is missing.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let held = Segment::ALL.into_iter().take_while(|s| self.segment(*s).is_some());
        held.last().map_or(Rank::NONE, Rank::up_to)
    }

    /// All data keys.
    #[must_use]
    pub fn keys(&self) -> &[DataKey] {
        &self.keys
    }

    /// Adds a key; the caller saves the ring.
    ///
    /// # Errors
    /// [`KeysError::Refused`] for a second key of the same name and generation.
    pub fn add(&mut self, key: DataKey) -> Result<(), KeysError> {
        if self.holds(key.name(), key.generation()) {
            return Err(KeysError::Refused("there is already a key of that generation"));
        }
        self.keys.push(key);
        Ok(())
    }

    /// Whether there is a key of that name and generation.
    #[must_use]
    pub fn holds(&self, name: KeyName, generation: u32) -> bool {
        self.keys.iter().any(|k| k.name() == name && k.generation() == generation)
    }

    /// Removes a key that is no longer used; the caller saves the ring.
    pub fn forget(&mut self, name: KeyName, generation: u32) {
        self.keys.retain(|k| k.name() != name || k.generation() != generation);
    }

    /// The stored sign-in, if it is the last one; it grants nothing before its token is verified.
    #[must_use]
    pub fn sign_in(&self) -> Option<&StoredSignIn> {
        self.sign_in.as_ref().filter(|_| !self.sign_in_altered)
    }

    pub(crate) fn replace_sign_in(&mut self, sign_in: StoredSignIn) {
        (self.sign_in, self.sign_in_altered) = (Some(sign_in), false);
    }

    /// Turns the ring into one of version 1, for tests of older profiles; the caller saves the ring.
    #[cfg(any(test, feature = "test-support"))]
    pub fn set_old_lease(&mut self, lease: crate::OldLease) {
        self.replace_sign_in(StoredSignIn::Old(lease));
    }

    pub(crate) const fn ignore_sign_in(&mut self) {
        self.sign_in_altered = true;
    }

    /// The lease of the last sign-in; `None` until a session has verified its token.
    #[must_use]
    pub const fn lease(&self) -> Option<&LeaseRecord> {
        self.lease.as_ref()
    }

    /// Sets the lease that the caller derived from the verified token of the last sign-in.
    ///
    /// INVARIANT: no lease comes from a file; otherwise users, who hold their own keys, could write their own role.
    pub fn set_lease(&mut self, lease: LeaseRecord) {
        self.lease = Some(lease);
    }

    /// The refresh token.
    #[must_use]
    pub const fn refresh_token(&self) -> Option<&Secret<String>> {
        self.refresh_token.as_ref()
    }

    /// Replaces the refresh token; the caller saves the ring before it uses the new token.
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
            let bytes = Base64Bytes(keys.wrap_key(key, entropy)?);
            wrapped.push(WrappedKey { name: key.name(), generation: key.generation(), wrapped: bytes });
        }
        let mut sealed_json = |purpose: &str, json: serde_json::Result<Vec<u8>>| -> Result<Base64Bytes, KeysError> {
            let json = json.map_err(|_| KeysError::Internal("sign-in"))?;
            Ok(Base64Bytes(keys.seal_with(purpose, &[], &Zeroizing::new(json), entropy)?))
        };
        let (lease, sign_in) = match &self.sign_in {
            None => (None, None),
            Some(StoredSignIn::Old(lease)) => (Some(sealed_json(LEASE, serde_json::to_vec(lease))?), None),
            Some(StoredSignIn::Signed(record)) => (None, Some(sealed_json(SIGN_IN, serde_json::to_vec(record))?)),
        };
        let refresh_token = match &self.refresh_token {
            None => None,
            // EXPOSE: seals the token.
            Some(token) => Some(Base64Bytes(keys.seal_with(REFRESH_TOKEN, &[], token.expose().as_bytes(), entropy)?)),
        };
        let sealed = SealedRing { keys: wrapped, lease, sign_in, refresh_token };
        let json = serde_json::to_vec(&sealed).map_err(|_| KeysError::Internal("key ring"))?;
        let counter = self.counter.to_be_bytes();
        let body = keys.seal_with(purpose(VERSION), &counter, &json, entropy)?;
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
        if magic != MAGIC || *version == 0 {
            return Err(DAMAGED);
        }
        if *version > VERSION {
            return Err(KeysError::SlotNewer("keys"));
        }
        let plain = keys.open_with(purpose(*version), counter, body).map_err(|_| DAMAGED)?;
        // EXPOSE: the plaintext holds sealed values only.
        let sealed: SealedRing = serde_json::from_slice(plain.expose()).map_err(|_| DAMAGED)?;
        let counter = u64::from_be_bytes(*counter);
        let mut ring =
            Self { counter, keys: Vec::new(), sign_in: None, sign_in_altered: false, lease: None, refresh_token: None };
        for key in sealed.keys {
            let held = keys.unwrap_key(key.name, key.generation, &key.wrapped.0).map_err(|_| DAMAGED)?;
            ring.add(held).map_err(|_| DAMAGED)?;
        }
        let opened = |purpose: &str, sealed: &Base64Bytes| keys.open_with(purpose, &[], &sealed.0).map_err(|_| DAMAGED);
        ring.sign_in = match (&sealed.sign_in, &sealed.lease) {
            (None, None) => None,
            // EXPOSE: reads the sign-in record.
            (Some(record), None) => Some(StoredSignIn::Signed(read_json(opened(SIGN_IN, record)?.expose())?)),
            // EXPOSE: reads the lease.
            (None, Some(lease)) => Some(StoredSignIn::Old(read_json(opened(LEASE, lease)?.expose())?)),
            (Some(_), Some(_)) => return Err(DAMAGED),
        };
        if let Some(token) = sealed.refresh_token {
            let bytes = keys.open_with(REFRESH_TOKEN, &[], &token.0).map_err(|_| DAMAGED)?;
            // EXPOSE: reads the token.
            let text = std::str::from_utf8(bytes.expose()).map_err(|_| DAMAGED)?;
            ring.refresh_token = Some(Secret::new(text.to_owned()));
        }
        Ok(ring)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, KeysError> {
    serde_json::from_slice(bytes).map_err(|_| DAMAGED)
}

/// The purpose depends on the version, so a file with a changed version does not open.
const fn purpose(version: u8) -> &'static str {
    match version {
        1 => "slot-keys",
        _ => "slot-keys/2",
    }
}

/// How often a file was written, from its header; `None` for invalid bytes.
pub(crate) fn write_count(file: &[u8]) -> Option<u64> {
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
        let end = UtcMillis(1_795_338_000_000).plus_millis(30 * 86_400_000);
        let sign_in = StoredSignIn::for_tests(UserKeys::for_tests(1).context(), end);
        let mut ring = KeyRing::new(sign_in, Some(Secret::new(String::from("rt-1"))));
        let entropy = &mut FixedEntropy::named("ring-keys");
        for name in [KeyName::Segment(Segment::Directory), KeyName::Segment(Segment::Encounters), CLINICAL] {
            ring.add(DataKey::make_with(name, 1, entropy).unwrap()).unwrap();
        }
        ring.add(DataKey::make_with(KeyName::Audit, 1, entropy).unwrap()).unwrap();
        ring
    }

    fn sealed() -> Vec<u8> {
        ring().seal(&UserKeys::for_tests(1), &mut FixedEntropy::named("ring")).unwrap()
    }

    #[test]
    fn bytes_are_frozen() {
        crate::frozen::check("keys-2.hex", include_str!("vectors/keys-2.hex"), &hex::encode(sealed()));
    }

    #[test]
    fn the_frozen_file_of_version_1_still_opens_and_is_written_as_version_2() {
        let file = hex::decode(include_str!("vectors/keys.hex").trim()).unwrap();
        let keys = UserKeys::for_tests(1);
        let old = KeyRing::open(&file, &keys).unwrap();
        let Some(StoredSignIn::Old(lease)) = old.sign_in() else { panic!("an old lease") };
        assert_eq!((lease.subject.as_str(), &lease.roles[..]), ("amara", &[keep_domain::Role::Nurse][..]));
        assert_eq!(lease.lease_end, UtcMillis(1_795_338_000_000).plus_millis(30 * 86_400_000));
        assert_eq!(old.lease(), None, "no lease yet");
        assert_eq!(old.keys()[2].bytes(), ring().keys()[2].bytes());
        let written = old.seal(&keys, &mut FixedEntropy::named("ring")).unwrap();
        assert_eq!(written[4], 2);
        let back = KeyRing::open(&written, &keys).unwrap();
        assert_eq!(back.sign_in(), old.sign_in());
    }

    #[test]
    fn a_ring_reads_back() {
        let back = KeyRing::open(&sealed(), &UserKeys::for_tests(1)).unwrap();
        assert_eq!(back.rank(), Rank::up_to(Segment::Clinical));
        assert_eq!(back.keys()[2].bytes(), ring().keys()[2].bytes());
        assert_eq!((back.sign_in(), back.lease()), (ring().sign_in(), None));
        // EXPOSE: a test compares what came back.
        assert_eq!(back.refresh_token().unwrap().expose(), "rt-1");
        assert_eq!(back.audit_private_key().unwrap().generation(), 1);
    }

    #[test]
    fn the_plaintext_contains_no_secret() {
        let keys = UserKeys::for_tests(1);
        let file = sealed();
        let plain = keys.open_with(purpose(VERSION), &file[5..13], &file[13..]).unwrap();
        // EXPOSE: a test searches the plaintext.
        let text = String::from_utf8_lossy(plain.expose()).into_owned();
        assert!(!text.contains("rt-1") && !text.contains(&crate::base64url::encode(ring().keys()[2].bytes())));
    }

    #[test]
    fn a_truncated_or_flipped_file_or_another_owner_is_damage() {
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
    fn a_second_key_of_a_generation_is_refused_and_the_newest_is_used() {
        let mut ring = ring();
        assert!(ring.add(DataKey::make_random(CLINICAL, 1).unwrap()).is_err());
        ring.add(DataKey::make_random(CLINICAL, 2).unwrap()).unwrap();
        assert_eq!(ring.segment(Segment::Clinical).unwrap().generation(), 2);
        ring.forget(KeyName::Segment(Segment::Encounters), 1);
        assert_eq!(ring.rank(), Rank::up_to(Segment::Directory));
    }
}
