//! Weeks in one step, for work that takes its turn among much more.
//!
//! Start at [`Weeks::of`]. A portfolio of a thousand milestones plays ten years of days a million
//! times; most of these days change nothing but the share that still waits.
//!
//! - **Invariant.** The same numbers are drawn in the same order as day by day.

use super::pace::{Pace, came_on, of_day};

/// What moves in a week counts as one step where so many times as much waits.
const WAITING_TIMES_MIN: f64 = 16.0;

/// What is left out is of the order of the fifth power of what moves in a week over what waits.
const POWERS: usize = 4;

/// The weeks from each day of a window on.
pub(super) struct Weeks {
    /// Where fewer wait, days are looked at one by one.
    pub(super) pool_min: f64,
    /// For each day where its week begins in `stretches`.
    begin: Vec<u32>,
    stretches: Vec<Stretch>,
}

/// The days of a week up to one on which something comes to what is wanted, or to its end.
#[derive(Default)]
pub(super) struct Stretch {
    /// How many days.
    pub(super) len: u32,
    /// How many come to all that wait, less those that are finished.
    pub(super) net: f64,
    /// How many come to what is wanted on the last day.
    pub(super) came: u64,
    /// The share that waits after it, of `N` that wait before: `1 + c/N + c/N^2` and so on.
    shares: [f64; POWERS],
}

impl Weeks {
    /// Those of a pace, each of so many days.
    pub(super) fn of(pace: &Pace, together: usize) -> Self {
        let mut weeks = Self { pool_min: 0.0, begin: Vec::new(), stretches: Vec::new() };
        for first in 0..pace.days.len() {
            weeks.begin.push(weeks.stretches.len() as u32);
            let (mut moved, mut stretch) = (0.0, Stretch::default());
            for place in 0..together {
                let day = (first + place) % pace.days.len();
                let finished = f64::from(pace.days[day]);
                let comes = f64::from(of_day(&pace.among_arrivals, day));
                moved += finished + comes.abs();
                stretch.finish(finished);
                stretch.net += comes - finished;
                stretch.len += 1;
                stretch.came = came_on(&pace.arrivals, day);
                if stretch.came > 0 || place + 1 == together {
                    weeks.stretches.push(std::mem::take(&mut stretch));
                }
            }
            weeks.pool_min = weeks.pool_min.max(WAITING_TIMES_MIN * moved);
        }
        weeks.begin.push(weeks.stretches.len() as u32);
        weeks
    }

    /// The stretches of the week from a day on.
    #[inline]
    pub(super) fn stretches(&self, first: u32) -> &[Stretch] {
        let first = first as usize;
        &self.stretches[self.begin[first] as usize..self.begin[first + 1] as usize]
    }
}

impl Stretch {
    /// Goes on by a day on which `f` of all that wait are finished, `N + net` of them: by the
    /// factor `1 - f / (N + net)`, which is `1 - f/N + f net/N^2 - f net^2/N^3` and so on.
    fn finish(&mut self, finished: f64) {
        let before = self.shares;
        let mut factor = -finished;
        for power in 0..POWERS {
            self.shares[power] += factor;
            for (shift, share) in before.iter().enumerate().take(POWERS - power - 1) {
                self.shares[power + shift + 1] += factor * share;
            }
            factor *= -self.net;
        }
    }

    /// Of those that wait before it, `pool` of them, the share that wait after it.
    #[inline]
    pub(super) fn waiting_after(&self, pool: f64) -> f64 {
        let of_one = 1.0 / pool;
        1.0 + self.shares.iter().rev().fold(0.0, |sum, share| (sum + share) * of_one)
    }
}
