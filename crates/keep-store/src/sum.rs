//! Sums modulo 2^256: the multiset hash MSet-Add-Hash of Clarke et al., "Incremental Multiset Hash
//! Functions", 2003. Order does not matter, multiplicity does.

/// A sum of 32-byte tags, big-endian, modulo 2^256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum([u8; 32]);

impl Sum {
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn add(&mut self, tag: &[u8; 32]) {
        let mut carry = 0u16;
        for (o, t) in self.0.iter_mut().zip(tag).rev() {
            let s = u16::from(*o) + u16::from(*t) + carry;
            *o = s.to_be_bytes()[1];
            carry = s >> 8;
        }
    }

    pub(crate) fn remove(&mut self, tag: &[u8; 32]) {
        let mut borrow = 0i16;
        for (o, t) in self.0.iter_mut().zip(tag).rev() {
            let d = i16::from(*o) - i16::from(*t) - borrow;
            *o = d.to_be_bytes()[1];
            borrow = i16::from(d < 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(tags: &[[u8; 32]]) -> Sum {
        let mut s = Sum::default();
        tags.iter().for_each(|t| s.add(t));
        s
    }

    #[test]
    fn carries_run_through_and_wrap() {
        let mut one = [0; 32];
        one[31] = 1;
        let mut s = Sum::from_bytes([0xff; 32]);
        s.add(&one);
        assert_eq!(s, Sum::default());
        s.remove(&one);
        assert_eq!(s, Sum::from_bytes([0xff; 32]));
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_removal_undoes(tags in prop::collection::vec(any::<[u8; 32]>(), 1..20)) {
            let mut back = tags.clone();
            back.reverse();
            prop_assert_eq!(sum(&tags), sum(&back));
            let mut s = sum(&tags);
            s.remove(&tags[0]);
            prop_assert_eq!(s, sum(&tags[1..]));
            let twice = [tags.clone(), vec![tags[0]]].concat();
            prop_assert_ne!(sum(&twice), sum(&tags));
        }
    }
}
