//! HKDF-SHA256 (RFC 5869) with length-prefixed fields as info.

use hkdf::Hkdf;
use keep_domain::{Secret, length_prefixed};
use sha2::Sha256;
use zeroize::Zeroizing;

/// `N` bytes from `ikm`; `fields` become the info as `length_prefixed(fields)`.
#[expect(clippy::expect_used, reason = "HKDF fails only above 255 blocks, which the constant assertion rules out")]
pub(crate) fn derive<const N: usize>(ikm: &[u8], salt: Option<&[u8]>, fields: &[&[u8]]) -> Secret<[u8; N]> {
    const { assert!(N <= 255 * 32, "RFC 5869, 2.3: at most 255 blocks") };
    let mut out = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(salt, ikm)
        .expand(&length_prefixed(fields), out.as_mut())
        .expect("length was checked at compile time");
    Secret::new(*out)
}

#[cfg(test)]
mod tests {
    use super::derive;

    #[test]
    fn fields_and_salt_separate_keys() {
        let key = |salt: Option<&[u8]>, fields: &[&[u8]]| derive::<32>(&[7; 32], salt, fields);
        assert_eq!(key(None, &[b"state"]), key(None, &[b"state"]));
        assert_ne!(key(None, &[b"state"]), key(None, &[b"ledger"]));
        assert_ne!(key(None, &[b"ab", b"c"]), key(None, &[b"a", b"bc"]));
        assert_ne!(key(None, &[b"state"]), key(Some(&[1]), &[b"state"]));
    }
}
