//! One hash over many records: the Merkle tree of RFC 6962, §2.1, over their ids.
//!
//! Start at [`MerkleTree`].
//!
//! - **Invariant.** Equal sequences of ids have equal roots, and no others can be found: a leaf and
//!   a node are hashed with different prefixes, so neither can stand for the other.
//! - **Absent on purpose.** Proofs that a record is in a tree: who asks has the whole log.

use sha2::{Digest, Sha256};

use crate::words::RecordId;

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// A tree that grows by one leaf at a time and holds one hash for each bit of its size.
#[derive(Debug, Clone, Default)]
pub struct MerkleTree {
    /// Roots of the full subtrees, the largest first; one for each bit of `leaves` that is set.
    peaks: Vec<[u8; 32]>,
    leaves: u64,
}

impl MerkleTree {
    /// How many ids it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.leaves
    }

    /// True if it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves == 0
    }

    /// Adds an id at the end.
    pub fn push(&mut self, id: &RecordId) {
        let mut hash: [u8; 32] =
            Sha256::new().chain_update([LEAF]).chain_update(id.0).finalize().into();
        // A subtree is full as often as the number of leaves before it ends in ones.
        for _ in 0..self.leaves.trailing_ones() {
            let left = self.peaks.pop().expect("there is a peak for each bit that is set");
            hash = node(&left, &hash);
        }
        self.peaks.push(hash);
        self.leaves += 1;
    }

    /// The root: 32 bytes; of no ids the hash of nothing.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        let mut peaks = self.peaks.iter().rev();
        let Some(smallest) = peaks.next() else { return Sha256::digest([]).into() };
        peaks.fold(*smallest, |right, left| node(left, &right))
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([NODE]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition of RFC 6962, word for word.
    fn by_definition(ids: &[RecordId]) -> [u8; 32] {
        match ids {
            [] => Sha256::digest([]).into(),
            [id] => Sha256::new().chain_update([0]).chain_update(id.0).finalize().into(),
            _ => {
                let half = ids.len().next_power_of_two() / 2;
                let (left, right) = ids.split_at(half);
                node(&by_definition(left), &by_definition(right))
            }
        }
    }

    proptest! {
        #[test]
        fn the_root_is_that_of_the_definition(
            ids in prop::collection::vec(any::<[u8; 32]>().prop_map(RecordId), 0..70),
        ) {
            let mut tree = MerkleTree::default();
            ids.iter().for_each(|id| tree.push(id));
            prop_assert_eq!(tree.len(), ids.len() as u64);
            prop_assert_eq!(tree.root(), by_definition(&ids));
        }
    }

    /// Of the published vectors of Certificate Transparency, the one over no leaves.
    #[test]
    fn the_root_of_nothing_is_the_hash_of_nothing() {
        let root = RecordId(MerkleTree::default().root()).to_string();
        assert_eq!(root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
