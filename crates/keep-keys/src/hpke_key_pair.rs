//! HPKE base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

use crate::KeysError;
use crate::derive::derive;
use crate::entropy::{Entropy, OsEntropy, make_secret};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use keep_domain::Secret;
use std::convert::Infallible;
use std::fmt;
use zeroize::Zeroizing;

/// Length of the encapsulated key at the start of each sealed message, bytes (RFC 9180, 7.1).
const ENCAPSULATED: usize = 32;

/// A key pair: opens messages that anyone sealed to [`HpkeKeyPair::public`].
pub struct HpkeKeyPair {
    private: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: HpkePublicKey,
}

impl HpkeKeyPair {
    /// The key pair of RFC 9180 `DeriveKeyPair` over 32 bytes of HKDF output.
    pub(crate) fn derive(ikm: &[u8], fields: &[&[u8]]) -> Self {
        let seed = derive::<32>(ikm, None, fields);
        // EXPOSE: input keying material of DeriveKeyPair.
        let (private, public) = X25519HkdfSha256::derive_keypair(seed.expose());
        Self { private, public: HpkePublicKey(public.to_bytes().into()) }
    }

    /// The public half, safe to publish.
    #[must_use]
    pub const fn public(&self) -> HpkePublicKey {
        self.public
    }

    /// Opens `sealed` = encapsulated key (32 bytes) ‖ ciphertext ‖ tag.
    ///
    /// # Errors
    /// [`KeysError::NotOpened`] for a message to someone else, another `info` or altered bytes.
    pub fn open(&self, info: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, KeysError> {
        let (encapsulated, body) = sealed.split_at_checked(ENCAPSULATED).ok_or(KeysError::NotOpened)?;
        let encapsulated =
            <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| KeysError::NotOpened)?;
        single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            info,
            body,
            &[],
        )
        .map(Secret::new)
        .map_err(|_| KeysError::NotOpened)
    }
}

impl fmt::Debug for HpkeKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HpkeKeyPair({:?})", self.public)
    }
}

/// The public half of an [`HpkeKeyPair`]: seals, but cannot open.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HpkePublicKey([u8; 32]);

impl HpkePublicKey {
    /// From the 32 bytes of an X25519 public key.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plaintext`, bound to `info`; 48 bytes longer than the plaintext.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`], or [`KeysError::Invalid`] for a public key of small order.
    pub fn seal(&self, info: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, KeysError> {
        self.seal_with(info, plaintext, &mut OsEntropy)
    }

    pub(crate) fn seal_with(
        &self,
        info: &[u8],
        plaintext: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, KeysError> {
        let refused = KeysError::Invalid("public key");
        let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&self.0).map_err(|_| refused.clone())?;
        let mut ephemeral = SingleUseRng { bytes: make_secret(entropy)?, used: false };
        let (encapsulated, body) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            info,
            plaintext,
            &[],
            &mut ephemeral,
        )
        .map_err(|_| refused)?;
        let mut out = Vec::with_capacity(ENCAPSULATED + body.len());
        out.extend_from_slice(&encapsulated.to_bytes());
        out.extend_from_slice(&body);
        Ok(out)
    }
}

impl fmt::Debug for HpkePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HpkePublicKey({})", hex::encode(self.0))
    }
}

/// Supplies 32 bytes, generated in advance, to the single draw of an encapsulation, so that a failure of the operating
/// system's generator is an error here and not a panic in the library.
struct SingleUseRng {
    bytes: Secret<[u8; 32]>,
    used: bool,
}

impl TryRng for SingleUseRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut out = Zeroizing::new([0; 4]);
        self.try_fill_bytes(out.as_mut())?;
        Ok(u32::from_be_bytes(*out))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut out = Zeroizing::new([0; 8]);
        self.try_fill_bytes(out.as_mut())?;
        Ok(u64::from_be_bytes(*out))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        // INVARIANT: one draw of 32 bytes. A library that drew twice would get the same bytes again; the tests, which
        // run with debug assertions, check that it draws once.
        debug_assert!(!self.used && out.len() == 32, "one draw of 32 bytes");
        self.used = true;
        // EXPOSE: becomes the ephemeral key of one message.
        out.iter_mut().zip(self.bytes.expose()).for_each(|(o, b)| *o = *b);
        Ok(())
    }
}

impl TryCryptoRng for SingleUseRng {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_for_the_recipient_and_the_info() {
        let clinical = HpkeKeyPair::derive(&[1; 32], &[b"drop-box"]);
        let other = HpkeKeyPair::derive(&[2; 32], &[b"drop-box"]);
        let sealed = clinical.public().seal(b"inbox", b"Observation").unwrap();
        assert_eq!(sealed.len(), 11 + 48);
        // EXPOSE: a test compares what came back.
        assert_eq!(clinical.open(b"inbox", &sealed).unwrap().expose(), b"Observation");
        assert_eq!(clinical.open(b"outbox", &sealed).unwrap_err(), KeysError::NotOpened);
        assert_eq!(other.open(b"inbox", &sealed).unwrap_err(), KeysError::NotOpened);
        for cut in 0..sealed.len() {
            assert!(clinical.open(b"inbox", &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        assert_eq!(
            HpkePublicKey::from_bytes([0; 32]).seal(b"inbox", b"x").unwrap_err(),
            KeysError::Invalid("public key")
        );
    }

    #[test]
    fn two_messages_never_share_an_ephemeral_key() {
        let public = HpkeKeyPair::derive(&[1; 32], &[b"drop-box"]).public();
        assert_ne!(public.seal(b"", b"x").unwrap()[..32], public.seal(b"", b"x").unwrap()[..32]);
    }

    /// RFC 9180, appendix A.1.1 gives ikmR and skRm / pkRm for DHKEM(X25519, HKDF-SHA256).
    #[test]
    fn derive_key_pair_matches_rfc9180() {
        let ikm = hex::decode("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037").unwrap();
        let (_, public) = X25519HkdfSha256::derive_keypair(&ikm);
        assert_eq!(hex::encode(public.to_bytes()), "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
    }
}
