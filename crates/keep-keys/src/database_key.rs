//! The key of one SQLCipher file.

use crate::derive::derive;
use keep_domain::Secret;
use std::fmt;
use zeroize::Zeroizing;

/// A raw key and salt for SQLCipher; not a passphrase, so opening involves no key stretching.
pub struct DatabaseKey {
    key: Secret<[u8; 32]>,
    salt: Secret<[u8; 16]>,
}

impl DatabaseKey {
    /// 48 bytes of HKDF output: key, then salt.
    pub(crate) fn derive(ikm: &[u8], fields: &[&[u8]]) -> Self {
        let both = derive::<48>(ikm, None, fields);
        let (mut key, mut salt) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 16]));
        // EXPOSE: splits the derived bytes into key and salt.
        let bytes = both.expose();
        key.iter_mut().zip(bytes.iter()).for_each(|(o, b)| *o = *b);
        salt.iter_mut().zip(bytes.iter().skip(32)).for_each(|(o, b)| *o = *b);
        Self { key: Secret::new(*key), salt: Secret::new(*salt) }
    }

    /// The 32-byte raw key.
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        // EXPOSE: passed to sqlite3_key_v2 by the store, from a zeroizing buffer.
        self.key.expose()
    }

    /// The 16-byte salt that SQLCipher writes in the file's first bytes.
    #[must_use]
    pub const fn salt(&self) -> &[u8; 16] {
        // EXPOSE: passed to sqlite3_key_v2 by the store, from a zeroizing buffer.
        self.salt.expose()
    }

    /// A copy, for a caller that opens the file again. Explicit, because secrets are not `Clone`.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self { key: Secret::new(*self.key()), salt: Secret::new(*self.salt()) }
    }

    /// A key that is the same in every run, for the tests of other crates.
    #[cfg(any(test, feature = "test-support"))]
    #[must_use]
    pub const fn for_tests(seed: u8) -> Self {
        Self { key: Secret::new([seed; 32]), salt: Secret::new([seed; 16]) }
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseKey;

    #[test]
    fn key_and_salt_are_different_bytes() {
        let k = DatabaseKey::derive(&[1; 32], &[b"personal"]);
        assert_ne!(&k.key()[..16], k.salt());
        assert_eq!(format!("{k:?}"), "DatabaseKey(***)");
    }
}
