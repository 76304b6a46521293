//! Randomness that is the same for the same state.
//!
//! Start at [`Seed::of`].
//!
//! - **Invariant.** Every block of trials has numbers of its own, so that it does not matter who
//!   runs which block, or in which order.
//! - **Source.** The generator is PCG MCG XSL RR 128/64: M. E. O'Neill, "PCG: A Family of Simple
//!   Fast Space-Efficient Statistically Good Algorithms for Random Number Generation" (2014). Its
//!   numbers are fixed by the crate's own tests; a seed gives the same dates with every version.

use milestone_core::words::RecordId;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Where the numbers of a forecast come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The seed of a state: what is asked about, and the heads of the log.
    pub fn of(asked: &str, heads: &[RecordId]) -> Self {
        let mut heads = heads.to_vec();
        heads.sort_unstable();
        let mut hash = Sha256::new();
        hash.update(asked.as_bytes());
        for head in &heads {
            hash.update(head.0);
        }
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.finalize().into();
        // A number that every reader of JSON holds exactly.
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 11)
    }

    /// The numbers of a block of trials.
    pub(super) fn block(self, number: u64) -> Numbers {
        // An odd constant spreads neighbouring blocks over all seeds.
        let mixed = self.0 ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Numbers { source: Pcg64Mcg::seed_from_u64(mixed), spare: None }
    }
}

/// Random numbers, 32 bits at a time.
pub(super) struct Numbers {
    source: Pcg64Mcg,
    spare: Option<u32>,
}

impl Numbers {
    /// A number below `limit`. The bias is less than `limit / 2^32`: of no weight for pools of
    /// a few thousand.
    #[inline]
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let bits = match self.spare.take() {
            Some(bits) => bits,
            None => {
                let both = self.source.next_u64();
                self.spare = Some((both >> 32) as u32);
                both as u32
            }
        };
        ((u64::from(bits) * u64::from(limit)) >> 32) as u32
    }

    /// One of a list that is not empty.
    #[inline]
    pub(super) fn one_of<T: Copy>(&mut self, pool: &[T]) -> T {
        pool[self.below(pool.len() as u32) as usize]
    }
}
