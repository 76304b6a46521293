//! The first model: days like those of the past, drawn until enough is finished.
//!
//! Start at [`Pace::when`] and [`Pace::how_many`].
//!
//! - **Source.** The bootstrap: B. Efron, "Bootstrap Methods: Another Look at the Jackknife",
//!   Annals of Statistics 7 (1979), on daily throughput, as T. Magennis, "Forecasting and
//!   Simulating Software Development Projects" (2011), uses it.
//! - **Assumed.** The days to come are like those of the window, and independent of each other.

use super::Options;
use super::distribution::{DAYS_MAX, Distribution};
use super::seed::Numbers;

/// Trials that share one run of random numbers.
const BLOCK_TRIALS: usize = 256;
/// More threads than this are not worth their making.
const THREADS_MAX: usize = 16;

/// What was finished on each day of the past, and how much scope used to grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// Tasks finished on each calendar day, zeros included.
    pub days: Vec<u32>,
    /// How many times as large milestones of the past were at their end as when they began; empty
    /// where too few have ended to tell.
    pub growth: Vec<f64>,
    /// How many tasks were left of all that these days are of; 0 where a forecast is about all.
    pub among: u32,
}

/// Runs a trial so many times on so many threads, each block of trials with numbers of its own, so
/// that the outcomes are the same on any number of threads. `make` makes what a thread tries with.
pub(super) fn trials<T: FnMut(&mut Numbers) -> u32>(
    options: &Options,
    make: impl Fn() -> T + Sync,
) -> Vec<u32> {
    let mut outcomes = vec![0; options.runs as usize];
    let blocks = outcomes.len().div_ceil(BLOCK_TRIALS);
    let each = blocks.div_ceil(options.threads.clamp(1, THREADS_MAX)).max(1);
    let work = |first: usize, outcomes: &mut [u32]| {
        let mut trial = make();
        for (number, block) in (first as u64..).zip(outcomes.chunks_mut(BLOCK_TRIALS)) {
            let mut numbers = options.seed.block(number);
            block.iter_mut().for_each(|outcome| *outcome = trial(&mut numbers));
        }
    };
    let mut parts = outcomes.chunks_mut(each * BLOCK_TRIALS).enumerate();
    std::thread::scope(|scope| {
        let mine = parts.next();
        for (place, part) in parts {
            scope.spawn(move || work(place * each, part));
        }
        mine.into_iter().for_each(|(_, part)| work(0, part));
    });
    outcomes
}

impl Pace {
    /// When `left` tasks will be finished: in each trial days of the past are drawn, with
    /// replacement, until their sum reaches what is left.
    pub fn when(&self, left: u32, options: &Options) -> Distribution {
        if self.days.iter().all(|count| *count == 0) {
            return Distribution::of(vec![u32::MAX; options.runs as usize]);
        }
        let outcome = |numbers: &mut Numbers| {
            let wanted = u64::from(left);
            let wanted = match self.growth.as_slice() {
                [] => wanted,
                growth => grown(wanted, numbers.one_of(growth)),
            };
            let wanted = self.place_of_the_last(wanted, numbers);
            let (mut sum, mut days) = (0u64, 0);
            while sum < wanted && days <= DAYS_MAX {
                sum += u64::from(numbers.one_of(&self.days));
                days += 1;
            }
            days
        };
        Distribution::of(trials(options, || outcome))
    }

    /// The place of the last of `wanted` tasks if all that is left is done in random order. Of `n`
    /// places among `N` the greatest is near `n + (N - n) U^(1/n)`, where `U` is uniform.
    fn place_of_the_last(&self, wanted: u64, numbers: &mut Numbers) -> u64 {
        const PARTS: u32 = 1 << 24;
        let among = u64::from(self.among);
        if wanted == 0 || among <= wanted {
            return wanted;
        }
        let uniform = f64::from(numbers.below(PARTS) + 1) / f64::from(PARTS);
        wanted + ((among - wanted) as f64 * uniform.powf(1.0 / wanted as f64)).round() as u64
    }

    /// How many of `left` tasks will be finished within so many days, in each trial, sorted; of the
    /// days of others their share.
    pub fn how_many(&self, left: u32, days: u32, options: &Options) -> Vec<u32> {
        if self.days.is_empty() {
            return vec![0; options.runs as usize];
        }
        let outcome = |numbers: &mut Numbers| {
            let all = (0..days.min(DAYS_MAX))
                .fold(0u64, |sum, _| sum + u64::from(numbers.one_of(&self.days)));
            let of_it = match self.among {
                0 => all,
                among => all * u64::from(left.min(among)) / u64::from(among),
            };
            u32::try_from(of_it).unwrap_or(u32::MAX)
        };
        let mut counts = trials(options, || outcome);
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
