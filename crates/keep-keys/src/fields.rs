//! Reads length-prefixed fields back.

/// The fields of `lp(fields)`; `None` for anything that `lp` does not make.
pub(crate) fn split(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        out.push(field);
        bytes = rest;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::split;
    use keep_domain::lp;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn inverse_of_lp(fields: Vec<Vec<u8>>) {
            let borrowed: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
            let bytes = lp(&borrowed);
            prop_assert_eq!(split(&bytes), Some(borrowed.clone()));
            if let Some((_, cut)) = bytes.split_last() {
                prop_assert_ne!(split(cut), Some(borrowed));
            }
        }
    }
}
