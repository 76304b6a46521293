//! The first model: days like those of the past, drawn until enough is finished.
//!
//! Start at [`Pace::when`] and [`Pace::how_many`].
//!
//! - **Source.** The bootstrap: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals
//!   of Statistics 7 (1979), on daily throughput, as T. Magennis, "Forecasting and Simulating
//!   Software Development Projects" (2011), uses it.
//! - **Assumed.** The days to come are like those of the window, and independent of each other.

use super::distribution::{DAYS_MAX, Distribution};
use super::seed::Seed;

/// Trials that share one run of random numbers.
const BLOCK_TRIALS: u32 = 256;

/// What was finished on each day of the past, and how much scope used to grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// Tasks finished on each calendar day, zeros included.
    pub days: Vec<u32>,
    /// How many times as large milestones of the past were at their end as when they began; empty
    /// where too few have ended to tell.
    pub growth: Vec<f64>,
}

/// Runs `trial` so many times, each block of trials with numbers of its own.
pub(super) fn trials(
    runs: u32,
    seed: Seed,
    mut trial: impl FnMut(&mut super::seed::Numbers) -> u32,
) -> Vec<u32> {
    let mut outcomes = Vec::with_capacity(runs as usize);
    for block in 0..runs.div_ceil(BLOCK_TRIALS) {
        let mut numbers = seed.block(u64::from(block));
        let count = BLOCK_TRIALS.min(runs - block * BLOCK_TRIALS);
        outcomes.extend((0..count).map(|_| trial(&mut numbers)));
    }
    outcomes
}

impl Pace {
    /// When `left` tasks will be finished: in each trial days of the past are drawn, with
    /// replacement, until their sum reaches what is left.
    pub fn when(&self, left: u32, runs: u32, seed: Seed) -> Distribution {
        if self.days.iter().all(|count| *count == 0) {
            return Distribution::of(vec![u32::MAX; runs as usize]);
        }
        let outcome = |numbers: &mut super::seed::Numbers| {
            let wanted = u64::from(left);
            let wanted = match self.growth.as_slice() {
                [] => wanted,
                growth => grown(wanted, numbers.one_of(growth)),
            };
            let (mut sum, mut days) = (0u64, 0);
            while sum < wanted && days <= DAYS_MAX {
                sum += u64::from(numbers.one_of(&self.days));
                days += 1;
            }
            days
        };
        Distribution::of(trials(runs, seed, outcome))
    }

    /// How many tasks will be finished within so many days, in each trial, sorted.
    pub fn how_many(&self, days: u32, runs: u32, seed: Seed) -> Vec<u32> {
        if self.days.is_empty() {
            return vec![0; runs as usize];
        }
        let outcome = |numbers: &mut super::seed::Numbers| {
            (0..days.min(DAYS_MAX))
                .fold(0u32, |sum, _| sum.saturating_add(numbers.one_of(&self.days)))
        };
        let mut counts = trials(runs, seed, outcome);
        counts.sort_unstable();
        counts
    }
}

/// What `left` grows to.
fn grown(left: u64, growth: f64) -> u64 {
    // Both are small and positive; a float of any other kind becomes a bound.
    ((left as f64 * growth).ceil() as u64).max(u64::from(left > 0))
}

/// The count that `percent` of the trials reached or exceeded.
pub fn reached(sorted: &[u32], percent: u8) -> u32 {
    let short = (sorted.len() * usize::from(percent.min(100))).div_ceil(100);
    sorted.get(sorted.len().saturating_sub(short.max(1))).copied().unwrap_or(0)
}
