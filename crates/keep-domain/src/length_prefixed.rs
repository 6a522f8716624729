//! Length-prefixed encoding, used for the fields of every key derivation and AAD.

/// Concatenates `fields`, each after its length as four big-endian bytes, so that different lists of
/// fields never have the same encoding.
///
/// Fields longer than `u32::MAX` bytes do not occur; their prefix would saturate.
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
    fn field_boundaries_are_part_of_the_encoding() {
        assert_ne!(length_prefixed(&[b"ab", b"c"]), length_prefixed(&[b"a", b"bc"]));
        assert_eq!(length_prefixed(&[b"ab"]), [0, 0, 0, 2, b'a', b'b']);
    }
}
