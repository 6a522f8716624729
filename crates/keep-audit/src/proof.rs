//! Inclusion and consistency proofs (RFC 6962, 2.1.1 and 2.1.2) over a whole log's leaves.

use crate::AuditError;
use tlog_tiles::tlog::{self, Hash, HashReader};

/// All hashes of a Merkle tree in memory: 64 bytes an event.
#[derive(Debug, Default)]
pub struct Tree {
    size: u64,
    hashes: Vec<Hash>,
}

impl Tree {
    /// The tree over `leaves` in the order of their sequence.
    ///
    /// # Errors
    /// [`AuditError::NoSuchPosition`] where the hash mathematics cannot go on; does not happen.
    pub fn of_leaves(leaves: impl IntoIterator<Item = [u8; 32]>) -> Result<Self, AuditError> {
        let mut tree = Self::default();
        for leaf in leaves {
            let new = tlog::stored_hashes_for_record_hash(tree.size, Hash(leaf), &tree);
            tree.hashes.extend(new.map_err(|_| AuditError::NoSuchPosition)?);
            tree.size += 1;
        }
        Ok(tree)
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the first `size` leaves.
    ///
    /// # Errors
    /// [`AuditError::NoSuchPosition`] where the tree is smaller.
    pub fn root(&self, size: u64) -> Result<[u8; 32], AuditError> {
        self.must_hold(size)?;
        tlog::tree_hash(size, self).map(|h| h.0).map_err(|_| AuditError::NoSuchPosition)
    }

    /// The hashes that lead from the leaf at `sequence` to the root of the first `size` leaves.
    ///
    /// # Errors
    /// [`AuditError::NoSuchPosition`].
    pub fn prove_inclusion(&self, sequence: u64, size: u64) -> Result<Vec<[u8; 32]>, AuditError> {
        self.must_hold(size)?;
        let proof = tlog::prove_record(size, sequence, self).map_err(|_| AuditError::NoSuchPosition)?;
        Ok(proof.into_iter().map(|h| h.0).collect())
    }

    /// The hashes that show that the first `old` leaves are still the beginning of the first `new`.
    ///
    /// # Errors
    /// [`AuditError::NoSuchPosition`]; also for `old` = 0, which needs no proof.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<[u8; 32]>, AuditError> {
        self.must_hold(new)?;
        let proof = tlog::prove_tree(new, old, self).map_err(|_| AuditError::NoSuchPosition)?;
        Ok(proof.into_iter().map(|h| h.0).collect())
    }

    const fn must_hold(&self, size: u64) -> Result<(), AuditError> {
        if size <= self.size { Ok(()) } else { Err(AuditError::NoSuchPosition) }
    }
}

impl HashReader for Tree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let at = |i: &u64| usize::try_from(*i).ok().and_then(|i| self.hashes.get(i)).copied();
        let found: Option<Vec<Hash>> = indexes.iter().map(at).collect();
        found.ok_or_else(|| tlog_tiles::Error::InvalidInput(String::new()))
    }
}

/// Checks that the leaf at `sequence` is in the tree of `size` leaves with this `root`.
///
/// # Errors
/// [`AuditError::ProofRefused`].
pub fn check_inclusion(
    proof: &[[u8; 32]],
    sequence: u64,
    leaf: &[u8; 32],
    size: u64,
    root: &[u8; 32],
) -> Result<(), AuditError> {
    let proof = proof.iter().copied().map(Hash).collect();
    tlog::check_record(&proof, size, Hash(*root), sequence, Hash(*leaf)).map_err(|_| AuditError::ProofRefused)
}

/// Checks that a tree of `new` leaves continues the tree of `old` leaves: nothing was rewritten.
///
/// # Errors
/// [`AuditError::ProofRefused`].
pub fn check_consistency(
    proof: &[[u8; 32]],
    old: u64,
    old_root: &[u8; 32],
    new: u64,
    new_root: &[u8; 32],
) -> Result<(), AuditError> {
    let proof = proof.iter().copied().map(Hash).collect();
    tlog::check_tree(&proof, new, Hash(*new_root), old, Hash(*old_root)).map_err(|_| AuditError::ProofRefused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf_hash;

    fn leaf(n: u64) -> [u8; 32] {
        leaf_hash(&[3; 32], &n.to_be_bytes())
    }

    #[test]
    fn every_event_of_every_size_can_be_proved_and_no_other() {
        let tree = Tree::of_leaves((0..33).map(leaf)).expect("tree");
        for size in 1..=33 {
            let root = tree.root(size).expect("root");
            for n in 0..size {
                let proof = tree.prove_inclusion(n, size).expect("proof");
                assert_eq!(check_inclusion(&proof, n, &leaf(n), size, &root), Ok(()));
                assert!(check_inclusion(&proof, n, &leaf(n + 1), size, &root).is_err());
            }
            assert!(tree.prove_inclusion(size, size).is_err());
        }
    }

    #[test]
    fn a_rewritten_past_cannot_be_proved_consistent() {
        let (old, new) = (11, 29);
        let honest = Tree::of_leaves((0..new).map(leaf)).expect("tree");
        let forged = Tree::of_leaves((0..new).map(|n| leaf(if n == 4 { 99 } else { n }))).expect("tree");
        let (old_root, new_root) = (honest.root(old).expect("root"), honest.root(new).expect("root"));
        let proof = honest.prove_consistency(old, new).expect("proof");
        assert_eq!(check_consistency(&proof, old, &old_root, new, &new_root), Ok(()));
        let proof = forged.prove_consistency(old, new).expect("proof");
        assert!(check_consistency(&proof, old, &old_root, new, &forged.root(new).expect("root")).is_err());
    }

    #[test]
    fn what_the_tree_does_not_hold_is_refused() {
        let tree = Tree::of_leaves((0..4).map(leaf)).expect("tree");
        assert!(tree.root(5).is_err() && tree.prove_inclusion(0, 5).is_err() && tree.prove_consistency(0, 4).is_err());
    }
}
