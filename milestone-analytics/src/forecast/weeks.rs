//! Weeks in one step, for work that takes its turn among much more.
//!
//! Start at [`Weeks::of`]. A portfolio of a thousand milestones plays ten years of days a million
//! times; most of these days change nothing but the share that still waits.
//!
//! - **Invariant.** The same numbers are drawn in the same order as day by day.

use super::pace::{Pace, came_on, of_day};

/// What moves in a week counts as one step where so many times as much waits.
const WAITING_TIMES_MIN: f64 = 16.0;

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
    /// How many are finished.
    finished: f64,
    /// For each day how many are finished times how many came on the days before it, added up.
    finished_times_came: f64,
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
                let came_before = stretch.net + stretch.finished;
                stretch.finished_times_came += finished * came_before;
                stretch.finished += finished;
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
    /// Of those that wait before it, `pool` of them, the share that wait after it.
    ///
    /// That is the product of `1 - f / (N + came - finished)` over its days. Where none come it is
    /// `1 - F / N`, whatever the days; else this leaves out what is of the order of `1 / N^3`.
    #[inline]
    pub(super) fn waiting_after(&self, pool: f64) -> f64 {
        let of_one = 1.0 / pool;
        1.0 - (self.finished - self.finished_times_came * of_one) * of_one
    }
}
