//! AES-256-GCM with a random 96-bit nonce: nonce12 ‖ ciphertext ‖ tag16 (NIST SP 800-38D).

use crate::KeysError;
use crate::entropy::{Entropy, make_public};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use keep_domain::Secret;

/// Bytes that sealing adds: nonce and tag.
pub(crate) const OVERHEAD: usize = 12 + 16;

/// Seals `plaintext` to `key`, bound to `aad`.
pub(crate) fn seal(
    key: &[u8; 32],
    aad: &[u8],
    plaintext: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, KeysError> {
    let nonce: [u8; 12] = make_public(entropy)?;
    let sealed = Aes256Gcm::new(&(*key).into())
        .encrypt(&nonce.into(), Payload { msg: plaintext, aad })
        .map_err(|_| KeysError::Internal("sealing failed"))?;
    let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens the output of [`seal`]; any mismatch is [`KeysError::NotOpened`].
pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, KeysError> {
    let (nonce, body) = sealed.split_first_chunk::<12>().ok_or(KeysError::NotOpened)?;
    Aes256Gcm::new(&(*key).into())
        .decrypt(&(*nonce).into(), Payload { msg: body, aad })
        .map(Secret::new)
        .map_err(|_| KeysError::NotOpened)
}

/// Opens a sealed value of exactly `N` bytes.
pub(crate) fn open_array<const N: usize>(
    key: &[u8; 32],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Secret<[u8; N]>, KeysError> {
    let opened = open(key, aad, sealed)?;
    // EXPOSE: the bytes move from one secret container to another.
    opened.expose().as_slice().try_into().map(Secret::new).map_err(|_| KeysError::NotOpened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn opens_only_with_key_aad_and_bytes(text: Vec<u8>, aad: Vec<u8>, at: usize, bit in 0u8..8) {
            let sealed = seal(&[1; 32], &aad, &text, &mut OsEntropy).unwrap();
            let opened = open(&[1; 32], &aad, &sealed).unwrap();
            // EXPOSE: a test compares what came back.
            prop_assert_eq!(opened.expose(), &text);
            prop_assert!(open(&[2; 32], &aad, &sealed).is_err());
            let mut other = aad.clone();
            other.push(0);
            prop_assert!(open(&[1; 32], &other, &sealed).is_err());
            let mut flipped = sealed.clone();
            let at = at % flipped.len();
            flipped[at] ^= 1 << bit;
            prop_assert!(open(&[1; 32], &aad, &flipped).is_err());
            prop_assert!(open(&[1; 32], &aad, &sealed[..at]).is_err());
        }
    }
}
