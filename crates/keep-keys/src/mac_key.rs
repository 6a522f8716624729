//! A key for HMAC-SHA256 (FIPS 198-1).

use crate::derive::derive;
use hmac::{Hmac, KeyInit, Mac};
use keep_domain::Secret;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// A 32-byte HMAC-SHA256 key.
pub struct MacKey(Secret<[u8; 32]>);

impl MacKey {
    pub(crate) fn derive(ikm: &[u8], fields: &[&[u8]]) -> Self {
        Self(derive(ikm, None, fields))
    }

    /// The raw key, for a caller that caches an HMAC state.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        // EXPOSE: prepares an HMAC state.
        self.0.expose()
    }

    /// HMAC-SHA256 over the concatenation of `parts`, which the caller must make unambiguous.
    #[must_use]
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.prepare();
        parts.iter().for_each(|p| mac.update(p));
        mac.finalize().into_bytes().into()
    }

    /// Whether `tag` is the tag of `parts`, compared in constant time.
    #[must_use]
    pub fn matches(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        let mut mac = self.prepare();
        parts.iter().for_each(|p| mac.update(p));
        mac.verify_slice(tag).is_ok()
    }

    fn prepare(&self) -> Hmac<Sha256> {
        // A key shorter than the block is padded with zeros (FIPS 198-1, 4, step 3).
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.bytes()).for_each(|(o, b)| *o = *b);
        Hmac::<Sha256>::new((&*block).into())
    }

    /// A key that is the same in every run, for the tests of other crates.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn for_tests(seed: u8) -> Self {
        Self(Secret::new([seed; 32]))
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_follow_rfc4231() {
        // RFC 4231, 4.2 uses 20 bytes of 0x0b; as a 32-byte key they end in zeros, which HMAC pads anyway.
        let mut bytes = [0; 32];
        bytes[..20].fill(0x0b);
        let key = MacKey(Secret::new(bytes));
        assert_eq!(
            hex::encode(key.tag(&[b"Hi There"])),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        let tag = key.tag(&[b"Hi ", b"There"]);
        assert_eq!(tag, key.tag(&[b"Hi There"]));
        assert!(key.matches(&[b"Hi There"], &tag));
        assert!(!key.matches(&[b"Hi there"], &tag) && !key.matches(&[b"Hi There"], &tag[..31]));
    }
}
