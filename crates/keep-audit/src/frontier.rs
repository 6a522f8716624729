//! The right edge of the Merkle tree: enough to append leaves and compute the root.

use crate::AuditError;
use tlog_tiles::tlog::{EMPTY_HASH, Hash, node_hash, record_hash};

/// The leaf hash of an event: SHA-256(0x00 ‖ salt32 ‖ canonical JSON) (RFC 6962, 2.1).
pub(crate) fn leaf_hash(salt: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
    let mut data = Vec::with_capacity(salt.len() + canonical.len());
    data.extend_from_slice(salt);
    data.extend_from_slice(canonical);
    record_hash(&data).0
}

/// The complete subtrees that make up an RFC 6962 tree, largest first: one per set bit of its size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<[u8; 32]>,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, nodes: Vec::new() }
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf on the right.
    pub fn push(&mut self, leaf: [u8; 32]) {
        let mut node = Hash(leaf);
        // Each trailing one bit of the old size is a complete subtree that merges with the new leaf.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(Hash(left), node);
            }
        }
        self.nodes.push(node.0);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        let mut right: Option<Hash> = None;
        for left in self.nodes.iter().rev() {
            right = Some(right.map_or(Hash(*left), |r| node_hash(Hash(*left), r)));
        }
        right.unwrap_or(EMPTY_HASH).0
    }

    /// The concatenated subtree hashes, 32 bytes each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.nodes.concat()
    }

    /// The inverse of [`Frontier::to_bytes`] for a tree of `size` leaves.
    ///
    /// # Errors
    /// [`AuditError::StateUnreadable`] when the number of hashes does not match the size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, AuditError> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        let matches = rest.is_empty() && u32::try_from(nodes.len()).is_ok_and(|n| n == size.count_ones());
        if matches { Ok(Self { size, nodes: nodes.to_vec() }) } else { Err(AuditError::StateUnreadable) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlog_tiles::tlog::{HashReader, stored_hashes_for_record_hash, tree_hash};

    struct Stored(Vec<Hash>);
    impl HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
            Ok(indexes.iter().map(|i| self.0[usize::try_from(*i).expect("small")]).collect())
        }
    }

    #[test]
    fn roots_match_the_reference_implementation_at_every_size() {
        let (mut ours, mut stored) = (Frontier::new(), Stored(Vec::new()));
        assert_eq!(ours.root(), EMPTY_HASH.0);
        for n in 0..200_u64 {
            let leaf = leaf_hash(&[7; 32], &n.to_be_bytes());
            ours.push(leaf);
            let new = stored_hashes_for_record_hash(n, Hash(leaf), &stored).expect("hashes");
            stored.0.extend(new);
            assert_eq!(ours.root(), tree_hash(n + 1, &stored).expect("root").0, "size {}", n + 1);
            assert_eq!(Frontier::from_bytes(n + 1, &ours.to_bytes()), Ok(ours.clone()));
        }
    }

    #[test]
    fn a_frontier_of_the_wrong_size_is_refused() {
        let mut f = Frontier::new();
        f.push([1; 32]);
        assert!(Frontier::from_bytes(3, &f.to_bytes()).is_err());
        assert!(Frontier::from_bytes(1, b"short").is_err());
    }
}
