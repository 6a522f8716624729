//! Length-prefixed encoding, the one way in which fields enter a key derivation or an AAD.

/// Concatenates `fields`, each behind its length as four big-endian bytes, so that no two
/// different lists of fields have the same encoding.
///
/// Fields longer than `u32::MAX` bytes do not occur here; their prefix would saturate.
#[must_use]
pub fn length_prefixed(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.iter().map(|f| f.len() + 4).sum());
    for f in fields {
        let len = u32::try_from(f.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(f);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::length_prefixed;

    #[test]
    fn boundaries_matter() {
        assert_ne!(length_prefixed(&[b"ab", b"c"]), length_prefixed(&[b"a", b"bc"]));
        assert_eq!(length_prefixed(&[b"ab"]), [0, 0, 0, 2, b'a', b'b']);
    }
}
