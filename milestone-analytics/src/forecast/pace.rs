//! The first model: days like those of the past, drawn until enough is finished.
//!
//! Start at [`Pace::when`] and [`Pace::how_many`].
//!
//! - **Source.** The bootstrap on daily throughput, as T. Magennis, "Forecasting and Simulating
//!   Software Development Projects" (2011), uses it; of blocks of days, for they hang together:
//!   D. N. Politis and J. P. Romano, "A Circular Block-Resampling Procedure for Stationary Data"
//!   (1992); and of a past that is drawn itself, for what was is one sample: D. B. Rubin, "The
//!   Bayesian Bootstrap", Annals of Statistics 9 (1981).
//! - **Assumed.** The weeks to come are like those of the window.

use super::Options;
use super::distribution::{DAYS_MAX, Distribution};
use super::seed::Numbers;
use super::threat::{Threat, delayed};
use super::weeks::Weeks;

/// Trials that share one run of random numbers.
const BLOCK_TRIALS: usize = 256;
/// More threads than this are not worth their making.
pub(crate) const THREADS_MAX: usize = 16;

/// Days that are drawn together: what happens in a week hangs together.
const TOGETHER_DAYS: usize = 7;

/// What does not end in any time that is told of.
const OUT_OF_REACH: u32 = DAYS_MAX + 1;

/// Further than this no pace is drawn on: whatever takes ten years is out of reach.
const FAR_DAYS: u32 = 3_653;

/// Where work comes as fast as it goes an end comes by luck or not at all. So many times the past
/// is waited for it.
const LUCK_PASTS: u32 = 4;

/// Of work that waits its turn and comes all the time so many pieces are there at once, in the
/// mean, when waiting for none to be left is waiting for luck.
const NEVER_EMPTY: f64 = 6.0;

/// A short past is cut into this many parts at least, or there would be nothing to draw.
const SHORT_PARTS: usize = 4;

/// What was finished on each day of the past, and how much scope used to grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// Tasks finished on each calendar day, zeros included.
    pub days: Vec<u32>,
    /// On each of these days how many tasks came to what the forecast is about, less those that
    /// went without being done; empty where its scope stays or is not old enough to tell.
    pub arrivals: Vec<i32>,
    /// How many times as large milestones of the past were at their end as when they began; empty
    /// where too few have ended to tell, or where arrivals say it.
    pub growth: Vec<f64>,
    /// How many tasks were left of all that these days are of; 0 where a forecast is about all.
    pub among: u32,
    /// On each of these days how many tasks came to all that they are of, less those that went.
    pub among_arrivals: Vec<i32>,
    /// Risks that play along.
    pub threats: Vec<Threat>,
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
    /// When `left` tasks, grown as milestones used to grow, will be finished.
    ///
    /// In each trial a past is made of weeks that are drawn with replacement, for the one that was
    /// is one of many that might have been; and of its weeks, drawn again, the future. What is left
    /// falls by what was finished on each day, and rises by what came.
    pub fn when(&self, left: u32, options: &Options) -> Distribution {
        if self.days.iter().all(|count| *count == 0) {
            return Distribution::of(vec![u32::MAX; options.runs as usize]);
        }
        let weekly = Past::of(self.days.len());
        let (done, came) = (weekly.weekly(&self.days), weekly.weekly(&self.arrivals));
        let weeks = Weeks::of(self, weekly.together as usize);
        let make = || {
            let mut past = Past::of(self.days.len());
            let (done, came, weeks) = (&done, &came, &weeks);
            move |numbers: &mut Numbers| {
                past.draw(numbers);
                let rates = (past.sum(done), past.sum(came));
                let wanted = match self.growth.as_slice() {
                    [] => u64::from(left),
                    growth => grown(u64::from(left), numbers.one_of(growth)),
                };
                let days = match self.among {
                    among if u64::from(among) > wanted => {
                        self.in_turn(wanted, (u64::from(among), weeks), (&past, rates), numbers)
                    }
                    _ => self.in_a_row(wanted, (&past, rates), numbers),
                };
                delayed(days, &self.threats, numbers)
            }
        };
        Distribution::of(trials(options, make))
    }

    /// What all days finish goes to what is wanted.
    fn in_a_row(&self, wanted: u64, (past, rates): Drawn<'_>, numbers: &mut Numbers) -> u32 {
        let mut left = i64::try_from(wanted).unwrap_or(i64::MAX);
        let (done, came) = rates;
        let far = left as f64 * f64::from(past.len) > (done - came) * f64::from(FAR_DAYS);
        let mut days = past.days(far);
        while left > 0 && days.may_go_on() {
            let day = days.next(numbers);
            left -= i64::from(self.days[day]);
            // What comes on the day on which the last is finished comes too late.
            if left > 0 {
                left = left.saturating_add(i64::from(of_day(&self.arrivals, day))).max(1);
            }
        }
        if left > 0 { OUT_OF_REACH } else { days.count }
    }

    /// Everything that is left takes its turn in random order, what comes included: on a day on
    /// which `f` of `N` are finished each of them has the chance `f / N`, and after some days the
    /// product of all `1 - f / N` to be still waiting. The last of `k` has had its turn when that
    /// has fallen to the least of `k` uniform numbers; what comes later waits from its day on.
    fn in_turn(
        &self,
        wanted: u64,
        (among, weeks): (u64, &Weeks),
        (past, (done, came)): Drawn<'_>,
        numbers: &mut Numbers,
    ) -> u32 {
        let (mut pool, mut waiting) = (among as f64, 1.0);
        let mut last = least(wanted, numbers);
        // By Little's law, were the pool to stay as it is.
        let at_once = came.max(0.0) * pool / done.max(1.0);
        let mut days = past.days(at_once > NEVER_EMPTY);
        while days.may_go_on() {
            if pool >= weeks.pool_min && days.begin_week(numbers) {
                for stretch in weeks.stretches(days.at) {
                    let after = waiting * stretch.waiting_after(pool);
                    if after <= last {
                        break;
                    }
                    (waiting, pool) = (after, pool + stretch.net);
                    days.skip(stretch.len);
                    if stretch.came > 0 {
                        last = last.min(waiting * least(stretch.came, numbers));
                    }
                }
                if days.left == 0 {
                    continue;
                }
            }
            let day = days.next(numbers);
            let finished = f64::from(self.days[day]);
            if finished >= pool {
                return days.count;
            }
            waiting *= 1.0 - finished / pool;
            if waiting <= last {
                return days.count;
            }
            pool = (pool - finished + f64::from(of_day(&self.among_arrivals, day))).max(1.0);
            let came = came_on(&self.arrivals, day);
            if came > 0 {
                last = last.min(waiting * least(came, numbers));
            }
        }
        OUT_OF_REACH
    }

    /// How many of `left` tasks will be finished within so many days, in each trial, sorted; of the
    /// days of others their share.
    pub fn how_many(&self, left: u32, days: u32, options: &Options) -> Vec<u32> {
        if self.days.is_empty() {
            return vec![0; options.runs as usize];
        }
        let make = || {
            let mut past = Past::of(self.days.len());
            move |numbers: &mut Numbers| {
                past.draw(numbers);
                let mut ahead = past.days(false);
                let all = (0..days.min(DAYS_MAX))
                    .fold(0u64, |sum, _| sum + u64::from(self.days[ahead.next(numbers)]));
                let of_it = match self.among {
                    0 => all,
                    among => all * u64::from(left.min(among)) / u64::from(among),
                };
                u32::try_from(of_it).unwrap_or(u32::MAX)
            }
        };
        let mut counts = trials(options, make);
        counts.sort_unstable();
        counts
    }
}

/// What came on a day; nothing where that is not known.
pub(super) fn of_day(arrivals: &[i32], day: usize) -> i32 {
    arrivals.get(day).copied().unwrap_or(0)
}

/// How many came on a day, where more came than went.
pub(super) fn came_on(arrivals: &[i32], day: usize) -> u64 {
    u64::from(of_day(arrivals, day).max(0).unsigned_abs())
}

/// The least of `count` uniform numbers between 0 and 1: `1 - U^(1/count)`.
fn least(count: u64, numbers: &mut Numbers) -> f64 {
    const PARTS: u32 = 1 << 24;
    let uniform = (f64::from(numbers.below(PARTS)) + 0.5) / f64::from(PARTS);
    match count {
        0 | 1 => 1.0 - uniform,
        count => 1.0 - uniform.powf(1.0 / count as f64),
    }
}

/// A past that was drawn, and what was finished and what came in it.
type Drawn<'p> = (&'p Past, (f64, f64));

/// A past as it might have been: weeks of the one that was, by their first days.
struct Past {
    weeks: Vec<u32>,
    len: u32,
    together: u32,
}

impl Past {
    /// Of a window of so many days, with nothing drawn yet.
    fn of(len: usize) -> Self {
        let together = TOGETHER_DAYS.min(len / SHORT_PARTS).max(1);
        let weeks = vec![0; len.div_ceil(together)];
        Self { weeks, len: len as u32, together: together as u32 }
    }

    /// Draws another one.
    fn draw(&mut self, numbers: &mut Numbers) {
        self.weeks.iter_mut().for_each(|week| *week = numbers.below(self.len));
    }

    /// How many of something there were in it, of which so many were in the week from each day on.
    fn sum(&self, weekly: &[i64]) -> f64 {
        self.weeks.iter().filter_map(|week| weekly.get(*week as usize)).sum::<i64>() as f64
    }

    /// How many of something there were in the week from each day on.
    fn weekly<N: Copy + Into<i64>>(&self, days: &[N]) -> Vec<i64> {
        let day = |place: usize| days[place % days.len()].into();
        let week = |first: usize| (first..first + self.together as usize).map(day).sum();
        (0..days.len()).map(week).collect()
    }

    /// A future that is drawn from it; one that only luck ends is given up soon.
    fn days(&self, by_luck: bool) -> Days<'_> {
        let most = if by_luck { (self.len * LUCK_PASTS).min(FAR_DAYS) } else { FAR_DAYS };
        Days { past: self, at: 0, left: 0, count: 0, most }
    }
}

/// Days one after the other, a week of them at a time.
struct Days<'p> {
    past: &'p Past,
    at: u32,
    left: u32,
    /// How many there were.
    count: u32,
    most: u32,
}

impl Days<'_> {
    /// True if an end may still come.
    fn may_go_on(&self) -> bool {
        self.count < self.most
    }

    /// True if a week is all to come; `at` is its first day.
    #[inline]
    fn begin_week(&mut self, numbers: &mut Numbers) -> bool {
        if self.left == 0 {
            (self.at, self.left) = (numbers.one_of(&self.past.weeks), self.past.together);
        }
        self.left == self.past.together && self.count + self.left <= self.most
    }

    /// Goes on by so many days of the week.
    #[inline]
    fn skip(&mut self, days: u32) {
        self.at = (self.at + days) % self.past.len;
        self.left -= days;
        self.count += days;
    }

    /// The place of the next day in the window; behind its last day comes its first.
    #[inline]
    fn next(&mut self, numbers: &mut Numbers) -> usize {
        if self.left == 0 {
            (self.at, self.left) = (numbers.one_of(&self.past.weeks), self.past.together);
        }
        let day = self.at;
        self.at = if day + 1 == self.past.len { 0 } else { day + 1 };
        self.left -= 1;
        self.count += 1;
        day as usize
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Seed;

    /// Weeks that are taken in one step end where days that are taken one by one do.
    #[test]
    fn a_week_at_once_is_its_days() {
        let window = 84usize;
        let days: Vec<u32> = (0..window).map(|day| [0, 3, 1, 0, 5, 2, 0, 1][day * 5 % 8]).collect();
        let comes = |day| [2, 0, -1, 6, 0, 1][day * 7 % 6];
        let among_arrivals: Vec<i32> = (0..window).map(comes).collect();
        let now_and_then: Vec<i32> = (0..window).map(|day| i32::from(day % 41 == 40)).collect();
        for arrivals in [Vec::new(), now_and_then] {
            let (days, among_arrivals) = (days.clone(), among_arrivals.clone());
            let pace = Pace { days, among_arrivals, arrivals, ..Pace::default() };
            let mut past = Past::of(window);
            let weeks = Weeks::of(&pace, TOGETHER_DAYS);
            let mut never = Weeks::of(&pace, TOGETHER_DAYS);
            never.pool_min = f64::INFINITY;
            let (mut apart, mut all) = (0, 0);
            for trial in 0..2_000 {
                let (mut one, mut other) = (Seed(7).block(trial), Seed(7).block(trial));
                past.draw(&mut one);
                past.draw(&mut other);
                let drawn = (&past, (130.0, 0.5));
                let pool = weeks.pool_min as u64 + trial;
                let fast = pace.in_turn(3, (pool, &weeks), drawn, &mut one);
                let slow = pace.in_turn(3, (pool, &never), drawn, &mut other);
                apart += fast.abs_diff(slow);
                all += slow;
            }
            assert!(all > 2_000 * 100, "they take long enough to tell: {all}");
            assert!(apart * 50_000 < all, "{apart} days of {all} apart");
        }
    }
}
