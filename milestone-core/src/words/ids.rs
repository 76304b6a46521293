//! Short random ids for notes, links, blockers, risks and criteria.
//!
//! - **Invariant.** The same [`Seed`] gives the same ids: randomness is passed in, never drawn.
//! - **Absent on purpose.** A source of randomness. The edges bring the seed.

use sha2::{Digest, Sha256};

/// What an [`Ids`] starts from: random at the edges, fixed in tests and demos.
pub type Seed = [u8; 32];

/// A stream of ids of 8 base-32 characters (40 bits each).
#[derive(Debug, Clone)]
pub struct Ids {
    seed: Seed,
    drawn: u64,
}

impl Ids {
    /// Starts a stream of ids.
    pub fn new(seed: Seed) -> Self {
        Self { seed, drawn: 0 }
    }

    /// Draws the next id: 8 characters of `a-z2-7`.
    pub fn draw(&mut self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_le_bytes());
        self.drawn += 1;
        base32(&hash.finalize())
    }
}

/// Writes the first 40 bits of `bytes` as 8 base-32 characters.
fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().take(5).fold(0u64, |sum, &byte| (sum << 8) | u64::from(byte));
    (0..8)
        .map(|place| {
            let five = (bits >> (35 - 5 * place)) & 31;
            char::from(b"abcdefghijklmnopqrstuvwxyz234567"[five as usize])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_repeatable_short_and_distinct() {
        let mut ids = Ids::new([7; 32]);
        let drawn: Vec<_> = (0..100).map(|_| ids.draw()).collect();
        assert_eq!(drawn[0], Ids::new([7; 32]).draw());
        assert!(drawn.iter().all(|id| id.len() == 8));
        let distinct: std::collections::BTreeSet<_> = drawn.iter().collect();
        assert_eq!(distinct.len(), drawn.len());
    }
}
