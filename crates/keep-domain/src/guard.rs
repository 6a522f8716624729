//! Values that must not leak: protected health information and secrets.

use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Protected health information. Debug prints a mask; there is no Display, Deref or Serialize.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Each call site carries an `// EXPOSE:` line that says why.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out. Each call site carries an `// EXPOSE:` line that says why.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phi(***)")
    }
}

/// A secret: wiped when dropped, compared in constant time, never cloned or shown.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value; the caller must not keep a copy.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Each call site carries an `// EXPOSE:` line that says why.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref().ct_eq(other.0.as_ref()).into()
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_mask() {
        assert_eq!(format!("{:?}", Phi::new("Zebulon Canary")), "Phi(***)");
        assert_eq!(format!("{:?}", Secret::new([7u8; 4])), "Secret(***)");
    }

    #[test]
    fn secrets_compare_by_value() {
        assert_eq!(Secret::new([1u8, 2]), Secret::new([1u8, 2]));
        assert_ne!(Secret::new([1u8, 2]), Secret::new([1u8, 3]));
    }
}
